import PumpHAL

/// The programme as it runs: which phase, how fast, how much of it is left.
///
/// A phase ends when its dose is dispensed, not when its time is over: while nothing is delivered
/// its clock stands still, and nothing is made up afterwards.
struct ProgrammeProgress: Equatable, Sendable {
  /// Index of the phase that runs, or `phaseCount` when all are done.
  var phase: UInt8 = 0
  /// Microsteps per tick that the phase asks for.
  var rate = StepAmount.zero
  /// Microsteps left of the phase; grows again by what a retraction takes back.
  var left = StepAmount.zero
  /// Whether the phase that runs is a loading dose.
  var isLoading = false
  /// Mass that a basal at `rate` gives in a bin of each window, 2^-16 ng, rounded up.
  var basalPerBin = Windows<Int64>(repeating: 0)
  /// The same for the second drug.
  var secondPerBin = Windows<Int64>(repeating: 0)

  static func == (a: Self, b: Self) -> Bool {
    a.phase == b.phase && a.rate == b.rate && a.left == b.left && a.isLoading == b.isLoading
  }
}

/// Boluses: the one that runs, lockout and count.
struct BolusProgress: Sendable {
  /// Microsteps per tick and microsteps left of the patient bolus that runs.
  var patientRate = StepAmount.zero
  var patientLeft = StepAmount.zero
  /// Microsteps per tick and microsteps left of the clinician bolus that runs.
  var clinicianRate = StepAmount.zero
  var clinicianLeft = StepAmount.zero
  /// No patient bolus starts before this tick.
  var lockoutEnd: Int64 = 0
  /// Ticks of the last twelve grants; a negative number is none.
  var grants = InlineArray<12, Int64>(repeating: -1)
  /// Where in `grants` the next goes.
  var nextGrant: Int32 = 0
  var granted: UInt32 = 0
  var denied: UInt32 = 0

  /// Whether a bolus is being delivered.
  @inline(__always) var isRunning: Bool { !patientLeft.isZero || !clinicianLeft.isZero }

  /// Forgets what is left of any bolus: a remainder is never delivered later.
  mutating func cancel() {
    patientLeft = .zero
    clinicianLeft = .zero
  }

  /// Grants in the hour before `now`.
  mutating func grantsInHour(before now: Int64) -> Int {
    var count = 0
    for index in 0..<grants.count where grants[index] >= 0 && now - grants[index] < ticksPerHour {
      count += 1
    }
    return count
  }
}

/// What has been dispensed, in microsteps of the load that is in the clamp and in ng and pL of those
/// before it.
struct DispensedAccount: Equatable, Sendable {
  /// This load, by what it was for; retraction is taken from what it had delivered.
  var loading = StepAmount.zero
  var basal = StepAmount.zero
  var bolus = StepAmount.zero
  var keepOpen = StepAmount.zero
  /// This load, into the line before the patient was connected.
  var primed = StepAmount.zero
  /// This load, drawn back.
  var retracted = StepAmount.zero

  /// Earlier loads.
  var earlierLoading: Int64 = 0
  var earlierBasal: Int64 = 0
  var earlierBolus: Int64 = 0
  var earlierVolume: Int64 = 0
  var earlierPrimed: Int64 = 0
  var earlierRetracted: Int64 = 0
  /// Earlier loads, of the second drug.
  var earlierSecondLoading: Int64 = 0
  var earlierSecondBasal: Int64 = 0
  var earlierSecondBolus: Int64 = 0

  /// Microsteps of this load to the patient, net of retraction.
  @inline(__always) var delivered: StepAmount { loading + basal + bolus + keepOpen - retracted }

  /// Closes the account of this load.
  mutating func fold(_ conversions: Conversions) {
    guard conversions.microstepVolume > 0 else { return }
    earlierLoading += conversions.nanograms(in: loading)
    earlierBasal += conversions.nanograms(in: basal + keepOpen - retracted)
    earlierBolus += conversions.nanograms(in: bolus)
    if conversions.secondConcentration > 0 {
      earlierSecondLoading += conversions.nanograms(in: loading, of: .second)
      earlierSecondBasal += conversions.nanograms(in: basal + keepOpen - retracted, of: .second)
      earlierSecondBolus += conversions.nanograms(in: bolus, of: .second)
    }
    earlierVolume += conversions.picolitres(in: delivered)
    earlierPrimed += conversions.picolitres(in: primed)
    earlierRetracted += conversions.picolitres(in: retracted)
    loading = .zero
    basal = .zero
    bolus = .zero
    keepOpen = .zero
    primed = .zero
    retracted = .zero
  }
}

/// Holds the commanded flow below the programme, and says what holds it.
///
/// Continuous delivery is bound by prescription and drug library; everything together by pump,
/// syringe and slew. Dose caps are kept apart, in `DoseCap`.
struct RateLimiter: Equatable, Sendable {
  /// Bounds for continuous delivery, microsteps per tick.
  var prescription = StepAmount.zero
  var library = StepAmount.zero
  /// Bounds for everything together.
  var pumpContinuous = StepAmount.zero
  var pumpBolus = StepAmount.zero
  var syringe = StepAmount.zero
  /// The most by which the flow may rise in a tick.
  var slew = StepAmount.zero

  /// Flow planned for the streams that run, and the part of it that is continuous.
  var planned = StepAmount.zero
  var plannedContinuous = StepAmount.zero
  /// Bounds that hold `planned` below what was asked for.
  var plannedBounds: RateBounds = []
  /// Flow of the tick before.
  var last = StepAmount.zero

  /// Works out the bounds for a confirmed prescription.
  mutating func configure(
    _ prescription: Prescription, conversions: Conversions,
    capabilities: Capabilities, configuration: PumpConfiguration
  ) {
    self.prescription = conversions.stepsPerTick(at: prescription.maximumFlow)
    library = conversions.stepsPerTick(at: prescription.drug.libraryDoseRate, of: .leading)
    if prescription.isMixture {
      library = StepAmount.min(
        library, conversions.stepsPerTick(at: prescription.second.libraryDoseRate, of: .second))
    }
    pumpContinuous = conversions.stepsPerTick(at: configuration.basalMaximum)
    pumpBolus = conversions.stepsPerTick(at: configuration.bolusMaximum)
    slew = conversions.stepsPerTick(at: configuration.slew)
    // A tenth of the motor's speed is kept for making up lost steps.
    syringe = StepAmount(
      whole: Int64(capabilities.maximumStepRate) * 9 / 10 / ticksPerSecond, fraction: 0)
  }

  /// Plans the flow for the streams that run now.
  mutating func plan(continuous: StepAmount, bolus: StepAmount) {
    plannedBounds = []
    plannedContinuous = continuous
    if prescription < plannedContinuous {
      plannedContinuous = prescription
      plannedBounds.insert(.prescription)
    }
    if library < plannedContinuous {
      plannedContinuous = library
      plannedBounds.insert(.library)
    }
    planned = plannedContinuous + bolus
    let pump = bolus.isZero ? pumpContinuous : pumpBolus
    if pump < planned {
      planned = pump
      plannedBounds.insert(.pump)
    }
    if syringe < planned {
      planned = syringe
      plannedBounds.insert(.syringe)
    }
    if planned < plannedContinuous { plannedContinuous = planned }
  }

  /// The flow of this tick.
  @inline(__always) mutating func next(_ bounds: inout RateBounds) -> StepAmount {
    bounds = plannedBounds
    let highest = last + slew
    if highest < planned {
      bounds.insert(.slew)
      last = highest
    } else {
      last = planned
    }
    return last
  }
}
