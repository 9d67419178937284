import PumpHAL
import Testing

@testable import PumpMonitor

@Suite("State, digest and arithmetic")
struct StateTests {
  private static func bytes(_ monitor: ProtectiveMonitor) -> [UInt8] {
    var storage = [UInt8](repeating: 0, count: 16_384)
    let count = storage.withUnsafeMutableBufferPointer { buffer in
      var writer = CanonicalWriter(buffer)
      monitor.encode(to: &writer)
      return writer.hasOverflowed ? 0 : writer.count
    }
    return Array(storage[..<count])
  }

  private static func monitor(_ bytes: [UInt8]) -> (ProtectiveMonitor, isWhole: Bool) {
    bytes.withUnsafeBufferPointer { buffer in
      var reader = CanonicalReader(buffer)
      let monitor = ProtectiveMonitor(from: &reader)
      return (monitor, !reader.hasFailed && reader.remaining == 0)
    }
  }

  @Test("A state that was written and read goes on exactly as the one it was taken from")
  func snapshot() {
    var bench = Bench.started(Bench.setUp())
    bench.flow = 2
    bench.run(300)
    bench.pass(.requestBolus, by: .patient)
    bench.run(3)
    let bytes = Self.bytes(bench.monitor)
    #expect(!bytes.isEmpty)
    let (restored, isWhole) = Self.monitor(bytes)
    #expect(isWhole)
    #expect(Self.bytes(restored) == bytes)
    var other = bench
    other.monitor = restored
    bench.run(300)
    other.run(300)
    #expect(bench.monitor.digest == other.monitor.digest)
    #expect(Self.bytes(bench.monitor) == Self.bytes(other.monitor))
  }

  @Test("One microstep more changes the digest")
  func digest() {
    var one = Bench.started()
    var other = one
    one.flow = 0.7
    other.flow = 0.7
    one.run(10)
    other.run(10)
    #expect(one.monitor.digest == other.monitor.digest)
    other.frame.stepCount += 1
    other.run(1)
    one.run(1)
    #expect(one.monitor.digest != other.monitor.digest)
  }

  @Test("No state and no command makes it trap: the largest and the smallest of every number")
  func extremes() {
    for extreme in [Int64.max, .min, 0, -1, 1 << 40] {
      var bench = Bench()
      let volume = Volume(picolitres: extreme)
      let actions: [OperatorAction] = [
        .beginSetUp(isNewPatient: true),
        .confirmSyringe(
          SyringeSpecification(
            number: 0, barrelDiameter: 0, boreArea: Area(squareMicrometres: extreme),
            capacity: volume, deadSpace: volume, friction: .min, compliance: .max)),
        .confirmInfusionSet(
          InfusionSetSpecification(
            number: 0, primingVolume: volume, compliance: .min, resistance: .max)),
        .setFill(volume),
        .setDrug(
          index: 0, number: 0, concentration: Concentration(nanogramsPerMillilitre: extreme)),
        .setDrugLimits(
          index: 0, doseRate: DoseRate(nanogramsPerHour: extreme), bolus: Mass(nanograms: extreme),
          loading: Mass(nanograms: extreme)),
        .setPatient(BodyMass(grams: extreme)),
        .setDoseCap(index: 0, window: .day, cap: Mass(nanograms: extreme)),
        .setLimits(
          flow: FlowRate(nanolitresPerHour: extreme), occlusion: Pressure(pascals: extreme),
          keepOpen: FlowRate(nanolitresPerHour: extreme)),
        .setPhase(
          index: 0,
          ProgrammePhase(
            kind: .basal, dose: Dose(extreme, .massPerKilogram), per: Ticks(count: extreme),
            duration: Ticks(count: extreme))),
        .setPhase(index: 255, .blank),
        .setPatientBolus(
          dose: Dose(extreme, .volume), lockout: Ticks(count: extreme), maximumPerHour: 255,
          flow: FlowRate(nanolitresPerHour: extreme)),
        .confirm(phaseCount: 255), .confirm(phaseCount: 1), .start, .requestBolus,
        .clinicianBolus(dose: Dose(extreme, .massPerKilogram), duration: Ticks(count: extreme)),
        .titrate(dose: Dose(extreme, .mass), per: Ticks(count: extreme)), .confirm(phaseCount: 0),
        .prime(volume: volume, isDisconnected: true), .reportReaction(severity: 255),
        .answerResume(isResuming: true), .acknowledge, .start,
      ]
      for action in actions {
        let command = OperatorCommand(action, by: .pharmacist)
        _ = bench.monitor.step(
          TickInput(elapsedTicks: 1, sensors: bench.frame, command: command))
        bench.frame.tick &+= 10
        bench.frame.stepCount = extreme
        bench.frame.encoderCount = Int32(truncatingIfNeeded: extreme)
        bench.frame.carriage = Reading(.max, .valid, sampledAt: bench.frame.tick)
        bench.frame.force = Reading(.max, .valid, sampledAt: bench.frame.tick)
        _ = bench.monitor.step(
          TickInput(elapsedTicks: 1, sensors: bench.frame, command: .none))
      }
      let input = TickInput(elapsedTicks: .max, sensors: bench.frame, command: .none)
      _ = bench.monitor.step(input)
      #expect(bench.monitor.now > 0)
    }
  }

  @Test("Ratios of 128-bit products are exact, against products that fit 64 bits and by hand")
  func ratios() {
    #expect(Ratio.roundedUp(7, times: 3, over: 2) == 11)
    #expect(Ratio.roundedDown(7, times: 3, over: 2) == 10)
    #expect(Ratio.roundedUp(6, times: 4, over: 3) == 8)
    // 10 g of 1 mg/mL are 10 L: 10^10 * 10^15 / 10^6 is 10^19, too large.
    #expect(Ratio.roundedUp(10_000_000_000, times: 1_000_000_000_000_000, over: 1_000_000) == .max)
    // 10^9 * 10^15 / 10^6 is 10^18.
    #expect(
      Ratio.roundedUp(1_000_000_000, times: 1_000_000_000_000_000, over: 1_000_000)
        == 1_000_000_000_000_000_000)
    #expect(Ratio.roundedUp(.max - 1, times: .max, over: .max) == .max - 1)
    #expect(Ratio.roundedUp(1, times: 1, over: 0) == .max)
    #expect(Ratio.roundedUp(-5, times: 1, over: 1) == 0)
  }
}
