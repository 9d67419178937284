import PumpHAL
import PumpPlant
import Testing

extension TestPump {
  /// A pump at `flow` mL/h that has run for `seconds`.
  static func running(
    flow: Double = 5, seconds: Double = 60, _ change: (inout PlantParameters) -> Void = { _ in }
  ) -> TestPump {
    var parameters = PlantParameters()
    parameters.drive.initialGap = 0
    parameters.syringe.friction = 0
    parameters.forceCell.noise = 0
    parameters.forceCell.gainError = 0
    parameters.forceCell.drift = 0
    change(&parameters)
    var pump = TestPump(parameters)
    pump.flow = flow
    pump.run(seconds: seconds)
    return pump
  }

  /// Lets a component fail.
  mutating func fail(
    _ component: Component, _ kind: FailureKind, _ amount: Double = 0, ramp: Double = 0,
    period: Double? = nil, lasting: Double = 0
  ) {
    let fault = ComponentFault(component, kind, amount: amount, ramp: ramp, period: period)
    pump.inject(.component(fault), lasting: lasting)
  }
}

/// A fault of every component in every way that it can fail.
let everyComponentFault: [ComponentFault] = Component.allCases.flatMap { component in
  component.kinds.map { kind in
    let allowed = component.amount(of: kind)
    let amount = (allowed?.least ?? 0) * 0.5 + (allowed?.most ?? 0) * 0.25
    return ComponentFault(component, kind, amount: amount)
  }
}

@Suite("Failing components: vocabulary and table")
struct FaultVocabularyTests {
  @Test("What is possible is just what the vocabulary says, ends of the range included")
  func possible() {
    for component in Component.allCases {
      #expect(!component.kinds.isEmpty)
      for kind in FailureKind.allCases {
        guard let allowed = component.amount(of: kind) else {
          #expect(!ComponentFault(component, kind).isPossible)
          continue
        }
        #expect(ComponentFault(component, kind, amount: allowed.least).isPossible)
        #expect(ComponentFault(component, kind, amount: allowed.most).isPossible)
        #expect(!ComponentFault(component, kind, amount: allowed.most + 1).isPossible)
        #expect(!ComponentFault(component, kind, amount: allowed.least - 1).isPossible)
        #expect(!ComponentFault(component, kind, amount: .nan).isPossible)
        let ramped = ComponentFault(component, kind, amount: allowed.least, ramp: 5)
        #expect(ramped.isPossible == component.takesRamp(kind))
        let turning = ComponentFault(component, kind, amount: allowed.least, period: 5)
        #expect(turning.isPossible == component.usesPeriod(kind))
      }
    }
  }

  @Test("Every failure survives its encoding, and a state in the midst of it goes on bit for bit")
  func encoding() {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 40_000)
    defer { buffer.deallocate() }
    let calm = TestPump.running(flow: 20, seconds: 2)
    for fault in everyComponentFault {
      var pump = calm
      let isTaken = pump.pump.inject(.component(fault), lasting: 5)
      #expect(isTaken)
      pump.run(seconds: 1.53)
      var writer = CanonicalWriter(buffer)
      pump.pump.encode(to: &writer)
      var reader = CanonicalReader(
        UnsafeBufferPointer(start: buffer.baseAddress, count: writer.count))
      var copy = pump
      copy.pump = SimulatedPump(from: &reader)
      #expect(!reader.hasFailed && reader.remaining == 0, "\(fault)")
      pump.run(seconds: 2)
      copy.run(seconds: 2)
      #expect(copy.pump.stateDigest == pump.pump.stateDigest, "\(fault)")
      #expect(copy.pump.sense() == pump.pump.sense(), "\(fault)")
    }
  }

  @Test("A failure that is over changes nothing any more: sensors read as if it had never been")
  func over() {
    let sensing: [Component] = [
      .forceCell, .carriageSensor, .motorCurrent, .thermometer, .barrelClamp, .flangeSensor,
      .plungerSensor, .sizer, .lamp, .buzzer, .display, .processor, .stopKey, .bolusKey, .audioKey,
    ]
    let calm = TestPump.running(flow: 20, seconds: 2)
    var sound = calm
    sound.run(seconds: 4)
    for fault in everyComponentFault where sensing.contains(fault.component) {
      var pump = calm
      pump.pump.inject(.component(fault), lasting: 2)
      pump.run(seconds: 4)
      #expect(pump.pump.sense() == sound.pump.sense(), "\(fault)")
      #expect(pump.truth == sound.truth, "\(fault)")
    }
  }

  @Test("Sixteen faults last at once; the seventeenth is refused and does nothing")
  func capacity() {
    var pump = TestPump.running(seconds: 1)
    for _ in 0..<16 {
      let isTaken = pump.pump.inject(
        .component(ComponentFault(.thermometer, .offset, amount: 1)))
      #expect(isTaken)
    }
    let isTaken = pump.pump.inject(.component(ComponentFault(.thermometer, .offset, amount: 100)))
    #expect(!isTaken)
    pump.run(seconds: 1)
    // 20 °C and sixteen times 1 °C; the case warms by some hundredths.
    #expect(abs(Double(pump.pump.sense().temperature.value) / 100 - 36) < 0.2)
    pump.pump.clear(.component(.thermometer, nil))
    pump.run(seconds: 1)
    #expect(abs(Double(pump.pump.sense().temperature.value) / 100 - 20) < 0.2)
  }

  @Test("Several failures of one component act together, and each is cleared by its kind")
  func several() {
    var pump = TestPump.running(flow: 0, seconds: 1)
    pump.fail(.forceCell, .offset, 10)
    pump.fail(.forceCell, .gain, 1)
    pump.run(seconds: 1)
    // Little thrust at rest: (0 + 10 N) · 2, within a step of 12.2 mN each.
    let thrust = pump.truth.thrust
    #expect(abs(Double(pump.pump.sense().force.value) * 1e-6 - 2 * (thrust + 10)) < 0.03)
    pump.pump.clear(.component(.forceCell, .offset))
    pump.run(seconds: 1)
    #expect(abs(Double(pump.pump.sense().force.value) * 1e-6 - 2 * thrust) < 0.03)
  }

  @Test("A fault that is put in for a time ends by itself; a new one of its kind takes its place")
  func lasting() {
    var pump = TestPump.running(flow: 60, seconds: 10)
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0), lasting: 5)
    pump.run(seconds: 4.99)
    #expect(pump.truth.needleFlow == 0)
    pump.run(seconds: 0.02)
    #expect(pump.truth.needleFlow > 1)
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0), lasting: 5)
    pump.run(seconds: 2)
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    pump.run(seconds: 8)
    #expect(pump.truth.needleFlow == 0)
  }

  @Test("What is cleared at one place stays at the other")
  func sites() {
    var pump = TestPump.running(flow: 60, seconds: 10)
    pump.pump.inject(.leak(site: .line, conductance: 0.05))
    pump.pump.inject(.leak(site: .needle, conductance: 0.05))
    pump.pump.clear(.named(.leak, site: .line))
    let before = pump.truth.leakedVolume
    pump.run(seconds: 10)
    let one = pump.truth.leakedVolume - before
    #expect(one > 0.1)
    pump.pump.clear(.leak)
    pump.run(seconds: 10)
    #expect(pump.truth.leakedVolume - before - one < 1e-9)
  }
}
