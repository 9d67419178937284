import Catalogue
import PumpHAL
import Vocabulary

/// Turns what is prescribed into mass, volume and flow, exactly.
///
/// Bounds: amounts up to 10^13, patients up to 3 · 10^5 g, concentrations up to 10^9 ng/mL, times up
/// to 3.2 · 10^9 ticks; the largest product, 10^12 · 3·10^5 · 10^9 · 3.2·10^9, is below 2^127.
struct Prescription {
  var patient: BodyMass
  var concentration: Concentration
  /// Concentration of the second drug, where it is the one whose mass is meant.
  var second: Concentration?

  /// Mass of the drug that is meant in `dose`, ng; doses in mass count the leading one.
  func mass(of dose: Dose) -> Ratio {
    guard let second else { return leadingMass(of: dose) }
    let amount = Int128(second.nanogramsPerMillilitre)
    if dose.basis == .volume { return Ratio(Int128(dose.amount) * amount, 1_000_000_000) }
    let leading = leadingMass(of: dose)
    let whole = Int128(concentration.nanogramsPerMillilitre)
    let common = Self.greatestCommonDivisor(amount, whole)
    return Ratio(
      leading.numerator * (amount / common), leading.denominator * (whole / common))
  }

  private static func greatestCommonDivisor(_ a: Int128, _ b: Int128) -> Int128 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return max(a, 1)
  }

  private func leadingMass(of dose: Dose) -> Ratio {
    let amount = Int128(dose.amount)
    switch dose.basis {
    case .mass: return Ratio(amount)
    case .massPerKilogram: return Ratio(amount * Int128(patient.grams), 1000)
    case .volume:
      return Ratio(amount * Int128(concentration.nanogramsPerMillilitre), 1_000_000_000)
    }
  }

  /// Volume of `dose`, pL.
  func volume(of dose: Dose) -> Ratio {
    let amount = Int128(dose.amount)
    let concentration = Int128(concentration.nanogramsPerMillilitre)
    switch dose.basis {
    case .mass: return Ratio(amount * 1_000_000_000, concentration)
    case .massPerKilogram:
      return Ratio(amount * Int128(patient.grams) * 1_000_000, concentration)
    case .volume: return Ratio(amount)
    }
  }

  /// Flow while `dose` is given in every `per`, nL/h.
  func flow(of dose: Dose, per: Ticks) -> Ratio {
    let volume = volume(of: dose)
    return Ratio(volume.numerator * 360, volume.denominator * Int128(per.count))
  }

  /// Dose rate while `dose` is given in every `per`, ng/h.
  func doseRate(of dose: Dose, per: Ticks) -> Ratio {
    let mass = mass(of: dose)
    return Ratio(mass.numerator * 360_000, mass.denominator * Int128(per.count))
  }

  /// Volume that `phase` gives in its first `time`, pL, rounded up.
  func volume(of phase: ProgrammePhase, in time: Ticks) -> Volume {
    let volume = volume(of: phase.dose)
    return Volume(
      picolitres: part(volume, phase, min(time, phase.duration)).ceiling)
  }

  /// Mass that `phase` gives in its first `time`, ng, rounded down.
  func mass(of phase: ProgrammePhase, in time: Ticks) -> Mass {
    Mass(nanograms: part(mass(of: phase.dose), phase, min(time, phase.duration)).floor)
  }

  private func part(_ amount: Ratio, _ phase: ProgrammePhase, _ time: Ticks) -> Ratio {
    guard time > .zero else { return Ratio(0) }
    return Ratio(
      amount.numerator * Int128(time.count), amount.denominator * Int128(phase.per.count))
  }
}

extension Ratio {
  /// The largest whole number that is not larger, at most 10^17.
  var floor: Int64 {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return bounded(remainder < 0 ? quotient - 1 : quotient)
  }
  /// The smallest whole number that is not smaller, at most 10^17.
  var ceiling: Int64 {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    return bounded(remainder > 0 ? quotient + 1 : quotient)
  }
  /// Far beyond any pump, and small enough that sums over a whole file fit 64 bits.
  private func bounded(_ value: Int128) -> Int64 {
    Int64(min(max(value, -100_000_000_000_000_000), 100_000_000_000_000_000))
  }
}
