/// The time that characters take on the line, where a speed is emulated; else none.
struct NewEraLine: Sendable {
  /// Nanoseconds a character takes: start bit, eight bits, stop bit.
  var characterTime: UInt64
  private var inbound = Queue()
  private var outbound = Queue()

  /// A line at a speed; nil without delay.
  init(baud: UInt32?) { characterTime = Self.characterTime(baud) }

  static func characterTime(_ baud: UInt32?) -> UInt64 {
    baud.map { 10_000_000_000 / UInt64($0) } ?? 0
  }

  /// Characters on their way.
  private struct Queue: Sendable {
    private var bytes: [(byte: UInt8, due: UInt64)] = []
    private var freeAt: UInt64 = 0

    mutating func put(_ new: some Sequence<UInt8>, at now: UInt64, _ characterTime: UInt64) {
      for byte in new {
        freeAt = max(freeAt, now) + characterTime
        bytes.append((byte, freeAt))
      }
    }

    mutating func take(at now: UInt64) -> [(byte: UInt8, due: UInt64)] {
      let count = bytes.firstIndex { $0.due > now } ?? bytes.count
      if count == 0 { return [] }
      let due = Array(bytes[..<count])
      bytes.removeFirst(count)
      return due
    }

    var nextDue: UInt64? { bytes.first?.due }

    mutating func takeAll() -> [UInt8] {
      defer { bytes = [] }
      return bytes.map(\.byte)
    }
  }

  mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    inbound.put(bytes, at: now, characterTime)
  }
  mutating func send(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    outbound.put(bytes, at: now, characterTime)
  }
  /// What has come, each character with the moment at which it was whole.
  mutating func received(at now: UInt64) -> [(byte: UInt8, due: UInt64)] { inbound.take(at: now) }
  /// What the host has by now.
  mutating func sent(at now: UInt64) -> [UInt8] { outbound.take(at: now).map(\.byte) }
  /// When the next character is there, either way.
  var nextDue: UInt64? {
    switch (inbound.nextDue, outbound.nextDue) {
    case (let first?, let second?): min(first, second)
    case (let first, let second): first ?? second
    }
  }
  /// What the host had sent before it went away; what was on its way to it is gone.
  mutating func takeAll() -> [UInt8] {
    _ = outbound.takeAll()
    return inbound.takeAll()
  }
}
