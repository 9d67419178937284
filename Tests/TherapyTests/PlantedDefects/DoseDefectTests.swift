import Foundation
import PumpHAL
import PumpPlant
import Testing

@testable import TherapyAttack

@Suite("Planted defects of dose: too much, too fast, too often")
struct DoseDefectTests {
  @Test("R-007: rate × 10: caught within 0.03 mL")
  func rateTimesTen() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.says = { frame, _ in
      frame.targetSteps *= 10
      frame.stepRateBound = 4000
    }
    world.start()
    report("rate × 10", world.volumeUntilObjection(seconds: 600), most: 0.03)
  }

  @Test("The area of a 10 mL syringe in use for a 20 mL one: caught within 0.1 mL")
  func wrongArea() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.hears = { action in
      guard case .confirmSyringe(var syringe) = action else { return action }
      syringe.boreArea = Area(squareMicrometres: 163_539_000)
      syringe.barrelDiameter = 0
      return .confirmSyringe(syringe)
    }
    world.start()
    report("bore area of 10 mL", world.volumeUntilObjection(seconds: 3600), most: 0.1)
  }

  @Test("A third of the concentration in use: caught within 0.05 mL")
  func wrongConcentration() {
    var therapy = DefectiveWorld.therapy
    therapy.phases = [Therapy.basal(4.2, seconds: 3 * 3600)]
    var world = DefectiveWorld(therapy)
    world.hears = { action in
      guard case .setDrug = action else { return action }
      return .setDrug(
        index: 0, number: 1, concentration: Concentration(nanogramsPerMillilitre: 2_000_000))
    }
    world.start()
    report("concentration / 3", world.volumeUntilObjection(seconds: 3600), most: 0.05)
  }

  @Test("R-028: with its caps disabled, the controller is held at the cap and 0.02 mL")
  func capsDisabled() {
    var therapy = DefectiveWorld.therapy
    therapy.caps = [5, 0, 0]
    var world = DefectiveWorld(therapy)
    world.hears = { action in
      if case .setDoseCap = action { return .none }
      return action
    }
    world.start()
    world.run(seconds: 600)
    for _ in 0..<4 {
      world.pass(.clinicianBolus(dose: Dose(2_000_000, .mass), duration: Ticks(count: 6000)))
      world.run(seconds: 120)
    }
    #expect(world.verdict.objections.contains(.doseCapReached))
    let above = world.delivered - 5.0 / 6
    report("caps disabled, above the cap", above, most: 0.021)
  }

  @Test("A bolus that nobody asked for is caught within 0.03 mL; one within the lockout likewise")
  func boluses() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.start()
    world.run(seconds: 60)
    world.hears = { _ in
      .clinicianBolus(dose: Dose(2_000_000, .mass), duration: Ticks(count: 3000))
    }
    report("bolus unasked", world.volumeUntilObjection(seconds: 120), most: 0.03)

    world = DefectiveWorld(DefectiveWorld.therapy)
    world.hears = { action in
      if case .setPatientBolus(let dose, _, _, let flow) = action {
        return .setPatientBolus(
          dose: dose, lockout: Ticks(count: 30_000), maximumPerHour: 12, flow: flow)
      }
      return action
    }
    world.start()
    world.run(seconds: 60)
    world.pass(.requestBolus, by: .patient)
    world.run(seconds: 360)
    #expect(world.verdict.objections.isEmpty)
    world.pass(.requestBolus, by: .patient)
    report("lockout of 5 min for 30", world.volumeUntilObjection(seconds: 120), most: 0.04)
  }

  @Test("A fast phase that begins early is caught within 0.15 mL")
  func earlyPhase() {
    var therapy = DefectiveWorld.therapy
    therapy.phases = [
      Therapy.basal(4.2, seconds: 7200), Therapy.basal(30, seconds: 3600),
    ]
    var world = DefectiveWorld(therapy)
    world.hears = { action in
      if case .setPhase(0, var phase) = action {
        phase.duration = Ticks(count: 6000)
        return .setPhase(index: 0, phase)
      }
      return action
    }
    world.start()
    world.run(seconds: 60)
    report("second phase 119 min early", world.volumeUntilObjection(seconds: 600), most: 0.15)
  }

  @Test("A bolus given twice over is caught within 0.03 mL of its end")
  func bolusTwice() {
    var world = DefectiveWorld(DefectiveWorld.therapy)
    world.hears = { action in
      guard case .setPatientBolus(var dose, let lockout, let most, let flow) = action else {
        return action
      }
      dose.amount *= 2
      return .setPatientBolus(dose: dose, lockout: lockout, maximumPerHour: most, flow: flow)
    }
    world.start()
    world.run(seconds: 60)
    world.pass(.requestBolus, by: .patient)
    // 2 mg of 6 mg/mL were asked for.
    report(
      "bolus twice, above the one", world.volumeUntilObjection(seconds: 120).map { $0 - 2.0 / 6 },
      most: 0.03)
  }

  @Test("R-011: keeping open at ten times its rate is caught within 0.2 mL of the programme's end")
  func fastKeepOpen() {
    var therapy = DefectiveWorld.therapy(0.7)
    therapy.phases = [Therapy.basal(4.2, seconds: 600)]
    therapy.keepOpen = 0.1
    var world = DefectiveWorld(therapy)
    var base: Int64?
    world.says = { frame, output in
      guard output.mode == .keepOpen else { return }
      let from = base ?? frame.targetSteps
      base = from
      frame.targetSteps = from + (frame.targetSteps - from) * 10
      frame.stepRateBound = 4000
    }
    world.start()
    world.run(seconds: 600)
    #expect(world.verdict.objections.isEmpty)
    report("keep-open × 10", world.volumeUntilObjection(seconds: 3600), most: 0.2)
  }

  @Test("A programme that begins again with its loading dose is caught within 0.1 mL")
  func restarted() {
    var therapy = DefectiveWorld.therapy
    therapy.phases = [
      Therapy.loading(3, seconds: 900), Therapy.basal(4.2, seconds: 12 * 3600),
    ]
    var world = DefectiveWorld(therapy)
    world.start()
    world.run(seconds: 1)
    let beginning = world.controller
    let target = world.output.actuator.targetSteps
    world.run(seconds: 1800)
    #expect(world.verdict.objections.isEmpty)
    let offset = world.output.actuator.targetSteps - target
    world.controller = beginning
    // What the motor did since is not in what it sees.
    world.sees = {
      $0.stepCount -= offset
      $0.encoderCount -= Int32(truncatingIfNeeded: offset / 2)
    }
    world.says = { frame, _ in frame.targetSteps += offset }
    report("programme begun again", world.volumeUntilObjection(seconds: 600), most: 0.1)
  }
}
