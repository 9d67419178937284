import PumpHAL

/// Converts between what is prescribed (mass, volume, flow) and what the motor does (microsteps).
///
/// The controller's own conversions; the protective monitor has others, written apart on purpose.
///
/// Bounds used below: bore 1 to 1 000 mm² (10^9 µm²), microstep 1 to 10 000 nm, so a microstep is
/// at most 10^13 aL; concentration at most 10^9 ng/mL (1 g/mL); a dose at most 10^12 ng (1 kg) or
/// 10^12 pL (1 L); a time at most 10^9 ticks.
struct Conversions: Equatable, Sendable {
  /// Volume of a microstep in attolitres: bore in µm² times travel in nm.
  var microstepVolume: UInt64
  /// Concentration of the leading drug, ng/mL; 0 before a drug is set.
  var concentration: UInt64
  /// Concentration of the second drug, ng/mL; 0 where there is none.
  var secondConcentration: UInt64
  /// Body mass, g; 0 before a patient is set.
  var bodyMass: UInt64

  init(
    boreArea: Area, microstepTravel: Length, concentration: Concentration,
    secondConcentration: Concentration = .zero, bodyMass: BodyMass
  ) {
    precondition(boreArea.rawValue >= 0 && boreArea.rawValue <= 1_000_000_000)
    precondition(microstepTravel.rawValue >= 0 && microstepTravel.rawValue <= 10_000)
    microstepVolume = UInt64(boreArea.rawValue) * UInt64(microstepTravel.rawValue)
    self.concentration = UInt64(clamping: concentration.rawValue)
    self.secondConcentration = UInt64(clamping: secondConcentration.rawValue)
    self.bodyMass = UInt64(clamping: bodyMass.rawValue)
  }

  /// The concentration of a drug, ng/mL.
  private func concentration(of place: DrugPlace) -> UInt64 {
    place == .leading ? concentration : secondConcentration
  }

  /// Microsteps in a volume; 10^12 pL × 10^6 is below 2^60.
  func steps(in volume: Volume) -> StepAmount {
    Wide(UInt64(clamping: volume.rawValue), times: 1_000_000)
      .divided(by: Wide(low: microstepVolume))
  }

  /// Microsteps per tick at a flow: nL/h × 10^9 aL/nL / 360 000 ticks/h.
  func stepsPerTick(at flow: FlowRate) -> StepAmount {
    Wide(UInt64(clamping: flow.rawValue), times: 25_000).divided(
      by: Wide(microstepVolume, times: 9))
  }

  /// Microsteps in a dose; the numerator is below 10^12 × 10^6 × 10^15 = 2^110.
  func steps(in dose: Dose) -> StepAmount { steps(in: dose, each: 1, over: 1) }

  /// Microsteps per tick when `dose` is given in every `per`.
  func stepsPerTick(of dose: Dose, per: Ticks) -> StepAmount {
    steps(in: dose, each: 1, over: UInt64(per.rawValue))
  }

  /// Microsteps per tick at which a drug is given at `rate`.
  func stepsPerTick(at rate: DoseRate, of place: DrugPlace) -> StepAmount {
    mass(
      Wide(low: UInt64(clamping: rate.rawValue)), over: UInt64(ticksPerHour),
      concentration: concentration(of: place))
  }

  /// Microsteps of a phase: `dose` in every `per`, for `duration`.
  func steps(in phase: ProgrammePhase) -> StepAmount {
    steps(in: phase.dose, each: UInt64(phase.duration.rawValue), over: UInt64(phase.per.rawValue))
  }

  /// The exact ratio `dose × factor / divisor` in microsteps, rounded down to 2^-64.
  ///
  /// Mass: ng × 10^15 aL/mL / (ng/mL × aL). The caller has checked amounts against the bounds; the
  /// multiplication traps rather than wraps where they were not.
  private func steps(in dose: Dose, each factor: UInt64, over divisor: UInt64) -> StepAmount {
    let common = Conversions.greatestCommonDivisor(factor, divisor)
    let (factor, divisor) = (factor / common, divisor / common)
    let amount = UInt64(clamping: dose.amount)
    switch dose.basis {
    case .volume:
      return Wide(amount, times: 1_000_000).times(factor)
        .divided(by: Wide(microstepVolume, times: divisor))
    case .mass:
      return mass(Wide(amount, times: factor), over: divisor, concentration: concentration)
    case .massPerKilogram:
      // Grams of body mass over 1000.
      return mass(
        Wide(amount, times: bodyMass).times(factor), over: divisor * 1000,
        concentration: concentration)
    }
  }

  private func mass(
    _ nanograms: Wide, over divisor: UInt64, concentration: UInt64
  ) -> StepAmount {
    // 10^15 against the concentration first: both sides stay shorter.
    let common = Conversions.greatestCommonDivisor(1_000_000_000_000_000, concentration)
    let numerator = nanograms.times(1_000_000_000_000_000 / common)
    return numerator.divided(
      by: Wide(microstepVolume, times: divisor).times(concentration / common))
  }

  /// Mass of a drug in a dose, ng, rounded up.
  func nanograms(in dose: Dose, of place: DrugPlace = .leading) -> Int64 {
    nanograms(of: dose, per: Ticks(count: 1), in: Ticks(count: 1), place: place)
  }

  /// Mass of a drug given in `time` when `dose` is given in every `per`, ng, rounded up.
  ///
  /// The second drug goes with the leading one as their concentrations do. Its numerator is below
  /// 2^30 × 2^28 × 2^20 × 2^30 = 2^108.
  func nanograms(
    of dose: Dose, per: Ticks, in time: Ticks, place: DrugPlace = .leading
  ) -> Int64 {
    let (time, per) = (UInt64(clamping: time.rawValue), UInt64(per.rawValue))
    let common = Conversions.greatestCommonDivisor(time, per)
    var mass = Wide(UInt64(clamping: dose.amount), times: time / common)
    var divisor = Wide(low: per / common)
    switch dose.basis {
    case .mass: break
    case .massPerKilogram:
      mass = mass.times(bodyMass)
      divisor = divisor.times(1000)
    case .volume:
      // pL × ng/mL / 10^9 pL/mL.
      return roundedUp(
        mass.times(concentration(of: place)), over: divisor.times(1_000_000_000))
    }
    if place == .second, concentration > 0 {
      let common = Conversions.greatestCommonDivisor(secondConcentration, concentration)
      mass = mass.times(secondConcentration / common)
      divisor = divisor.times(concentration / common)
    }
    return roundedUp(mass, over: divisor)
  }

  /// Flow, nL/h, rounded up, when `dose` is given in every `per`.
  func flow(of dose: Dose, per: Ticks) -> FlowRate {
    FlowRate(nanolitresPerHour: flow(at: stepsPerTick(of: dose, per: per)))
  }

  /// Flow, nL/h, rounded up, at so many microsteps per tick.
  func flow(at rate: StepAmount) -> Int64 {
    // steps × aL × 360 000 / 10^9; the fraction to 2^-32.
    let fixed = UInt64(rate.whole) << 32 | rate.fraction >> 32
    let product = Wide(fixed, times: microstepVolume).times(9)
    return roundedUp(product, over: Wide(25_000, times: 1 << 32))
  }

  /// Volume of a number of microsteps, pL, rounded to nearest.
  func picolitres(in steps: StepAmount) -> Int64 {
    let isNegative = steps.whole < 0
    let magnitude = isNegative ? StepAmount.zero - steps : steps
    let fixed = Wide(UInt64(magnitude.whole), times: microstepVolume)
    let fraction = Wide(magnitude.fraction >> 32, times: microstepVolume)
    let attolitres = fixed.low + (fraction.high << 32 | fraction.low >> 32)
    let value = Int64((attolitres + 500_000) / 1_000_000)
    return isNegative ? -value : value
  }

  /// Mass of a drug in a number of microsteps, ng, rounded to nearest.
  func nanograms(in steps: StepAmount, of place: DrugPlace = .leading) -> Int64 {
    let isNegative = steps.whole < 0
    let magnitude = isNegative ? StepAmount.zero - steps : steps
    // Microsteps to 2^-24 of one, so that a microstep of 10 µg still rounds to the nearest ng; no
    // account comes near the 2^39 microsteps that this leaves room for.
    let fixed = UInt64(magnitude.whole) << 24 | magnitude.fraction >> 40
    let product = Wide(fixed, times: microstepVolume).times(concentration(of: place))
    let value = product.divided(by: Wide(1_000_000_000_000_000, times: 1 << 24)).rounded
    return isNegative ? -value : value
  }

  /// Mass of a drug in one microstep, in 2^-16 ng, rounded up: what counts towards a dose cap.
  func countedMassPerStep(of place: DrugPlace) -> Int64 {
    roundedUp(
      Wide(microstepVolume, times: concentration(of: place)).times(1 << 16),
      over: Wide(low: 1_000_000_000_000_000))
  }

  private func roundedUp(_ numerator: Wide, over denominator: Wide) -> Int64 {
    let quotient = numerator.divided(by: denominator)
    return quotient.whole + (quotient.fraction == 0 ? 0 : 1)
  }

  private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a == 0 ? 1 : a
  }
}

/// Ticks in one hour.
let ticksPerHour: Int64 = 3600 * ticksPerSecond
/// Ticks in one minute.
let ticksPerMinute: Int64 = 60 * ticksPerSecond
