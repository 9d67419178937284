// @relation(R-024, R-043, R-044, R-070, R-103, scope=file, role=Verification)
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
