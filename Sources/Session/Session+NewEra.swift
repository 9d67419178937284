import Catalogue
import PumpHAL
import PumpSerial
import SessionFile
import Text
import Vocabulary

/// Why a New Era pump could not be attached to a session.
public enum NewEraAttachmentError: Error, Sendable {
  /// The pump could not be used.
  case pump(NewEraPumpError)
  /// Nobody said that no patient is connected.
  case patientNotExcluded(port: String)
  /// The session is to run faster or slower than this pump can.
  case wrongPace(port: String)
  /// The file asks what the pump cannot do.
  case unsuitable(line: Int, what: String, remedy: String)
}

extension NewEraAttachmentError: CustomStringConvertible {
  /// What was wrong, and what to do.
  public var description: String {
    switch self {
    case .pump(let error): "\(error)"
    case .patientNotExcluded(let port):
      "\(port): this pump is hardware, it is not made for patients and Trumpet is no medical device; "
        + "make sure that no patient is connected, and say so with --no-patient"
    case .wrongPace(let port):
      "\(port): this pump runs by its own clock; leave --pace out, or say --pace realtime"
    case .unsuitable(let line, let what, let remedy): "line \(line): \(what); \(remedy)"
    }
  }
}

/// How a New Era pump is reached and what is waived.
public struct NewEraAttachment: Sendable {
  /// The serial port.
  public var port: String
  /// The pump's address, 0 to 99.
  public var address: UInt8 = 0
  /// Speed of the line, one of `NewEraPumpOptions.bauds`.
  public var baud: UInt32 = 19_200
  /// Whether somebody has said that no patient is connected.
  public var isPatientExcluded = false
  /// Whether the pump may be driven without a dead man.
  public var isDeadManWaived = false
  /// What the memory held after an earlier session; nil for a blank one.
  public var memory: [JournalEntry]?
  /// A pump at address 0 of a port.
  public init(port: String) { self.port = port }
}

extension Session {
  /// Opens a New Era pump, asks it whether it can do what the file says, and begins to poll it.
  ///
  /// Nothing moves, and what it cannot do is told with its line.
  public func openNewEra(
    _ attachment: NewEraAttachment
  ) throws(NewEraAttachmentError) -> AttachedPump {
    guard attachment.isPatientExcluded else {
      throw .patientNotExcluded(port: attachment.port)
    }
    guard options.pace.isRealTime else { throw .wrongPace(port: attachment.port) }
    try checkFileSuits()
    var settings = NewEraPumpOptions(
      boreArea: description.syringe.boreAreaSquareMillimetres * 1e6)
    settings.address = attachment.address
    settings.baud = attachment.baud
    settings.isDeadManWaived = attachment.isDeadManWaived
    let pump: NewEraPump
    do {
      pump = try NewEraPump.open(
        path: attachment.port, options: settings, memory: attachment.memory)
    } catch { throw .pump(error) }
    do throws(NewEraAttachmentError) {
      try checkFlows(of: pump)
      try begin(pump)
    } catch {
      pump.close()
      throw error
    }
    return .newEra(AttachedNewEra(pump))
  }

  private func begin(_ pump: NewEraPump) throws(NewEraAttachmentError) {
    do { try pump.begin() } catch { throw .pump(error) }
  }

  /// What no pump of this kind can do: another syringe in the middle, faults in a world.
  private func checkFileSuits() throws(NewEraAttachmentError) {
    do { try checkSuitability(hasWorld: false) } catch {
      if case .unsuitableHardware(let line, let what, let remedy) = error {
        throw .unsuitable(line: line, what: what, remedy: remedy)
      }
    }
    for (index, step) in description.programme.enumerated() {
      if case .change = step {
        throw .unsuitable(
          line: SourceLines(description.source).programmeStep(index),
          what: "a change of syringe would need another diameter while the pump is driven",
          remedy: "make two session files of it, one for each syringe")
      }
    }
  }

  /// Asks the pump for every flow of the file; it knows its limits with this syringe best.
  private func checkFlows(of pump: NewEraPump) throws(NewEraAttachmentError) {
    for flow in PlannedFlow.all(of: description) {
      let takes: Bool
      do { takes = try pump.takes(millilitresPerHour: flow.millilitresPerHour) } catch {
        throw .pump(error)
      }
      if takes { continue }
      throw .unsuitable(
        line: flow.line,
        what: "\(flow.what) is \(DecimalText.trimmed(flow.millilitresPerHour, decimals: 4)) mL/h, "
          + "which this pump does not take with syringe \(description.syringe.id)",
        remedy:
          "choose another rate or concentration, or a syringe of another diameter: a narrower "
          + "one for less, a wider one for more")
    }
  }
}

/// A flow that a file asks for, and where.
struct PlannedFlow: Equatable {
  var line: Int
  var what: String
  var millilitresPerHour: Double

  /// Every flow that the file can come to, continuous and of boluses.
  static func all(of description: SessionDescription) -> [PlannedFlow] {
    let lines = SourceLines(description.source)
    var flows: [PlannedFlow] = []
    for (index, phase) in description.phases.enumerated() where phase.kind != .syringeChange {
      flows.append(
        PlannedFlow(
          line: lines.programmeStep(index), what: "phase \(index + 1) of the programme",
          millilitresPerHour: description.flow(of: phase.dose, per: phase.per)))
    }
    if description.limits.keepOpen > .zero {
      flows.append(
        PlannedFlow(
          line: lines.key("keepOpen"), what: "the keep-open rate",
          millilitresPerHour: Double(description.limits.keepOpen.nanolitresPerHour) / 1e6))
    }
    if let bolus = description.patientBolus {
      flows.append(
        PlannedFlow(
          line: lines.key("patientBolus"), what: "the patient bolus",
          millilitresPerHour: Double(bolus.flow.nanolitresPerHour) / 1e6))
    }
    if description.prime != nil {
      flows.append(
        PlannedFlow(
          line: lines.key("prime"), what: "priming",
          millilitresPerHour: Double(description.configuration.bolusMaximum.nanolitresPerHour) / 1e6
        ))
    }
    for event in description.events {
      guard case .operate(let command) = event.kind else { continue }
      switch command.action {
      case .titrate(let dose, let per):
        flows.append(
          PlannedFlow(
            line: event.line, what: "the titrated rate",
            millilitresPerHour: description.flow(of: dose, per: per)))
      case .clinicianBolus(let dose, let duration):
        flows.append(
          PlannedFlow(
            line: event.line, what: "the clinician's bolus",
            millilitresPerHour: description.flow(of: dose, per: duration)))
      default: break
      }
    }
    return flows
  }
}

extension SessionDescription {
  /// A dose per time as flow of the first syringe's solution, mL/h.
  func flow(of dose: Dose, per: Ticks) -> Double {
    let hours = Double(per.count) / Double(3600 * ticksPerSecond)
    guard hours > 0 else { return 0 }
    let perMillilitre = Double(concentration.nanogramsPerMillilitre)
    let amount = Double(dose.amount)
    switch dose.basis {
    case .volume: return amount / 1e9 / hours
    case .mass: return amount / perMillilitre / hours
    case .massPerKilogram:
      return amount * Double(patientMass.grams) / 1000 / perMillilitre / hours
    }
  }
}

/// Where in a session file something stands, by its key: what a description does not keep.
struct SourceLines {
  private let lines: [String]

  init(_ source: [UInt8]) {
    lines = String(decoding: source, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The first line, from 1, on which a key stands; 1 where it is nowhere.
  func key(_ name: String) -> Int {
    let index = lines.firstIndex { line in
      guard let range = Self.find("\(name):", in: line) else { return false }
      return !line[..<range].contains("#")
    }
    return (index ?? 0) + 1
  }

  /// The line, from 1, of a step of the programme; that of `programme` where the steps are in one row.
  func programmeStep(_ step: Int) -> Int {
    let start = key("programme")
    var seen = -1
    for (index, line) in lines.enumerated().dropFirst(start) {
      let text = line.drop { $0 == " " }
      if text.isEmpty || text.hasPrefix("#") { continue }
      if text.hasPrefix("-") {
        seen += 1
        if seen == step { return index + 1 }
      } else if text.count == line.count {
        // A key of the file's own ends the list.
        break
      }
    }
    return start
  }

  private static func find(_ text: String, in line: String) -> String.Index? {
    var index = line.startIndex
    while index < line.endIndex {
      if line[index...].hasPrefix(text) { return index }
      index = line.index(after: index)
    }
    return nil
  }
}
