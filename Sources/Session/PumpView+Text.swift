// The pump at one moment, for a terminal.

import Catalogue
import PumpFirmware
import PumpHAL
import Text
import Vocabulary

extension PumpView {
  /// The pump as a person reads it, lines ended by newlines.
  public var text: String {
    var out = "\(time(tick))"
    if let unixMilliseconds {
      out += "  (\(TimeText.date(unixMilliseconds: unixMilliseconds)))"
    }
    out += "\n\n" + panel + "\n"
    out += alarmLines
    var rows: [(String, String)] = [("mode", telemetry.mode.name)]
    if orders.isConfirmed { rows += programmeRows + doseRows + bolusRows }
    rows += deviceRows + interlockRows + accountRows
    if let lastCommand { rows.append(("last command", lastCommand.text)) }
    return out + TextTable.text(rows)
  }

  /// The front of the pump: screen, lamp and buzzer.
  private var panel: String {
    var lines = [actuator.display.screen.name.uppercased()]
    if isPowered {
      lines[0] += "  \(fixed(Double(actuator.display.rate) / 100, 2)) mL/h"
      if actuator.display.minutesLeft != .max {
        let minutes = Int(actuator.display.minutesLeft)
        lines.append("\(minutes / 60) h \(minutes % 60) min left")
      }
      if let alarm = AlarmID(rawValue: actuator.display.alarm) {
        lines.append("\(alarm.code) \(alarm.text)")
      }
      if !actuator.display.flags.isEmpty {
        lines.append(actuator.display.flags.names.joined(separator: ", "))
      }
      lines.append("lamp \(actuator.lamp), buzzer \(actuator.buzzer)")
    } else {
      lines.append("no power")
    }
    let width = lines.map(\.count).max() ?? 0
    let rule = String(repeating: "─", count: width + 2)
    let body = lines.map { "│ \(TextTable.padded($0, width)) │\n" }
    return "┌\(rule)┐\n\(body.joined())└\(rule)┘\n"
  }

  private var alarmLines: String {
    if alarms.isEmpty { return "no alarms\n\n" }
    var out = ""
    for alarm in alarms {
      let since = alarm.since.map { "since \(time($0))" } ?? "since before \(time(knownSince))"
      let cause = alarm.isPresent ? "" : ", cause gone, not acknowledged"
      out += "\(alarm.priority.name.uppercased())  \(alarm.id.code) \(alarm.id.name), \(since)"
      out += "\(cause)\n      \(alarm.id.text)\n"
    }
    return out + "\n"
  }

  private var programmeRows: [(String, String)] {
    var rows: [(String, String)] = []
    if let phase = orders.phase {
      rows.append(
        ("phase", "\(orders.phaseIndex + 1) of \(orders.phaseCount), \(phase.text)"))
      rows.append(("phase left", orders.phaseLeft.text))
    } else {
      rows.append(("phase", "all \(orders.phaseCount) done"))
    }
    rows.append(
      (
        "flow",
        "\(millilitresPerHour(telemetry.flow)), the programme asks for "
          + millilitresPerHour(telemetry.programmeFlow)
      ))
    rows.append(("programme left", telemetry.programmeLeft.text))
    if let next = orders.nextPhase { rows.append(("next", next.text)) }
    if let titration = orders.titration {
      let now = orders.phase.map { "from \($0.dose.text) per \($0.per.text) " } ?? ""
      rows.append(
        (
          "titration",
          "\(now)to \(titration.dose.text) per \(titration.per.text), waits for confirmation"
        ))
    }
    return rows
  }

  private var doseRows: [(String, String)] {
    windows.map { window in
      let cap = window.cap.map { "of \(milligrams($0))" } ?? "no cap"
      return (
        "\(window.isSecond ? "second drug" : "counted") in \(window.window.name)",
        "\(milligrams(window.byController)) \(cap), the monitor counts "
          + milligrams(window.byMonitor)
      )
    }
  }

  private var bolusRows: [(String, String)] {
    var rows: [(String, String)] = []
    if orders.bolusLeft > .zero {
      rows.append(("bolus", "being delivered, \(millilitres(orders.bolusLeft)) left"))
    }
    if let dose = orders.patientBolus {
      let lockout =
        telemetry.lockoutLeft > .zero
        ? "locked out for \(telemetry.lockoutLeft.text)"
        : "no lockout runs"
      rows.append(
        (
          "patient bolus",
          "\(dose.text), \(lockout), \(orders.bolusesLeftInHour) left this hour"
        ))
    }
    if telemetry.bolusesGranted + telemetry.bolusesDenied > 0 {
      rows.append(
        ("boluses", "\(telemetry.bolusesGranted) granted, \(telemetry.bolusesDenied) denied"))
    }
    return rows
  }

  private var deviceRows: [(String, String)] {
    var rows: [(String, String)] = []
    if orders.isConfirmed {
      rows.append(("reservoir", millilitres(telemetry.reservoirVolume)))
      let pressure =
        telemetry.pressure.map { "\(fixed($0.millimetresOfMercury, 0)) mmHg" } ?? "unknown"
      rows.append(
        (
          "pressure",
          "\(pressure), limit \(fixed(orders.occlusionLimit.millimetresOfMercury, 0)) mmHg"
        ))
      if telemetry.predictedTimeToAlarm > 0 {
        let time = TimeText.duration(seconds: Double(telemetry.predictedTimeToAlarm))
        rows.append(("time to alarm", "\(time) after an occlusion now"))
      }
    }
    rows.append(("link", link.name))
    if let battery_mV { rows.append(("battery", "\(fixed(Double(battery_mV) / 1000, 2)) V")) }
    return rows
  }

  private var interlockRows: [(String, String)] {
    var rows: [(String, String)] = []
    if !bounds.isEmpty { rows.append(("held back by", bounds.names.joined(separator: ", "))) }
    var holds: [String] = []
    if orders.isReactionHold { holds.append("a reported reaction, until a clinician starts") }
    if orders.isRecordFailed { holds.append("the failed record, boluses") }
    if !holds.isEmpty { rows.append(("held by", holds.joined(separator: "; "))) }
    rows.append(("controller", actuator.isControllerPermitting ? "permits motion" : "no motion"))
    let objection =
      objections.isEmpty ? "" : ", objects: \(objections.names.joined(separator: ", "))"
    rows.append(
      ("monitor", (actuator.isMonitorPermitting ? "permits motion" : "no motion") + objection))
    return rows
  }

  private var accountRows: [(String, String)] {
    guard orders.isConfirmed else { return [] }
    var rows = [
      (
        "dispensed",
        "\(milligrams(telemetry.dispensedMass)) in \(millilitres(telemetry.dispensedVolume))"
      )
    ]
    let parts = [
      ("loading", telemetry.loadingMass), ("basal", telemetry.basalMass),
      ("boluses", telemetry.bolusMass),
    ].filter { $0.1 > .zero }.map { "\($0.0) \(milligrams($0.1))" }
    if !parts.isEmpty { rows.append(("of which", parts.joined(separator: ", "))) }
    if telemetry.primedVolume > .zero {
      rows.append(("primed", millilitres(telemetry.primedVolume)))
    }
    if telemetry.retractedVolume > .zero {
      rows.append(("retracted", millilitres(telemetry.retractedVolume)))
    }
    return rows
  }
}

extension PumpView.Command {
  fileprivate var text: String {
    let isAccepted = outcome == CommandResult.accepted.name
    let parts = [
      "\(role): \(action)", details, isAccepted ? nil : outcome, "at \(time(tick))",
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}

extension LinkState {
  /// The name in files and results.
  var name: String {
    switch self {
    case .inProcess: "in-process"
    case .up: "up"
    case .lost: "lost"
    case .mismatched: "mismatched"
    }
  }
}

private func fixed(_ value: Double, _ decimals: Int) -> String {
  DecimalText.fixed(value, decimals: decimals)
}

private func time(_ tick: Int64) -> String { SessionTime(tick: tick).text }

private func milligrams(_ mass: Mass) -> String { "\(fixed(mass.milligrams, 3)) mg" }

private func millilitres(_ volume: Volume) -> String { "\(fixed(volume.millilitres, 3)) mL" }

private func millilitresPerHour(_ flow: FlowRate) -> String {
  "\(fixed(flow.millilitresPerHour, 3)) mL/h"
}
