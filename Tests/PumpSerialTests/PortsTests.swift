import BoardProtocol
import Foundation
import PumpHAL
import Testing

@testable import PumpSerial

@Suite("Which ports there are, and what is on them", .serialized)
struct PortsTests {
  @Test("a USB adapter is listed with its numbers, serial number, driver, latency, links and group")
  func usbAdapter() throws {
    let port = try DisguisedPort(latency_ms: 16, ["SHIM_GROUP": "20"])
    let lines = try Exerciser(["ports", "-"], environment: port.environment).finish()
    #expect(
      lines == [
        "name /dev/ttyTEST0", "description FT232R USB UART - A9014PVM", "transport usb",
        "usb 403:6001",
        "manufacturer FTDI", "serial A9014PVM", "driver ftdi_sio", "latency 16",
        "links /dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A9014PVM-if00-port0",
        "group dialout true",
        "permitted true",
      ])
    // Listing asks the system, never the device.
    #expect(port.log.isEmpty)
  }

  @Test("an adapter without a latency timer, that this user may not open, is listed as such")
  func deniedAdapter() throws {
    let port = try DisguisedPort(["SHIM_DENY": "\(EACCES)"])
    let lines = try Exerciser(["ports", "-"], environment: port.environment).finish()
    #expect(lines.contains("latency nil") && lines.contains("permitted false"))
  }

  @Test("a machine without ports has an empty list, which is no error")
  func none() throws {
    let port = try DisguisedPort()
    var environment = port.environment
    let empty = NSTemporaryDirectory() + "trumpet-empty-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: empty) }
    environment["SHIM_SYS"] = empty
    let exerciser = try Exerciser(["ports", "-"], environment: environment)
    #expect(exerciser.finish().isEmpty)
    #expect(exerciser.hasSucceeded)
  }

  @Test("a board says who it is, and no session is opened for it")
  func board() throws {
    let served = try ServedBoard(canRunFasterThanRealTime: false)
    defer { served.stop() }
    for _ in 0..<2 {
      let found = try BoardIdentification.ask(path: served.board.path)
      #expect(found.name == "trumpet emulated" && found.isEmulated)
      #expect(!found.canRunFasterThanRealTime && found.version == FrameFormat.version)
    }
    let pump = try SerialPump.open(path: served.board.path, mode: .realTime)
    #expect(throws: SerialPumpError.link(.busy(path: served.board.path))) {
      try BoardIdentification.ask(path: served.board.path)
    }
    #expect(pump.sense().link == .up)
    pump.close()
  }

  @Test("nobody, and somebody who is no board, are told apart")
  func noBoard() throws {
    let silent = try PseudoTerminal(link: nil)
    #expect(throws: SerialPumpError.noAnswer(path: silent.path, sawOtherBytes: false)) {
      try BoardIdentification.ask(path: silent.path)
    }
    let other = try ScriptedPort(end: 0) { _, _ in Array("ES\r\n\u{0}".utf8) }
    #expect(throws: SerialPumpError.noAnswer(path: other.path, sawOtherBytes: true)) {
      try BoardIdentification.ask(path: other.path)
    }
    other.stop()
  }
}
