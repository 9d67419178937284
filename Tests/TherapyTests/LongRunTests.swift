import Foundation
import PumpFirmware
import PumpHAL
import PumpPlant
import Testing

@testable import TherapyAttack

@Suite("Volume over a long time")
struct LongRunTests {
  @Test(
    "R-008: what the motor did and what reached the tissue are the programme",
    arguments: [(0.05, 24.0), (10.0, 1.0)])
  func accuracy(_ flow: Double, _ wholeHours: Double) throws {
    #if DEBUG
      let hours = wholeHours / 12
    #else
      let hours = wholeHours
    #endif
    var therapy = Therapy()
    therapy.phases = [Therapy.basal(flow * 6, seconds: Int64(hours * 3600 + 7200))]
    therapy.fill = flow > 5 ? 20 : 10
    if flow > 5 { therapy.phases = [Therapy.basal(flow * 6, seconds: Int64(hours * 3600 + 600))] }
    var world = TherapyWorld(therapy)
    world.properties = TherapyProperties(isFaultFree: true)
    #expect(world.setUp().isEmpty)
    world.give(.start)
    world.run(seconds: hours * 3600)
    let programme = flow * hours
    let motor = Double(world.truth.stepsDone) * world.stepVolume
    let account = Double(world.controller.telemetry.dispensedVolume.picolitres) / 1e9
    let infused = world.truth.infusedVolume / 1000
    // One microstep is 71 nL.
    #expect(abs(motor - programme) < 1.5e-4, "\(motor) mL of \(programme) mL")
    #expect(abs(account - programme) < 1.5e-4, "\(account) mL of \(programme) mL")
    // Lost motion 0.1 mm and friction on the drive's spring, 4.5 N at 60 N/mm, 1.65 of it at
    // break-away, hold back (0.1 + 0.124) mm × 285 mm² = 0.064 mL; the screw's error is 5 µm.
    #expect(infused < programme + 0.003 && infused > programme - 0.07, "\(infused) mL infused")
    #expect(world.properties?.violation == nil, "\(world.properties?.violation ?? "")")
    print(
      "\(flow) mL/h for \(hours) h: \(programme) mL, motor \(motor), account \(account), infused \(infused)"
    )
  }
}
