import PumpHAL

/// The controller's view of the infusion, for people: one message on `/trumpet/telemetry`.
public struct TelemetrySample: Equatable, Sendable {
  /// Mode, in words.
  public var mode = ""
  /// Flow commanded now, mL/h.
  public var flowMillilitresPerHour = 0.0
  /// Flow the programme asks for, mL/h.
  public var programmeFlowMillilitresPerHour = 0.0
  /// Pressure estimated from the force cell, mmHg; nil without a fresh reading.
  public var pressureMmHg: Double?
  /// Force at the plunger, N; nil without a valid reading.
  public var forceNewtons: Double?
  /// Motor current, mA; nil without a valid reading.
  public var motorCurrentMilliamperes: Double?
  /// Battery voltage, V; nil without a valid reading.
  public var batteryVolts: Double?
  /// Volume dispensed to the patient, mL.
  public var dispensedMillilitres = 0.0
  /// Mass of drug 0 dispensed to the patient, mg.
  public var dispensedMilligrams = 0.0
  /// Volume primed into the line, mL.
  public var primedMillilitres = 0.0
  /// Volume drawn back, mL.
  public var retractedMillilitres = 0.0
  /// Fluid left in the syringe, mL.
  public var reservoirMillilitres = 0.0
  /// Programme time left, s.
  public var programmeLeftSeconds = 0.0
  /// Predicted time from an occlusion now to its alarm, s; 0 where unknown.
  public var timeToAlarmSeconds = 0.0
  /// Mass counted in the last hour, mg.
  public var countedInHourMilligrams = 0.0
  /// Mass counted in the last four hours, mg.
  public var countedInFourHoursMilligrams = 0.0
  /// Mass counted in the last day, mg.
  public var countedInDayMilligrams = 0.0
  /// Time until the next patient bolus may be asked for, s.
  public var lockoutLeftSeconds = 0.0
  /// Alarm signals, as their numbers.
  public var alarms = AlarmSet()
  /// Mass dispensed of the second drug of a mixture, mg; nil, as the three below, without one.
  public var secondDispensedMilligrams: Double?
  /// Mass of the second drug counted in the last hour, mg.
  public var secondCountedInHourMilligrams: Double?
  /// Mass of the second drug counted in the last four hours, mg.
  public var secondCountedInFourHoursMilligrams: Double?
  /// Mass of the second drug counted in the last day, mg.
  public var secondCountedInDayMilligrams: Double?
  /// A sample of nothing.
  public init() {}
}

extension TelemetrySample: RecordMessageContent {
  /// The title of its schema.
  public static var schemaTitle: String { "trumpet.Telemetry" }
  /// Its fields.
  public static let fields: [MessageField<TelemetrySample>] = [
    .init("mode", "what the pump is doing", .text(\.mode)),
    .init("flow_mL_h", "flow commanded now", .number(\.flowMillilitresPerHour, decimals: 6)),
    .init(
      "programme_mL_h", "flow the programme asks for",
      .number(\.programmeFlowMillilitresPerHour, decimals: 6)),
    .init(
      "pressure_mmHg", "pressure estimated from the force cell",
      .optionalNumber(\.pressureMmHg, decimals: 1)),
    .init("force_N", "force at the plunger", .optionalNumber(\.forceNewtons, decimals: 3)),
    .init("motor_mA", "motor current", .optionalNumber(\.motorCurrentMilliamperes, decimals: 1)),
    .init("battery_V", "battery voltage", .optionalNumber(\.batteryVolts, decimals: 3)),
    .init(
      "dispensed_mL", "dispensed to the patient", .number(\.dispensedMillilitres, decimals: 6)),
    .init(
      "dispensed_mg", "dispensed to the patient, drug 0",
      .number(\.dispensedMilligrams, decimals: 6)),
    .init("primed_mL", "primed into the line", .number(\.primedMillilitres, decimals: 6)),
    .init("retracted_mL", "drawn back", .number(\.retractedMillilitres, decimals: 6)),
    .init("reservoir_mL", "left in the syringe", .number(\.reservoirMillilitres, decimals: 6)),
    .init(
      "programme_left_s", "programme time left", .number(\.programmeLeftSeconds, decimals: 2)),
    .init(
      "time_to_alarm_s", "predicted time from an occlusion now to its alarm",
      .number(\.timeToAlarmSeconds, decimals: 0)),
    .init(
      "counted_1h_mg", "counted in the last hour, drug 0",
      .number(\.countedInHourMilligrams, decimals: 6)),
    .init(
      "counted_4h_mg", "counted in the last four hours, drug 0",
      .number(\.countedInFourHoursMilligrams, decimals: 6)),
    .init(
      "counted_24h_mg", "counted in the last day, drug 0",
      .number(\.countedInDayMilligrams, decimals: 6)),
    .init(
      "lockout_left_s", "time until the next patient bolus",
      .number(\.lockoutLeftSeconds, decimals: 2)),
    .init("alarms", "numbers of the alarm signals", .alarms(\.alarms)),
    .init(
      "second_dispensed_mg", "dispensed to the patient, drug 1; only with a mixture",
      .optionalNumber(\.secondDispensedMilligrams, decimals: 6)),
    .init(
      "second_counted_1h_mg", "counted in the last hour, drug 1; only with a mixture",
      .optionalNumber(\.secondCountedInHourMilligrams, decimals: 6)),
    .init(
      "second_counted_4h_mg", "counted in the last four hours, drug 1; only with a mixture",
      .optionalNumber(\.secondCountedInFourHoursMilligrams, decimals: 6)),
    .init(
      "second_counted_24h_mg", "counted in the last day, drug 1; only with a mixture",
      .optionalNumber(\.secondCountedInDayMilligrams, decimals: 6)),
  ]
}
