// The pump at one moment as JSON: these keys, in this order, always all of them.

import Catalogue
import PumpFirmware
import PumpHAL
import Text
import Vocabulary

extension PumpView {
  /// Keys and values as `Docs/CommandLine.md` describes them.
  var jsonMembers: [(String, JSONValue)] {
    [
      ("tick", .integer(tick)),
      ("at_s", seconds(tick)),
      (
        "wall_clock",
        unixMilliseconds.map { .string(TimeText.date(unixMilliseconds: $0)) } ?? .null
      ),
      ("is_powered", .bool(isPowered)),
      ("mode", .string(telemetry.mode.name)),
      ("display", display),
      ("alarms", .array(alarms.map(\.json))),
      ("programme", programme),
      ("windows", .array(windows.map(\.json))),
      ("bolus", bolus),
      ("reservoir_mL", millilitres(telemetry.reservoirVolume)),
      ("pressure_mmHg", .decimal(telemetry.pressure?.millimetresOfMercury, decimals: 1)),
      ("occlusion_limit_mmHg", .decimal(orders.occlusionLimit.millimetresOfMercury, decimals: 1)),
      ("time_to_alarm_s", .integer(Int64(telemetry.predictedTimeToAlarm))),
      ("interlocks", interlocks),
      ("account", account),
      ("link", .string(link.name)),
      ("battery_V", .decimal(battery_mV.map { Double($0) / 1000 }, decimals: 3)),
      ("last_command", lastCommand?.json ?? .null),
    ]
  }

  private var display: JSONValue {
    let shown = actuator.display
    return .object([
      ("screen", .string(shown.screen.name)),
      ("rate_mL_per_h", .decimal(Double(shown.rate) / 100, decimals: 2)),
      ("minutes_left", shown.minutesLeft == .max ? .null : .integer(Int64(shown.minutesLeft))),
      ("alarm", AlarmID(rawValue: shown.alarm).map { .string($0.name) } ?? .null),
      ("lamp", .string("\(actuator.lamp)")),
      ("buzzer", .string("\(actuator.buzzer)")),
      ("symbols", .array(shown.flags.names.map { .string($0) })),
    ])
  }

  private var programme: JSONValue {
    guard orders.isConfirmed else { return .null }
    return .object([
      ("phase", .integer(Int64(orders.phaseIndex) + 1)),
      ("phases", .integer(Int64(orders.phaseCount))),
      ("text", orders.phase.map { .string($0.text) } ?? .null),
      ("flow_mL_per_h", .decimal(telemetry.flow.millilitresPerHour, decimals: 6)),
      ("asks_mL_per_h", .decimal(telemetry.programmeFlow.millilitresPerHour, decimals: 6)),
      ("phase_left_s", seconds(orders.phaseLeft.count)),
      ("programme_left_s", seconds(telemetry.programmeLeft.count)),
      ("next", orders.nextPhase.map { .string($0.text) } ?? .null),
      ("titration", orders.titration.map { .string($0.text) } ?? .null),
    ])
  }

  private var bolus: JSONValue {
    .object([
      ("dose", orders.patientBolus.map { .string($0.text) } ?? .null),
      ("lockout_left_s", seconds(telemetry.lockoutLeft.count)),
      ("left_in_hour", .integer(Int64(orders.bolusesLeftInHour))),
      ("being_delivered_mL", millilitres(orders.bolusLeft)),
      ("granted", .integer(Int64(telemetry.bolusesGranted))),
      ("denied", .integer(Int64(telemetry.bolusesDenied))),
    ])
  }

  private var interlocks: JSONValue {
    .object([
      ("rate_bounds", .array(bounds.names.map { .string($0) })),
      ("controller_permits", .bool(actuator.isControllerPermitting)),
      ("monitor_permits", .bool(actuator.isMonitorPermitting)),
      ("objections", .array(objections.names.map { .string($0) })),
      ("reaction_hold", .bool(orders.isReactionHold)),
      ("record_failed", .bool(orders.isRecordFailed)),
    ])
  }

  private var account: JSONValue {
    .object([
      ("dispensed_mg", milligrams(telemetry.dispensedMass)),
      ("dispensed_mL", millilitres(telemetry.dispensedVolume)),
      ("loading_mg", milligrams(telemetry.loadingMass)),
      ("basal_mg", milligrams(telemetry.basalMass)),
      ("bolus_mg", milligrams(telemetry.bolusMass)),
      ("primed_mL", millilitres(telemetry.primedVolume)),
      ("retracted_mL", millilitres(telemetry.retractedVolume)),
      ("monitor_delivered_mL", millilitres(deliveredByMonitor)),
    ])
  }
}

extension PumpView.Alarm {
  fileprivate var json: JSONValue {
    .object([
      ("id", .integer(Int64(id.rawValue))),
      ("name", .string(id.name)),
      ("priority", .string(priority.name)),
      ("is_present", .bool(isPresent)),
      ("since_s", since.map(seconds) ?? .null),
      ("text", .string(id.text)),
    ])
  }
}

extension PumpView.Window {
  fileprivate var json: JSONValue {
    .object([
      ("window", .string(window.name)),
      ("drug", .integer(isSecond ? 1 : 0)),
      ("controller_mg", milligrams(byController)),
      ("monitor_mg", milligrams(byMonitor)),
      ("cap_mg", cap.map(milligrams) ?? .null),
    ])
  }
}

extension PumpView.Command {
  fileprivate var json: JSONValue {
    .object([
      ("at_s", seconds(tick)),
      ("by", .string(role)),
      ("action", .string(action)),
      ("details", details.map { .string($0) } ?? .null),
      ("outcome", .string(outcome)),
    ])
  }
}

private func seconds(_ ticks: Int64) -> JSONValue {
  .decimal(Double(ticks) / Double(ticksPerSecond), decimals: 2)
}

private func milligrams(_ mass: Mass) -> JSONValue { .decimal(mass.milligrams, decimals: 6) }

private func millilitres(_ volume: Volume) -> JSONValue {
  .decimal(volume.millilitres, decimals: 6)
}
