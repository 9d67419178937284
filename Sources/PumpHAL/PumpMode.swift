/// What the pump is doing, as its display says.
public enum PumpMode: UInt8, Sendable, CaseIterable {
  /// Power-on self test.
  case selfTest = 0
  /// Memory holds an interrupted infusion; the operator is asked whether to resume it.
  case askResume = 1
  /// Set-up: syringe, drug, patient, limits and programme are being entered.
  case setUp = 2
  /// Programme confirmed, not started.
  case ready = 3
  /// Priming the line, not connected to the patient.
  case priming = 4
  /// Delivering the programme.
  case infusing = 5
  /// Keeping the vein (or tissue) open after the end.
  case keepOpen = 6
  /// Paused by an operator.
  case paused = 7
  /// Stopped by an operator.
  case stopped = 8
  /// Retracting the stored volume after an occlusion.
  case retracting = 9
  /// Stopped by an alarm; the operator must acknowledge and start.
  case alarmStop = 10
  /// Waiting for the operator to change the syringe.
  case awaitingSyringe = 11
  /// The programme is complete.
  case complete = 12
  /// Safe state after a defect: nothing moves until the next power-on.
  case failed = 13
  /// Switched off.
  case off = 14
}
