// @relation(R-040, R-043, R-060, R-061, R-072, R-103, R-106, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("What must stop the pump, and be told")
struct SignalTests {
  private func infusing() -> Bench {
    var bench = Bench.started(sensors: [.annunciation, .syringe])
    bench.flow = 0.7
    bench.run(10)
    #expect(bench.output.isPermitting)
    return bench
  }

  @Test(
    "R-060, R-061: steps with a switch open, or another barrel, are stopped after 1.1 s",
    arguments: [0, 1, 2, 3])
  func insecure(_ number: Int) {
    var bench = infusing()
    switch number {
    case 0: bench.syringe.isBarrelClamped = false
    case 1: bench.syringe.isFlangeSeated = false
    case 2: bench.syringe.isPlungerCaptured = false
    default: bench.syringe.barrelDiameter = 2300
    }
    bench.run(1)
    #expect(bench.output.isPermitting)
    // A step every 0.37 s.
    bench.run(0.7)
    #expect(
      bench.output.objections.contains(number == 3 ? .syringeMismatch : .syringeDisplaced))
    #expect(!bench.output.isPermitting)
  }

  @Test("A barrel within 4 % is the one that was confirmed; a reading of zero is none")
  func barrel() {
    var bench = infusing()
    for diameter in [0, 2288, 2112] as [UInt16] {
      bench.syringe.barrelDiameter = diameter
      bench.run(10)
      #expect(bench.output.isPermitting)
    }
  }

  @Test("A syringe taken out where an alarm has ended delivery is nobody's business")
  func takenOut() {
    var bench = infusing()
    bench.flow = 0
    bench.telling = .lamp
    bench.syringe.isPlungerCaptured = false
    bench.run(2)
    #expect(!bench.output.objections.contains(.syringeDisplaced))
  }

  @Test("R-072: a red lamp without its sound is objected to after 2 s, and after 121 s of pause")
  func silence() {
    var bench = infusing()
    bench.telling = [.lamp, .highLamp]
    bench.run(1.9)
    #expect(!bench.output.objections.contains(.annunciatorFault))
    bench.run(0.2)
    #expect(bench.output.objections.contains(.annunciatorFault))

    bench = infusing()
    bench.telling = [.lamp, .highLamp]
    bench.pass(.audioPause, by: .patient)
    bench.run(122)
    #expect(!bench.output.objections.contains(.annunciatorFault))
    bench.run(2)
    #expect(bench.output.objections.contains(.annunciatorFault))
  }

  @Test("R-103: a role without its code is heard as the patient; the third wrong one locks it out")
  func codes() {
    var configuration = PumpConfiguration()
    configuration.codes.nurse = 1234
    configuration.codes.pharmacist = 4321
    var bench = Bench(configuration: configuration)
    bench.run(1)
    func isHeard(_ role: Role) -> Bool {
      var other = bench
      other.pass(.powerOff, by: role)
      return other.monitor.mode == .off
    }
    #expect(!isHeard(.nurse) && isHeard(.service))
    bench.pass(.enterCode(1234), by: .nurse)
    #expect(isHeard(.nurse) && !isHeard(.pharmacist))
    // 3 min without a command; each one begins them anew.
    bench.run(179)
    #expect(isHeard(.nurse))
    bench.pass(.audioPause, by: .nurse)
    bench.run(179.99)
    #expect(!isHeard(.nurse))
    for _ in 0..<3 { bench.pass(.enterCode(1), by: .nurse) }
    bench.pass(.enterCode(1234), by: .nurse)
    #expect(!isHeard(.nurse))
    bench.run(58)
    bench.pass(.enterCode(1234), by: .nurse)
    #expect(!isHeard(.nurse))
    bench.run(2)
    bench.pass(.enterCode(1234), by: .nurse)
    #expect(isHeard(.nurse))
    // A lock-out outlasts a loss of power; the stop needs no code.
    for _ in 0..<3 { bench.pass(.enterCode(1), by: .nurse) }
    bench.run(3)
    var again = Bench(memory: bench.memory, configuration: configuration)
    again.run(1)
    again.pass(.enterCode(1234), by: .nurse)
    again.pass(.powerOff, by: .nurse)
    #expect(again.monitor.mode != .off)
    again.run(60)
    again.pass(.enterCode(1234), by: .nurse)
    again.pass(.powerOff, by: .nurse)
    #expect(again.monitor.mode == .off)
  }
}

@Suite("Pressure at the limit")
struct PressureTests {
  /// At the limit of 540 mmHg: 20.5 N on 285 mm², and 4.5 N of friction.
  private func atLimit() -> Bench {
    var bench = Bench.started()
    bench.flow = 0.7
    bench.run(10)
    bench.thrust = 25.1
    bench.run(1)
    #expect(bench.output.isPermitting)
    return bench
  }

  @Test("R-040: 15 % beyond the prescribed limit and forward is objected to, by force or current")
  func beyond() {
    for isForceValid in [true, false] {
      var bench = atLimit()
      bench.isForceValid = isForceValid
      bench.thrust = 27.5
      bench.run(20)
      #expect(bench.output.objections.isEmpty)
      // 23.6 N and friction; the current 2 N later.
      bench.thrust = isForceValid ? 28.3 : 30.8
      bench.expectObjection(within: 3)
      #expect(bench.output.objections.contains(.downstreamOcclusion))
      // Backwards may go.
      #expect(bench.output.isPermitting)
    }
  }

  @Test("R-043: at the limit and at rest for 5 s is held; a nurse alone cannot go on")
  func held() {
    var bench = atLimit()
    bench.flow = 0
    bench.run(4.5)
    #expect(bench.output.objections.isEmpty)
    bench.run(1)
    #expect(bench.output.objections.contains(.downstreamOcclusion) && !bench.output.isPermitting)
    bench.run(2)
    bench.pass(.acknowledge)
    #expect(!bench.output.objections.isEmpty)
    var other = bench
    other.pass(.acknowledge, by: .pharmacist)
    #expect(other.output.objections.isEmpty && !other.monitor.retraction.isHeld)
    // 5.1 N at a quarter of the limit and 5.6 N of friction.
    bench.thrust = 10.6
    bench.run(1)
    bench.pass(.acknowledge)
    #expect(bench.output.objections.isEmpty)
  }

  @Test("R-043, R-106: a line that is held stays so when the power is lost")
  func heldThroughPowerLoss() {
    var bench = atLimit()
    bench.flow = 0
    bench.run(7)
    #expect(bench.monitor.retraction.isHeld)
    var again = Bench(memory: bench.memory)
    again.thrust = bench.thrust
    again.run(2)
    again.pass(.acknowledge)
    #expect(again.output.objections.contains(.downstreamOcclusion))
    again.pass(.acknowledge, by: .pharmacist)
    #expect(again.output.objections.isEmpty && !again.monitor.retraction.isHeld)
  }

  @Test("R-043: drawing back a quarter of what is stored, and lost motion, is a retraction")
  func drawn() {
    // 1.15 µL/mmHg by Bench's catalogue is 0.41 mL at 540 mmHg; backlash and 2 × 4.5 N on 60 N/mm
    // are 0.071 mL of lost motion.
    for (volume, isEnough) in [(0.15, false), (0.21, true)] {
      var bench = atLimit()
      bench.flow = -30
      bench.thrust = 20
      bench.run(volume / 30 * 3600)
      bench.flow = 0
      bench.run(10)
      #expect(bench.output.objections.isEmpty == isEnough, "\(volume) mL")
    }
  }
}
