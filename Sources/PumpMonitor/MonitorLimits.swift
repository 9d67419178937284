import PumpHAL

/// The monitor's own constants; none of them is shared with the controller.
enum MonitorLimits {
  /// Motion that nobody commanded, at most: 0.02 mL.
  static let uncommanded = Attolitres(microlitres: 20)
  /// Disagreement of two position sensors, at most: 0.05 mL.
  static let mismatch = Attolitres(microlitres: 50)
  /// Doubt about where in the programme the controller is.
  static let phaseSlack = Attolitres(microlitres: 50)
  /// How far delivery may lag and be made up at once: what a stall loses before ALM07 (0.05 mL).
  static let catchUp = Attolitres(microlitres: 50)
  /// Share of 15 min by which delivery may be above or behind: a tenth.
  static let shareDivisor: Int64 = 10
  /// The span of R-007: 15 min.
  static let spanMinutes = 15
  /// Ticks in a minute.
  static let ticksPerMinute: Int64 = 60 * ticksPerSecond
  /// Motion data older than this are no data: 250 ms, the dead man's time.
  static let motionAge: UInt16 = 25
  /// The same for hardware that is polled at 5 to 10 Hz: 600 ms.
  static let polledMotionAge: UInt16 = 60
  /// A pass of the loop that took longer than this is a hang: 1 s.
  static let elapsed: UInt16 = 100
  /// Bore area assumed while no syringe is confirmed: 600 mm², above any 60 mL syringe.
  static let largestArea: Int64 = 600_000_000
  /// Current of the moving motor without load, mA; the drive's data sheet (Hardware/Pumps).
  static let idleCurrent: Int64 = 80
  /// Current that each newton of thrust adds, mA.
  static let currentPerNewton: Int64 = 2
  /// Tolerance of the current, which is given in whole mA: 4 mA, that is 2 N.
  static let currentTolerance: Int64 = 4
  /// Share of the stall force from which on the motor counts as stalling, per cent.
  static let strainShare: Int64 = 90
  /// Samples in a row above the ceiling that make an objection: 0.3 s at 10 Hz.
  static let thrustSamples: UInt8 = 3
  /// How far the prescribed occlusion limit may be passed: 15 %, or 50 mmHg where that is more.
  static let occlusionShare: Int64 = 15
  static let occlusionMargin: Int64 = 6_666
  /// At this many hundredths of the prescribed limit it counts as reached.
  static let occlusionReached: Int64 = 98
  /// Samples of force beyond it: 1 s, twice what the controller waits; samples of a moving motor's
  /// current.
  static let occlusionSamples: UInt8 = 10
  static let occlusionCurrents: UInt8 = 5
  /// After an occlusion at least this part of what was stored has to come back: a quarter.
  static let retractionDivisor: Int64 = 4
  /// Ticks at rest under occlusion pressure after which retraction is taken for forgotten: 5 s.
  static let retractionRest: Int64 = 500
  /// Ticks without a step, beyond the time of three steps, after which a controller hangs.
  static let hang: Int64 = 100
  /// What may be in the syringe less than its fill says, dead space and tolerance: 1 mL.
  static let fillDoubt = Attolitres(microlitres: 1_000)
  /// Ticks after which a stopping condition may see no step any more, and has to be told: R-060
  /// gives the controller 1 s.
  static let conditionMoves: Int64 = 110
  static let conditionTold: Int64 = 150
  /// Checks at 10 Hz above 50.5 °C: 5 s.
  static let hotChecks: UInt8 = 50
  /// Battery readings in a row at or below the cut-off: twelve minutes.
  static let lowReadings: UInt8 = 12
  /// Battery readings in a row that cannot be of the cells: forty minutes.
  static let openReadings: UInt8 = 40
  /// A syringe reading older than this is none: 1.5 s.
  static let syringeAge: UInt32 = 150
  /// An audio pause lasts 120 s at most.
  static let audioPause: Int64 = 12_100
  /// Ticks of a red lamp without its sound.
  static let silence: Int64 = 200
  /// Forward microsteps that are taken for noise while only backward motion is allowed.
  static let forwardSteps: Int64 = 4
  /// How long retraction may take after the monitor's own occlusion objection: 60 s.
  static let retraction = Ticks(count: 6_000)
  /// Lost motion of an unpurged syringe, before the plunger is first reached: 1.2 mm.
  static let seating: Int64 = 1_200_000
  /// Where the volumes stored in line and syringe are not known, the most to retract: 2 mL.
  static let retractionUnknown = Attolitres(microlitres: 2_000)
  /// Ticks for which a key has to be down: 50 ms.
  static let debounce: Int64 = 5
  /// Margin by which the monitor's clock of a lockout may differ from the controller's: 2 s.
  static let lockoutMargin: Int64 = 200
}
