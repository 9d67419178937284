import PumpHAL
import PumpPlant

@testable import PumpSerial

/// An emulated New Era pump in virtual time: commands go in as text, replies come out as text.
struct VirtualNewEra {
  var device: NewEraDevice
  /// The line's clock, ns.
  var lineTime: UInt64 = 1_000_000_000

  /// A pump whose power-on alarm has been acknowledged.
  init(
    diameter: Double = 19.05, world: PlantParameters = .standard.drivenByNewEra(),
    events: [NewEraWorldEvent] = [], safeTimeout: UInt8 = 0, isFresh: Bool = false
  ) {
    var settings = NewEraSettings(diameter: NewEraNumber(nearest: diameter) ?? .zero)
    settings.safeTimeout = safeTimeout
    device = NewEraDevice(
      version: NewEraVersion(model: "NE1000", firmware: "3.928"), settings: settings, world: world,
      schedule: NewEraWorldSchedule(events))
    if !isFresh { device.alarm = nil }
    device.output = []
  }

  /// Sends a command in Basic mode; gives the payloads of what came back, one after the other.
  @discardableResult
  mutating func say(_ text: String) -> String { send(Array("\(text)\r".utf8)) }

  /// Sends a command as a packet of Safe mode.
  @discardableResult
  mutating func saySafely(_ text: String) -> String {
    send(NewEraFrame.command(Array(text.utf8), .safe))
  }

  /// Sends bytes; gives the payloads of what came back, with `|` between them.
  @discardableResult
  mutating func send(_ bytes: [UInt8]) -> String {
    for byte in bytes { device.take(byte, at: lineTime) }
    return heard()
  }

  /// What the pump has said since it was last heard.
  mutating func heard() -> String {
    defer { device.output = [] }
    var decoder = NewEraReplyDecoder()
    return decoder.take(device.output, at: 0).map { event in
      if case .reply(let reply, _) = event {
        return String(decoding: reply.payload, as: UTF8.self)
      }
      return "malformed"
    }.joined(separator: "|")
  }

  /// Whether what the pump says now is framed like this.
  func isFramed(_ framing: NewEraFraming) -> Bool {
    var decoder = NewEraReplyDecoder()
    return decoder.take(device.output, at: 0).allSatisfy {
      if case .reply(_, framing) = $0 { true } else { false }
    }
  }

  /// Lets time pass, on the line as well.
  mutating func pass(_ seconds: Double) {
    for _ in 0..<Int((seconds * 100).rounded()) {
      lineTime += 10_000_000
      device.tick()
      device.passLineTime(lineTime)
    }
  }

  /// Writes a program, a phase after the other: its function, and what else is set in it.
  mutating func program(_ phases: [[String]]) {
    for (index, phase) in phases.enumerated() {
      say("PHN\(index + 1)")
      for command in phase { say(command) }
    }
    say("PHN1")
  }
}
