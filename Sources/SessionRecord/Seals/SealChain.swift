import Crypto

/// The hash over every message of a record, in file order (`Docs/SessionRecord.md`, "The chain").
///
/// It goes over messages, not over the container's bytes, so it survives another chunking.
///
/// - Requirements: @relation(R-110, R-112, scope=file)
struct SealChain {
  /// The hash of everything so far; 32 zero bytes at first.
  private(set) var hash = [UInt8](repeating: 0, count: SHA256.byteCount)
  /// The number of the next message: how many went in.
  private(set) var count: UInt64 = 0
  private var head: [UInt8] = []

  /// Takes one message in.
  mutating func add(
    topic: String, sequence: UInt32, logTime: UInt64, publishTime: UInt64,
    data: UnsafeBufferPointer<UInt8>
  ) {
    // What comes before the data goes in as one piece: each call costs as much as 100 bytes.
    head.removeAll(keepingCapacity: true)
    head.append(contentsOf: hash)
    put(UInt32(topic.utf8.count))
    head.append(contentsOf: topic.utf8)
    put(sequence)
    put(logTime)
    put(publishTime)
    put(UInt64(data.count))
    var function = SHA256()
    head.withUnsafeBytes { function.update(bufferPointer: $0) }
    function.update(bufferPointer: UnsafeRawBufferPointer(data))
    let digest = function.finalize()
    hash.withUnsafeMutableBytes { target in digest.withUnsafeBytes { target.copyMemory(from: $0) } }
    count += 1
  }

  @inline(__always) private mutating func put<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { head.append(contentsOf: $0) }
  }
}

/// The SHA-256 of some bytes.
func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
  var function = SHA256()
  function.update(bufferPointer: UnsafeRawBufferPointer(bytes))
  return Array(function.finalize())
}

/// The SHA-256 of some bytes.
func sha256(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBufferPointer { sha256($0) } }
