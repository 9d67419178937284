// @relation(R-002, R-067, scope=file, role=Verification)
import Foundation
import PumpHAL
import PumpPlant
import Testing

@testable import TherapyAttack

/// Syringes from 10 to 50 mL, nearly full.
private let syringes: [(FittedSyringe, Double)] = [
  (.plastipak10, 9), (.plastipak20, 18), (.plastipak30, 28), (.plastipak50, 48),
]

/// Every case where somebody asks for it, and in release; few otherwise, for they are hours.
private let isFull: Bool = {
  #if DEBUG
    ProcessInfo.processInfo.environment["TRUMPET_GRID"] != nil
  #else
    true
  #endif
}()

/// Saline, mmHg per metre (`Docs/Plant.md`, V3).
private let mmHgPerMetre = 73.9

/// A world that infuses a syringe at this flow.
private func infusing(_ syringe: (FittedSyringe, Double), _ flow: Double) -> TherapyWorld {
  var therapy = Therapy()
  (therapy.syringe, therapy.fill) = syringe
  therapy.phases = [Therapy.basal(flow * 6, seconds: 4 * 3600)]
  if flow * 4 > therapy.fill { therapy.phases = [Therapy.basal(flow * 6, seconds: 6000)] }
  var world = TherapyWorld(therapy)
  #expect(world.setUp().isEmpty)
  return world
}

@Suite("Accuracy against back pressure")
struct AccuracyTests {
  /// Syringe, mL/h, mmHg that the site lies above the pump.
  static let cases: [(Int, Double, Double)] =
    isFull
    ? syringes.indices.flatMap { index in
      [0.5, 5].flatMap { flow in [-100.0, 0, 300].map { (index, flow, $0) } }
    }
    : [(0, 5, 300), (3, 5, -100)]

  @Test("R-002: after 30 min an hour's flow is within 5 %, whatever presses back", arguments: cases)
  func accuracy(_ index: Int, _ flow: Double, _ pressure_mmHg: Double) {
    var world = infusing(syringes[index], flow)
    world.pump.inject(.height(metres: -pressure_mmHg / mmHgPerMetre))
    // What is at rest has taken up the height before anybody starts.
    world.run(seconds: 60)
    world.give(.start)
    // What syringe, line and drive take up goes before: 1.2 µL/mmHg and 0.3 mm in the largest.
    let stored = index == 3 ? 0.17 + 1.2e-3 * max(0, pressure_mmHg) : 0
    world.run(seconds: 1800 + stored / flow * 3600)
    let before = world.truth.infusedVolume
    world.run(seconds: 3600)
    let mean = (world.truth.infusedVolume - before) / 1000
    #expect(
      abs(mean / flow - 1) < 0.05, "\(syringes[index].0), \(pressure_mmHg) mmHg: \(mean) mL/h")
    #expect(world.output.mode == .infusing)
    if isFull { print("\(syringes[index].0) \(flow) mL/h \(pressure_mmHg) mmHg: \(mean) mL/h") }
  }
}

@Suite("A pump that is raised and lowered")
struct SiphonTests {
  /// What a syringe stores at 59 mmHg and its friction gives back, mL: up to 20 mL the 0.05 mL that were
  /// asked for, above that more, which no drive can hold.
  static let limits_mL = [0.05, 0.05, 0.065, 0.11]

  @Test(
    "R-067: 0.8 m up or down moves what the syringe stores, and then nothing more",
    arguments: 0..<4)
  func siphon(_ index: Int) {
    var world = infusing(syringes[index], 5)
    world.give(.start)
    world.run(seconds: 300)
    world.give(.stop)
    world.run(seconds: 60)
    for metres in [0.8, -0.8] {
      let before = world.truth.infusedVolume
      world.pump.inject(.height(metres: metres))
      world.run(seconds: 60)
      let moved = (world.truth.infusedVolume - before) / 1000
      #expect(abs(moved) <= Self.limits_mL[index], "\(syringes[index].0), \(metres) m: \(moved) mL")
      if isFull { print("\(syringes[index].0) \(metres) m: \(moved) mL") }
      let rest = world.truth.infusedVolume
      world.run(seconds: 60)
      // Less than a microlitre in an hour is nothing.
      #expect(abs(world.truth.infusedVolume - rest) < 1.0 / 60, "\(syringes[index].0)")
      world.pump.clear(.height)
      world.run(seconds: 60)
    }
  }
}
