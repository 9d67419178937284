// What is prescribed in a therapy under attack, and the dice that choose it.

import PumpHAL

/// A deterministic source of numbers, so that a seed is a whole session (splitmix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) {
    // Neighbouring seeds must not give the same numbers, a few places on.
    state = seed
    state = next()
  }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func roll(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }
  mutating func real(_ range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &self)
  }
  mutating func pick<T>(_ choices: [T]) -> T { choices[Int(roll(0...Int64(choices.count - 1)))] }
  /// True once in `n` times on average.
  mutating func once(in n: Int64) -> Bool { roll(1...n) == 1 }
}

/// What is prescribed, in the numbers that the commands carry.
struct Therapy {
  var syringe = FittedSyringe.plastipak20
  var battery = FittedBattery.twoAA
  /// Fluid in the syringe, mL.
  var fill = 15.0
  /// mg/mL.
  var concentration = 6.0
  var phases: [ProgrammePhase] = []
  /// Caps for 1 h, 4 h, 24 h, mg; 0 where there is none.
  var caps = [0.0, 0.0, 0.0]
  /// mL/h.
  var flowLimit = 10.0
  var occlusion_mmHg = 540.0
  /// mL/h.
  var keepOpen = 0.0
  /// mg; 0 without patient bolus.
  var bolus = 0.0
  var lockout_min: Int64 = 5
  var bolusesPerHour: UInt8 = 4
  var order = ReactionOrder.stop
  /// mg/h.
  var libraryRate = 200.0

  /// A basal of so many mg/h for so many seconds.
  static func basal(_ rate: Double, seconds: Int64) -> ProgrammePhase {
    ProgrammePhase(
      kind: .basal, dose: Dose(Int64(rate * 1e6), .mass), per: Ticks(count: 360_000),
      duration: Ticks(count: seconds * 100))
  }

  /// A loading dose of so many mg within so many seconds.
  static func loading(_ dose: Double, seconds: Int64) -> ProgrammePhase {
    ProgrammePhase(
      kind: .loading, dose: Dose(Int64(dose * 1e6), .mass), per: Ticks(count: seconds * 100),
      duration: Ticks(count: seconds * 100))
  }

  /// What is fitted for it.
  var hardware: TherapyHardware { TherapyHardware(syringe: syringe, battery: battery) }

  /// The commands that enter it, up to and with `confirm`.
  func setUp(isNewPatient: Bool = true) -> [OperatorAction] {
    var actions: [OperatorAction] = [
      .beginSetUp(isNewPatient: isNewPatient),
      .confirmSyringe(syringe.specification),
      .confirmInfusionSet(hardware.infusionSet),
      .setFill(Volume(picolitres: Int64(fill * 1e9))),
      .setDrug(
        index: 0, number: 1,
        concentration: Concentration(nanogramsPerMillilitre: Int64(concentration * 1e6))),
      .setDrugLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: Int64(libraryRate * 1e6)),
        bolus: Mass(nanograms: 50_000_000), loading: Mass(nanograms: 100_000_000)),
      .setPatient(BodyMass(grams: 70_000)),
    ]
    for (window, cap) in zip(CapWindow.allCases, caps) where cap > 0 {
      actions.append(
        .setDoseCap(index: 0, window: window, cap: Mass(nanograms: Int64(cap * 1e6))))
    }
    actions.append(
      .setLimits(
        flow: FlowRate(nanolitresPerHour: Int64(flowLimit * 1e6)),
        occlusion: Pressure(pascals: Int64(occlusion_mmHg * 133.322)),
        keepOpen: FlowRate(nanolitresPerHour: Int64(keepOpen * 1e6))))
    for (index, phase) in phases.enumerated() {
      actions.append(.setPhase(index: UInt8(index), phase))
    }
    if bolus > 0 {
      actions.append(
        .setPatientBolus(
          dose: Dose(Int64(bolus * 1e6), .mass), lockout: Ticks(count: lockout_min * 6000),
          maximumPerHour: bolusesPerHour, flow: FlowRate(nanolitresPerHour: 60_000_000)))
    }
    actions.append(.setReactionOrder(order))
    actions.append(.confirm(phaseCount: UInt8(phases.count)))
    return actions
  }
}
