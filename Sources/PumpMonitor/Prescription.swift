import PumpHAL

/// What the operators entered, as the monitor heard it: the raw numbers and nothing derived.
///
/// There are two: what is being entered, and what was confirmed.
struct Prescription: Sendable {
  /// Bore area, µm²; 0 before a syringe is confirmed.
  var area: Int64 = 0
  /// Outside diameter of the barrel, 0.01 mm; 0 where unknown.
  var diameter: Int64 = 0
  /// Friction of the moving plunger, µN.
  var friction: Int32 = 0
  /// What stopper and fluid store, fL/Pa.
  var syringeCompliance: Int32 = 0
  /// What the line stores, fL/Pa.
  var lineCompliance: Int32 = 0
  /// Drug by library number.
  var drug: UInt16 = 0
  /// Drug in the solution, ng/mL; 0 before it is set.
  var concentration: Int64 = 0
  /// Hard limit of continuous delivery, ng/h; 0 where none is set.
  var doseRateLimit: Int64 = 0
  /// Hard limit of one bolus, ng; 0 where none is set.
  var bolusLimit: Int64 = 0
  /// Mass of the patient, g.
  var bodyMass: Int64 = 0
  /// Dose caps in 1 h, 4 h and 24 h, ng; 0 where none is set.
  var caps: InlineArray<3, Int64> = [0, 0, 0]
  /// Prescribed maximum of continuous flow, nL/h; 0 where none is set.
  var flowLimit: Int64 = 0
  /// Occlusion limit, Pa.
  var occlusion: Int64 = 0
  /// Keep-open rate, nL/h; 0 is off.
  var keepOpen: Int64 = 0
  /// The phases.
  var phases = InlineArray<16, ProgrammePhase>(repeating: .blank)
  /// How many of them count; 0 before a programme is confirmed.
  var phaseCount: UInt8 = 0
  /// Dose of a patient bolus; 0 where there is none.
  var bolus = Dose(0, .mass)
  /// Lockout from its start, ticks.
  var lockout: Int64 = 0
  /// Most of them in an hour.
  var bolusMaximum: UInt8 = 0
  /// How fast it is delivered, nL/h.
  var bolusFlow: Int64 = 0
  /// What a reported reaction leads to.
  var reactionOrder: ReactionOrder = .stop

  /// Numbers beyond these are no therapy; they are cut off so that no product overflows.
  static let largestAmount: Int64 = 1_000_000_000_000_000
  /// The longest duration, ticks: 497 days, what 32 bits hold.
  static let longestDuration: Int64 = 0xffff_ffff

  /// Whether something can be delivered under it.
  var isComplete: Bool { phaseCount > 0 && area > 0 && concentration > 0 }

  /// A number of a command, made harmless.
  static func cut(_ value: Int64, to limit: Int64 = largestAmount) -> Int64 {
    value < 0 ? 0 : value > limit ? limit : value
  }

  /// The volume of a dose, rounded up.
  func volume(of dose: Dose) -> Attolitres {
    let amount = Self.cut(dose.amount)
    let most = Attolitres.perMillilitre * 1000
    let volume: Int64
    switch dose.basis {
    case .volume:
      volume = Ratio.roundedUp(amount, times: Attolitres.perPicolitre, over: 1)
    case .mass:
      volume = Ratio.roundedUp(amount, times: Attolitres.perMillilitre, over: concentration)
    case .massPerKilogram:
      let mass = Ratio.roundedUp(amount, times: bodyMass, over: 1000)
      volume = Ratio.roundedUp(mass, times: Attolitres.perMillilitre, over: concentration)
    }
    return Attolitres(rawValue: Self.cut(volume, to: most))
  }

  /// What a flow of so many nL/h delivers in one tick, rounded up.
  static func perTick(_ nanolitresPerHour: Int64) -> Attolitres {
    // 1 nL is 10^9 aL, one hour 360 000 ticks.
    Attolitres(rawValue: (cut(nanolitresPerHour, to: 100_000_000_000) * 25_000 + 8) / 9)
  }

  /// The most that continuous delivery may give in a tick, whatever the programme says.
  func continuousCeiling(_ configuration: PumpConfiguration) -> Attolitres {
    var most = Self.perTick(configuration.basalMaximum.nanolitresPerHour)
    if flowLimit > 0 { most = .smallest(most, Self.perTick(flowLimit)) }
    if doseRateLimit > 0, concentration > 0 {
      let volume = Ratio.roundedUp(
        doseRateLimit, times: Attolitres.perMillilitre, over: concentration)
      most = .smallest(most, Attolitres(rawValue: volume / 360_000 + 1))
    }
    return most
  }

  /// The flow of a phase in a tick, rounded up.
  func flow(of phase: ProgrammePhase) -> Attolitres {
    let per = Swift.max(1, Self.cut(phase.per.count, to: Self.longestDuration))
    let dose = volume(of: phase.dose)
    return Attolitres(rawValue: Ratio.roundedUp(dose.rawValue, times: 1, over: per))
  }

  /// Whether a basal keeps the library's limit of dose rate.
  func isWithinDoseRate(_ phase: ProgrammePhase) -> Bool {
    guard doseRateLimit > 0 else { return true }
    let limit = volume(of: Dose(doseRateLimit, .mass))
    // One hour has 360 000 ticks; what rounding adds is forgiven.
    return flow(of: phase).rawValue <= limit.rawValue / 360_000 + 1
  }

  /// Phase `index`, as volume; the limits of flow are not in it, since they count volume and mass.
  mutating func phaseVolume(_ index: Int) -> PhaseVolume {
    let phase = phases[index]
    guard phase.kind != .syringeChange else { return PhaseVolume(kind: .syringeChange) }
    let per = Swift.max(1, Self.cut(phase.per.count, to: Self.longestDuration))
    let duration = Self.cut(phase.duration.count, to: Self.longestDuration)
    let dose = volume(of: phase.dose)
    let perTick = Attolitres(rawValue: Ratio.roundedUp(dose.rawValue, times: 1, over: per))
    let total = Self.cut(
      Ratio.roundedUp(dose.rawValue, times: duration, over: per),
      to: Attolitres.perMillilitre * 1000)
    return PhaseVolume(
      kind: phase.kind, perTick: perTick, least: Attolitres(rawValue: total),
      most: Attolitres(rawValue: total), isByMass: phase.dose.basis != .volume)
  }

  /// What syringe, line and drive store at a pressure, Pa, by the catalogue.
  func stored(at pressure: Int64, _ powerOn: PowerOn) -> Attolitres {
    let stiffness = powerOn.capabilities.stiffness.newtonsPerMetre
    // µm² squared over N/m is 10^-6 fL/Pa.
    let drive = stiffness > 0 ? area * area / 1_000_000 / stiffness : 0
    let compliance =
      drive + Int64(Swift.max(0, syringeCompliance)) + Int64(Swift.max(0, lineCompliance))
    // fL/Pa times Pa is fL, 1000 aL.
    let stored = Ratio.roundedUp(compliance, times: pressure * 1000, over: 1)
    return Attolitres(rawValue: Self.cut(stored, to: 10 * Attolitres.perMillilitre))
  }

  /// The most that may have to be drawn back after an occlusion at the pressure ceiling.
  func retractionBound(_ powerOn: PowerOn) -> Attolitres {
    let pressure = Self.cut(powerOn.configuration.pressureCeiling.pascals, to: 1_000_000)
    guard powerOn.capabilities.stiffness.newtonsPerMetre > 0, area > 0 else {
      return MonitorLimits.retractionUnknown
    }
    // Half as much again for friction and tolerance.
    let stored = stored(at: pressure, powerOn).rawValue / 2 * 3
    let backlash = Self.cut(powerOn.capabilities.backlash.nanometres, to: 5_000_000)
    let bound = Self.cut(stored, to: 5 * Attolitres.perMillilitre) + 2 * area * backlash
    return Attolitres(rawValue: bound + MonitorLimits.mismatch.rawValue * 2)
  }
}

/// One phase as the envelope sees it.
struct PhaseVolume: Sendable {
  /// What it is.
  var kind: PhaseKind = .basal
  /// The most it delivers in a tick.
  var perTick = Attolitres.zero
  /// The least it delivers in all: later phases cannot begin before that.
  var least = Attolitres.zero
  /// The most it delivers in all.
  var most = Attolitres.zero
  /// Whether it counts mass, so that its volume depends on the solution.
  var isByMass = false
}

extension ProgrammePhase {
  /// A phase that delivers nothing.
  static var blank: ProgrammePhase {
    ProgrammePhase(
      kind: .basal, dose: Dose(0, .mass), per: Ticks(count: 1), duration: Ticks(count: 0))
  }
}

extension Prescription: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(area)
    sink.put(diameter)
    sink.put(friction)
    sink.put(syringeCompliance)
    sink.put(lineCompliance)
    sink.put(drug)
    sink.put(concentration)
    sink.put(doseRateLimit)
    sink.put(bolusLimit)
    sink.put(bodyMass)
    for index in 0..<3 { sink.put(caps[index]) }
    sink.put(flowLimit)
    sink.put(occlusion)
    sink.put(keepOpen)
    for index in 0..<16 { phases[index].encode(to: &sink) }
    sink.put(phaseCount)
    bolus.encode(to: &sink)
    sink.put(lockout)
    sink.put(bolusMaximum)
    sink.put(bolusFlow)
    sink.put(reactionOrder)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    area = source.takeInt64()
    diameter = source.takeInt64()
    friction = source.takeInt32()
    syringeCompliance = source.takeInt32()
    lineCompliance = source.takeInt32()
    drug = source.take16()
    concentration = source.takeInt64()
    doseRateLimit = source.takeInt64()
    bolusLimit = source.takeInt64()
    bodyMass = source.takeInt64()
    for index in 0..<3 { caps[index] = source.takeInt64() }
    flowLimit = source.takeInt64()
    occlusion = source.takeInt64()
    keepOpen = source.takeInt64()
    for index in 0..<16 { phases[index] = ProgrammePhase(from: &source) }
    phaseCount = source.take8()
    if phaseCount > ProgrammePhase.maximumCount { source.fail() }
    bolus = Dose(from: &source)
    lockout = source.takeInt64()
    bolusMaximum = source.take8()
    bolusFlow = source.takeInt64()
    reactionOrder = source.takeCase(or: .stop)
  }
}

extension PhaseVolume: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(kind)
    perTick.encode(to: &sink)
    least.encode(to: &sink)
    most.encode(to: &sink)
    sink.put(isByMass)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    kind = source.takeCase(or: .basal)
    perTick = Attolitres(from: &source)
    least = Attolitres(from: &source)
    most = Attolitres(from: &source)
    isByMass = source.takeBool()
  }
}
