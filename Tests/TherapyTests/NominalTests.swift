// @relation(R-046, R-067, R-078, scope=file, role=Verification)
import Foundation
import PumpHAL
import PumpPlant
import Testing

@testable import TherapyAttack

/// A patient who walks, leans and lies with a healthy pump: nothing of it is an alarm.
@Suite("Nominal therapies raise no alarm")
struct NominalTests {
  static let isFull = ProcessInfo.processInfo.environment["TRUMPET_GRID"] != nil

  /// One therapy: what was signalled or objected to, without what belongs to its end.
  private func alarms(
    _ syringe: FittedSyringe, fill: Double, flow: Double, ambient: Double, gap: Double,
    hours: Double, seed: UInt64
  ) -> [AlarmID] {
    var therapy = Therapy()
    therapy.syringe = syringe
    therapy.fill = fill
    therapy.bolus = 0.6
    let seconds = min(24, (fill - 4) / flow) * 3600
    therapy.phases = [Therapy.basal(flow * 6, seconds: Int64(seconds))]
    var world = TherapyWorld(therapy, seed: seed)
    var parameters = therapy.hardware.plant
    parameters.fill = fill * 1000
    parameters.seed = seed
    parameters.environment.temperature = ambient
    parameters.drive.initialGap = gap
    world.pump = SimulatedPump(parameters)
    var found: UInt64 = 0
    #expect(world.setUp().isEmpty)
    if gap > 0.1 {
      world.give(.prime(volume: Volume(picolitres: 1_000_000_000), isDisconnected: true))
    }
    world.run(atMost: 300) { $0.output.mode == .ready }
    world.give(.start)
    var dice = Dice(seed)
    let end = world.tick + Int64(min(hours * 3600, seconds) * 100)
    while world.tick < end {
      switch dice.roll(0...4) {
      case 0, 1: world.pump.inject(.height(metres: dice.real(-0.8...0.8)))
      case 2: world.pump.inject(.sitePressed(factor: dice.real(1...5)))
      case 3: world.give(.requestBolus, by: .patient)
      default: world.pump.clear(.sitePressed)
      }
      for _ in 0..<dice.roll(500...30_000) {
        world.pass()
        found |= world.output.signals.bits | world.verdict.objections.bits
      }
    }
    let expected: [AlarmID] = [.nearEnd, .bolusDenied, .endOfInfusion]
    return AlarmID.allCases.filter {
      found >> UInt64($0.rawValue) & 1 == 1 && !expected.contains($0)
    }
  }

  @Test("R-078: rates, syringes, ±0.8 m, a pressed site, 10 to 40 °C, boluses: no alarm at all")
  func nothing() {
    var seed: UInt64 = 0
    let flows = Self.isFull ? [0.05, 0.1, 0.5, 0.83, 2, 5, 10] : [0.05, 0.83, 10]
    for (syringe, fill) in OcclusionGridTests.syringes where Self.isFull || seed < 3 {
      for flow in flows {
        seed += 1
        let found = alarms(
          syringe, fill: fill, flow: flow, ambient: [10, 22, 40][Int(seed % 3)],
          gap: seed % 2 == 0 ? 0.1 : 1.0, hours: Self.isFull ? 24 : 0.15, seed: seed)
        #expect(found.isEmpty, "\(syringe) \(flow) mL/h: \(found)")
      }
    }
  }

  /// A world in which 5 mL/h have run for so long.
  private func infusing(seconds: Double) -> TherapyWorld {
    var therapy = Therapy()
    therapy.phases = [Therapy.basal(30, seconds: 7200)]
    var world = TherapyWorld(therapy)
    world.setUp()
    world.give(.start)
    world.run(seconds: seconds)
    return world
  }

  @Test("R-067: ALM02: a pump 3 m above its site is under vacuum and says so")
  func vacuum() {
    var world = infusing(seconds: 300)
    #expect(world.output.signals.isEmpty)
    world.pump.inject(.height(metres: 3))
    let ticks = world.run(atMost: 120) { $0.output.signals.contains(.plungerVacuum) }
    #expect(ticks != nil && world.output.mode == .alarmStop)
  }

  @Test(
    "R-046: F07: a cell that reads 8 N too much is found by the current, not taken for an occlusion"
  )
  func offset() {
    var world = infusing(seconds: 60)
    world.pump.inject(.forceOffset(newtons: 8))
    let ticks = world.run(atMost: 60) { $0.output.signals.contains(.sensorImplausible) }
    #expect(ticks != nil && !world.output.signals.contains(.downstreamOcclusion))
  }

  @Test("R-046: F08: a cell that is stuck is found within two minutes")
  func stuck() {
    var world = infusing(seconds: 60)
    world.pump.inject(.forceStuck)
    let ticks = world.run(atMost: 120) { $0.output.signals.contains(.sensorImplausible) }
    #expect(ticks != nil && world.output.mode == .alarmStop)
  }
}
