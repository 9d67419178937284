// What happened, as the record's events and as lines for people.

import Catalogue
import PumpHAL
import PumpPlant
import SessionFile
import SessionRecord
import Text
import Vocabulary

extension SessionOccurrence {
  /// The event as the record keeps it; nil for what the record says otherwise.
  var recordEvent: SessionRecord.SessionEvent? {
    switch kind {
    case .powerOn(let count):
      SessionRecord.SessionEvent(.power, "power-on", number: count)
    case .powerLost: SessionRecord.SessionEvent(.power, "power-lost")
    case .mode(let from, let to):
      SessionRecord.SessionEvent(
        .mode, to.name, number: Int(to.rawValue), text: "\(from.name) to \(to.name)")
    case .alarmRaised(let id):
      SessionRecord.SessionEvent(
        .alarmRaised, id.name, number: Int(id.rawValue), priority: id.rule.priority.name)
    case .alarmCleared(let id):
      SessionRecord.SessionEvent(
        .alarmCleared, id.name, number: Int(id.rawValue), priority: id.rule.priority.name)
    case .objection(let reasons):
      SessionRecord.SessionEvent(
        .interlock, "monitor-objection", text: reasons.names.joined(separator: " "))
    case .command(let command, let result):
      SessionRecord.SessionEvent(
        .command, command.action.name, role: command.role.name, outcome: result.name,
        text: command.action.details)
    case .bounds(let bounds):
      SessionRecord.SessionEvent(
        bounds.isEmpty ? .interlockCleared : .interlock, "rate-bound",
        text: bounds.names.joined(separator: " "))
    case .faultInjected(let fault, let lasting):
      SessionRecord.SessionEvent(
        .faultInjected, fault.name, number: Int(fault.kind.rawValue),
        text: details(of: fault, lasting))
    case .faultCleared(let selection):
      SessionRecord.SessionEvent(
        .faultCleared, selection.name, number: Int(selection.kind.rawValue),
        text: selection.place)
    case .syringeFitted(let name):
      SessionRecord.SessionEvent(.note, "syringe-fitted", text: name)
    case .connected: SessionRecord.SessionEvent(.note, "connected")
    case .overrun(let ticks):
      SessionRecord.SessionEvent(.note, "overrun", number: Int(ticks))
    case .disposed(let disposal, let isRefused):
      SessionRecord.SessionEvent(
        .dispose, "dispose", role: disposal.role.name,
        outcome: isRefused ? "refused-delivering" : "accepted",
        text: isRefused ? "the pump was delivering: nothing was disposed of" : nil,
        amount: disposal.found.number, unit: disposal.found.unit, witnesses: disposal.witnesses)
    case .wireLeftOut(let bytes):
      SessionRecord.SessionEvent(
        .note, "wire-left-out", number: Int(clamping: bytes),
        text: "\(bytes) bytes of the wire are not in the record")
    case .measured(let volume):
      SessionRecord.SessionEvent(.note, "dispensed-by-hardware", text: volume.text)
    case .softLimitConfirmed(let limit, let by, let reason):
      SessionRecord.SessionEvent(
        .softLimit, limit, role: by, outcome: "confirmed", text: reason)
    }
  }

  /// A line for people; nil for what would only clutter a summary.
  public var line: String? {
    switch kind {
    case .powerOn(let count): count == 1 ? nil : "power returned, power-on \(count)"
    case .powerLost: "power lost"
    case .mode(let from, let to): "\(from.name) → \(to.name)"
    case .alarmRaised(let id): "alarm \(id.name) (\(id.rule.priority.name))"
    case .alarmCleared(let id): "alarm \(id.name) cleared"
    case .objection(let reasons):
      "monitor objects: \(reasons.names.joined(separator: ", "))"
    case .command(let command, let result):
      [
        "\(command.role.name): \(command.action.name)", command.action.details,
        result == .accepted ? nil : result.text,
      ].compactMap { $0 }.joined(separator: ", ")
    case .bounds: nil
    case .faultInjected(let fault, let lasting):
      "fault \(fault.name)" + (details(of: fault, lasting).map { ", \($0)" } ?? "")
    case .faultCleared(let selection):
      selection.name + (selection.place.map { " at the \($0)" } ?? "") + " cleared"
    case .syringeFitted(let name): "syringe \(name) fitted"
    case .connected: "line connected"
    case .overrun(let ticks): "overrun: \(ticks) ticks at once"
    case .disposed(let disposal, let isRefused):
      "\(disposal.role.name): dispose, found \(disposal.found.text), witnessed by "
        + disposal.witnesses.joined(separator: " and ")
        + (isRefused ? ", refused: the pump was delivering" : "")
    case .wireLeftOut(let bytes): "\(bytes) bytes of the wire are not in the record"
    case .measured: nil
    case .softLimitConfirmed(let limit, let by, let reason):
      "soft limit \(limit) confirmed by \(by): \(reason)"
    }
  }
}

extension MeasuredVolume {
  /// In words.
  var text: String {
    func number(_ value: Double) -> String { DecimalText.trimmed(value, decimals: 6) }
    return "by its own counter between \(number(least_mL)) and \(number(most_mL)) mL"
      + (lossReason.map { "; given up: \($0)" } ?? "")
  }
}

/// How much of a fault there is and how long it lasts; nil where it is just there.
private func details(of fault: Fault, _ lasting: Ticks?) -> String? {
  let parts = [fault.details, lasting.map { "for \($0.text)" }].compactMap { $0 }
  return parts.isEmpty ? nil : parts.joined(separator: ", ")
}

extension FaultSelection {
  /// What kind of fault it names.
  fileprivate var kind: FaultKind {
    if case .named(let kind, _) = self { kind } else { .component }
  }

  /// Where, if it names a place.
  fileprivate var place: String? {
    if case .named(_, let site) = self { site?.name } else { nil }
  }
}

extension DisposedAmount {
  /// The number, in mL or mg.
  fileprivate var number: Double {
    switch self {
    case .volume(let volume): volume.millilitres
    case .mass(let mass): mass.milligrams
    }
  }

  fileprivate var unit: String {
    switch self {
    case .volume: "mL"
    case .mass: "mg"
    }
  }

  fileprivate var text: String { "\(DecimalText.trimmed(number, decimals: 6)) \(unit)" }
}
