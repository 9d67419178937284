import PumpHAL

/// Which drug of a mixture: every dose in mass counts the leading one.
enum DrugPlace: UInt8, Sendable {
  case leading = 0
  case second = 1
}

/// A drug in the syringe as it is entered: what it is, how much of it, and its own limits.
struct PrescribedDrug: Sendable {
  /// Number in the library.
  var number: UInt16 = 0
  /// Zero where there is none of it in this syringe.
  var concentration = Concentration.zero
  /// Hard limits of the library.
  var libraryDoseRate = DoseRate.zero
  var libraryBolus = Mass.zero
  var libraryLoading = Mass.zero
  /// Soft limits of the library.
  var soft = SoftLimits()
  /// Caps for 1 h, 4 h and 24 h; zero where none is set.
  var caps = Windows<Mass>(repeating: .zero)

  /// Whether there is any of it in this syringe.
  var isPresent: Bool { concentration.rawValue > 0 }

  /// Takes the library's limits, each above nothing and at most 1 kg.
  mutating func enterLimits(doseRate: DoseRate, bolus: Mass, loading: Mass) -> CommandResult {
    let most: Int64 = 1_000_000_000_000
    guard doseRate.rawValue > 0, doseRate.rawValue <= most, bolus.rawValue > 0,
      bolus.rawValue <= most, loading.rawValue > 0, loading.rawValue <= most
    else { return .refusedRange }
    libraryDoseRate = doseRate
    libraryBolus = bolus
    libraryLoading = loading
    return .accepted
  }
}

extension Prescription {
  /// The drug in a place.
  subscript(place: DrugPlace) -> PrescribedDrug {
    get { place == .leading ? drug : second }
    set {
      if place == .leading { drug = newValue } else { second = newValue }
    }
  }

  /// Whether the syringe holds a mixture.
  var isMixture: Bool { second.isPresent }

  /// Takes a drug and its concentration, from 1 µg/mL to 1 g/mL; a second one may be left out.
  mutating func enter(
    _ number: UInt16, _ concentration: Concentration, at index: UInt8
  ) -> CommandResult {
    guard let place = DrugPlace(rawValue: index), concentration.rawValue <= 1_000_000_000,
      concentration.rawValue >= 1000 || (place == .second && concentration.rawValue == 0)
    else { return .refusedRange }
    self[place].number = number
    self[place].concentration = concentration
    entries.insert(place == .leading ? .drug : .secondDrug)
    return .accepted
  }
}

extension PrescribedDrug: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(number)
    concentration.encode(to: &sink)
    libraryDoseRate.encode(to: &sink)
    libraryBolus.encode(to: &sink)
    libraryLoading.encode(to: &sink)
    soft.encode(to: &sink)
    caps.oneHour.encode(to: &sink)
    caps.fourHours.encode(to: &sink)
    caps.day.encode(to: &sink)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    number = source.take16()
    concentration = Concentration(from: &source)
    libraryDoseRate = DoseRate(from: &source)
    libraryBolus = Mass(from: &source)
    libraryLoading = Mass(from: &source)
    soft = SoftLimits(from: &source)
    caps.oneHour = Mass(from: &source)
    caps.fourHours = Mass(from: &source)
    caps.day = Mass(from: &source)
  }
}
