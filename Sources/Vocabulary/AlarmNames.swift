import PumpHAL

/// What the pump does when an alarm condition comes up.
public enum AlarmAction: String, Sendable {
  /// Stops delivery.
  case stop
  /// Goes on with the basal, grants no bolus.
  case hold
  /// Goes on.
  case goOn = "continue"
  /// Does not start.
  case noStart = "no-start"
}

/// What is known of an alarm condition besides its number.
///
/// - Requirements: @relation(R-070, scope=file)
public struct AlarmDescription: Equatable, Sendable {
  /// The name in files and results, in kebab case.
  public let name: String
  /// The priority that its signal begins with.
  public let priority: AlarmPriority
  /// The priority that it rises to as time passes or matters get worse.
  public let escalatedPriority: AlarmPriority
  /// Whether its signal stays until somebody acknowledges it after the cause has gone.
  public let isLatched: Bool
  /// What the pump does.
  public let action: AlarmAction
  /// What a person reads: what is wrong.
  public let text: String
  /// What a person reads: what to do.
  public let remedy: String
}

extension AlarmID {
  /// The name in files and results, in kebab case.
  public var name: String { details.name }

  /// Its number as the alarm table writes it: `ALM01`.
  public var code: String { rawValue < 10 ? "ALM0\(rawValue)" : "ALM\(rawValue)" }

  /// The condition with this name.
  public init?(name: String) {
    guard let id = AlarmID.allCases.first(where: { $0.name == name }) else { return nil }
    self = id
  }

  /// Name, priority, latching, action and texts.
  public var details: AlarmDescription {
    switch self {
    case .downstreamOcclusion:
      .latched(
        "downstream-occlusion", .high, .stop, "The line or the needle is blocked",
        "Find and clear the blockage, then acknowledge and start.")
    case .plungerVacuum:
      .latched(
        "plunger-vacuum", .high, .stop, "Vacuum at the plunger",
        "Check that the syringe is held and the line is not pulled; then acknowledge and start.")
    case .overInfusion:
      .latched(
        "over-infusion", .high, .stop, "More was delivered than commanded",
        "Disconnect the patient, take the pump out of use, inform the clinician.")
    case .airInLine:
      .latched(
        "air-in-line", .high, .stop, "Air in the line",
        "Disconnect, prime the air out, reconnect; then acknowledge and start.")
    case .lineDisconnected:
      .latched(
        "line-disconnected", .medium, .goOn, "Pressure fell away: the line may be disconnected",
        "Check every connection from the syringe to the needle.")
    case .underInfusion:
      .latched(
        "under-infusion", .high, .stop, "Less was delivered than commanded",
        "Check syringe, line and needle; then acknowledge and start.")
    case .driveFault:
      .latched(
        "drive-fault", .high, .stop, "The drive did not move as commanded",
        "Check that nothing blocks the plunger; take the pump out of use if it comes again.")
    case .syringeDisplaced:
      .latched(
        "syringe-displaced", .high, .stop, "The syringe is out of place",
        "Seat barrel, flange and plunger; then acknowledge and start.")
    case .syringeMismatch:
      .latched(
        "syringe-mismatch", .high, .stop,
        "The syringe is not the one that was confirmed, or codes were tried",
        "Fit the syringe that was confirmed, or set the pump up again; see who tried codes.")
    case .endOfInfusion:
      .latched(
        "end-of-infusion", .medium, risesTo: .high, .stop,
        "The reservoir is empty or the infusion is complete",
        "Change the syringe, or end the infusion.")
    case .batteryDepleted:
      .latched(
        "battery-depleted", .high, .stop, "The battery is empty", "Fit a fresh battery.")
    case .powerLost:
      .latched(
        "power-lost", .high, .stop, "The power failed",
        "Fit a fresh battery; answer whether to resume the infusion.")
    case .memoryFault:
      .latched(
        "memory-fault", .high, .stop, "The pump's memory or processor failed its test",
        "Take the pump out of use.")
    case .annunciatorFault:
      .latched(
        "annunciator-fault", .high, .stop, "Lamp, buzzer or display failed",
        "Take the pump out of use.")
    case .sensorImplausible:
      .latched(
        "sensor-implausible", .high, .stop, "Sensors contradict each other or are missing",
        "Check syringe and connections; take the pump out of use if it comes again.")
    case .keyStuck:
      .passing("key-stuck", .medium, .goOn, "A key is stuck", "Free the key.")
    case .clockInvalid:
      .latched("clock-invalid", .medium, .hold, "The clock is not valid", "Set the clock.")
    case .temperature:
      .latched(
        "temperature", .medium, risesTo: .high, .hold, "The pump is too cold or too warm",
        "Bring it to between 5 and 45 °C; above 50 °C it stops.")
    case .watchdog:
      .latched(
        "watchdog", .high, .stop, "A part of the pump's software went silent",
        "Switch the pump off and on; take it out of use if it comes again.")
    case .doseCapReached:
      .passing(
        "dose-cap-reached", .medium, .hold, "A dose cap was reached",
        "Wait, or ask the prescriber to review the dose.")
    case .pausedTooLong:
      .passing(
        "paused-too-long", .low, risesTo: .high, .goOn, "Paused for too long", "Start or stop.")
    case .batteryLow:
      .passing(
        "battery-low", .low, risesTo: .medium, .goOn, "The battery is low",
        "Have a fresh battery ready.")
    case .nearEnd:
      .passing(
        "near-end", .low, risesTo: .medium, .goOn, "Near the end of the infusion",
        "Have the next syringe ready.")
    case .programmingIncomplete:
      .passing(
        "programming-incomplete", .low, risesTo: .medium, .noStart,
        "The programme was left incomplete",
        "Complete it, or cancel.")
    case .notStarted:
      .passing(
        "not-started", .medium, .goOn, "Programmed, but not started", "Start, or cancel.")
    case .restartLimit:
      .latched(
        "restart-limit", .high, .stop, "Restarted too often after occlusions",
        "Change the site; a clinician has to start.")
    case .recordFailed:
      .latched(
        "record-failed", .medium, .hold, "The record or the journal could not be written",
        "Free the place it is written to, or take the pump out of use.")
    case .libraryInvalid:
      .latched(
        "library-invalid", .high, .noStart, "The drug library is not the one expected",
        "Load the right library, or write the programme for this one.")
    case .bolusDenied:
      .passing(
        "bolus-denied", .information, .goOn, "A bolus was denied", "Wait until it is due again.")
    case .commsLost:
      .latched(
        "comms-lost", .high, .stop, "The link to the hardware was lost",
        "Check the cable and the board's power; then acknowledge and start.")
    case .serviceDue:
      .passing(
        "service-due", .information, .goOn, "Calibration or service is due", "Arrange it.")
    case .unacknowledged:
      .passing(
        "unacknowledged", .high, .goOn, "A high-priority alarm was not acknowledged",
        "Somebody has to come; then acknowledge.")
    case .deadManMissing:
      .passing(
        "dead-man-missing", .low, .goOn, "Nothing stops this pump if the program dies",
        "Stay beside it; use a pump that stops by itself.")
    }
  }
}

extension AlarmDescription {
  fileprivate static func latched(
    _ name: String, _ priority: AlarmPriority, risesTo escalated: AlarmPriority? = nil,
    _ action: AlarmAction, _ text: String, _ remedy: String
  ) -> AlarmDescription {
    AlarmDescription(
      name: name, priority: priority, escalatedPriority: escalated ?? priority, isLatched: true,
      action: action, text: text, remedy: remedy)
  }

  fileprivate static func passing(
    _ name: String, _ priority: AlarmPriority, risesTo escalated: AlarmPriority? = nil,
    _ action: AlarmAction, _ text: String, _ remedy: String
  ) -> AlarmDescription {
    AlarmDescription(
      name: name, priority: priority, escalatedPriority: escalated ?? priority, isLatched: false,
      action: action, text: text, remedy: remedy)
  }
}
