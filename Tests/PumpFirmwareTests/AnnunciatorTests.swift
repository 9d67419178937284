import PumpHAL
import Testing

@testable import PumpFirmware

/// A rig whose hardware senses what lamp and buzzer do.
private struct SensingRig {
  var rig: Rig
  var isLampBroken = false
  var isBuzzerBroken = false
  /// Of ten ticks, how many the sensing loses.
  var dropOuts: UInt32 = 0

  init(configuration: PumpConfiguration = PumpConfiguration()) {
    var capabilities = Rig.capabilities
    capabilities.sensors.insert(.annunciation)
    rig = Rig(configuration: configuration, capabilities: capabilities)
  }

  /// What the hardware does with what it was told.
  private mutating func sense() {
    var sensed: Annunciation = []
    let told = rig.last.actuator
    if !isLampBroken {
      if [.low, .medium, .high].contains(told.lamp) { sensed.insert(.lamp) }
      if told.lamp == .high { sensed.insert(.highLamp) }
    }
    if !isBuzzerBroken {
      if [.low, .medium, .high].contains(told.buzzer) { sensed.insert(.sound) }
      if told.buzzer == .high { sensed.insert(.highSound) }
    }
    rig.frame.annunciation = rig.frame.tick % 10 < dropOuts ? [] : sensed
  }

  mutating func tick(_ action: OperatorAction = .none) {
    sense()
    rig.tick(action)
  }

  mutating func run(_ ticks: Int64) { for _ in 0..<ticks { tick() } }

  mutating func run(atMost ticks: Int64, until condition: (TickOutput) -> Bool) -> Int64? {
    for count in 1...ticks {
      tick()
      if condition(rig.last) { return count }
    }
    return nil
  }

  /// Set up, started, and infusing for ten seconds.
  static func infusing() -> SensingRig {
    var world = SensingRig()
    world.run(600)
    world.rig.enterPrescription(
      phases: [.basal(Dose(4_200_000, .mass))], concentration: 6_000_000, bolus: nil, caps: [],
      flow: 5_000_000, occlusion: 71_994, keepOpen: 0, libraryRate: 70_000_000,
      fill: .millilitres(20))
    world.tick(.confirm(phaseCount: 1))
    world.tick(.start)
    world.run(1000)
    return world
  }
}

@Suite("Lamp and buzzer are listened to")
struct AnnunciatorTests {
  @Test("R-080: lamp and tone are tested at power-on, and are quiet before the self test ends")
  func selfTest() {
    var world = SensingRig()
    world.tick()
    #expect(world.rig.last.actuator.lamp == .high && world.rig.last.actuator.buzzer == .high)
    #expect(world.rig.last.signals.isEmpty && world.rig.last.actuator.display.alarm == 0)
    let quiet = world.run(atMost: 600) { $0.actuator.buzzer == .off && $0.actuator.lamp == .off }
    #expect(quiet.map { abs($0 - 150) <= 2 } == true)
    world.run(500)
    #expect(world.rig.last.mode == .setUp)
  }

  @Test(
    "ALM14, R-081: a lamp or a buzzer that fails its test at power-on ends it", arguments: [0, 1])
  func failsSelfTest(part: Int) {
    var world = SensingRig()
    world.isLampBroken = part == 0
    world.isBuzzerBroken = part == 1
    world.run(600)
    #expect(world.rig.last.mode == .failed)
    #expect(world.rig.last.signals.contains(.annunciatorFault))
  }

  @Test(
    "ALM14: a lamp or a buzzer that fails stops delivery as soon as it is needed",
    arguments: [0, 1])
  func failsInUse(part: Int) {
    var world = SensingRig.infusing()
    world.isLampBroken = part == 0
    world.isBuzzerBroken = part == 1
    world.rig.frame.temperature.value = 4600
    // Medium priority: the basal goes on, were it told.
    let found = world.run(atMost: 100) { $0.signals.contains(.annunciatorFault) }
    #expect(found.map { $0 <= 60 } == true)
    #expect(world.rig.last.mode == .alarmStop && world.rig.last.actuator.lamp == .high)
    world.tick(.acknowledge)
    world.run(10)
    #expect(world.rig.last.signals.contains(.annunciatorFault), "R-073")
  }

  @Test("ALM14: a sound that is missing more than half of the time is found")
  func intermittent() {
    var world = SensingRig.infusing()
    world.dropOuts = 7
    world.rig.frame.temperature.value = 4600
    let found = world.run(atMost: 1000) { $0.signals.contains(.annunciatorFault) }
    #expect(found != nil)
  }

  @Test("F33: a sensing that drops out now and then is no alarm")
  func dropOuts() {
    var world = SensingRig.infusing()
    world.dropOuts = 3
    world.rig.frame.temperature.value = 4600
    world.run(6000)
    #expect(!world.rig.last.signals.contains(.annunciatorFault))
    #expect(world.rig.last.mode == .infusing)
  }

  @Test("F33: the hardware's false report of a failed speaker is tried once, and is no alarm")
  func falseReport() {
    var world = SensingRig.infusing()
    world.rig.frame.faults = .annunciator
    world.run(20)
    #expect(world.rig.last.actuator.buzzer == .high && world.rig.last.mode == .infusing)
    world.run(200)
    #expect(world.rig.last.actuator.buzzer == .off && world.rig.last.actuator.lamp == .infusing)
    world.run(6000)
    #expect(world.rig.last.signals.isEmpty && world.rig.last.mode == .infusing)
  }

  @Test(
    "ALM14: the hardware's true report is found by the trial, and believed where nothing senses")
  func trueReport() {
    var world = SensingRig.infusing()
    world.isBuzzerBroken = true
    world.rig.frame.faults = .annunciator
    let found = world.run(atMost: 200) { $0.signals.contains(.annunciatorFault) }
    #expect(found != nil && world.rig.last.mode == .alarmStop)
    var deaf = Rig.infusing()
    deaf.frame.faults = .annunciator
    deaf.tick()
    #expect(deaf.last.signals.contains(.annunciatorFault))
  }

  @Test("What the monitor makes sound is not taken for a defect")
  func monitorsAlarm() {
    var world = SensingRig.infusing()
    for _ in 0..<600 {
      world.rig.frame.annunciation = [.lamp, .highLamp, .sound, .highSound]
      world.rig.tick()
    }
    #expect(world.rig.last.signals.isEmpty)
  }
}
