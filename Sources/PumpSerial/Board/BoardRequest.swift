import BoardProtocol
import PumpHAL

/// A question to the board, and its answer as it comes in, a frame at a time.
struct BoardRequest: Sendable {
  /// The question's type.
  let type: FrameType
  /// The question's payload.
  let payload: [UInt8]
  /// The payloads of the answer so far.
  private(set) var answer: [[UInt8]] = []
  /// The board's refusal, if it refused.
  private(set) var refusal: Refusal?

  init(_ type: FrameType, _ payload: [UInt8] = []) {
    self.type = type
    self.payload = payload
  }

  /// Writes the payload.
  func write(to sink: inout CanonicalWriter) {
    for byte in payload { sink.put(byte) }
  }

  /// Takes a frame that carries the question's sequence; true when the answer is complete.
  mutating func take<Link: ByteLink>(_ header: FrameHeader, from line: BoardLine<Link>) -> Bool {
    if header.type == .refusal {
      guard let refusal = line.payload({ Refusal(from: &$0) }), refusal.type == type.rawValue
      else { return false }
      self.refusal = refusal
      return true
    }
    if header.type.rawValue != type.rawValue | 0x80 { return false }
    let bytes = line.payload { reader in
      var bytes: [UInt8] = []
      while reader.remaining > 0 { bytes.append(reader.take8()) }
      return bytes
    }
    guard let bytes else { return false }
    if type != .world {
      answer = [bytes]
      return true
    }
    guard
      let head = CanonicalBytes.read(Array(bytes.prefix(6)), { WorldAnswer(from: &$0) })
    else { return false }
    let data = Array(bytes.dropFirst(6))
    // A part that does not follow the last one begins the answer anew, or waits for that.
    if head.offset == 0 { answer = [[head.status.rawValue]] }
    let have = answer.dropFirst().reduce(0) { $0 + $1.count }
    if answer.isEmpty || Int(head.offset) != have { return false }
    answer.append(data)
    return have + data.count >= Int(head.total)
  }
}

extension BoardLine {
  /// Asks a question and waits for its answer, asking again when none comes.
  ///
  /// - Parameters:
  ///   - request: the question.
  ///   - tries: how often to ask.
  ///   - milliseconds: how long to wait each time.
  ///   - onOther: takes every frame that is no answer.
  func exchange(
    _ request: BoardRequest, tries: Int = 8, milliseconds: Int = 200,
    onOther: (FrameHeader) -> Void = { _ in }
  ) throws(SerialLinkError) -> BoardRequest? {
    var request = request
    let sequence = try send(request.type) { request.write(to: &$0) }
    for attempt in 0..<tries {
      if attempt > 0 { try resend() }
      let deadline = Monotonic.nanoseconds() + UInt64(milliseconds) * 1_000_000
      while let header = try receive(by: deadline) {
        if header.type != .sense && header.sequence == sequence {
          if request.take(header, from: self) { return request }
        } else {
          onOther(header)
        }
      }
    }
    return nil
  }
}
