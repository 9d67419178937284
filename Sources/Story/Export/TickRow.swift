import Catalogue
import PumpHAL
import Text
import Vocabulary

/// One tick with every field of its input and its outputs, in the order of the canonical encoding.
struct TickRow {
  let tick: Int64
  let powerOn: Int64
  let input: TickInput
  let output: TickOutput
  let monitor: MonitorOutput

  static let columns =
    [
      "tick", "t_s", "power_on", "elapsed_ticks", "hardware_tick", "steps_microsteps",
      "encoder_counts", "motion_age_ticks", "motion_validity", "encoder_validity",
    ]
    + ["carriage_um", "force_uN", "motor_mA"].flatMap(sampled)
    + ["battery_mV", "battery_mA", "battery_validity", "battery_sampled_hardware_tick"]
    + sampled("temperature_degC")
    + [
      "syringe_barrel_clamped", "syringe_flange_seated", "syringe_plunger_captured",
      "syringe_barrel_mm", "syringe_validity", "syringe_sampled_hardware_tick",
    ] + sampled("air_uL")
    + [
      "wall_clock_unix_ms", "wall_clock_is_set", "wall_clock_validity",
      "wall_clock_sampled_hardware_tick", "keys_bits", "link", "command_outcome",
      "hardware_faults_bits", "annunciation_bits", "command", "command_role",
      "command_canonical_hex",
      "target_microsteps",
      "step_rate_bound_microsteps_s", "controller_permits", "flow_nL_h", "screen", "display_alarm",
      "display_rate_mL_h", "display_left_min", "lamp", "buzzer", "controller_journal_canonical_hex",
      "result", "alarm_conditions", "alarm_signals", "rate_bounds", "phase", "time_to_alarm_s",
      "monitor_permits", "monitor_objections", "monitor_journal_canonical_hex",
    ]

  private static func sampled(_ name: String) -> [String] {
    let base = name.split(separator: "_").dropLast().joined(separator: "_")
    return [name, "\(base)_validity", "\(base)_sampled_hardware_tick"]
  }
}

extension RowText {
  /// A tick.
  mutating func put(_ row: TickRow) {
    begin()
    put(row.tick)
    put(hundredths: row.tick)
    put(row.powerOn)
    put(row.input.elapsedTicks)
    put(row.input.sensors)
    put(row.input.command)
    put(row.output)
    put(row.monitor)
    end()
  }

  private mutating func put(_ sensors: SensorFrame) {
    put(sensors.tick)
    put(sensors.stepCount)
    put(sensors.encoderCount)
    put(sensors.motionAge)
    put(sensors.motionValidity.exportName)
    put(sensors.encoderValidity.exportName)
    put(sensors.carriage.value)
    putState(sensors.carriage)
    put(sensors.force.value)
    putState(sensors.force)
    put(sensors.motorCurrent.value)
    putState(sensors.motorCurrent)
    put(sensors.battery.value.millivolts)
    put(sensors.battery.value.milliamperes)
    putState(sensors.battery)
    put(hundredths: Int64(sensors.temperature.value))
    putState(sensors.temperature)
    put(sensors.syringe.value.isBarrelClamped)
    put(sensors.syringe.value.isFlangeSeated)
    put(sensors.syringe.value.isPlungerCaptured)
    put(hundredths: Int64(sensors.syringe.value.barrelDiameter))
    putState(sensors.syringe)
    put(sensors.air.value)
    putState(sensors.air)
    put(sensors.wallClock.value.unixMilliseconds)
    put(sensors.wallClock.value.isSet)
    putState(sensors.wallClock)
    put(bits: UInt64(sensors.keys.rawValue))
    put(sensors.link.exportName)
    put(sensors.commandOutcome.exportName)
    put(bits: UInt64(sensors.faults.rawValue))
    put(bits: UInt64(sensors.annunciation.rawValue))
  }

  private mutating func putState<Value>(_ reading: Reading<Value>) {
    put(reading.validity.exportName)
    put(reading.sampledAt)
  }

  private mutating func put(_ command: OperatorCommand) {
    if case .none = command.action {
      for _ in 0..<3 { skip() }
      return
    }
    put(command.action.name)
    put(command.role.name)
    putHexadecimal { command.encode(to: &$0) }
  }

  private mutating func put(_ output: TickOutput) {
    let actuator = output.actuator
    put(actuator.targetSteps)
    put(actuator.stepRateBound)
    put(actuator.isControllerPermitting)
    put(actuator.flowRate)
    put(actuator.display.screen.name)
    put(actuator.display.alarm)
    put(hundredths: Int64(actuator.display.rate))
    if actuator.display.minutesLeft == .max { skip() } else { put(actuator.display.minutesLeft) }
    put(actuator.lamp.exportName)
    put(actuator.buzzer.exportName)
    put(actuator.journal)
    put(output.result.name)
    put(bits: output.conditions.bits)
    put(bits: output.signals.bits)
    put(bits: UInt64(output.bounds.rawValue))
    put(output.phase)
    put(output.predictedTimeToAlarm)
  }

  private mutating func put(_ monitor: MonitorOutput) {
    put(monitor.isPermitting)
    put(bits: monitor.objections.bits)
    put(monitor.journal)
  }

  private mutating func put(_ entry: JournalEntry?) {
    guard let entry else {
      skip()
      return
    }
    putHexadecimal { entry.encode(to: &$0) }
  }

  private mutating func putHexadecimal(_ encode: (inout CanonicalWriter) -> Void) {
    let digits = Array("0123456789abcdef")
    var text = ""
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { buffer in
      var writer = CanonicalWriter(buffer)
      encode(&writer)
      for byte in buffer[..<writer.count] {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
    }
    put(text)
  }
}

extension Validity {
  fileprivate var exportName: String {
    switch self {
    case .absent: "absent"
    case .valid: "valid"
    case .invalid: "invalid"
    }
  }
}

extension LinkState {
  fileprivate var exportName: String {
    switch self {
    case .inProcess: "in-process"
    case .up: "up"
    case .lost: "lost"
    case .mismatched: "mismatched"
    }
  }
}

extension HardwareCommandOutcome {
  fileprivate var exportName: String {
    switch self {
    case .none: "none"
    case .pending: "pending"
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .unknown: "unknown"
    }
  }
}

extension Lamp {
  fileprivate var exportName: String {
    switch self {
    case .off: "off"
    case .infusing: "infusing"
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    }
  }
}

extension Buzzer {
  fileprivate var exportName: String {
    switch self {
    case .off: "off"
    case .click: "click"
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    case .denied: "denied"
    }
  }
}
