/// Lines to and from a balance over a link, for one thread at a time.
final class BalanceLine {
  let link: any ByteLink
  /// What goes over the link, both ways.
  let tap = WireTap()
  private var lines = LineAssembler()
  private var buffer = [UInt8](repeating: 0, count: 512)
  private var next = 0
  private var end = 0

  init(_ link: any ByteLink) { self.link = link }

  /// Lines that were too long to be any.
  var overlong: UInt64 { lines.overlong }

  /// Whether something has come that is not a whole line yet.
  var isInsideLine: Bool { lines.isInside }

  /// What has come of a line that is not whole, for people.
  var partialLine: String { printable(lines.partial) }

  /// Sends bytes; what is tapped as sent is what the link was given, whether or not it went.
  func send(_ bytes: [UInt8]) throws(BalanceError) {
    do {
      try bytes.withUnsafeBufferPointer { bytes throws(SerialLinkError) in
        tap.put(.sent, bytes)
        try link.write(bytes, withinMilliseconds: 500)
      }
    } catch {
      throw .link(error)
    }
  }

  /// The next line, or nil when none was whole by `deadline`; a deadline of 0 does not wait.
  func receive(by deadline: UInt64) throws(BalanceError) -> [UInt8]? {
    while true {
      while next < end {
        let byte = buffer[next]
        next += 1
        if let line = lines.take(byte) { return line }
      }
      let wait = deadline == 0 ? 0 : Int(Monotonic.milliseconds(until: deadline))
      if deadline != 0 && wait == 0 { return nil }
      next = 0
      end = 0
      do {
        end = try buffer.withUnsafeMutableBufferPointer { bytes throws(SerialLinkError) in
          let count = try link.read(into: bytes, withinMilliseconds: wait)
          tap.put(.received, UnsafeBufferPointer(rebasing: bytes[..<count]))
          return count
        }
      } catch {
        throw .link(error)
      }
      if end == 0 { return nil }
    }
  }

  /// Forgets what was received and not read.
  func discard() {
    link.discardBuffers()
    next = 0
    end = 0
    lines.forget()
  }
}
