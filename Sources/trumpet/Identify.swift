import ArgumentParser
import PumpSerial
import Session
import Text

/// `trumpet identify PORT --as KIND`.
struct Identify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Asks what is on a serial port, in the one protocol that is named.",
    discussion: """
      Nothing is moved, set or started. But a port cannot be asked without a trace: what asking does \
      is said before it is done.
      """)

  /// The protocols that can be asked in.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case board
    case newEra = "new-era"
  }

  @Argument(help: "The port: /dev/ttyUSB0, or the link of an emulated device.")
  var port: String

  @Option(name: .customLong("as"), help: "The protocol: board or new-era.")
  var kind: Kind

  @Option(help: "Bits a second; 115200 for a board, 19200 for a New Era pump if left out.")
  var baud: UInt32?

  @Option(help: "New Era: the pump's address, 0 to 99.")
  var address: UInt8 = 0

  @Flag(help: "New Era: ask in Safe mode, which starts the pump's time-out.")
  var safe = false

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  func validate() throws {
    if let baud, !SerialSettings.bauds.contains(baud) {
      let bauds = SerialSettings.bauds.map { "\($0)" }.joined(separator: ", ")
      throw ValidationError("--baud \(baud) cannot be set; one of \(bauds)")
    }
    if address > 99 { throw ValidationError("--address is 0 to 99") }
    if kind == .board, address != 0 || safe {
      throw ValidationError("--address and --safe are of New Era pumps; a board has neither")
    }
  }

  func run() throws {
    diagnose(warning)
    var found: [Finding] = []
    do {
      switch kind {
      case .board: found = try board()
      case .newEra: found = try newEra()
      }
    } catch {
      diagnose("\(error)")
      throw ExitStatus.hardware
    }
    try show(json ? JSONValue.object(head + found.map(\.json)).text : text(found))
  }

  // MARK: What asking does

  private var warning: String {
    let opening =
      "\(port): opening raises DTR and RTS where nobody has the port open, which resets some boards"
    return switch kind {
    case .board: "\(opening); asks a motor board who it is. Nothing moves."
    case .newEra:
      "\(opening); asks a New Era pump for its version\(safe ? " in Safe mode" : ""). Nothing "
        + "moves, but an alarm that stands is acknowledged by any command"
        + (safe ? "; and the pump's time-out runs from now on: it will stop and alarm." : ".")
    }
  }

  // MARK: Asking

  private func settings(_ usual: UInt32) -> SerialSettings { SerialSettings(baud: baud ?? usual) }

  private func board() throws -> [Finding] {
    let settings = settings(SerialSettings.board.baud)
    let board: BoardIdentification
    do {
      board = try BoardIdentification.ask(path: port, settings: settings)
    } catch {
      guard case .noAnswer = error else { throw error }
      let others = SerialSettings.bauds.filter { $0 != settings.baud && $0 >= 9600 }
      throw Unanswered(
        description:
          "\(error) It was asked at \(settings.baud) baud; a board speaks at 115200, one "
          + "that was built otherwise perhaps at \(list(others)) (--baud).")
    }
    return [
      Finding("name", "name", .string(board.name)),
      Finding("protocol_version", "protocol version", .integer(Int64(board.version))),
      Finding("dictionary", "frame layouts", .string("0x" + Hexadecimal.text(board.dictionary))),
      Finding("boot", "boot number", .integer(Int64(board.boot))),
      Finding("is_emulated", "emulated", .bool(board.isEmulated)),
      Finding(
        "can_run_faster_than_real_time", "can run faster than real time",
        .bool(board.canRunFasterThanRealTime)),
    ]
  }

  private func newEra() throws -> [Finding] {
    let found = try NewEraIdentification.ask(
      path: port, settings: settings(19_200), address: address, framing: safe ? .safe : .basic)
    return [
      Finding("model", "model", .string(found.version.model)),
      Finding(
        "upgrade", "upgrade", found.version.upgrade.isEmpty ? .null : .string(found.version.upgrade)
      ),
      Finding("firmware", "firmware", .string(found.version.firmware)),
      Finding("address", "address", .integer(Int64(found.address))),
      Finding("state", "state", .string(found.stateText)),
      Finding(
        "acknowledged_alarm", "alarm that was acknowledged by asking",
        found.acknowledgedText.map { .string($0) } ?? .null),
    ]
  }

  // MARK: Showing

  private var head: [(String, JSONValue)] {
    [("port", .string(port)), ("as", .string(kind.rawValue))]
  }

  private func text(_ found: [Finding]) -> String {
    let title = kind == .board ? "motor board" : "New Era pump"
    return (["\(port): \(title)"] + found.compactMap(\.text)).joined(separator: "\n")
  }

  private func list(_ bauds: [UInt32]) -> String {
    bauds.map { "\($0)" }.joined(separator: ", ")
  }
}

/// Nobody answered as what was named, and which speeds one may try.
private struct Unanswered: Error, CustomStringConvertible {
  let description: String
}

/// One thing that a device said of itself.
private struct Finding {
  let key: String
  let label: String
  let value: JSONValue

  init(_ key: String, _ label: String, _ value: JSONValue) {
    self.key = key
    self.label = label
    self.value = value
  }

  var json: (String, JSONValue) { (key, value) }

  /// A line for people; nil for what is not there.
  var text: String? {
    switch value {
    case .string(let text): "  \(label): \(text)"
    case .integer(let number): "  \(label): \(number)"
    case .bool(let flag): "  \(label): \(flag ? "yes" : "no")"
    default: nil
    }
  }
}
