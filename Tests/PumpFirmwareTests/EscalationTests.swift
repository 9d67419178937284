// @relation(R-070, R-071, R-072, R-073, R-074, R-077, R-079, R-102, scope=file, role=Verification)
// @relation(R-107, R-117, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Escalation, audio pause and acknowledgement")
struct EscalationTests {
  /// An infusion whose syringe has come loose: a condition of high priority that stays.
  private func displaced() -> Rig {
    var rig = Rig.infusing()
    rig.frame.syringe.value.isPlungerCaptured = false
    rig.run(atMost: 100) { $0.signals.contains(.syringeDisplaced) }
    return rig
  }

  @Test("R-079: a pause is low at 2 min, medium at 5, high at 10, and a start still ends it")
  func pause() {
    var rig = Rig.infusing()
    rig.tick(.pause, by: .patient)
    let times: [(AlarmPriority, Lamp)] = [(.low, .low), (.medium, .medium), (.high, .high)]
    let found = times.map { _, lamp in rig.run(atMost: 40_000) { $0.actuator.lamp == lamp } ?? 0 }
    #expect(zip(found, [12_000, 18_000, 30_000]).allSatisfy { abs($0 - $1) <= 1 })
    #expect(rig.last.actuator.buzzer == .high)
    rig.tick(.start, by: .nurse)
    #expect(rig.last.result == .accepted && rig.last.mode == .infusing)
    rig.run(ticksPerSecond + 1)
    #expect(rig.last.signals.isEmpty && rig.last.actuator.lamp == .infusing)
  }

  @Test("R-074: high priority unanswered for 2 min brings ALM32, which an acknowledgement ends")
  func unanswered() {
    var rig = displaced()
    let ticks = rig.run(atMost: 20_000) { $0.signals.contains(.unacknowledged) }
    #expect(ticks.map { abs($0 - 12_000) <= 2 } == true)
    #expect(rig.controller.priority(of: .unacknowledged) == .high)
    rig.tick(.acknowledge, by: .patient)
    #expect(rig.last.result == .refusedRole && rig.last.signals.contains(.unacknowledged))
    rig.tick(.acknowledge, by: .nurse)
    rig.tick()
    #expect(!rig.last.signals.contains(.unacknowledged))
    #expect(rig.last.signals.contains(.syringeDisplaced), "R-073: its cause persists")
    // The acknowledgement bought 2 min of silence; 2 min after them somebody has to come again.
    let again = rig.run(atMost: 30_000) { $0.signals.contains(.unacknowledged) }
    #expect(again.map { abs($0 - 24_000) <= 5 } == true)
  }

  @Test(
    "R-074: the third pause of a high-priority alarm is none, and the patient cannot pause more")
  func thirdPause() {
    var rig = displaced()
    for _ in 0..<2 {
      rig.tick(.audioPause, by: .patient)
      rig.tick()
      #expect(rig.last.actuator.buzzer == .off)
      #expect(!rig.last.signals.contains(.unacknowledged))
    }
    rig.tick(.audioPause, by: .patient)
    rig.run(2)
    #expect(rig.last.signals.contains(.unacknowledged) && rig.last.actuator.buzzer == .high)
    rig.tick(.audioPause, by: .patient)
    #expect(rig.last.result == .refusedRole && rig.last.actuator.buzzer == .high)
    rig.tick(.audioPause, by: .nurse)
    #expect(rig.last.result == .accepted && rig.last.actuator.buzzer != .high)
  }

  @Test(
    "R-073: no key and no number of acknowledgements clears a high-priority alarm that persists")
  func notCleared() {
    var rig = displaced()
    for role in Role.allCases {
      for action in [OperatorAction.acknowledge, .audioPause, .stop, .cancel, .start] {
        rig.tick(action, by: role)
        rig.tick()
        #expect(rig.last.signals.contains(.syringeDisplaced))
        #expect(rig.last.actuator.lamp == .high && !rig.last.mode.isMoving)
      }
    }
  }

  @Test(
    "R-072: what is less urgent leaves a pause alone, what is as urgent or more ends it",
    arguments: [
      (AlarmID.nearEnd, false), (.serviceDue, false), (.keyStuck, false), (.doseCapReached, false),
      (.driveFault, true), (.batteryDepleted, true),
    ])
  func newDuringPause(id: AlarmID, isEnding: Bool) {
    var alarms = AlarmManager()
    var present = AlarmSet()
    present.insert(.syringeDisplaced)
    alarms.update(present, elapsed: 1)
    alarms.pauseAudio(12_000)
    present.insert(id)
    alarms.update(present, elapsed: 1)
    #expect((alarms.audioPauseLeft == 0) == isEnding)
  }

  @Test("R-072: an alarm that becomes more urgent ends a pause")
  func risingDuringPause() {
    var rig = Rig.infusing()
    rig.tick(.pause, by: .nurse)
    rig.run(29_900)
    rig.tick(.audioPause, by: .patient)
    rig.tick()
    #expect(rig.last.actuator.buzzer == .off)
    #expect(rig.last.actuator.display.flags.contains(.audioPaused))
    rig.run(200)
    #expect(rig.last.actuator.buzzer == .medium)
    #expect(!rig.last.actuator.display.flags.contains(.audioPaused))
  }

  @Test("R-072: the sound is never off for longer than 120 s at a time, however it is configured")
  func longestPause() {
    var configuration = PumpConfiguration()
    configuration.audioPause = .hours(1)
    var rig = Rig(configuration: configuration)
    rig.setUp()
    rig.tick(.start)
    rig.frame.syringe.value.isPlungerCaptured = false
    rig.run(atMost: 100) { $0.signals.contains(.syringeDisplaced) }
    rig.tick(.acknowledge, by: .nurse)
    let silent = rig.run(atMost: 20_000) { $0.actuator.buzzer == .high }
    #expect(silent.map { $0 <= 12_001 } == true)
  }

  @Test("R-071: the most urgent is shown and all are listed")
  func all() {
    var rig = displaced()
    rig.frame.temperature.value = 4600
    rig.frame.link = .lost
    rig.run(20)
    #expect(rig.last.signals.contains(.syringeDisplaced))
    #expect(rig.last.signals.contains(.temperature))
    #expect(rig.last.signals.contains(.commsLost))
    #expect(rig.last.actuator.display.alarm == AlarmID.syringeDisplaced.rawValue)
  }

  @Test("R-077: every condition of high priority is told by lamp and buzzer in its own tick")
  func within1s() {
    for id in AlarmID.allCases where AlarmManager().priority(of: id) == .high {
      var rig = Rig()
      rig.run(600)
      // The state in which nothing but what failed is a condition.
      rig.controller.failure.insert(id)
      rig.controller.enter(.failed)
      rig.tick()
      #expect(rig.last.actuator.lamp == .high && rig.last.actuator.buzzer == .high, "\(id)")
      #expect(rig.last.actuator.display.alarm == id.rawValue)
    }
  }

  @Test("R-070: what does not latch is told for a whole burst, however short it was")
  func shortEvent() {
    var rig = Rig.infusing()
    rig.tick(.pause, by: .nurse)
    rig.run(atMost: 20_000) { $0.signals.contains(.pausedTooLong) }
    rig.tick(.start, by: .nurse)
    let told = rig.run(atMost: 1000) { $0.signals.isEmpty }
    #expect(told.map { abs($0 - 100) <= 2 } == true)
  }

  @Test("An acknowledged alarm whose cause persists is marked so on the display")
  func acknowledged() {
    var rig = displaced()
    #expect(!rig.last.actuator.display.flags.contains(.acknowledged))
    rig.tick(.acknowledge, by: .nurse)
    #expect(rig.last.actuator.display.flags.contains(.acknowledged))
  }

  @Test("ALM29: a denied bolus is shown for 5 s, with two tones, and is no alarm")
  func denied() {
    var rig = Rig.infusing()
    rig.tick(.requestBolus, by: .patient)
    rig.run(3000)
    rig.tick(.requestBolus, by: .patient)
    #expect(rig.last.result != .accepted && rig.last.actuator.buzzer == .denied)
    #expect(rig.last.signals.contains(.bolusDenied) && rig.last.actuator.lamp == .infusing)
    let shown = rig.run(atMost: 1000) { !$0.signals.contains(.bolusDenied) }
    #expect(shown.map { abs($0 - 500) <= 1 } == true)
    #expect(rig.controller.telemetry.bolusesDenied == 1)
  }

  @Test("A denied bolus does not break into the burst of an alarm")
  func deniedDuringAlarm() {
    var rig = displaced()
    rig.tick(.requestBolus, by: .patient)
    #expect(rig.last.actuator.buzzer == .high)
  }

  @Test(
    "R-117: ALM18: between 45 and 50 °C no bolus is given, by patient or clinician; the basal goes on"
  )
  func hot() {
    var rig = Rig.infusing()
    rig.frame.temperature.value = 4700
    rig.run(100)
    rig.tick(.requestBolus, by: .patient)
    #expect(rig.last.result == .refusedAlarm)
    rig.tick(.clinicianBolus(dose: Dose(1_000_000, .mass), duration: .minutes(5)))
    #expect(rig.last.result == .refusedAlarm && rig.last.mode == .infusing)
  }

  @Test("ALM31: service is due by hours of running or by a clock that is set, and nothing stops")
  func service() {
    var configuration = PumpConfiguration()
    configuration.serviceHours = 1
    var rig = Rig(configuration: configuration)
    rig.controller.now = 59 * ticksPerMinute
    rig.controller.enter(.selfTest)
    rig.setUp()
    rig.tick(.start)
    #expect(!rig.last.signals.contains(.serviceDue))
    rig.run(minutes: 2)
    #expect(rig.last.signals.contains(.serviceDue) && rig.last.mode == .infusing)
    #expect(rig.last.actuator.lamp == .infusing && rig.last.actuator.buzzer == .off)

    configuration.serviceHours = 0
    configuration.serviceDue = 1_800_000_000_000
    for (time, isSet, isDue) in [
      (1_799_999_999_999, true, false), (1_800_000_000_000, true, true),
      (1_900_000_000_000, false, false),
    ] {
      var rig = Rig(configuration: configuration)
      rig.frame.wallClock = Reading(
        WallClockReading(unixMilliseconds: Int64(time), isSet: isSet), .valid, sampledAt: 0)
      rig.run(minutes: 2)
      #expect(rig.last.signals.contains(.serviceDue) == isDue)
    }
  }

  @Test("R-102: what is half entered is called to mind at 30 s and 5 min, and dropped at 10")
  func idle() {
    var rig = Rig()
    rig.run(600)
    rig.tick(.beginSetUp(isNewPatient: true))
    let cue = rig.run(atMost: 70_000) { $0.actuator.lamp == .low }
    let alert = rig.run(atMost: 70_000) { $0.actuator.lamp == .medium }
    let clear = rig.run(atMost: 70_000) { $0.conditions.isEmpty }
    #expect([cue, alert, clear].map { $0 ?? 0 } == [3000, 27_000, 30_000])
    #expect(!rig.controller.hasPending)
  }

  @Test("R-102: a titration that nobody confirms is dropped after 10 min; the basal goes on")
  func forgottenTitration() {
    var rig = Rig.infusing()
    rig.tick(.titrate(dose: Dose(5_000_000, .mass), per: .hours(1)))
    rig.run(minutes: 9)
    #expect(rig.last.signals.contains(.programmingIncomplete) && rig.last.mode == .infusing)
    rig.run(minutes: 2)
    rig.tick(.confirm(phaseCount: 1))
    #expect(rig.last.result == .refusedIncomplete)
    #expect(rig.controller.orders.phase?.dose == Dose(4_200_000, .mass))
  }

  @Test("R-107: a key that is down through the self test is stuck, and is not obeyed")
  func stuckAtPowerOn() {
    var rig = Rig()
    rig.frame.keys = .bolus
    rig.setUp()
    rig.tick(.start)
    #expect(rig.last.signals.contains(.keyStuck))
    rig.run(100)
    #expect(rig.controller.telemetry.bolusesGranted == 0)
  }

  @Test("R-107: of stop and bolus pressed together the stop counts")
  func twoKeys() {
    var rig = Rig.infusing()
    rig.run(100)
    rig.frame.keys = [.stop, .bolus, .audioPause]
    rig.run(20)
    #expect(rig.last.mode == .stopped && rig.controller.telemetry.bolusesGranted == 0)
  }

  @Test("R-107: contacts that bounce for less than 50 ms at a time are no key, however often")
  func bouncing() {
    for (ticks, mode) in [(4, .infusing), (5, .stopped)] as [(Int64, PumpMode)] {
      var rig = Rig.infusing()
      rig.run(100)
      for _ in 0..<20 {
        rig.frame.keys = .stop
        rig.run(ticks)
        rig.frame.keys = []
        rig.run(ticks)
      }
      #expect(rig.last.mode == mode)
    }
  }

  @Test("R-072: the key for it pauses the sound")
  func pauseKey() {
    var rig = displaced()
    rig.frame.keys = .audioPause
    rig.run(10)
    rig.frame.keys = []
    rig.run(10)
    #expect(rig.last.actuator.buzzer == .off && rig.last.actuator.lamp == .high)
  }
}
