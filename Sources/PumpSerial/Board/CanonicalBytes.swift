import PumpHAL

/// Canonical encodings as arrays, for what is done once a session and not once a tick.
struct CanonicalBytes: CanonicalSink {
  /// The encoding so far.
  private(set) var bytes: [UInt8] = []

  /// The encoding of one value.
  static func of<Value: CanonicalCodable>(_ value: Value) -> [UInt8] {
    var sink = CanonicalBytes()
    value.encode(to: &sink)
    return sink.bytes
  }

  /// Reads with `read`; nil where bytes are missing, left over or impossible.
  static func read<Value>(_ bytes: [UInt8], _ read: (inout CanonicalReader) -> Value) -> Value? {
    bytes.withUnsafeBufferPointer { buffer in
      var reader = CanonicalReader(buffer)
      let value = read(&reader)
      return reader.hasFailed || reader.remaining != 0 ? nil : value
    }
  }

  private mutating func append<Number: FixedWidthInteger>(_ value: Number) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ value: UInt8) { append(value) }
  mutating func put(_ value: UInt16) { append(value) }
  mutating func put(_ value: UInt32) { append(value) }
  mutating func put(_ value: UInt64) { append(value) }
}
