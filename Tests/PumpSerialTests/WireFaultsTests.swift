import Testing

@testable import PumpSerial

@Suite("Wire faults")
struct WireFaultsTests {
  private let millisecond: UInt64 = 1_000_000

  /// Puts messages in, a millisecond apart, from the first millisecond on, and takes out what is due.
  private func pass(
    _ messages: [[UInt8]], _ faults: [WireFault], to direction: WireFault.Direction = .toDevice,
    seed: UInt64 = 1
  ) -> (bytes: [UInt8], line: WireFaults) {
    var line = WireFaults(faults, seed: seed, messageEnds: [0])
    put([9, 0], into: &line, to: .toDevice, at: 0)
    _ = line.take(.toDevice, at: .max)
    var bytes: [UInt8] = []
    for (number, message) in messages.enumerated() {
      let now = UInt64(number + 1) * millisecond
      put(message, into: &line, to: direction, at: now)
      bytes += line.take(direction, at: now)
    }
    return (bytes, line)
  }

  private func put(
    _ bytes: [UInt8], into line: inout WireFaults, to direction: WireFault.Direction, at now: UInt64
  ) {
    bytes.withUnsafeBufferPointer { line.put($0, to: direction, at: now) }
  }

  private let thousand: [[UInt8]] = (0..<1000).map { (number: Int) -> [UInt8] in
    [UInt8(number % 250 + 1), UInt8(number / 250 + 1), 7, 0]
  }

  /// All bytes in a row.
  private func joined(_ messages: some Sequence<[UInt8]>) -> [UInt8] {
    messages.reduce(into: []) { $0 += $1 }
  }

  @Test("a line without faults gives every byte, in order, at once")
  func none() {
    let (bytes, line) = pass(thousand, [])
    let isWhole = bytes == joined(thousand)
    #expect(isWhole)
    #expect(line.toDevice.messages == 1001)
    #expect(line.nextDue == nil)
  }

  @Test("delay holds back by exactly so much, jitter by up to so much more, and nothing overtakes")
  func delay() {
    var line = WireFaults(
      [WireFault(.delay(nanoseconds: 20_000_000))], messageEnds: [0])
    put([1, 0], into: &line, to: .toDevice, at: 5)
    #expect(line.nextDue == 20_000_005)
    let early = line.take(.toDevice, at: 20_000_004)
    let due = line.take(.toDevice, at: 20_000_005)
    #expect(early == [] && due == [1, 0])
    #expect(line.nextDue == nil)

    line = WireFaults(
      [WireFault(.delay(nanoseconds: 20_000_000)), WireFault(.jitter(nanoseconds: 10_000_000))],
      messageEnds: [0])
    var longest: UInt64 = 0
    var shortest = UInt64.max
    var got: [UInt8] = []
    for number in 0..<200 as Range<UInt64> {
      let now = number * 50 * millisecond
      put([UInt8(number % 255 + 1), 0], into: &line, to: .toHost, at: now)
      let due = line.nextDue ?? 0
      longest = max(longest, due - now)
      shortest = min(shortest, due - now)
      got += line.take(.toHost, at: due)
    }
    #expect(shortest >= 20 * millisecond && shortest < 21 * millisecond)
    #expect(longest <= 30 * millisecond && longest > 29 * millisecond)
    #expect(got.count == 400)
    // Sent at once, they come in order whatever the dice say.
    for number in 1...100 as ClosedRange<UInt8> {
      put([number, 0], into: &line, to: .toHost, at: 20_000 * millisecond)
    }
    let inOrder = joined((1...100 as ClosedRange<UInt8>).map { [$0, 0] })
    let taken = line.take(.toHost, at: .max)
    #expect(taken == inOrder)
  }

  @Test("loss takes whole messages, about as many as it says, and counts them")
  func loss() {
    let (bytes, line) = pass(thousand, [WireFault(.loss(probability: 0.1))])
    let lost = Int(line.toDevice.lost)
    #expect(bytes.count == (1000 - lost) * 4)
    // 100 ± 3.3 standard deviations of 9.5, and the one that began the session.
    #expect((68...132).contains(lost))
    let all = pass(thousand, [WireFault(.loss(probability: 1))])
    #expect(all.bytes.isEmpty)
  }

  @Test("duplication, corruption and truncation do what they say to messages, and to nothing else")
  func damage() {
    let doubled = pass(thousand, [WireFault(.duplication(probability: 1))]).bytes
    let isDoubled = doubled == joined(thousand.map { $0 + $0 })
    #expect(isDoubled)
    let (garbled, line) = pass(thousand, [WireFault(.corruption(probability: 0.5))])
    #expect(garbled.count == 4000)
    let different = (0..<1000).count { (number: Int) -> Bool in
      Array(garbled[number * 4..<number * 4 + 4]) != thousand[number]
    }
    #expect((0...1).contains(Int(line.toDevice.corrupted) - different))
    #expect((400...600).contains(different))
    let cut = pass(thousand, [WireFault(.truncation(probability: 1))])
    #expect(cut.bytes.count < 3000)
    // No message keeps its end.
    #expect(!cut.bytes.contains(0))
  }

  @Test("silence lasts from its beginning to its end, in its direction")
  func silence() {
    // Message n is sent n + 1 ms after the host's first byte.
    let fault = WireFault(
      .silence, to: .toDevice, from: 100 * millisecond, until: 200 * millisecond)
    let (bytes, line) = pass(thousand, [fault])
    let isRight = bytes == joined(thousand[..<99] + thousand[199...])
    #expect(isRight)
    #expect(line.toDevice.silenced == 100)
    #expect(pass(thousand, [fault], to: .toHost).bytes.count == 4000)
    #expect(
      pass(thousand, [WireFault(.silence, to: .toHost)]).bytes == joined(thousand))
    #expect(pass(thousand, [WireFault(.silence, to: .toHost)], to: .toHost).bytes.isEmpty)
  }

  @Test("bytes at 19 200 baud take 10 bits each; a line that is too slow loses whole messages")
  func baud() {
    var line = WireFaults([WireFault(.baud(19_200))], messageEnds: [0])
    let message = [UInt8](repeating: 1, count: 47) + [0]
    put(message, into: &line, to: .toDevice, at: 0)
    // 48 bytes × 10 / 19 200 = 25 ms.
    let before = line.take(.toDevice, at: 24_900_000)
    let last = line.take(.toDevice, at: 25_000_000)
    #expect(before.count == 47 && last.count == 1)
    // A hundred of them a second are 48 000 bits.
    for number in 0..<1000 as Range<UInt64> {
      let now = (100 + number * 10) * millisecond
      put(message, into: &line, to: .toDevice, at: now)
      _ = line.take(.toDevice, at: now)
    }
    // 60 % of them after the 4096 bytes that wait.
    #expect((480...530).contains(line.toDevice.overflown))
    let rest = line.take(.toDevice, at: .max)
    #expect(rest.count <= 4096)
  }

  @Test("a reset is due once, at its time after the host's first byte, and again for the next host")
  func reset() {
    var line = WireFaults([WireFault(.reset, from: 30)], messageEnds: [0])
    var due = [line.isResetDue(at: 1000)]
    #expect(line.nextDue == nil)
    put([1, 0], into: &line, to: .toDevice, at: 1000)
    _ = line.take(.toDevice, at: 1000)
    #expect(line.nextDue == 1030)
    for moment in [1029, 1030, 2000] as [UInt64] { due.append(line.isResetDue(at: moment)) }
    line.hostLeft()
    put([1, 0], into: &line, to: .toDevice, at: 5000)
    for moment in [5029, 5031] as [UInt64] { due.append(line.isResetDue(at: moment)) }
    #expect(due == [false, false, true, false, false, true])
    #expect(line.resets == 2)
  }

  @Test("the same seed hits the same messages, another one others; each direction has its own dice")
  func seed() {
    let faults = [WireFault(.loss(probability: 0.2)), WireFault(.corruption(probability: 0.2))]
    let one = pass(thousand, faults, seed: 7).bytes
    #expect(one == pass(thousand, faults, seed: 7).bytes)
    #expect(one != pass(thousand, faults, seed: 8).bytes)
    #expect(one != pass(thousand, faults, to: .toHost, seed: 7).bytes)
    // A fault more does not move another's hits.
    let lossOnly = pass(thousand, [faults[0]], seed: 7).line.toDevice.lost
    #expect(pass(thousand, faults, seed: 7).line.toDevice.lost == lossOnly)
  }

  @Test("a list is read as it is written, each entry with its unit")
  func text() throws {
    #expect(
      try WireFault.list("delay=20ms,jitter=1.5s,loss=1%,to=host,from=10s,until=2min") == [
        WireFault(
          .delay(nanoseconds: 20_000_000), to: .toHost, from: 10_000_000_000,
          until: 120_000_000_000),
        WireFault(
          .jitter(nanoseconds: 1_500_000_000), to: .toHost, from: 10_000_000_000,
          until: 120_000_000_000),
        WireFault(
          .loss(probability: 0.01), to: .toHost, from: 10_000_000_000, until: 120_000_000_000),
      ])
    #expect(try WireFault.list("silence,to=device") == [WireFault(.silence, to: .toDevice)])
    #expect(try WireFault.list("baud=19200") == [WireFault(.baud(19_200))])
    #expect(
      try WireFault.list("truncation=0.5,duplication=100%,corruption=0%") == [
        WireFault(.truncation(probability: 0.5)), WireFault(.duplication(probability: 1)),
        WireFault(.corruption(probability: 0)),
      ])
    #expect(
      try WireFault.list("reset=1s,reset=1h") == [
        WireFault(.reset, from: 1_000_000_000), WireFault(.reset, from: 3_600_000_000_000),
      ])
  }

  @Test(
    "what is no list of faults is refused, and the message says what would be right",
    arguments: [
      ("", "not known"), ("delay=20", "unit"), ("delay=-1ms", "time"), ("loss=2", "probability"),
      ("loss=101%", "probability"), ("loss=nan", "probability"), ("loss", "probability"),
      ("noise=1%", "not known"), ("silence=1s", "not known"), ("baud=12", "speed"),
      ("to=host", "what"), ("loss=1%,to=pump", "host, device or both"),
      ("loss=1%,from=2s,until=1s", "later"), ("reset=1s,to=host", "own"), ("reset", "time"),
      ("delay=1e30s", "time"), ("loss=1%,,", "not known"),
    ])
  func wrongText(_ text: String, _ hint: String) {
    #expect {
      _ = try WireFault.list(text)
    } throws: {
      "\($0)".contains(hint)
    }
  }
}
