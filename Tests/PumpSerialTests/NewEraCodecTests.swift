import Testing

@testable import PumpSerial

@Suite("New Era frames and texts")
struct NewEraCodecTests {
  private func bytes(_ hex: String) -> [UInt8] {
    hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
  }

  @Test("the checksum is CRC-16/XMODEM: 31C3 for 123456789, 5543 for SAF0 as the manual has it")
  func checksum() {
    #expect(NewEraFrame.checksum("123456789".utf8) == 0x31C3)
    #expect(NewEraFrame.checksum("SAF0".utf8) == 0x5543)
    #expect(NewEraFrame.checksum("00A?T".utf8) == 0x0540)
    #expect(NewEraFrame.checksum("00A?R".utf8) == 0x6586)
    #expect(NewEraFrame.checksum([]) == 0)
  }

  @Test(
    "packets of Safe mode, both ways (NE-1000 manual and vectors taken from clients)",
    arguments: [
      ("SAF0", "02 08 53 41 46 30 55 43 03"),
      ("0SAF0", "02 09 30 53 41 46 30 59 AD 03"),
      ("0", "02 05 30 36 53 03"),
      ("0VER", "02 08 30 56 45 52 48 09 03"),
      // The checksum holds an STX: only the length tells where the packet ends.
      ("0DIA", "02 08 30 44 49 41 02 35 03"),
      ("00S", "02 07 30 30 53 AA A6 03"),
      ("00A?S", "02 09 30 30 41 3F 53 75 A7 03"),
    ])
  func packets(_ payload: String, _ hex: String) {
    #expect(NewEraFrame.command(Array(payload.utf8), .safe) == bytes(hex))
    #expect(NewEraFrame.reply(Array(payload.utf8), .safe) == bytes(hex))
    for framing in NewEraFraming.allCases {
      var decoder = NewEraCommandDecoder(framing: framing)
      let events = bytes(hex).compactMap { decoder.take($0, at: 0) }
      #expect(events == [.command(Array(payload.utf8), .safe)])
    }
  }

  @Test("the packet that leaves Safe mode is the manual's")
  func leaveSafeMode() {
    #expect(NewEraFrame.leaveSafeMode == bytes("02 08 53 41 46 30 55 43 03"))
  }

  @Test("lines of Basic mode end in a carriage return, replies stand between STX and ETX")
  func lines() {
    #expect(NewEraFrame.command(Array("0RUN".utf8), .basic) == Array("0RUN\r".utf8))
    #expect(NewEraFrame.reply(Array("00I".utf8), .basic) == bytes("02 30 30 49 03"))
    var decoder = NewEraCommandDecoder(framing: .basic)
    let events = Array(" 0 rat 1.5\t mm\n\r\r".utf8).compactMap { decoder.take($0, at: 0) }
    #expect(events == [.command(Array("0RAT1.5MM".utf8), .basic), .command([], .basic)])
  }

  @Test("in Safe mode a line is not heard, and half a packet is given up after 0.5 s")
  func gaps() {
    var decoder = NewEraCommandDecoder(framing: .safe)
    #expect(Array("0VER\r".utf8).allSatisfy { decoder.take($0, at: 0) == nil })
    let packet = NewEraFrame.command(Array("0VER".utf8), .safe)
    for byte in packet.prefix(4) { #expect(decoder.take(byte, at: 0) == nil) }
    var events = packet.compactMap { decoder.take($0, at: 499_999_999) }
    #expect(events.first == .invalid(.safe))
    decoder.reset()
    for byte in packet.prefix(4) { #expect(decoder.take(byte, at: 0) == nil) }
    events = packet.compactMap { decoder.take($0, at: 500_000_000) }
    #expect(events == [.command(Array("0VER".utf8), .safe)])
  }

  @Test("a packet with one bit turned round is invalid or not heard, never a command")
  func corruptedPackets() {
    let packet = NewEraFrame.command(Array("0RAT3000UM".utf8), .safe)
    for bit in 0..<(packet.count * 8) {
      var wrong = packet
      wrong[bit / 8] ^= 1 << (bit % 8)
      var decoder = NewEraCommandDecoder(framing: .safe)
      for byte in wrong {
        if case .command = decoder.take(byte, at: 0) { Issue.record("bit \(bit) was not noticed") }
      }
    }
  }

  @Test("a line without end is refused when it ends, and the next one is heard")
  func overlongLine() {
    var decoder = NewEraCommandDecoder(framing: .basic)
    let text = [UInt8](repeating: 0x41, count: 1000) + Array("\r0\r".utf8)
    let events = text.compactMap { decoder.take($0, at: 0) }
    #expect(events == [.invalid(.basic), .command([0x30], .basic)])
  }

  // MARK: Replies

  private func decode(_ wire: [UInt8]) -> [NewEraReplyDecoder.Event] {
    var decoder = NewEraReplyDecoder()
    return decoder.take(wire, at: 0)
  }

  @Test("a host reads replies in both framings, whatever stands between them")
  func replies() throws {
    let reply = NewEraReply(address: 0, state: .prompt(.stopped), data: Array("14.43".utf8))
    let alarm = NewEraReply(address: 7, state: .alarm(.stalled))
    let wire =
      bytes("0D 0D 0A") + Array("0DIA\r".utf8) + NewEraFrame.reply(reply.payload, .basic)
      + [0x0D] + NewEraFrame.reply(alarm.payload, .safe) + [0x0D]
      + NewEraFrame.reply(reply.payload, .safe)
    #expect(
      decode(wire) == [.reply(reply, .basic), .reply(alarm, .safe), .reply(reply, .safe)])
    #expect(reply.payload == Array("00S14.43".utf8))
    #expect(alarm.payload == Array("07A?S".utf8))
  }

  @Test("half a frame, an echo or a broken packet before a reply costs no more than itself")
  func resynchronisation() {
    let reply = NewEraReply(address: 0, state: .prompt(.infusing))
    let good = NewEraFrame.reply(reply.payload, .basic)
    let safe = NewEraFrame.reply(reply.payload, .safe)
    for broken in [
      bytes("02 30 30"), bytes("02 02"), bytes("02 30 30 53 31 34"), bytes("02 01"),
      Array(NewEraFrame.command(Array("0DIA".utf8), .safe)),
      [0x02] + [UInt8](repeating: 0x30, count: 100), bytes("02 07 30 30 53 AA A7 03"),
      bytes("02 06"), bytes("03 03 0D"),
    ] {
      #expect(decode(broken + good).last == .reply(reply, .basic), "\(broken)")
      // A packet of which the length is wrong swallows at most what it counts.
      #expect(decode(broken + safe + safe).last == .reply(reply, .safe), "\(broken)")
    }
  }

  @Test("half a frame is given up after 0.5 s")
  func replyGap() {
    var decoder = NewEraReplyDecoder()
    #expect(decoder.take(bytes("02 30 30"), at: 1).isEmpty)
    #expect(decoder.isWithinFrame)
    let late = decoder.take(bytes("53 03"), at: 500_000_001)
    #expect(late == [.malformed(bytes("30 30"))])
    #expect(!decoder.isWithinFrame)
  }

  @Test("any bytes at all: no decoder falls over, and both are back in step after a silence")
  func anyBytes() {
    var state: UInt64 = 1
    let likely = Array("\u{2}\u{3}\r*0123456789.?AISRUNDVOLT\u{7}\u{8}".utf8)
    func random() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Mostly bytes that mean something.
      let choice = Int(state >> 33 & 0xFF)
      return choice < 200 ? likely[choice % likely.count] : UInt8(truncatingIfNeeded: state >> 41)
    }
    var host = NewEraReplyDecoder()
    var pump = NewEraCommandDecoder(framing: .safe)
    for _ in 0..<20_000 {
      let byte = random()
      _ = host.take([byte], at: 0)
      if case .command(let payload, _) = pump.take(byte, at: 0) {
        for part in NewEraAddressedCommand.split(payload) { _ = NewEraCommand.parse(part.text) }
      }
      let text = (0..<Int(random() % 12)).map { _ in random() }
      for part in NewEraAddressedCommand.split(text) { _ = NewEraCommand.parse(part.text) }
      _ = NewEraReply(payload: text)
      _ = NewEraDispensed(text)
      _ = NewEraVersion(text)
      _ = NewEraNumber(command: text)
      _ = NewEraNumber(reply: text)
    }
    let reply = NewEraReply(address: 0, state: .prompt(.stopped))
    #expect(
      host.take(NewEraFrame.reply(reply.payload, .safe), at: 1_000_000_000).last
        == .reply(reply, .safe))
  }

  // MARK: Numbers and texts

  @Test(
    "a number goes out in five characters with a digit before the point",
    arguments: [
      (0.0, "0.000"), (0.05, "0.050"), (14.43, "14.43"), (1500, "1500."), (9.9996, "10.00"),
      (99.996, "100.0"), (999.96, "1000."), (9999.4, "9999."), (0.0004, "0.000"),
      (0.0006, "0.001"), (123.44, "123.4"),
    ])
  func numbersOut(_ value: Double, _ text: String) throws {
    let number = try #require(NewEraNumber(nearest: value))
    #expect(String(decoding: number.replyText, as: UTF8.self) == text)
    #expect(number.replyText.count == 5)
  }

  @Test("what four digits cannot show is no number; a counter never shows more than was counted")
  func numberBounds() {
    #expect(NewEraNumber(nearest: 10_000) == nil)
    #expect(NewEraNumber(nearest: 9999.7) == nil)
    #expect(NewEraNumber(nearest: -0.1) == nil)
    #expect(NewEraNumber(nearest: .nan) == nil)
    #expect(NewEraNumber(nearest: .infinity) == nil)
    #expect(NewEraNumber(notAbove: 9.9996)?.description == "9.999")
    #expect(NewEraNumber(notAbove: 9999.9)?.description == "9999")
    // 0.3 is not a binary fraction.
    #expect(NewEraNumber(notAbove: 0.1 + 0.2)?.description == "0.3")
  }

  @Test(
    "a host's number has at most four digits and three of them behind the point, or `.9999`",
    arguments: [
      ("1", 1.0), ("14.43", 14.43), ("0.050", 0.05), (".5", 0.5), ("5.", 5), (".9999", 0.9999),
      ("9999", 9999), ("1500.", 1500), ("999.9", 999.9),
    ])
  func numbersIn(_ text: String, _ value: Double) {
    #expect(NewEraNumber(command: text.utf8)?.value == value)
  }

  @Test(
    "anything else is no number",
    arguments: [
      "", ".", "1.2345", "12345", "1.2.3", "-1", "1e3", "12.345", "0.1234", ".12345", " 1",
    ])
  func noNumbers(_ text: String) {
    #expect(NewEraNumber(command: text.utf8) == nil)
  }

  @Test("a host sends any number exactly, and the pump reads it back", arguments: [0, 5, 9999])
  func numberRoundTrip(_ offset: Int) throws {
    for whole in stride(from: 0.0, to: 9999, by: 37) {
      let number = try #require(NewEraNumber(nearest: whole + Double(offset) / 10_000))
      #expect(NewEraNumber(command: number.commandText) == number)
      #expect(NewEraNumber(reply: number.replyText) == number)
    }
  }

  @Test("other devices' numbers are read as well: 3.0, 0.0250")
  func lenientNumbers() {
    #expect(NewEraNumber(reply: "3.0".utf8)?.value == 3)
    #expect(NewEraNumber(reply: "0.0250".utf8)?.value == 0.025)
    #expect(NewEraNumber(reply: "10000".utf8) == nil)
  }

  @Test("what was dispensed: both ways, five characters each, in one unit")
  func dispensed() throws {
    let dispensed = try #require(NewEraDispensed("I1.234W500.0ML".utf8))
    #expect(dispensed.infused.value == 1.234)
    #expect(dispensed.withdrawn.value == 500)
    #expect(dispensed.unit == .millilitres)
    #expect(dispensed.data == Array("I1.234W500.0ML".utf8))
    for text in ["", "I", "IW", "IWML", "I1.0W1.0", "W1.0I1.0ML", "I1.0W1.0XL", "I1W2UL3"] {
      #expect(NewEraDispensed(text.utf8) == nil, "\(text)")
    }
  }

  @Test(
    "versions, plain and upgraded",
    arguments: [
      ("NE1000V3.928", "NE1000", "", "3.928"), ("NE1000XV3.9", "NE1000", "X", "3.9"),
      ("NE1000X1V3.61", "NE1000", "X1", "3.61"), ("NE500V3.919", "NE500", "", "3.919"),
    ])
  func versions(_ text: String, _ model: String, _ upgrade: String, _ firmware: String) throws {
    let version = try #require(NewEraVersion(text.utf8))
    #expect(version == NewEraVersion(model: model, upgrade: upgrade, firmware: firmware))
    #expect(version.data == Array(text.utf8))
    #expect(NewEraVersion("V3.9".utf8) == nil)
    #expect(NewEraVersion("NE1000".utf8) == nil)
  }

  @Test("prompts, alarms and refusals have the letters of the manual")
  func letters() throws {
    for (text, prompt) in [
      ("I", NewEraPrompt.infusing), ("W", .withdrawing), ("S", .stopped), ("P", .paused),
      ("T", .timedPause), ("U", .awaitingTrigger), ("X", .purging),
    ] {
      #expect(NewEraReply(payload: "00\(text)".utf8)?.prompt == prompt)
    }
    for (text, alarm) in [
      ("R", NewEraAlarm.reset), ("S", .stalled), ("T", .timedOut), ("E", .programError),
      ("O", .phaseOutOfRange),
    ] {
      #expect(NewEraReply(payload: "42A?\(text)".utf8)?.alarm == alarm)
    }
    for (text, refusal) in [
      ("?", NewEraRefusal.notRecognised), ("?NA", .notApplicable), ("?OOR", .outOfRange),
      ("?COM", .invalidPacket), ("?IGN", .ignored),
    ] {
      let reply = try #require(NewEraReply(payload: "00S\(text)".utf8))
      #expect(reply.refusal == refusal)
      #expect(reply == NewEraReply(address: 0, state: .prompt(.stopped), refusal: refusal))
    }
    for text in ["", "00", "0S1", "00Q", "00A?", "00A?X", "00AS", "00S\u{1}"] {
      #expect(NewEraReply(payload: text.utf8) == nil, "\(text)")
    }
  }

  @Test("14.00 mm and less is measured in microlitres, more in millilitres")
  func volumeUnits() throws {
    let narrow = try #require(NewEraNumber(nearest: 14))
    let wide = try #require(NewEraNumber(nearest: 14.01))
    #expect(NewEraVolumeUnit.chosen(forDiameter: narrow) == .microlitres)
    #expect(NewEraVolumeUnit.chosen(forDiameter: wide) == .millilitres)
  }
}
