import PumpHAL
import PumpPlant
import Testing

@Suite("Plant state")
struct StateTests {
  private func bytes(of pump: SimulatedPump) -> [UInt8] {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 40_000)
    defer { buffer.deallocate() }
    var writer = CanonicalWriter(buffer)
    pump.encode(to: &writer)
    precondition(!writer.hasOverflowed)
    return Array(buffer[0..<writer.count])
  }

  private func pump(from bytes: [UInt8]) -> (pump: SimulatedPump, hasFailed: Bool) {
    bytes.withUnsafeBufferPointer { buffer in
      var reader = CanonicalReader(buffer)
      let pump = SimulatedPump(from: &reader)
      return (pump, reader.hasFailed || reader.remaining > 0)
    }
  }

  @Test("V30: the state after an eventful minute is the same bits in every build")
  func golden() {
    // One number for debug, release and Embedded Swift; a change of it is a change of the model,
    // to be declared with the golden sessions that it renews.
    #expect(ValidationCases.eventfulMinute().pump.stateDigest.value == 992_505_522_157_791_267)
    var fine = PlantParameters.standard
    fine.substeps = 10
    #expect(
      ValidationCases.eventfulMinute(fine).pump.stateDigest.value == 14_336_664_694_953_870_732)
  }

  @Test("A snapshot goes on bit for bit, and so does a state that was written and read")
  func snapshot() {
    var original = ValidationCases.eventfulMinute()
    var copy = original
    copy.pump = original.pump.snapshot()
    let (restored, hasFailed) = pump(from: bytes(of: original.pump))
    var read = original
    read.pump = restored
    #expect(!hasFailed)
    #expect(read.pump.stateDigest == original.pump.stateDigest)
    original.run(seconds: 33.3)
    copy.run(seconds: 33.3)
    read.run(seconds: 33.3)
    #expect(copy.pump.stateDigest == original.pump.stateDigest)
    #expect(read.pump.stateDigest == original.pump.stateDigest)
    #expect(read.pump.sense() == original.pump.sense())
    #expect(read.truth == original.truth)
  }

  @Test("A state that is cut short is refused, wherever it is cut")
  func truncated() {
    let whole = bytes(of: ValidationCases.eventfulMinute().pump)
    for length in stride(from: 0, to: whole.count, by: 997) {
      #expect(pump(from: Array(whole[0..<length])).hasFailed)
    }
  }

  @Test("A state with a damaged byte is refused or at least still runs without trapping")
  func damaged() {
    let whole = bytes(of: ValidationCases.eventfulMinute().pump)
    for index in stride(from: 0, to: 2600, by: 7) {
      var changed = whole
      changed[index] = changed[index] == 0xff ? 0x80 : 0xff
      var (other, hasFailed) = pump(from: changed)
      if hasFailed { continue }
      for _ in 0..<120 { other.actuate(ActuatorFrame()) }
    }
  }

  @Test("Another seed changes the noise and nothing else")
  func seed() {
    var parameters = PlantParameters.standard
    parameters.seed = 2
    let one = ValidationCases.eventfulMinute()
    let two = ValidationCases.eventfulMinute(parameters)
    #expect(one.pump.stateDigest != two.pump.stateDigest)
    #expect(one.truth == two.truth)
  }

  @Test("Parameters that no world can be made of are known as such")
  func unusable() {
    #expect(PlantParameters.standard.isUsable)
    var parameters = PlantParameters.standard
    parameters.syringe.boreArea = .nan
    #expect(!parameters.isUsable)
    parameters = .standard
    parameters.substeps = 0
    #expect(!parameters.isUsable)
    parameters = .standard
    parameters.line.resistance = 0
    #expect(!parameters.isUsable)
    parameters = .standard
    parameters.battery.charge = 1.5
    #expect(!parameters.isUsable)
  }

  @Test("Every kind of fault survives its encoding")
  func faults() {
    let all: [Fault] = [
      .occlusion(site: .line, remaining: 0.25, ramp: 3), .disconnection(site: .line),
      .leak(site: .line, conductance: 0.5), .bubble(volume: 10), .stall,
      .lostSteps(fraction: 0.1), .wrongSyringe(boreArea: 100), .forceOffset(newtons: -2),
      .forceStuck, .encoderLoss, .battery(charge: 0.3), .powerLoss(duration: 4),
      .sitePressed(factor: 5), .height(metres: -0.5), .tissuePressure(mmHg: -200, ramp: 60),
      .syringeRemoved,
      .component(ComponentFault(.interference, .noise, amount: 0.5, ramp: 5, period: 2)),
    ]
    #expect(all.map(\.kind) == FaultKind.allCases)
    for fault in all {
      let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 27)
      defer { buffer.deallocate() }
      var writer = CanonicalWriter(buffer)
      fault.encode(to: &writer)
      #expect(writer.count == 27 && !writer.hasOverflowed)
      var reader = CanonicalReader(UnsafeBufferPointer(buffer))
      #expect(Fault(from: &reader) == fault)
      #expect(!reader.hasFailed)
    }
  }
}
