// @relation(R-104, R-105, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Drug library: version and soft limits")
struct LibraryTests {
  private static var configuration: PumpConfiguration {
    var configuration = PumpConfiguration()
    configuration.libraryVersion = 77
    return configuration
  }

  /// Everything but `confirm`, for a library and with soft limits of 5 mg/h and 3 mg.
  private func entered(
    version: UInt32? = 77, rate: Int64 = 4_200_000, bolus: Int64 = 2_000_000
  ) -> Rig {
    var rig = Rig(configuration: Self.configuration)
    rig.run(600)
    rig.enterPrescription(
      phases: [.basal(Dose(rate, .mass), for: .hours(20))], concentration: 6_000_000,
      bolus: Dose(bolus, .mass),
      caps: [], flow: 5_000_000, occlusion: 71_994, keepOpen: 0, libraryRate: 70_000_000,
      fill: .millilitres(20))
    if let version { rig.tick(.setLibrary(version: version)) }
    rig.tick(
      .setSoftLimits(
        index: 0, doseRate: DoseRate(nanogramsPerHour: 5_000_000),
        bolus: Mass(nanograms: 3_000_000)))
    return rig
  }

  private func infusing() -> Rig {
    var rig = entered()
    rig.tick(.confirm(phaseCount: 1))
    rig.tick(.start)
    return rig
  }

  @Test("ALM28, F49: a programme for another library is not confirmed and not started")
  func mismatch() {
    var rig = entered(version: 76)
    #expect(rig.commandsRefused == [.refusedLibrary])
    rig.tick(.confirm(phaseCount: 1))
    #expect(rig.last.result == .refusedLibrary)
    #expect(rig.last.signals.contains(.libraryInvalid) && rig.last.actuator.lamp == .high)
    rig.tick(.start)
    #expect(rig.last.result != .accepted)
    // Written anew for this library, and acknowledged, it starts.
    rig.tick(.setLibrary(version: 77))
    rig.tick(.confirm(phaseCount: 1))
    #expect(rig.last.result == .accepted)
    rig.tick(.start)
    #expect(rig.last.result == .refusedAlarm)
    rig.tick(.acknowledge)
    rig.tick(.start)
    #expect(rig.last.result == .accepted)
  }

  @Test("ALM28, F49: a programme in memory is not resumed with another library in the pump")
  func restored() {
    var rig = infusing()
    rig.run(minutes: 5)
    var configuration = Self.configuration
    for (version, isStarted) in [(UInt32(77), true), (78, false)] {
      configuration.libraryVersion = version
      var again = Rig(memory: rig.memory, configuration: configuration)
      again.run(600)
      #expect(again.last.mode == .askResume)
      again.tick(.acknowledge)
      again.tick(.answerResume(isResuming: true))
      again.tick(.acknowledge)
      again.tick()
      again.tick(.start)
      #expect((again.last.result == .accepted) == isStarted)
      #expect(again.last.signals.contains(.libraryInvalid) != isStarted)
    }
  }

  @Test("R-105: a programme that was not written for the library is shown as such")
  func notUsed() {
    var rig = entered(version: nil)
    rig.tick(.confirm(phaseCount: 1))
    rig.tick(.start)
    rig.tick()
    #expect(rig.last.actuator.display.flags.contains(.libraryNotUsed))
    var used = infusing()
    used.tick()
    #expect(!used.last.actuator.display.flags.contains(.libraryNotUsed))
  }

  @Test(
    "R-104: above a soft limit a programme is confirmed only with a reason, by nurse or pharmacist",
    arguments: [(Int64(5_000_001), Int64(2_000_000)), (4_200_000, 3_000_001)])
  func programme(rate: Int64, bolus: Int64) {
    var rig = entered(rate: rate, bolus: bolus)
    rig.tick(.confirm(phaseCount: 1))
    #expect(rig.last.result == .refusedSoftLimit)
    rig.tick(.overrideSoftLimit(reason: 0))
    #expect(rig.last.result == .refusedRange)
    for role in [Role.patient, .service] {
      rig.tick(.overrideSoftLimit(reason: 1), by: role)
      #expect(rig.last.result == .refusedRole)
    }
    rig.tick(.confirm(phaseCount: 1))
    #expect(rig.last.result == .refusedSoftLimit)
    rig.tick(.overrideSoftLimit(reason: 1), by: .nurse)
    rig.tick(.confirm(phaseCount: 1))
    #expect(rig.last.result == .accepted)
  }

  @Test("R-104: at the soft limit nothing is asked")
  func atLimit() {
    var rig = entered(rate: 5_000_000, bolus: 3_000_000)
    rig.tick(.confirm(phaseCount: 1))
    #expect(rig.last.result == .accepted)
  }

  @Test("R-104: a titration above the soft limit needs a reason of its own; the old rate goes on")
  func titration() {
    var rig = infusing()
    for _ in 0..<2 {
      rig.tick(.titrate(dose: Dose(6_000_000, .mass), per: .hours(1)))
      rig.tick(.confirm(phaseCount: 1))
      #expect(rig.last.result == .refusedSoftLimit)
      #expect(rig.controller.orders.phase?.dose != Dose(6_000_000, .mass))
      rig.tick(.overrideSoftLimit(reason: 4))
      rig.tick(.confirm(phaseCount: 1))
      #expect(rig.last.result == .accepted)
      #expect(rig.controller.orders.phase?.dose == Dose(6_000_000, .mass))
      // What was given as a reason once holds once.
      rig.tick(.titrate(dose: Dose(4_200_000, .mass), per: .hours(1)))
      rig.tick(.confirm(phaseCount: 1))
      #expect(rig.last.result == .accepted)
    }
  }

  @Test("R-104: a clinician bolus above the soft limit needs a reason, and one reason is for one")
  func bolus() {
    var rig = infusing()
    let bolus = OperatorAction.clinicianBolus(dose: Dose(4_000_000, .mass), duration: .minutes(5))
    rig.tick(bolus)
    #expect(rig.last.result == .refusedSoftLimit)
    rig.tick(.overrideSoftLimit(reason: 2))
    rig.tick(bolus)
    #expect(rig.last.result == .accepted)
    rig.run(minutes: 6)
    rig.tick(bolus)
    #expect(rig.last.result == .refusedSoftLimit)
  }

  @Test("R-104: a reason that is not used is forgotten by cancel, by a new set-up and after 10 min")
  func forgotten() {
    for step in 0..<3 {
      var rig = infusing()
      rig.tick(.overrideSoftLimit(reason: 2))
      switch step {
      case 0: rig.tick(.cancel)
      case 1:
        rig.tick(.stop)
        rig.tick(.beginSetUp(isNewPatient: false))
        #expect(rig.controller.overrideReason == 0)
        continue
      default: rig.run(minutes: 11)
      }
      rig.tick(.clinicianBolus(dose: Dose(4_000_000, .mass), duration: .minutes(5)))
      #expect(rig.last.result == .refusedSoftLimit)
    }
  }

  @Test("R-104: no reason passes a hard limit")
  func hard() {
    var rig = infusing()
    rig.tick(.overrideSoftLimit(reason: 2))
    rig.tick(.clinicianBolus(dose: Dose(24_500_001, .mass), duration: .minutes(30)))
    #expect(rig.last.result == .refusedLibrary)
    rig.tick(.titrate(dose: Dose(70_000_001, .mass), per: .hours(1)))
    #expect(rig.last.result != .accepted)
  }
}
