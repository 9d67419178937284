// @relation(R-085, scope=file, role=Verification)
import Foundation
import PumpHAL
import PumpLoop
import PumpPlant
import SessionFile
import SessionRecord
import Testing

@testable import Session

func usleepShortly() { usleep(1000) }

@Suite("Parts of a session")
struct UnitTests {
  @Test("a queue gives one command a tick, the first stop before all others, and drops none")
  func queue() {
    var queue = CommandQueue()
    let acknowledge = OperatorCommand(.acknowledge, by: .nurse)
    let bolus = OperatorCommand(.requestBolus, by: .patient)
    let stop = OperatorCommand(.stop, by: .patient)
    queue.append([acknowledge, bolus])
    queue.append(stop)
    #expect(queue.next() == stop)
    #expect(queue.next() == acknowledge)
    #expect(queue.next() == bolus)
    #expect(queue.next() == .none)
  }

  @Test("a pace is max, realtime or a number of times real time, nothing else")
  func pace() {
    #expect(Pace(text: "max") == .maximum)
    #expect(Pace(text: "realtime") == .realTime)
    #expect(Pace(text: "60") == .times(60))
    for wrong in ["", "fast", "0", "-1", "nan", "inf", "1e9", "60x"] {
      #expect(Pace(text: wrong) == nil, "\(wrong)")
    }
  }

  @Test("as fast as possible, every pass is one tick and nothing is waited for")
  func maximumPace() {
    var pacer = Pacer(.maximum)
    #expect(!pacer.isWaiting)
    for _ in 0..<1000 { #expect(pacer.wait() == 1) }
  }

  @Test("a pass that comes late in real time takes the missed ticks with it, and only then")
  func overrun() {
    var pacer = Pacer(.realTime)
    #expect(pacer.wait() >= 1)
    usleep(60_000)
    // At least the five whole ticks slept through; more where the machine was busy.
    #expect(pacer.wait() >= 5)
    #expect(pacer.overruns >= 1)
    var slow = Pacer(.times(2))
    _ = slow.wait()
    usleep(60_000)
    // Other paces run late instead: their sessions stay the same on every machine.
    #expect(slow.wait() == 1)
  }

  @Test("keys: the later one counts, but never over a stop")
  func keys() {
    let control = SessionControl()
    control.press(.acknowledge)
    control.press(.bolus)
    #expect(control.takeKey() == .bolus)
    #expect(control.takeKey() == .none)
    control.press(.stop)
    control.press(.start)
    #expect(control.takeKey() == .stop)
    #expect(!control.isStopRequested)
    control.requestStop()
    #expect(control.isStopRequested)
  }

  @Test("what an action or a fault carries is told with its unit, and in the record with it")
  func details() throws {
    let titration = OperatorCommand(
      .titrate(dose: Dose(80_000, .massPerKilogram), per: Ticks(count: 360_000)), by: .pharmacist)
    let told = SessionOccurrence(tick: 1, kind: .command(titration, .accepted))
    #expect(told.line == "pharmacist: titrate, to 0.08 mg/kg per 1 h")
    #expect(told.recordEvent?.text == "to 0.08 mg/kg per 1 h")
    let refused = SessionOccurrence(
      tick: 1, kind: .command(OperatorCommand(.requestBolus, by: .patient), .refusedLockout))
    #expect(refused.line == "patient: bolus, refused: the lockout still runs")
    let occlusion = Fault.occlusion(site: .line, remaining: 0.1, ramp: 300)
    let fault = SessionOccurrence(tick: 1, kind: .faultInjected(occlusion))
    #expect(fault.line == "fault occlusion, line, 10 % left, within 300 s")
    #expect(fault.recordEvent?.text == "line, 10 % left, within 300 s")
    #expect(OperatorAction.setFill(Volume(picolitres: 20_000_000_000)).details == "20 mL")
  }

  @Test("the fields that differ are named by their path, with both sides")
  func fieldDifferences() {
    var recorded = TickOutput()
    var replayed = TickOutput()
    recorded.actuator.targetSteps = 5
    replayed.actuator.targetSteps = 6
    replayed.signals.insert(.airInLine)
    let found = FieldDifference.between(recorded, replayed, path: "output")
    #expect(found.map(\.field) == ["output.actuator.targetSteps", "output.signals"])
    #expect(found.first?.recorded == "5")
    #expect(found.first?.replayed == "6")
    #expect(found.last?.replayed == "air-in-line")

    var written = recorded
    written.actuator.journal = JournalEntry(slot: 3, sequence: 7, word0: 1, word1: 2, word2: 0)
    let entry = FieldDifference.between(recorded, written, path: "output")
    #expect(entry.map(\.field) == ["output.actuator.journal"])
    #expect(entry.first?.recorded == "none")
    #expect(
      entry.first?.replayed.hasPrefix("slot 3, sequence 7, word0 1, word1 2, word2 0") == true)
  }

  @Test(
    "R-085: the monitor's objection sounds the alarm and takes the permit by itself"
  )
  func annunciation() {
    var output = TickOutput()
    output.actuator.isControllerPermitting = true
    output.actuator.lamp = .infusing
    var verdict = MonitorOutput()
    verdict.objections.insert(.overInfusion)
    let frame = ActuatorFrame(controller: output, monitor: verdict)
    #expect(!frame.isPermitted)
    #expect(frame.lamp == .high && frame.buzzer == .high)
    #expect(frame.display.alarm == AlarmID.overInfusion.rawValue)
  }
}
