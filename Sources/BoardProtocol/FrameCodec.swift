// Frames to bytes and bytes to frames: COBS, CRC-32C, a zero at the end.
import PumpHAL

/// Writes frames.
///
/// - Requirements: @relation(R-115, scope=file)
public enum FrameEncoder {
  /// Writes one frame as it goes over the wire, delimiter included, and gives its length in bytes.
  ///
  /// - Parameters:
  ///   - header: version, flags, type and sequence.
  ///   - dictionary: what the checksum starts with; not used by the frozen types.
  ///   - out: at least `FrameFormat.maximumWireSize` bytes.
  ///   - payload: writes at most `FrameFormat.maximumPayloadSize` bytes.
  @inlinable public static func write(
    _ header: FrameHeader, dictionary: UInt32 = BoardDictionary.hash,
    into out: UnsafeMutableBufferPointer<UInt8>, payload: (inout CanonicalWriter) -> Void
  ) -> Int {
    precondition(out.count >= FrameFormat.maximumWireSize && header.version < 16)
    // The first byte is left for the stuffing, the last for the delimiter.
    var writer = CanonicalWriter(
      UnsafeMutableBufferPointer(rebasing: out[1..<FrameFormat.maximumWireSize - 1]))
    writer.put(header.version << 4 | header.flags & 15)
    writer.put(header.type)
    writer.put(header.sequence)
    payload(&writer)
    let checksum = FrameChecksum.of(
      UnsafeBufferPointer(rebasing: out[1..<1 + writer.count]),
      start: header.type.isFrozen ? 0 : dictionary)
    writer.put(checksum)
    precondition(!writer.hasOverflowed, "payload too long")
    return stuff(out, count: writer.count)
  }

  /// Replaces every zero in `out[1...count]` by the distance to the next one, ends the frame.
  @usableFromInline static func stuff(
    _ out: UnsafeMutableBufferPointer<UInt8>, count: Int
  ) -> Int {
    var last = 0
    for index in 1...count where out[index] == 0 {
      out[last] = UInt8(truncatingIfNeeded: index - last)
      last = index
    }
    out[last] = UInt8(truncatingIfNeeded: count + 1 - last)
    out[count + 1] = 0
    return count + 2
  }
}

/// The checksum of a frame.
public enum FrameChecksum {
  /// CRC-32C over the four bytes of `start` and then `bytes`.
  public static func of(_ bytes: UnsafeBufferPointer<UInt8>, start: UInt32) -> UInt32 {
    var crc = CRC32C()
    crc.put(start)
    for byte in bytes { crc.put(byte) }
    return crc.value
  }
}

/// What one more byte made of the bytes so far.
public enum Reception: Equatable, Sendable {
  /// No frame is complete.
  case incomplete
  /// A frame is complete; its payload can be read until the next byte is taken.
  case frame(FrameHeader)
  /// What came between two delimiters is no frame.
  case rejected(FrameError)
}

/// Finds frames in a stream of bytes, one byte at a time.
///
/// Takes any bytes whatever without trapping. After garbage it is back in step at the next
/// delimiter, so at most the frame that the garbage ran into is lost.
public struct FrameDecoder: Sendable {
  private var buffer = InlineArray<64, UInt8>(repeating: 0)
  private var count = 0
  private var isOverlong = false
  private var payloadEnd = 0
  private let dictionary: UInt32

  /// A decoder that has heard nothing.
  public init(dictionary: UInt32 = BoardDictionary.hash) { self.dictionary = dictionary }

  /// Takes one byte.
  public mutating func take(_ byte: UInt8) -> Reception {
    payloadEnd = 0
    if byte != 0 {
      // A frame without its delimiter has at most 63 bytes.
      if count >= FrameFormat.maximumWireSize - 1 {
        isOverlong = true
      } else {
        buffer[count] = byte
        count += 1
      }
      return .incomplete
    }
    let length = count
    let wasOverlong = isOverlong
    count = 0
    isOverlong = false
    if wasOverlong { return .rejected(.tooLong) }
    // Delimiters without anything between them are idle line, not an error.
    if length == 0 { return .incomplete }
    return finish(length)
  }

  /// Gives what stands between header and checksum of the frame that was just completed.
  public mutating func withPayload<Result>(
    _ body: (inout CanonicalReader) -> Result
  ) -> Result {
    let end = payloadEnd
    var span = buffer.mutableSpan
    return span.withUnsafeMutableBufferPointer { bytes in
      let start = end == 0 ? 0 : 1 + FrameFormat.headerSize
      var reader = CanonicalReader(UnsafeBufferPointer(rebasing: bytes[start..<max(start, end)]))
      return body(&reader)
    }
  }

  /// Unstuffs and checks `length` bytes at the start of the buffer.
  private mutating func finish(_ length: Int) -> Reception {
    let minimum = 1 + FrameFormat.headerSize + FrameFormat.checksumSize
    if length < minimum { return .rejected(.tooShort) }
    let dictionary = dictionary
    var end = 0
    var span = buffer.mutableSpan
    let result: Reception = span.withUnsafeMutableBufferPointer { bytes in
      var index = 0
      while index < length {
        let next = index + Int(bytes[index])
        // Only the end of the frame may be pointed at, never past it.
        if next > length { return .rejected(.stuffing) }
        bytes[index] = 0
        index = next
      }
      end = length - FrameFormat.checksumSize
      var tail = CanonicalReader(UnsafeBufferPointer(rebasing: bytes[end..<length]))
      let type = FrameType(rawValue: bytes[2])
      let start = type?.isFrozen == true ? 0 : dictionary
      let checksum = FrameChecksum.of(UnsafeBufferPointer(rebasing: bytes[1..<end]), start: start)
      if tail.take32() != checksum { return .rejected(.checksum) }
      guard let type else { return .rejected(.type) }
      var header = FrameHeader(type, sequence: bytes[3])
      header.version = bytes[1] >> 4
      header.flags = bytes[1] & 15
      if header.version != FrameFormat.version && !type.isFrozen { return .rejected(.version) }
      if header.flags & ~FrameFormat.understoodFlags != 0 { return .rejected(.flags) }
      return .frame(header)
    }
    if case .frame = result { payloadEnd = end }
    return result
  }
}
