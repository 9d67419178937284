import Testing

@testable import PumpSerial

@Suite("Who a New Era pump says it is", .serialized)
struct NewEraIdentificationTests {
  private static func reply(_ text: String) -> [UInt8] { [2] + Array(text.utf8) + [3] }

  private func ask(
    _ port: ScriptedPort, address: UInt8 = 0, _ framing: NewEraFraming = .basic
  ) throws(NewEraIdentificationError) -> NewEraIdentification {
    try NewEraIdentification.ask(
      path: port.path, settings: SerialSettings(baud: 19_200), address: address, framing: framing)
  }

  @Test("model, firmware, address and state are told, and only the version was asked for")
  func version() throws {
    let port = try ScriptedPort { _, _ in Self.reply("07PNE1000X2V3.928") }
    let found = try ask(port, address: 7)
    port.stop()
    #expect(found.version == NewEraVersion(model: "NE1000", upgrade: "X2", firmware: "3.928"))
    #expect(found.address == 7 && found.stateText == "paused" && found.acknowledgedText == nil)
    #expect(port.lines == [Array("7VER\r".utf8)])
  }

  @Test("an alarm that asking has acknowledged is told, and the pump is asked again")
  func alarm() throws {
    let port = try ScriptedPort { number, _ in
      Self.reply(number == 0 ? "00A?R" : "00SNE1000V3.928")
    }
    let found = try ask(port)
    port.stop()
    #expect(found.acknowledged == .reset && found.version.model == "NE1000")
    #expect(found.stateText == "stopped")
    #expect(port.lines.count == 2)
  }

  @Test("an echo of what was asked is no answer, and does not hide one")
  func echo() throws {
    let port = try ScriptedPort { _, line in line + Self.reply("00SNE500V3.9") }
    #expect(try ask(port).version.model == "NE500")
    port.stop()
    let mirror = try ScriptedPort { _, line in line }
    #expect(
      throws: NewEraIdentificationError.noAnswer(
        path: mirror.path, settings: SerialSettings(baud: 19_200),
        received: Array("0VER\r0VER\r0VER\r".utf8))
    ) { try ask(mirror) }
    mirror.stop()
  }

  @Test("in Safe mode the question is a packet with the manual's checksum, and so is the answer")
  func safeMode() throws {
    let port = try ScriptedPort(end: 3) { _, line in
      line == [2, 8, 0x30, 0x56, 0x45, 0x52, 0x48, 0x09, 3]
        ? NewEraFrame.reply(Array("00SNE1000V3.928".utf8), .safe) : []
    }
    #expect(try ask(port, .safe).version.firmware == "3.928")
    port.stop()
  }

  @Test("silence names the speeds to try; another device is told by its first bytes")
  func others() throws {
    let silent = try PseudoTerminal(link: nil)
    do {
      _ = try NewEraIdentification.ask(
        path: silent.path, settings: SerialSettings(baud: 9600), address: 0, framing: .basic)
      Issue.record("nobody was identified")
    } catch {
      #expect(error.description.contains("no answer"))
      #expect(error.description.contains("19200, 2400, 1200, 300"))
    }
    let balance = try ScriptedPort { _, _ in Array("ES\r\n".utf8) }
    do {
      _ = try ask(balance)
      Issue.record("a balance was taken for a pump")
    } catch {
      #expect(error.description.contains("not as a New Era pump (45 53 0d 0a"))
    }
    balance.stop()
  }
}
