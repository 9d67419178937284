// @relation(R-024, R-043, R-044, R-070, R-083, R-103, R-106, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("What the monitor watches, part by part and to the tick")
struct WatchTests {
  @Test("R-070: what nobody tells is found after 1.5 s, in the tick after the last that is allowed")
  func untold() {
    var watch = SignalWatch()
    var ticks: Int64 = 0
    var isFound = false
    while !isFound, ticks < 1000 {
      ticks += 1
      isFound = watch.isIgnored(steps: 0, ticks: 1, isMoving: true, telling: [])
    }
    #expect(ticks == 151)
  }

  @Test("R-024: a bolus may be taken until its last tick, and is closed in it")
  func bolusPool() {
    var pool = BolusPool()
    pool.open(Attolitres(rawValue: 1000), perTick: Attolitres(rawValue: 10), now: 0)
    // Twice its 100 ticks, and 15 min.
    pool.advance(200 + 90_000 - 1)
    #expect(pool.isOpen)
    pool.advance(1)
    #expect(!pool.isOpen)
  }

  @Test("R-043: without a force cell the motor's current alone shows thrust beyond its limit")
  func currentAlone() {
    var watch = ThrustWatch()
    let powerOn = PowerOn(capabilities: Bench.capabilities, configuration: PumpConfiguration())
    watch.fit(area: Bench.area, friction: 4_500_000, occlusion: 71_994, powerOn)
    var sensors = SensorFrame()
    var findings: [ThrustFinding] = []
    for sample in 1...10 as ClosedRange<UInt32> {
      sensors.tick = 10 * sample
      sensors.motorCurrent = Reading(
        UInt16(watch.currentLimit + 100), .valid, sampledAt: sensors.tick)
      findings.append(watch.take(sensors, steps: 5))
    }
    #expect(findings.first == ThrustFinding.none)
    #expect(findings.contains { $0 == .ceiling || $0 == .strain })
  }

  /// A frame in which the cell feels so much, µN.
  private func frame(_ force: Int64, sample: UInt32) -> SensorFrame {
    var sensors = SensorFrame()
    sensors.tick = 10 * sample
    sensors.force = Reading(Int32(force), .valid, sampledAt: sensors.tick)
    return sensors
  }

  private func thrust(occlusion: Int64) -> ThrustWatch {
    var watch = ThrustWatch()
    let powerOn = PowerOn(capabilities: Bench.capabilities, configuration: PumpConfiguration())
    watch.fit(area: Bench.area, friction: 4_500_000, occlusion: occlusion, powerOn)
    return watch
  }

  @Test("R-043: thrust at its limit is within, a micronewton more is not")
  func atTheLimit() {
    for (over, isWithin) in [(0, true), (1, false)] as [(Int64, Bool)] {
      // The margin is then the limit.
      var watch = thrust(occlusion: 1_000_000)
      var finding = ThrustFinding.none
      for sample in 1...200 as ClosedRange<UInt32> where finding == .none {
        finding = watch.take(frame(watch.thrustLimit + over, sample: sample), steps: 1)
      }
      #expect((finding == .none) == isWithin, "\(over)")
    }
  }

  @Test("R-043: beyond the occlusion limit two microsteps forward are the first that count")
  func forward() {
    for (steps, isFound) in [(1, false), (2, true)] as [(Int64, Bool)] {
      var watch = thrust(occlusion: 30_000)
      watch.settle()
      var isBeyond = false
      for sample in 1...200 as ClosedRange<UInt32> {
        // 54 kPa on 285 mm² and 4.5 N of friction, below the ceiling.
        let finding = watch.take(
          frame(20_000_000, sample: sample), steps: sample == 1 ? steps : 0)
        #expect(finding != .ceiling)
        if finding == .beyondLimit { isBeyond = true }
      }
      #expect(isBeyond == isFound, "\(steps)")
    }
  }

  @Test("R-106: what moves back is written when it is more than 0.02 mL")
  func writtenBackwards() {
    var journal = MonitorJournal()
    journal.count(.zero - Attolitres(microlitres: 20))
    #expect(journal.next() == nil)
    journal.count(Attolitres(rawValue: -1))
    #expect(journal.next() != nil)
  }

  @Test("R-083: without a permit nothing is due")
  func nothingDue() {
    var bench = Bench.started(sensors: .annunciation)
    bench.flow = 0.7
    bench.run(60)
    #expect(bench.monitor.progress.isExpecting)
    // An objection ends the permit; nobody stopped it.
    bench.flow = 10
    bench.expectObjection(within: 120)
    bench.run(1)
    #expect(!bench.output.isPermitting && !bench.monitor.progress.isExpecting)
  }

  @Test("R-044: of lost motion no more than 5 mm are believed")
  func backlash() {
    func bound(_ millimetres: Int64) -> Attolitres {
      var capabilities = Bench.capabilities
      capabilities.backlash = Length(nanometres: millimetres * 1_000_000)
      let bench = Bench.started()
      return bench.monitor.confirmed.retractionBound(
        PowerOn(capabilities: capabilities, configuration: PumpConfiguration()))
    }
    #expect(bound(5) > bound(4))
    #expect(bound(8) == bound(5))
  }

  @Test("R-103: whoever was locked out stays so through a loss of power, and nobody else is")
  func lockOuts() {
    var codes = RoleCodes()
    for (code, role) in [(1, .nurse), (2, .pharmacist), (3, .service)] as [(UInt32, Role)] {
      codes[role] = code
    }
    for lockedOut in [Role.nurse, .pharmacist, .service] {
      var access = RoleAccess()
      for _ in 0..<3 {
        _ = access.admit(
          OperatorCommand(.enterCode(9), by: lockedOut), codes: codes, now: 1000)
      }
      var bits = JournalBits()
      access.put(&bits, now: 1000)
      var again = RoleAccess()
      var stored = JournalBits(
        JournalEntry(slot: 0, sequence: 0, word0: bits.word0, word1: bits.word1, word2: bits.word2))
      again.take(&stored)
      for role in [Role.nurse, .pharmacist, .service] {
        let admitted = again.admit(
          OperatorCommand(.enterCode(codes[role]), by: role), codes: codes, now: 100)
        #expect(admitted == (role == lockedOut ? .patient : role), "\(lockedOut), \(role)")
      }
    }
  }
}
