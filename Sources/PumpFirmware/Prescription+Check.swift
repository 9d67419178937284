import PumpHAL

extension Prescription {
  /// The occlusion limits that may be set: 225, 540 and 750 mmHg in pascals.
  static func isOcclusionLimit(_ pressure: Pressure) -> Bool {
    // One mmHg is 133.322 Pa; half of one either way allows for rounding.
    switch pressure.rawValue {
    case 29_997 - 66...29_997 + 66, 71_994 - 66...71_994 + 66, 99_992 - 66...99_992 + 66: true
    default: false
    }
  }

  /// Whether a dose is inside the bounds that the conversions are proved for.
  func isInRange(_ dose: Dose) -> Bool {
    let largest: Int64 = dose.basis == .massPerKilogram ? 1_000_000_000 : 1_000_000_000_000
    return dose.amount >= 0 && dose.amount <= largest
  }

  /// The longest time that may be entered: 30 days.
  static let longest = Ticks(count: 30 * 24 * ticksPerHour)

  /// Takes one entry; every value is checked for its own range here and never clipped.
  mutating func enter(
    _ action: OperatorAction, capabilities: Capabilities,
    configuration: PumpConfiguration, sensors: SensorFrame
  ) -> CommandResult {
    switch action {
    case .confirmSyringe(let syringe):
      return enter(syringe, capabilities: capabilities, sensors: sensors)
    case .confirmInfusionSet(let set):
      guard set.primingVolume >= .zero, set.compliance >= 0, set.resistance >= 0 else {
        return .refusedRange
      }
      infusionSet = set
      entries.insert(.infusionSet)
    case .setFill(let fill):
      guard entries.contains(.syringe) else { return .refusedIncomplete }
      guard fill > syringe.deadSpace, fill <= syringe.capacity else { return .refusedRange }
      self.fill = fill
      entries.insert(.fill)
    case .setDrug(let index, let number, let concentration):
      // From 1 µg/mL to 1 g/mL.
      guard index == 0, concentration.rawValue >= 1000, concentration.rawValue <= 1_000_000_000
      else { return .refusedRange }
      drugNumber = number
      self.concentration = concentration
      entries.insert(.drug)
    case .setDrugLimits(let index, let doseRate, let bolus, let loading):
      guard index == 0, doseRate.rawValue > 0, doseRate.rawValue <= 1_000_000_000_000,
        bolus.rawValue > 0, bolus.rawValue <= 1_000_000_000_000, loading.rawValue > 0,
        loading.rawValue <= 1_000_000_000_000
      else { return .refusedRange }
      libraryDoseRate = doseRate
      libraryBolus = bolus
      libraryLoading = loading
      entries.insert(.drugLimits)
    case .setSoftLimits(let index, let doseRate, let bolus):
      guard index == 0, doseRate >= .zero, doseRate.rawValue <= 1_000_000_000_000, bolus >= .zero,
        bolus.rawValue <= 1_000_000_000_000
      else { return .refusedRange }
      library.softDoseRate = doseRate
      library.softBolus = bolus
    case .setPatient(let mass):
      // From a premature infant to the heaviest patient on record.
      guard mass.rawValue >= 300, mass.rawValue <= 635_000 else { return .refusedRange }
      patient = mass
      entries.insert(.patient)
    case .setDoseCap(let index, let window, let cap):
      guard index == 0, cap.rawValue > 0, cap.rawValue <= 1_000_000_000_000 else {
        return .refusedRange
      }
      caps[window] = cap
    case .setLimits(let flow, let occlusion, let keepOpen):
      return enter(flow: flow, occlusion: occlusion, keepOpen: keepOpen, configuration)
    case .setPhase(let index, let phase):
      guard index < ProgrammePhase.maximumCount, isInRange(phase.dose), phase.per.rawValue > 0,
        phase.per <= Prescription.longest, phase.duration >= .zero,
        phase.duration <= Prescription.longest
      else { return .refusedRange }
      phases[Int(index)] = phase
      phaseCount = max(phaseCount, index + 1)
    case .setPatientBolus(let dose, let lockout, let maximum, let flow):
      guard isInRange(dose), dose.amount > 0, lockout.rawValue >= 5 * ticksPerMinute,
        lockout.rawValue <= 24 * ticksPerHour, maximum >= 1, maximum <= 12, flow.rawValue > 0,
        flow <= configuration.bolusMaximum
      else { return .refusedRange }
      bolusDose = dose
      bolusLockout = lockout
      bolusesPerHour = maximum
      bolusFlow = flow
      entries.insert(.patientBolus)
    case .setReactionOrder(let order): reactionOrder = order
    default: return .refusedMode
    }
    return .accepted
  }

  private mutating func enter(
    _ syringe: SyringeSpecification, capabilities: Capabilities,
    sensors: SensorFrame
  ) -> CommandResult {
    // 1 to 1000 mm², up to 100 mL: the bounds of the conversions.
    guard syringe.boreArea.rawValue >= 1_000_000, syringe.boreArea.rawValue <= 1_000_000_000,
      syringe.capacity.rawValue > 0, syringe.capacity.rawValue <= 100_000_000_000,
      syringe.deadSpace >= .zero, syringe.deadSpace < syringe.capacity, syringe.friction >= 0,
      syringe.compliance >= 0
    else { return .refusedRange }
    if capabilities.sensors.contains(.syringe), sensors.syringe.validity == .valid {
      let seen = Int32(sensors.syringe.value.barrelDiameter)
      let expected = Int32(syringe.barrelDiameter)
      let isMismatched =
        seen > 0 && expected > 0 && abs(seen - expected) * 100 > 3 * expected
      if !sensors.syringe.value.isSecure || isMismatched { return .refusedSyringe }
    }
    self.syringe = syringe
    entries.insert(.syringe)
    return .accepted
  }

  private mutating func enter(
    flow: FlowRate, occlusion: Pressure, keepOpen: FlowRate,
    _ configuration: PumpConfiguration
  ) -> CommandResult {
    guard flow >= configuration.basalMinimum, flow <= configuration.basalMaximum,
      Prescription.isOcclusionLimit(occlusion), keepOpen >= .zero,
      keepOpen.rawValue <= 100_000
    else { return .refusedRange }
    maximumFlow = flow
    occlusionLimit = occlusion
    keepOpenFlow = keepOpen
    entries.insert(.limits)
    return .accepted
  }

  /// Whether everything together may be confirmed.
  ///
  /// - Parameters:
  ///   - phaseCount: the phases that the operator counts.
  ///   - firstPhase: the phase at which delivery goes on; those before it are done.
  mutating func check(
    phaseCount: UInt8, firstPhase: UInt8, capabilities: Capabilities,
    configuration: PumpConfiguration
  ) -> CommandResult {
    guard entries.isSuperset(of: .required), phaseCount > 0, phaseCount == self.phaseCount else {
      return .refusedIncomplete
    }
    let reachable = min(Int64(capabilities.stallForce), Int64(capabilities.forceFullScale))
    // A tenth is kept for the tolerance of drive and cell.
    if capabilities.sensors.contains(.force),
      OcclusionWatch.forceAtLimit(self) * 10 > reachable * 9
    {
      return .refusedOcclusionLimit
    }
    let conversions = conversions(microstepTravel: capabilities.microstepTravel)
    for index in 0..<Int(phaseCount) {
      let result = check(phases[index], conversions, configuration: configuration)
      if result != .accepted { return result }
    }
    if entries.contains(.patientBolus), conversions.nanograms(in: bolusDose) > libraryBolus.rawValue
    {
      return .refusedLibrary
    }
    if !fitsCaps(conversions) { return .refusedDoseCap }
    return fitsReservoir(conversions, firstPhase: firstPhase) ? .accepted : .refusedReservoir
  }

  /// Whether one phase may be delivered at all.
  func check(
    _ phase: ProgrammePhase, _ conversions: Conversions,
    configuration: PumpConfiguration
  ) -> CommandResult {
    guard phase.kind != .syringeChange else { return .accepted }
    guard isInRange(phase.dose), phase.dose.amount > 0, phase.per.rawValue > 0,
      phase.per <= Prescription.longest, phase.duration.rawValue > 0
    else { return .refusedRange }
    let flow = conversions.flow(of: phase.dose, per: phase.per)
    switch phase.kind {
    case .loading:
      guard flow <= configuration.bolusMaximum else { return .refusedRange }
      let mass = conversions.nanograms(of: phase.dose, per: phase.per, in: phase.duration)
      return mass <= libraryLoading.rawValue ? .accepted : .refusedLibrary
    default:
      guard flow >= configuration.basalMinimum, flow <= configuration.basalMaximum else {
        return .refusedRange
      }
      let rate = conversions.nanograms(
        of: phase.dose, per: phase.per, in: Ticks(count: ticksPerHour))
      return rate <= libraryDoseRate.rawValue ? .accepted : .refusedLibrary
    }
  }

  /// Whether the programme alone stays below every cap.
  ///
  /// Delivery is constant inside a phase, so the fullest window begins or ends where a phase does.
  private mutating func fitsCaps(_ conversions: Conversions) -> Bool {
    var window: CapWindow? = .first
    while let length = window {
      window = length.next
      let cap = caps[length].rawValue
      if cap == 0 { continue }
      var start: Int64 = 0
      for index in 0..<Int(phaseCount) {
        let end = start + phases[index].duration.rawValue
        if mass(from: start, to: start + length.ticks, conversions) > cap { return false }
        if mass(from: end - length.ticks, to: end, conversions) > cap { return false }
        start = end
      }
    }
    return true
  }

  /// Mass that the programme gives between two of its ticks, ng, rounded up.
  private mutating func mass(from: Int64, to: Int64, _ conversions: Conversions) -> Int64 {
    var start: Int64 = 0
    var sum: Int64 = 0
    for index in 0..<Int(phaseCount) {
      let phase = phases[index]
      let end = start + phase.duration.rawValue
      let overlap = min(end, to) - max(start, from)
      if overlap > 0, phase.kind != .syringeChange {
        sum += conversions.nanograms(of: phase.dose, per: phase.per, in: Ticks(count: overlap))
      }
      start = end
    }
    return sum
  }

  /// Whether what is left up to the next syringe change fits what the syringe can give.
  private mutating func fitsReservoir(_ conversions: Conversions, firstPhase: UInt8) -> Bool {
    var needed = StepAmount.zero
    var index = Int(firstPhase)
    // A syringe change that is due now is the one being made.
    if index < Int(phaseCount), phases[index].kind == .syringeChange { index += 1 }
    while index < Int(phaseCount), phases[index].kind != .syringeChange {
      needed += conversions.steps(in: phases[index])
      if needed.whole >= 1 << 61 { return false }
      index += 1
    }
    let usable = conversions.steps(in: max(fill - syringe.deadSpace, .zero))
    return !(usable < needed)
  }
}
