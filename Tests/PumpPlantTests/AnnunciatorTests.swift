import PumpHAL
import PumpPlant
import Testing

/// A pump that is told lamp and buzzer, and what they then do.
private struct Signalling {
  var pump = SimulatedPump(.standard)
  var frame = ActuatorFrame()

  init(_ lamp: Lamp, _ buzzer: Buzzer) {
    frame.lamp = lamp
    frame.buzzer = buzzer
    pump.actuate(frame)
  }

  mutating func fail(_ component: Component, _ kind: FailureKind, _ amount: Double = 0) {
    pump.inject(.component(ComponentFault(component, kind, amount: amount)))
  }

  /// Ticks that each of the pulses in `seconds` takes.
  mutating func pulses(seconds: Int, of what: (PlantTruth) -> Bool) -> [Int] {
    var lengths: [Int] = []
    var wasOn = false
    for _ in 0..<seconds * 100 {
      pump.actuate(frame)
      let isOn = what(pump.truth)
      if isOn && !wasOn { lengths.append(0) }
      if isOn { lengths[lengths.count - 1] += 1 }
      wasOn = isOn
    }
    return lengths
  }
}

@Suite("Lamp, buzzer and the power-fail tone")
struct AnnunciatorTests {
  @Test("R-070: the lamp of a high alarm flashes twice a second, of a medium one every two seconds")
  func lamp() {
    var high = Signalling(.high, .off)
    // One more where the ten seconds begin within a flash.
    #expect(abs(high.pulses(seconds: 10) { $0.isLampLit }.count - 20) <= 1)
    var medium = Signalling(.medium, .off)
    #expect(abs(medium.pulses(seconds: 10) { $0.isLampLit }.count - 5) <= 1)
    var low = Signalling(.low, .off)
    #expect(low.pulses(seconds: 10) { $0.isLampLit } == [1000])
  }

  @Test("R-070: the high burst has ten pulses of 150 ms in 6.2 s, medium three, low two")
  func buzzer() {
    var high = Signalling(.off, .high)
    let pulses = high.pulses(seconds: 62) { $0.isSounding }
    #expect(pulses.count == 100)
    #expect(pulses.dropFirst().dropLast().allSatisfy { $0 == 15 })
    var medium = Signalling(.off, .medium)
    #expect(abs(medium.pulses(seconds: 50) { $0.isSounding }.count - 30) <= 1)
    var low = Signalling(.off, .low)
    #expect(low.pulses(seconds: 16) { $0.isSounding }.count == 2)
  }

  @Test("A click that is told for one tick sounds 50 ms, and once")
  func click() {
    var pump = Signalling(.off, .click)
    var ticks = pump.pump.truth.isSounding ? 1 : 0
    pump.frame.buzzer = .off
    ticks += pump.pulses(seconds: 5) { $0.isSounding }.reduce(0, +)
    #expect(ticks >= 4 && ticks <= 5)
  }

  @Test("What is sensed is what lamp and buzzer do, not what they are told")
  func sensed() {
    let all: Annunciation = [.lamp, .highLamp, .sound, .highSound]
    func sense(_ change: (inout Signalling) -> Void) -> Annunciation {
      var pump = Signalling(.high, .high)
      change(&pump)
      pump.pump.actuate(pump.frame)
      return pump.pump.sense().annunciation
    }
    #expect(sense { _ in } == all)
    #expect(sense { $0.fail(.lamp, .off) } == [.sound, .highSound])
    #expect(sense { $0.fail(.buzzer, .off) } == [.lamp, .highLamp])
    #expect(sense { $0.fail(.lamp, .gain, -0.6) } == [.sound, .highSound])
    #expect(sense { $0.fail(.buzzer, .gain, -0.9) } == all)
    #expect(sense { $0.fail(.buzzer, .wrong) } == [.lamp, .highLamp])
    let stuck = sense {
      $0.fail(.lamp, .stuck)
      $0.fail(.buzzer, .stuck)
      $0.frame.lamp = .off
      $0.frame.buzzer = .off
      $0.pump.actuate($0.frame)
    }
    #expect(stuck == all)
  }

  @Test("A muffled buzzer sounds, and the truth says how little of it gets out")
  func muffled() {
    var pump = Signalling(.off, .high)
    pump.fail(.buzzer, .gain, -0.9)
    let pulses = pump.pulses(seconds: 6) { $0.isSounding }
    #expect(pulses.count >= 10)
    #expect(abs(pump.pump.truth.loudness - 0.1) < 1e-9)
  }

  @Test("R-076: when the power fails a tone sounds for at least 120 s, and ends when it returns")
  func powerFail() {
    var pump = SimulatedPump(.standard)
    for _ in 0..<100 { pump.elapse() }
    #expect(!pump.truth.isPowerFailToneSounding)
    pump.inject(.powerLoss(duration: 300))
    var sounding = 0
    for _ in 0..<29_900 {
      pump.elapse()
      if pump.truth.isPowerFailToneSounding { sounding += 1 }
    }
    // Its supply lasts 180 s.
    #expect(sounding >= 12_000 && sounding <= 18_000)
    for _ in 0..<200 { pump.elapse() }
    #expect(pump.isPowered)
    pump.inject(.powerLoss(duration: 10))
    #expect(pump.truth.isPowerFailToneSounding)
    for _ in 0..<1100 { pump.elapse() }
    #expect(!pump.truth.isPowerFailToneSounding)
  }

  @Test("A power-fail tone that is off does not sound")
  func silentTone() {
    var pump = SimulatedPump(.standard)
    pump.inject(.component(ComponentFault(.powerFailTone, .off)))
    pump.inject(.powerLoss(duration: 10))
    pump.elapse()
    #expect(!pump.truth.isPowerFailToneSounding)
  }
}

@Suite("Failing components: supply, memory, link and self-checks")
struct FailingHardwareTests {
  @Test(
    "R-092: contacts that bounce open for up to 500 ms reset nothing and lose no step",
    arguments: [0.01, 0.1, 0.5])
  func bounce(seconds: Double) {
    var pump = TestPump.running(flow: 20, seconds: 5)
    var sound = pump
    pump.fail(.batteryCells, .off, lasting: seconds)
    for _ in 0..<300 {
      pump.tick()
      sound.tick()
      #expect(pump.pump.isPowered)
    }
    #expect(pump.pump.sense().stepCount == sound.pump.sense().stepCount)
    #expect(pump.truth.infusedVolume == sound.truth.infusedVolume)
    #expect(!pump.truth.isPowerFailToneSounding)
  }

  @Test("Contacts open for longer than the capacitor lasts cut the power until they close")
  func cut() {
    var pump = TestPump.running(flow: 20, seconds: 5)
    pump.fail(.batteryCells, .off, lasting: 2)
    pump.run(seconds: 0.7)
    #expect(!pump.pump.isPowered)
    #expect(pump.truth.isPowerFailToneSounding)
    pump.run(seconds: 2)
    #expect(pump.pump.isPowered)
    #expect(pump.pump.sense().tick < 200)
  }

  @Test("Cells with a high inner resistance sag under load; collapsing ones empty at once")
  func cells() {
    func voltage(_ kind: FailureKind?, _ amount: Double) -> UInt16 {
      var pump = TestPump.running(flow: 60, seconds: 1)
      if let kind { pump.fail(.batteryCells, kind, amount) }
      pump.run(seconds: 120)
      return pump.pump.sense().battery.value.millivolts
    }
    let sound = voltage(nil, 0)
    let high = voltage(.gain, 5)
    #expect(high < sound - 50)
    #expect(abs(Int(voltage(.offset, -0.3)) - Int(sound) + 300) < 5)
    var collapsing = TestPump.running(flow: 0, seconds: 1)
    collapsing.pump.inject(.battery(charge: 0.3))
    collapsing.fail(.batteryCells, .wrong, 0.4)
    collapsing.run(seconds: 3)
    #expect(!collapsing.pump.isPowered)
  }

  @Test("Display, processor and a dead lamp are reported by the hardware's own checks")
  func reported() {
    func faults(_ component: Component, _ kind: FailureKind) -> HardwareFaults {
      var pump = TestPump.running(seconds: 1)
      pump.fail(component, kind)
      pump.tick()
      return pump.pump.sense().faults
    }
    #expect(faults(.processor, .wrong) == [.selfCheck])
    #expect(faults(.display, .stuck) == [.display])
    #expect(faults(.lamp, .off) == [.annunciator])
    #expect(faults(.buzzer, .wrong) == [.annunciator])
    #expect(faults(.lamp, .stuck) == [])
  }

  @Test("A memory that is off reports the write, a stuck one does not; a wrong one tears it")
  func memory() {
    let entry = JournalEntry(slot: 7, sequence: 9, word0: 1, word1: UInt64.max, word2: 3)
    func written(_ kind: FailureKind, _ amount: Double = 0) -> (JournalEntry, HardwareFaults) {
      var pump = TestPump.running(seconds: 0)
      pump.fail(.memory, kind, amount)
      pump.tick(journal: entry)
      pump.tick()
      pump.tick()
      let faults = pump.pump.sense().faults
      return (pump.pump.restoreMemory()[7], faults)
    }
    #expect(written(.off) == (JournalEntry.blank, [.memoryWrite]))
    #expect(written(.stuck) == (JournalEntry.blank, []))
    let torn = written(.wrong)
    #expect(torn.0.sequence == 9 && !torn.0.isWhole && torn.1 == [])
    var spoilt = TestPump.running(seconds: 0)
    spoilt.tick(journal: entry)
    spoilt.tick()
    spoilt.fail(.memory, .noise, 1)
    let image = spoilt.pump.restoreMemory()
    #expect(!image[7].isWhole && !image[263].isWhole)
    #expect(image.allSatisfy { $0 != .blank })
  }

  @Test("F50: a link that is off is lost after 250 ms, and the dead man stops the motor")
  func linkOff() {
    var pump = TestPump.running(flow: 60, seconds: 5)
    pump.fail(.link, .off)
    for _ in 0..<20 {
      pump.tick()
      #expect(pump.pump.sense().link == .inProcess)
    }
    #expect(pump.pump.sense().motionAge >= 19)
    pump.run(seconds: 0.1)
    #expect(pump.pump.sense().link == .lost)
    let steps = pump.truth.stepsDone
    pump.run(seconds: 5)
    #expect(pump.truth.stepsDone == steps)
    pump.pump.clear(.component(.link, nil))
    pump.tick()
    #expect(pump.pump.sense().link == .inProcess)
  }

  @Test("F50: a link that is stuck gives one frame for ever, and what goes still arrives")
  func linkStuck() {
    var pump = TestPump.running(flow: 60, seconds: 5)
    let steps = pump.truth.stepsDone
    pump.fail(.link, .stuck)
    let frame = pump.pump.sense()
    pump.run(seconds: 2)
    #expect(pump.pump.sense() == frame)
    #expect(pump.truth.stepsDone > steps)
  }

  @Test("F50: a link that is late gives a frame every so often, and says how old it is")
  func linkLate() {
    var pump = TestPump.running(flow: 60, seconds: 5)
    pump.fail(.link, .delayed, 0.2)
    var ticks: Set<UInt32> = []
    var oldest: UInt16 = 0
    for _ in 0..<200 {
      let frame = pump.pump.sense()
      ticks.insert(frame.tick)
      oldest = max(oldest, frame.motionAge)
      pump.tick()
    }
    #expect(ticks.count <= 11)
    #expect(oldest >= 18 && oldest <= 20)
  }
}
