import PumpHAL

/// Everything that an operator enters and confirms: what is in the pump, and what to give.
struct Prescription: Sendable {
  /// What has been entered, as bits.
  struct Entries: OptionSet, Sendable {
    let rawValue: UInt16
    static let syringe = Entries(rawValue: 1 << 0)
    static let infusionSet = Entries(rawValue: 1 << 1)
    static let fill = Entries(rawValue: 1 << 2)
    static let drug = Entries(rawValue: 1 << 3)
    static let drugLimits = Entries(rawValue: 1 << 4)
    static let patient = Entries(rawValue: 1 << 5)
    static let limits = Entries(rawValue: 1 << 6)
    static let patientBolus = Entries(rawValue: 1 << 7)
    /// Without these nothing can be confirmed.
    static let required: Entries = [
      .syringe, .infusionSet, .fill, .drug, .drugLimits, .patient, .limits,
    ]
  }

  var entries: Entries = []
  var syringe = SyringeSpecification(
    number: 0, barrelDiameter: 0, boreArea: .zero, capacity: .zero, deadSpace: .zero, friction: 0,
    compliance: 0)
  var infusionSet = InfusionSetSpecification(
    number: 0, primingVolume: .zero, compliance: 0, resistance: 0)
  var fill = Volume.zero
  var drugNumber: UInt16 = 0
  var concentration = Concentration.zero
  /// Hard limits of the library.
  var libraryDoseRate = DoseRate.zero
  var libraryBolus = Mass.zero
  var libraryLoading = Mass.zero
  /// Its version and soft limits.
  var library = LibraryUse()
  var patient = BodyMass.zero
  /// Caps for 1 h, 4 h and 24 h; zero where none is set.
  var caps = Windows<Mass>(repeating: .zero)
  var maximumFlow = FlowRate.zero
  var occlusionLimit = Pressure.zero
  var keepOpenFlow = FlowRate.zero
  var bolusDose = Dose(0, .mass)
  var bolusLockout = Ticks.zero
  var bolusesPerHour: UInt8 = 0
  var bolusFlow = FlowRate.zero
  var reactionOrder = ReactionOrder.stop
  var phaseCount: UInt8 = 0
  var phases = InlineArray<16, ProgrammePhase>(
    repeating: ProgrammePhase(
      kind: .basal, dose: Dose(0, .mass), per: Ticks(count: 1), duration: .zero))

  /// The conversions for this syringe, drug and patient.
  func conversions(microstepTravel: Length) -> Conversions {
    Conversions(
      boreArea: syringe.boreArea, microstepTravel: microstepTravel, concentration: concentration,
      bodyMass: patient)
  }
}

/// One value for each cap window.
struct Windows<Value: Sendable>: Sendable {
  var oneHour: Value
  var fourHours: Value
  var day: Value

  init(repeating value: Value) {
    oneHour = value
    fourHours = value
    day = value
  }

  subscript(window: CapWindow) -> Value {
    get {
      switch window {
      case .oneHour: oneHour
      case .fourHours: fourHours
      case .day: day
      }
    }
    set {
      switch window {
      case .oneHour: oneHour = newValue
      case .fourHours: fourHours = newValue
      case .day: day = newValue
      }
    }
  }
}

extension CapWindow {
  /// The length of the window, ticks.
  var ticks: Int64 {
    switch self {
    case .oneHour: ticksPerHour
    case .fourHours: 4 * ticksPerHour
    case .day: 24 * ticksPerHour
    }
  }
  /// The three windows, in order.
  static let first = CapWindow.oneHour
  /// The next longer window.
  var next: CapWindow? { CapWindow(rawValue: rawValue + 1) }
}

extension Prescription: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(entries.rawValue)
    syringe.encode(to: &sink)
    infusionSet.encode(to: &sink)
    fill.encode(to: &sink)
    sink.put(drugNumber)
    concentration.encode(to: &sink)
    libraryDoseRate.encode(to: &sink)
    libraryBolus.encode(to: &sink)
    libraryLoading.encode(to: &sink)
    library.encode(to: &sink)
    patient.encode(to: &sink)
    caps.oneHour.encode(to: &sink)
    caps.fourHours.encode(to: &sink)
    caps.day.encode(to: &sink)
    maximumFlow.encode(to: &sink)
    occlusionLimit.encode(to: &sink)
    keepOpenFlow.encode(to: &sink)
    bolusDose.encode(to: &sink)
    bolusLockout.encode(to: &sink)
    sink.put(bolusesPerHour)
    bolusFlow.encode(to: &sink)
    sink.put(reactionOrder)
    sink.put(phaseCount)
    for index in 0..<phases.count { phases[index].encode(to: &sink) }
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    entries = Entries(rawValue: source.take16())
    syringe = SyringeSpecification(from: &source)
    infusionSet = InfusionSetSpecification(from: &source)
    fill = Volume(from: &source)
    drugNumber = source.take16()
    concentration = Concentration(from: &source)
    libraryDoseRate = DoseRate(from: &source)
    libraryBolus = Mass(from: &source)
    libraryLoading = Mass(from: &source)
    library = LibraryUse(from: &source)
    patient = BodyMass(from: &source)
    caps.oneHour = Mass(from: &source)
    caps.fourHours = Mass(from: &source)
    caps.day = Mass(from: &source)
    maximumFlow = FlowRate(from: &source)
    occlusionLimit = Pressure(from: &source)
    keepOpenFlow = FlowRate(from: &source)
    bolusDose = Dose(from: &source)
    bolusLockout = Ticks(from: &source)
    bolusesPerHour = source.take8()
    bolusFlow = FlowRate(from: &source)
    reactionOrder = source.takeCase(or: .stop)
    phaseCount = source.take8()
    if phaseCount > ProgrammePhase.maximumCount { source.fail() }
    for index in 0..<phases.count { phases[index] = ProgrammePhase(from: &source) }
  }
}
