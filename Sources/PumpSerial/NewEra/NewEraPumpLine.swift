// Frames over a port, and the blocking questions with which a pump is opened.

/// A link to a New Era pump: frames out, replies in, every byte into the wire tap.
final class NewEraPumpLine {
  let link: SerialLink
  let tap = WireTap()
  let address: UInt8
  var framing = NewEraFraming.basic
  private var decoder = NewEraReplyDecoder()
  private var pending: [NewEraReply] = []
  /// Bytes of the last command, to recognise an echo.
  private var lastSent: [UInt8] = []
  /// What came back that was no answer.
  private(set) var heard = NewEraPumpError.Heard.nothing
  private(set) var malformed: UInt64 = 0
  private var recent: [UInt8] = []
  private let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 512)

  init(_ link: SerialLink, address: UInt8) {
    self.link = link
    self.address = address
  }

  deinit { buffer.deallocate() }

  /// Puts a command on the line.
  func send(_ command: NewEraCommand) throws(SerialLinkError) {
    let payload = NewEraAddressedCommand(address: address, text: command.text).payload
    let bytes = NewEraFrame.command(payload, framing)
    lastSent = bytes
    var failure: SerialLinkError?
    bytes.withUnsafeBufferPointer {
      tap.put(.sent, $0)
      do throws(SerialLinkError) {
        try link.write($0, withinMilliseconds: 100)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// The next reply that has come; waits at most so long for bytes.
  func receive(withinMilliseconds limit: Int) throws(SerialLinkError) -> NewEraReply? {
    if !pending.isEmpty { return pending.removeFirst() }
    let count = try link.read(into: buffer, withinMilliseconds: limit)
    if count > 0 { take(UnsafeBufferPointer(rebasing: buffer[..<count])) }
    return pending.isEmpty ? nil : pending.removeFirst()
  }

  private func take(_ bytes: UnsafeBufferPointer<UInt8>) {
    tap.put(.received, bytes)
    recent += bytes
    if recent.count > 64 { recent.removeFirst(recent.count - 64) }
    for event in decoder.take(bytes, at: Monotonic.nanoseconds()) {
      switch event {
      case .reply(let reply, _): pending.append(reply)
      case .malformed:
        malformed += 1
        tap.noteDisturbance()
      }
    }
  }

  // MARK: Opening

  /// Asks and waits; an alarm is acknowledged by asking, and the question asked again.
  ///
  /// Nil when nothing came in time. `heard` then says what came instead.
  func ask(
    _ command: NewEraCommand, milliseconds: Int = 300, acknowledged: inout [NewEraAlarm]
  ) throws(SerialLinkError) -> NewEraReply? {
    // Again after each alarm, and once after silence: a pump at another task may miss one.
    for _ in 0..<4 {
      recent = []
      try send(command)
      guard let reply = try answer(milliseconds: milliseconds) else { return nil }
      guard let alarm = reply.alarm else { return reply }
      acknowledged.append(alarm)
    }
    return nil
  }

  private func answer(milliseconds: Int) throws(SerialLinkError) -> NewEraReply? {
    let deadline = Monotonic.nanoseconds() + UInt64(milliseconds) * 1_000_000
    while true {
      let left = Int(Monotonic.milliseconds(until: deadline))
      if let reply = try receive(withinMilliseconds: left) {
        if reply.address == address { return reply }
        heard = .address(reply.address)
      } else if left == 0 {
        noteSilence()
        return nil
      }
    }
  }

  private func noteSilence() {
    if case .address = heard { return }
    let isEcho = lastSent.count > 0 && contains(recent, lastSent)
    if isEcho { heard = .echo } else if !recent.isEmpty, heard == .nothing { heard = .garbage }
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard bytes.count >= part.count else { return false }
    return (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
  }
}
