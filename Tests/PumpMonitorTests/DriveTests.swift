// @relation(R-010, R-040, R-044, R-062, R-063, R-066, R-083, R-115, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("Drive, link and loop")
struct DriveTests {
  @Test("R-062: an encoder gone silent is found, and hides less than 0.06 mL")
  func silentEncoder() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(60)
    bench.hasCarriage = false
    bench.frame.carriage.validity = .absent
    bench.lostShare = 1
    bench.expectObjection(within: 600)
    #expect(bench.output.objections.contains(.driveFault))
    // 0.05 mL over 0.9, at 0.7 mL/h: 286 s.
    #expect(Double(bench.frame.stepCount) * Bench.nanolitresPerStep / 1e6 < 0.07 + 0.012)
  }

  @Test("Steps that are lost and made up, 5 of 100 for two hours, are none of its business")
  func lostSteps() {
    var bench = Bench.started()
    bench.lostShare = 0.05
    bench.flow = 0.7 / 0.95
    bench.run(7200)
    #expect(bench.output.isPermitting)
    #expect(abs(Double(bench.monitor.deliveredVolume.picolitres) / 1e9 - 1.4) < 0.002)
  }

  @Test("R-062: a nut that slips is found by the carriage within 0.15 mL")
  func slippingNut() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(600)
    bench.carriageShare = 0
    let before = bench.moved
    bench.expectObjection(within: 1200)
    #expect(bench.output.objections.contains(.driveFault))
    // 0.05 mL, lost motion and 4 resolutions (0.04 mL), over 0.9.
    #expect(bench.moved - before < 0.15)
  }

  @Test("R-063: what was moving when its counts grew old does not go on without a start")
  func staleUnderWay() {
    var bench = Bench.started()
    bench.flow = 5
    bench.run(10)
    bench.frame.motionAge = 26
    bench.pass()
    #expect(!bench.output.isPermitting && bench.output.objections.contains(.commsLost))
    bench.frame.motionAge = 0
    bench.flow = 0
    bench.run(2)
    #expect(!bench.output.isPermitting && bench.output.objections.contains(.commsLost))
    bench.pass(.acknowledge, by: .nurse)
    #expect(bench.output.objections.isEmpty && !bench.output.isPermitting)
    bench.pass(.start, by: .nurse)
    #expect(bench.output.isPermitting)
  }

  @Test("R-066: a priming without a set-up since the last start is no permit to go on delivering")
  func primingUnderWay() {
    var bench = Bench.started()
    bench.flow = 5
    bench.run(10)
    bench.frame.link = .lost
    bench.pass()
    bench.frame.link = .inProcess
    bench.flow = 0
    bench.run(2)
    bench.pass(.acknowledge)
    #expect(bench.output.objections.isEmpty)
    bench.pass(.prime(volume: Volume(picolitres: 100_000_000), isDisconnected: true))
    #expect(!bench.output.isPermitting)
  }

  @Test("R-115: before the first step counts older than 250 ms hold the motor while they are")
  func stale() {
    var bench = Bench.started()
    bench.frame.motionAge = 25
    bench.pass()
    #expect(bench.output.isPermitting)
    bench.frame.motionAge = 26
    bench.pass()
    #expect(!bench.output.isPermitting)
    #expect(bench.output.objections.contains(.commsLost))
    bench.frame.motionAge = 0
    bench.pass()
    #expect(bench.output.isPermitting)
  }

  @Test("R-115: a lost or mismatched link is latched", arguments: [LinkState.lost, .mismatched])
  func link(_ state: LinkState) {
    var bench = Bench.started()
    bench.frame.link = state
    bench.pass()
    #expect(!bench.output.isPermitting)
    bench.frame.link = .inProcess
    bench.run(2)
    #expect(!bench.output.isPermitting)
    #expect(bench.output.objections.contains(.commsLost))
    bench.pass(.acknowledge)
    bench.pass(.start)
    #expect(bench.output.isPermitting)
  }

  @Test("R-083: a pass that took more than 1 s is latched until a clinician acknowledges")
  func watchdog() {
    var bench = Bench.started()
    bench.pass(elapsed: 100)
    #expect(bench.output.isPermitting)
    bench.pass(elapsed: 101)
    #expect(!bench.output.isPermitting)
    #expect(bench.output.objections.contains(.watchdog))
    bench.run(2)
    bench.pass(.acknowledge, by: .nurse)
    #expect(bench.output.objections.contains(.watchdog))
    bench.pass(.acknowledge, by: .pharmacist)
    #expect(bench.output.objections.isEmpty)
  }

  @Test("Counts that jump under a permit are no delivery and no data")
  func jump() {
    var bench = Bench.started()
    for steps in [Int64.max / 2, .min, 0] {
      bench.frame.stepCount = steps
      let input = TickInput(elapsedTicks: 1, sensors: bench.frame, command: .none)
      let output = bench.monitor.step(input)
      #expect(output.objections.contains(.sensorImplausible))
    }
    #expect(bench.monitor.deliveredVolume.picolitres == 0)
  }

  @Test(
    "R-040: thrust above 1000 mmHg in this syringe is objected to, by force and by current alone")
  func ceiling() {
    // 285 mm² at 133 322 Pa are 38.0 N, and 4.5 N of friction.
    for isForceValid in [true, false] {
      // Prescribed as high as the ceiling, so that only the ceiling counts.
      var bench = Bench.started(Bench.setUp(phases: Bench.plain, occlusion: 133_322))
      bench.flow = 0.7
      bench.thrust = 42
      bench.run(60)
      #expect(bench.output.isPermitting)
      bench.thrust = isForceValid ? 43 : 45.5
      bench.isForceValid = isForceValid
      // Three samples of the cell; three of a motor that steps every 0.37 s.
      bench.expectObjection(within: isForceValid ? 0.5 : 2)
      #expect(bench.output.objections.contains(.downstreamOcclusion))
      // Backwards is still allowed, forwards is not.
      #expect(bench.output.isPermitting)
      bench.flow = -60
      bench.run(5)
      #expect(bench.output.isPermitting)
      bench.flow = 60
      bench.run(1)
      let steps = bench.frame.stepCount
      bench.run(1)
      #expect(!bench.output.isPermitting || bench.frame.stepCount == steps)
    }
  }

  @Test(
    "R-040: at the pressure ceiling a controller that goes on forward is stopped within 4 microsteps"
  )
  func ceilingIgnored() {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.thrust = 44
    bench.expectObjection(within: 1)
    let steps = bench.frame.stepCount
    bench.run(60)
    #expect(!bench.output.isPermitting)
    #expect(bench.frame.stepCount - steps <= 6)
  }

  @Test(
    "R-040, R-062: a motor at its stall current whose thrust the cell does not feel is a drive fault"
  )
  func strain() {
    for (thrust, felt) in [(70.0, 5.0), (64.0, 30.0)] {
      var bench = Bench.started()
      bench.flow = 0.7
      bench.run(5)
      // The first sample is of a motor that stalls in the middle of it.
      bench.thrust = 55
      bench.felt = felt
      bench.run(0.1)
      bench.thrust = thrust
      bench.expectObjection(within: 2)
      #expect(bench.output.objections.contains(.driveFault))
      #expect(!bench.output.objections.contains(.downstreamOcclusion))
      #expect(!bench.output.isPermitting)
    }
    // Half of it or more is felt: the line is what stands in the way.
    var bench = Bench.started()
    bench.flow = 0.7
    bench.thrust = 70
    bench.felt = 35
    bench.expectObjection(within: 2)
    #expect(bench.output.objections.contains(.downstreamOcclusion))
  }

  @Test("R-010, R-044: going backwards has an end: twice what the syringe and line can store")
  func endlessRetraction() {
    var bench = Bench.started()
    bench.flow = -60
    bench.expectObjection(within: 200)
    #expect(bench.output.objections.contains(.driveFault))
    #expect(bench.moved > -3 && bench.moved < -1)
  }
}
