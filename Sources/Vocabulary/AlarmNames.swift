import PumpHAL

// What people call alarm conditions and read of them. Priority, latching and what the pump does stand
// in PumpHAL's alarm table.

/// The words for an alarm condition.
///
/// - Requirements: @relation(R-070, scope=file)
private struct AlarmWords {
  let name: String
  let text: String
  let remedy: String

  init(_ name: String, _ text: String, _ remedy: String) {
    self.name = name
    self.text = text
    self.remedy = remedy
  }
}

extension AlarmID {
  /// The name in files and results, in kebab case; never changed.
  public var name: String { words.name }
  /// What a person reads: what is wrong.
  public var text: String { words.text }
  /// What a person reads: what to do.
  public var remedy: String { words.remedy }

  /// Its number as the alarm table writes it: `ALM01`.
  public var code: String { rawValue < 10 ? "ALM0\(rawValue)" : "ALM\(rawValue)" }

  /// The condition with this name.
  public init?(name: String) {
    guard let id = AlarmID.allCases.first(where: { $0.name == name }) else { return nil }
    self = id
  }

  private var words: AlarmWords {
    switch self {
    case .downstreamOcclusion:
      AlarmWords(
        "downstream-occlusion", "The line or the needle is blocked",
        "Find and clear the blockage, then acknowledge and start.")
    case .plungerVacuum:
      AlarmWords(
        "plunger-vacuum", "Vacuum at the plunger",
        "Check that the syringe is held and the line is not pulled; then acknowledge and start.")
    case .overInfusion:
      AlarmWords(
        "over-infusion", "More was delivered than commanded",
        "Disconnect the patient, take the pump out of use, inform the clinician.")
    case .airInLine:
      AlarmWords(
        "air-in-line", "Air in the line",
        "Disconnect, prime the air out, reconnect; then acknowledge and start.")
    case .lineDisconnected:
      AlarmWords(
        "line-disconnected", "Pressure fell away: the line may be disconnected",
        "Check every connection from the syringe to the needle.")
    case .underInfusion:
      AlarmWords(
        "under-infusion", "Less was delivered than commanded",
        "Check syringe, line and needle; then acknowledge and start.")
    case .driveFault:
      AlarmWords(
        "drive-fault", "The drive did not move as commanded",
        "Check that nothing blocks the plunger; take the pump out of use if it comes again.")
    case .syringeDisplaced:
      AlarmWords(
        "syringe-displaced", "The syringe is out of place",
        "Seat barrel, flange and plunger; then acknowledge and start.")
    case .syringeMismatch:
      AlarmWords(
        "syringe-mismatch", "The syringe is not the one that was confirmed, or codes were tried",
        "Fit the syringe that was confirmed, or set the pump up again; see who tried codes.")
    case .endOfInfusion:
      AlarmWords(
        "end-of-infusion", "The reservoir is empty or the infusion is complete",
        "Change the syringe, or end the infusion.")
    case .batteryDepleted:
      AlarmWords("battery-depleted", "The battery is empty", "Fit a fresh battery.")
    case .powerLost:
      AlarmWords(
        "power-lost", "The power failed",
        "Fit a fresh battery; answer whether to resume the infusion.")
    case .memoryFault:
      AlarmWords(
        "memory-fault", "The pump's memory or processor failed its test",
        "Take the pump out of use.")
    case .annunciatorFault:
      AlarmWords("annunciator-fault", "Lamp, buzzer or display failed", "Take the pump out of use.")
    case .sensorImplausible:
      AlarmWords(
        "sensor-implausible", "Sensors contradict each other or are missing",
        "Check syringe and connections; take the pump out of use if it comes again.")
    case .keyStuck: AlarmWords("key-stuck", "A key is stuck", "Free the key.")
    case .clockInvalid: AlarmWords("clock-invalid", "The clock is not valid", "Set the clock.")
    case .temperature:
      AlarmWords(
        "temperature", "The pump is too cold or too warm",
        "Bring it to between 5 and 45 °C; above 50 °C it stops.")
    case .watchdog:
      AlarmWords(
        "watchdog", "A part of the pump's software went silent",
        "Switch the pump off and on; take it out of use if it comes again.")
    case .doseCapReached:
      AlarmWords(
        "dose-cap-reached", "A dose cap was reached",
        "Wait, or ask the prescriber to review the dose.")
    case .pausedTooLong: AlarmWords("paused-too-long", "Paused for too long", "Start or stop.")
    case .batteryLow: AlarmWords("battery-low", "The battery is low", "Have a fresh battery ready.")
    case .nearEnd:
      AlarmWords("near-end", "Near the end of the infusion", "Have the next syringe ready.")
    case .programmingIncomplete:
      AlarmWords(
        "programming-incomplete", "The programme was left incomplete",
        "Complete it, or cancel.")
    case .notStarted: AlarmWords("not-started", "Programmed, but not started", "Start, or cancel.")
    case .restartLimit:
      AlarmWords(
        "restart-limit", "Restarted too often after occlusions",
        "Change the site; a clinician has to start.")
    case .recordFailed:
      AlarmWords(
        "record-failed", "The record or the journal could not be written",
        "Free the place it is written to, or take the pump out of use.")
    case .libraryInvalid:
      AlarmWords(
        "library-invalid", "The drug library is not the one expected",
        "Load the right library, or write the programme for this one.")
    case .bolusDenied:
      AlarmWords("bolus-denied", "A bolus was denied", "Wait until it is due again.")
    case .commsLost:
      AlarmWords(
        "comms-lost", "The link to the hardware was lost",
        "Check the cable and the board's power; then acknowledge and start.")
    case .serviceDue: AlarmWords("service-due", "Calibration or service is due", "Arrange it.")
    case .unacknowledged:
      AlarmWords(
        "unacknowledged", "A high-priority alarm was not acknowledged",
        "Somebody has to come; then acknowledge.")
    case .deadManMissing:
      AlarmWords(
        "dead-man-missing", "Nothing stops this pump if the program dies",
        "Stay beside it; use a pump that stops by itself.")
    }
  }
}

extension AlarmAction {
  /// The name in documents.
  public var name: String {
    switch self {
    case .stop: "stop"
    case .hold: "hold"
    case .goOn: "continue"
    case .noStart: "no-start"
    }
  }
}
