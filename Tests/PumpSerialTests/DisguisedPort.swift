import Foundation
import Glibc

@testable import PumpSerial

/// A pseudo-terminal that another process takes for a USB serial port, with real libserialport on it.
///
/// The other process is the exerciser (or the program), under the shim in `Shim/real-tty.c`.
final class DisguisedPort {
  /// The port's name for the other process.
  static let name = "/dev/ttyTEST0"

  /// Our end; nil once it was closed.
  private(set) var terminal: PseudoTerminal?
  /// The path of the pseudo-terminal itself.
  let slave: String
  private let folder: String
  private var more: [String: String] = [:]

  /// What the shim was compiled to; made once.
  private static let shim: String? = {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Shim/real-tty.c").path
    let object = NSTemporaryDirectory() + "trumpet-shim-\(getpid()).so"
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["cc", "-shared", "-fPIC", "-O1", "-o", object, source, "-ldl"]
    guard (try? compiler.run()) != nil else { return nil }
    compiler.waitUntilExit()
    atexit { unlink(NSTemporaryDirectory() + "trumpet-shim-\(getpid()).so") }
    return compiler.terminationStatus == 0 ? object : nil
  }()

  /// Makes the port.
  ///
  /// - Parameters:
  ///   - latency_ms: what its latency timer says; nil for none.
  ///   - settings: more for the shim.
  init(latency_ms: Int? = nil, _ settings: [String: String] = [:]) throws {
    let terminal = try PseudoTerminal(link: nil)
    self.terminal = terminal
    slave = terminal.devicePath
    folder = NSTemporaryDirectory() + "trumpet-port-\(UUID().uuidString)"
    more = settings
    // As sysfs shows an adapter of FTDI's: device, interface and port, each a folder.
    let usb = folder + "/devices/usb1/1-1"
    let port = usb + "/1-1:1.0/ttyTEST0"
    let files = FileManager.default
    try files.createDirectory(atPath: port + "/tty/ttyTEST0", withIntermediateDirectories: true)
    try files.createDirectory(
      atPath: folder + "/drivers/ftdi_sio", withIntermediateDirectories: true)
    func link(_ path: String, to target: String) throws {
      try files.createSymbolicLink(atPath: path, withDestinationPath: target)
    }
    try link(port + "/tty/ttyTEST0/device", to: "../../../ttyTEST0")
    try link(port + "/driver", to: "../../../../../drivers/ftdi_sio")
    try link(folder + "/ttyTEST0", to: "devices/usb1/1-1/1-1:1.0/ttyTEST0/tty/ttyTEST0")
    let texts = [
      "busnum": "1", "devnum": "7", "idVendor": "0403", "idProduct": "6001",
      "product": "FT232R USB UART", "manufacturer": "FTDI", "serial": "A9014PVM",
    ]
    for (name, text) in texts { try (text + "\n").write(toFile: usb + "/" + name) }
    try files.createDirectory(atPath: folder + "/by-id", withIntermediateDirectories: true)
    try link(folder + "/by-id/usb-FTDI_FT232R_USB_UART_A9014PVM-if00-port0", to: slave)
    if let latency_ms { try "\(latency_ms)\n".write(toFile: port + "/latency_timer") }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Closes our end, as when the other side of a line is gone.
  func hangUp() { terminal = nil }

  /// What was done to modem lines and driver flags, a line each.
  var log: [String] {
    let text = try? String(contentsOfFile: folder + "/log", encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }

  /// What the other process needs in its environment.
  var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["LD_PRELOAD"] = Self.shim
    environment["SHIM_PORT"] = Self.name
    environment["SHIM_PTY"] = slave
    environment["SHIM_SYS"] = folder
    environment["SHIM_LINKS"] = folder + "/by-id"
    environment["SHIM_LOG"] = folder + "/log"
    return environment.merging(more) { $1 }
  }

  /// Starts the exerciser on the port.
  func exercise(_ what: String, _ numbers: Int...) throws -> Exerciser {
    try Exerciser([what, Self.name] + numbers.map(String.init), environment: environment)
  }

  /// Sends back what comes until the other side is gone.
  func echo() {
    guard let descriptor = terminal?.descriptor else { return }
    var buffer = [UInt8](repeating: 0, count: 4096)
    var hasBegun = false
    while true {
      var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&polled, 1, 100)
      if polled.revents & Int16(POLLIN) != 0 {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        hasBegun = true
        if count > 0 { _ = Glibc.write(descriptor, buffer, count) }
      } else if polled.revents & Int16(POLLHUP) != 0 {
        if hasBegun { return }
        usleep(1000)
      }
    }
  }
}

extension String {
  fileprivate func write(toFile path: String) throws {
    try write(toFile: path, atomically: false, encoding: .utf8)
  }
}

/// The exerciser in a process of its own.
final class Exerciser {
  private let process = Process()
  private let output = Pipe()
  private let input = Pipe()
  private var pending = ""

  init(_ arguments: [String], environment: [String: String]? = nil) throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appendingPathComponent("LinkExerciser")
    process.arguments = arguments
    if let environment { process.environment = environment }
    process.standardOutput = output
    process.standardInput = input
    try process.run()
  }

  /// The next line; nil at the end.
  func line() -> String? {
    while true {
      if let end = pending.firstIndex(of: "\n") {
        let line = String(pending[..<end])
        pending = String(pending[pending.index(after: end)...])
        return line
      }
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return nil }
      pending += String(decoding: data, as: UTF8.self)
    }
  }

  /// Reads until a line begins so; false at the end.
  func wait(for beginning: String) -> Bool {
    while let line = line() { if line.hasPrefix(beginning) { return true } }
    return false
  }

  /// The lines that are left, once it has ended.
  func finish() -> [String] {
    try? input.fileHandleForWriting.close()
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    process.waitUntilExit()
    return lines
  }

  /// Kills it at once.
  func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

  /// Whether it ended with status 0.
  var hasSucceeded: Bool { process.terminationReason == .exit && process.terminationStatus == 0 }
}

extension [String] {
  /// The number behind a name, as `elapsed_ms 12`.
  func number(_ name: String) -> Int? {
    first { $0.hasPrefix(name + " ") }.flatMap { Int($0.dropFirst(name.count + 1)) }
  }
}
