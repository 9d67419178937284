import PumpHAL

/// The soft limits of the drug library for one drug: passed only for a reason that is entered.
///
/// - Requirements.
struct SoftLimits: Equatable, Sendable {
  /// Of continuous delivery; zero where there is none.
  var doseRate = DoseRate.zero
  /// Of a single bolus; zero where there is none.
  var bolus = Mass.zero

  /// Whether so much in an hour is above the soft limit.
  func isPassed(byDoseRate nanogramsPerHour: Int64) -> Bool {
    doseRate > .zero && nanogramsPerHour > doseRate.rawValue
  }

  /// Whether so much at once is above the soft limit.
  func isPassed(byBolus nanograms: Int64) -> Bool {
    bolus > .zero && nanograms > bolus.rawValue
  }
}

extension SoftLimits: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    doseRate.encode(to: &sink)
    bolus.encode(to: &sink)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    doseRate = DoseRate(from: &source)
    bolus = Mass(from: &source)
  }
}

extension Prescription {
  /// Whether the rate of a phase is above the soft limit of either drug.
  func isAboveSoft(_ phase: ProgrammePhase, _ conversions: Conversions) -> Bool {
    guard phase.kind == .basal else { return false }
    let hour = Ticks(count: ticksPerHour)
    return drug.soft.isPassed(
      byDoseRate: conversions.nanograms(of: phase.dose, per: phase.per, in: hour))
      || (isMixture
        && second.soft.isPassed(
          byDoseRate: conversions.nanograms(
            of: phase.dose, per: phase.per, in: hour, place: .second)))
  }

  /// Whether a bolus of `dose` is above the soft limit of either drug.
  func isAboveSoft(bolus dose: Dose, _ conversions: Conversions) -> Bool {
    drug.soft.isPassed(byBolus: conversions.nanograms(in: dose))
      || (isMixture && second.soft.isPassed(byBolus: conversions.nanograms(in: dose, of: .second)))
  }

  /// Whether a basal phase or the patient bolus is above its soft limit.
  mutating func isAboveSoft(_ conversions: Conversions) -> Bool {
    for index in 0..<Int(phaseCount) where isAboveSoft(phases[index], conversions) { return true }
    return entries.contains(.patientBolus) && isAboveSoft(bolus: bolusDose, conversions)
  }
}
