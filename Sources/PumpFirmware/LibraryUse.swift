import PumpHAL

/// What a prescription says of the drug library besides its hard limits.
///
/// - Requirements.
struct LibraryUse: Equatable, Sendable {
  /// The version it was written for; 0 where the library was not used.
  var version: UInt32 = 0
  /// Soft limit of continuous delivery; zero where there is none.
  var softDoseRate = DoseRate.zero
  /// Soft limit of a single bolus; zero where there is none.
  var softBolus = Mass.zero

  /// Whether so much in an hour is above the soft limit.
  func isAboveSoft(doseRate nanogramsPerHour: Int64) -> Bool {
    softDoseRate > .zero && nanogramsPerHour > softDoseRate.rawValue
  }

  /// Whether so much at once is above the soft limit.
  func isAboveSoft(bolus nanograms: Int64) -> Bool {
    softBolus > .zero && nanograms > softBolus.rawValue
  }
}

extension LibraryUse: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(version)
    softDoseRate.encode(to: &sink)
    softBolus.encode(to: &sink)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    version = source.take32()
    softDoseRate = DoseRate(from: &source)
    softBolus = Mass(from: &source)
  }
}

extension Prescription {
  /// Whether the rate of a phase is above the soft limit of the library.
  func isAboveSoft(_ phase: ProgrammePhase, _ conversions: Conversions) -> Bool {
    guard phase.kind == .basal else { return false }
    return library.isAboveSoft(
      doseRate: conversions.nanograms(
        of: phase.dose, per: phase.per, in: Ticks(count: ticksPerHour)))
  }

  /// Whether a basal phase or the patient bolus is above its soft limit.
  mutating func isAboveSoft(_ conversions: Conversions) -> Bool {
    for index in 0..<Int(phaseCount) where isAboveSoft(phases[index], conversions) { return true }
    return entries.contains(.patientBolus)
      && library.isAboveSoft(bolus: conversions.nanograms(in: bolusDose))
  }
}
