// Uses a port as the program does, in a process of its own: under the shim that makes real
// libserialport take a pseudo-terminal (Tests/PumpSerialTests/Shim), and for the figure of
// Scripts/benchmark.

import BoardProtocol
import Glibc
import PumpHAL
import PumpSerial

@main
enum LinkExerciser {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let numbers = arguments.dropFirst(2).map { Int($0) ?? 0 }
    do throws(SerialLinkError) {
      switch arguments.first {
      case "echo" where numbers.count == 2: try echo(arguments[1], numbers[0], numbers[1])
      case "read" where numbers.count == 1: try read(arguments[1], milliseconds: numbers[0])
      case "write" where numbers.count == 2: try write(arguments[1], numbers[0], numbers[1])
      case "hold" where arguments.count == 2: try hold(arguments[1])
      case "ports": try ports()
      case "board" where arguments.count == 2: try board(arguments[1])
      case "benchmark" where arguments.count == 2: try benchmark(Int(arguments[1]) ?? 0)
      default:
        tell("usage: LinkExerciser echo|read|write|hold|ports|board|benchmark …")
        exit(64)
      }
    } catch {
      tell("error \(error)")
      exit(69)
    }
  }
}

/// Opens a port, and says by what means.
private func openPort(_ path: String) throws(SerialLinkError) -> SerialLink {
  let link = try SerialLink.open(path: path, settings: .board)
  tell("means \(link.means.rawValue)")
  return link
}

/// Sends pieces and reads each back.
private func echo(_ path: String, _ pieces: Int, _ size: Int) throws(SerialLinkError) {
  let link = try openPort(path)
  var buffer = [UInt8](repeating: 0, count: size)
  for piece in 0..<pieces {
    let sent = (0..<size).map { UInt8(truncatingIfNeeded: piece &* 31 &+ $0 &* 7) }
    try sent.withUnsafeBufferPointer { bytes throws(SerialLinkError) in
      try link.write(bytes, withinMilliseconds: 1000)
    }
    var received: [UInt8] = []
    while received.count < size {
      let count = try buffer.withUnsafeMutableBufferPointer { bytes throws(SerialLinkError) in
        try link.read(into: bytes, withinMilliseconds: 2000)
      }
      if count == 0 { break }
      received += buffer[..<count]
    }
    if received != sent {
      tell("piece \(piece) came back wrong")
      exit(1)
    }
  }
  link.close()
  tell("echoed \(pieces)")
}

/// Reads once; says what came, after how long, and what that cost the processor.
private func read(_ path: String, milliseconds: Int) throws(SerialLinkError) {
  let link = try openPort(path)
  var buffer = [UInt8](repeating: 0, count: 64)
  let meter = Meter()
  var outcome: String
  do throws(SerialLinkError) {
    let count = try buffer.withUnsafeMutableBufferPointer { bytes throws(SerialLinkError) in
      try link.read(into: bytes, withinMilliseconds: milliseconds)
    }
    outcome = "bytes \(count)"
  } catch {
    outcome = "error \(error)"
  }
  tell(outcome)
  meter.report()
  link.close()
}

/// Writes so many bytes to whoever reads, or does not.
private func write(_ path: String, _ size: Int, _ milliseconds: Int) throws(SerialLinkError) {
  let link = try openPort(path)
  let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 251 &+ $0) }
  let meter = Meter()
  var outcome = "written \(size)"
  do throws(SerialLinkError) {
    try bytes.withUnsafeBufferPointer { bytes throws(SerialLinkError) in
      try link.write(bytes, withinMilliseconds: milliseconds)
    }
  } catch {
    outcome = "error \(error)"
  }
  tell(outcome)
  meter.report()
  // What is under way would be lost with the port.
  usleep(50_000)
  link.close()
}

/// Keeps a port open until its standard input ends.
private func hold(_ path: String) throws(SerialLinkError) {
  let link = try openPort(path)
  if let notice = AdapterLatency(path: path)?.notice { tell("notice \(notice)") }
  tell("open")
  while readLine() != nil {}
  link.close()
  tell("closed")
}

/// Lists ports.
private func ports() throws(SerialLinkError) {
  for port in try SerialPortDescription.all() {
    tell("name \(port.name)")
    tell("description \(port.description)")
    tell("transport \(port.transport.rawValue)")
    if let usb = port.usb {
      tell("usb \(String(usb.vendor, radix: 16)):\(String(usb.product, radix: 16))")
      tell("manufacturer \(usb.manufacturer ?? "nil")")
      tell("serial \(usb.serialNumber ?? "nil")")
    }
    tell("driver \(port.driver ?? "nil")")
    tell("latency \(port.latency_ms.map { "\($0)" } ?? "nil")")
    tell("links \(port.links.joined(separator: " "))")
    if let access = port.access {
      tell("group \(access.group) \(access.groupMay)")
      tell("permitted \(access.isPermitted)")
    }
  }
}

/// Runs a board in real time until its link is lost.
private func board(_ path: String) throws(SerialLinkError) {
  let pump: SerialPump
  do {
    pump = try SerialPump.open(path: path, mode: .realTime)
  } catch {
    tell("error \(error)")
    exit(69)
  }
  let meter = Meter()
  var isTold = false
  for _ in 0..<3000 {
    pump.actuate(ActuatorFrame())
    usleep(10_000)
    let frame = pump.sense()
    if frame.link != .up { break }
    if !isTold, frame.tick > 0, pump.statistics.framesReceived > 20 {
      tell("up")
      isTold = true
    }
  }
  tell("link \(pump.sense().link)")
  meter.report()
  pump.close()
}

/// How long something takes, and what it costs.
private struct Meter {
  private let begin = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID))

  private static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
  }

  func report() {
    tell("elapsed_ms \(Int(Self.now(CLOCK_MONOTONIC) - begin.0))")
    tell("processor_ms \(Int(Self.now(CLOCK_PROCESS_CPUTIME_ID) - begin.1))")
  }
}

/// Prints a line now: whoever started us waits for it.
private func tell(_ line: String) {
  print(line)
  fflush(nil)
}
