import Catalogue
import PumpHAL
import PumpPlant
import Testing
import Vocabulary

@testable import Story

@Suite("Evidence for requirements")
struct EvidenceTests {
  private func action(
    _ action: OperatorAction, _ result: CommandResult = .accepted, by role: Role = .nurse,
    at tick: Int64, before: PumpMoment = PumpMoment(), after: PumpMoment = PumpMoment()
  ) -> ActionStory {
    ActionStory(
      tick: tick, command: OperatorCommand(action, by: role), result: result, before: before,
      after: after)
  }

  private func alarm(_ id: AlarmID, _ span: ClosedRange<Int64>, condition: Int64? = nil)
    -> AlarmStory
  {
    AlarmStory(
      id: id, conditionTick: condition ?? span.lowerBound,
      span: TickSpan(from: span.lowerBound, to: span.upperBound), isLampHigh: true)
  }

  /// What a story is evidence for of one requirement.
  private func evidence(_ requirement: String, _ story: SessionStory) -> [RequirementEvidence] {
    RequirementEvidence.of(story).filter { $0.requirement == requirement }
  }

  private let delivering = PumpMoment(
    mode: .infusing, isDelivering: true, flowMillilitresPerHour: 1)

  @Test("A story in which nothing happened is evidence for nothing")
  func nothing() {
    #expect(RequirementEvidence.of(SessionStory()).isEmpty)
  }

  @Test("Every claim has the moment at which the real session did it")
  func realSession() throws {
    let story = try EventfulSession.story.get()
    let all = RequirementEvidence.of(story)
    let start = try #require(story.startTick)
    func moment(_ requirement: String) -> Int64? {
      all.first { $0.requirement == requirement }.map { $0.tick - start }
    }
    #expect(moment("R-005") == 21_000)
    #expect(moment("R-100") == 21_000)
    #expect(moment("R-021") == 12_000)
    #expect(moment("R-022") == 69_000)
    #expect(moment("R-024") == 6000)
    #expect(moment("R-025") == 6000)
    #expect(moment("R-103") == 24_000)
    #expect(moment("R-104") == -start)
    #expect(moment("R-043") == 90_000)
    #expect(moment("R-045") == 90_500)
    #expect(moment("reaction") == 96_000)
    #expect(moment("R-020") == 96_500)
    #expect(moment("stop") == 108_000)
    let occlusion = try #require(story.alarms.first { $0.id == .downstreamOcclusion })
    #expect(moment("R-040") == occlusion.span.from - start)
    #expect(moment("R-042") == occlusion.span.from - start)
    #expect(all.filter { $0.requirement == "R-080" }.count == 2)
    #expect(moment("R-106") == (story.powers[1].askedTick ?? 0) - start)
    #expect(all.filter { !$0.isMet }.isEmpty, "\(all.filter { !$0.isMet })")
    // No line was primed, no clinician bolus refused, no cap reached in it.
    for absent in ["R-065", "R-066", "R-027", "R-028", "R-031", "R-032", "R-091", "R-001"] {
      #expect(moment(absent) == nil)
    }
  }

  @Test("evidence for R-001: a value out of range, rejected")
  func range() {
    var story = SessionStory()
    story.actions = [
      action(.setLimits(flow: .zero, occlusion: .zero, keepOpen: .zero), .refusedRange, at: 7)
    ]
    #expect(evidence("R-001", story).map(\.tick) == [7])
  }

  @Test(
    "evidence for R-005: a flow that changed too early is not met; a dropped proposal is none"
  )
  func titration() {
    let rate = PrescribedRateStory(dose: Dose(1, .mass), per: Ticks(count: 1))
    var titration = TitrationStory(proposedTick: 10, role: .pharmacist, old: rate, new: rate)
    titration.outcome = .confirmed(20)
    titration.flowBefore = 1
    titration.flowAfter = 2
    titration.isFlowUnchangedMeanwhile = false
    var story = SessionStory()
    story.titrations = [titration]
    #expect(evidence("R-005", story).map(\.isMet) == [false])
    story.titrations[0].isFlowUnchangedMeanwhile = true
    #expect(evidence("R-005", story).map(\.isMet) == [true])
    story.titrations[0].outcome = .dropped(20)
    #expect(evidence("R-005", story).isEmpty && evidence("R-100", story).isEmpty)
  }

  @Test(
    "evidence for R-020, R-024: a bolus that flows although refused, or without an answer"
  )
  func boluses() {
    var story = SessionStory()
    story.actions = [
      action(.requestBolus, .refusedAlarm, by: .patient, at: 5, after: delivering),
      action(.requestBolus, .none, by: .patient, at: 6),
    ]
    #expect(evidence("R-020", story).map(\.isMet) == [false])
    #expect(evidence("R-024", story).map(\.isMet) == [false])
  }

  @Test(
    "evidence for R-021, R-022: a denial without the lockout or the count that it names is not met")
  func lockoutAndCount() {
    var story = SessionStory()
    var prescription = EnteredPrescription()
    prescription.patientBolus = EnteredBolus(
      dose: Dose(1, .mass), lockout: Ticks(count: 1000), maximumPerHour: 2, flow: .zero)
    story.prescription = prescription
    story.actions = [
      action(.requestBolus, by: .patient, at: 100),
      action(.requestBolus, .refusedLockout, by: .patient, at: 600),
      action(.requestBolus, .refusedLockout, by: .patient, at: 2000),
      action(.requestBolus, .refusedCount, by: .patient, at: 3000),
    ]
    #expect(evidence("R-021", story).map(\.isMet) == [true, false])
    #expect(evidence("R-022", story).map(\.isMet) == [false])
    story.powers = [PowerStory(tick: 0), PowerStory(tick: 300)]
    #expect(evidence("R-021", story).first?.observed.contains("power was lost") == true)
  }

  @Test("evidence for R-027, R-028, R-031: refusals by role and by cap")
  func caps() {
    var story = SessionStory()
    story.actions = [
      action(
        .clinicianBolus(dose: Dose(1, .mass), duration: Ticks(count: 100)), .refusedRole, at: 3),
      action(.requestBolus, .refusedDoseCap, by: .patient, at: 4),
    ]
    #expect(evidence("R-027", story).map(\.tick) == [3])
    #expect(evidence("R-028", story).map(\.tick) == [4])
    #expect(evidence("R-031", story).map(\.isMet) == [true])
    story.actions[1].after = delivering
    #expect(evidence("R-031", story).map(\.isMet) == [false])
  }

  @Test(
    "evidence for R-032: a cap that a basal reaches stops it; a pump that goes on has not met it")
  func capReached() {
    var story = SessionStory()
    story.alarms = [alarm(.doseCapReached, 50...90)]
    story.modes = [(0, .infusing), (50, .alarmStop)]
    #expect(evidence("R-032", story).map(\.isMet) == [true])
    story.modes = [(0, .infusing)]
    #expect(evidence("R-032", story).map(\.isMet) == [false])
  }

  private func blockage(from: Int64, to: Int64? = nil, predicted: UInt32 = 0) -> FaultStory {
    FaultStory(
      .occlusion(site: .needle, remaining: 0, ramp: 0), span: TickSpan(from: from, to: to),
      predictedTimeToAlarm_s: predicted)
  }

  @Test("evidence for R-040, R-042: threshold and prediction, near and far")
  func occlusion() {
    var story = SessionStory()
    var prescription = EnteredPrescription()
    prescription.occlusionLimit = Pressure(pascals: 71_994)
    story.prescription = prescription
    story.alarms = [alarm(.downstreamOcclusion, 10_000...20_000)]
    #expect(evidence("R-040", story).isEmpty)
    for (pressure, isMet) in [(540.0, true), (465, true), (430, false), (640, false)] {
      story.alarms[0].pressureMmHg = pressure
      #expect(evidence("R-040", story).map(\.isMet) == [isMet], "\(pressure)")
    }
    for (seconds, isMet) in [(90, true), (140, false), (65, false)] as [(UInt32, Bool)] {
      story.faults = [blockage(from: 1000, predicted: seconds)]
      #expect(evidence("R-042", story).map(\.isMet) == [isMet], "\(seconds)")
    }
    story.faults = [blockage(from: 1000, predicted: 0)]
    #expect(evidence("R-042", story).isEmpty)
  }

  @Test(
    "evidence for R-043, R-045: what ran in after the clearing, and delivery before anybody started"
  )
  func afterOcclusion() throws {
    var story = try oneSyringe()
    story.alarms = [alarm(.downstreamOcclusion, 100...500)]
    story.faults = [blockage(from: 50, to: 400)]
    story.actions = [action(.acknowledge, at: 450), action(.start, at: 600)]
    for (tick, mass) in [(400, 10.0), (600, 10.6)] as [(Int64, Double)] {
      story.series.infused.append(mass, at: tick)
    }
    // 0.6 mg at 6 mg/mL are 0.1 mL.
    #expect(evidence("R-043", story).map(\.isMet) == [true])
    #expect(evidence("R-043", story).first?.observed.hasPrefix("0.100 mL") == true)
    #expect(evidence("R-045", story).map(\.isMet) == [true])
    story.series.infused = Series()
    for (tick, mass) in [(400, 10.0), (600, 12)] as [(Int64, Double)] {
      story.series.infused.append(mass, at: tick)
    }
    #expect(evidence("R-043", story).map(\.isMet) == [false])
    story.series.flow.append(0, at: 100)
    story.series.flow.append(2, at: 300)
    #expect(evidence("R-045", story).map(\.isMet) == [false])
  }

  private func oneSyringe() throws -> SessionStory {
    try story([(6, 20, reading(dispensed: 10, of: 6))])
  }

  @Test("evidence for R-061, R-062, R-074, R-079: protections that show themselves by their alarm")
  func raised() {
    var story = SessionStory()
    story.alarms = [
      alarm(.syringeMismatch, 1...2), alarm(.driveFault, 3...4), alarm(.unacknowledged, 5...6),
      alarm(.pausedTooLong, 7...8),
    ]
    #expect(evidence("R-061", story).map(\.tick) == [1])
    #expect(evidence("R-062", story).map(\.tick) == [3])
    #expect(evidence("R-074", story).map(\.tick) == [5])
    #expect(evidence("R-079", story).map(\.tick) == [7])
  }

  @Test("evidence for R-063: a motor that stood without the monitor's permit, and one that did not")
  func permits() {
    var story = SessionStory()
    story.withheld = [
      WithheldStory(span: TickSpan(from: 5, to: 9), steps: 0),
      WithheldStory(span: TickSpan(from: 15, to: 19), steps: 3),
    ]
    #expect(evidence("R-063", story).map(\.isMet) == [true, false])
  }

  @Test("evidence for R-064, R-065, R-066: the near end, and what priming is")
  func primingAndEnd() throws {
    var story = try oneSyringe()
    story.alarms = [alarm(.nearEnd, 500...900)]
    story.modes = [(0, .infusing), (900, .complete)]
    #expect(evidence("R-064", story).map(\.tick) == [500])
    story.startTick = 50
    story.syringes[0].primingSteps = 14_000
    story.series.dispensed.append(0, at: 40)
    #expect(evidence("R-065", story).map(\.isMet) == [true])
    story.series.dispensed.append(5.9, at: 45)
    #expect(evidence("R-065", story).map(\.isMet) == [false])
    let volume = Volume(picolitres: 1_000_000_000)
    story.actions = [
      action(.prime(volume: volume, isDisconnected: true), at: 10),
      action(.prime(volume: volume, isDisconnected: false), at: 11),
      action(.prime(volume: volume, isDisconnected: false), .refusedIncomplete, at: 12),
    ]
    #expect(evidence("R-066", story).map(\.isMet) == [true, false, true])
  }

  @Test(
    "evidence for R-072, R-073: the sound comes back, and an alarm outlives its acknowledgement")
  func sound() {
    var story = SessionStory()
    story.audioPauses = [TickSpan(from: 0, to: 12_000), TickSpan(from: 0, to: 12_001)]
    #expect(evidence("R-072", story).map(\.isMet) == [true, false])
    var standing = PumpMoment()
    standing.conditions.insert(.downstreamOcclusion)
    standing.signals.insert(.downstreamOcclusion)
    var silenced = standing
    silenced.signals = AlarmSet()
    story.actions = [
      action(.acknowledge, at: 5, before: standing, after: standing),
      action(.acknowledge, at: 6, before: standing, after: silenced),
      action(.acknowledge, at: 7, before: PumpMoment(), after: PumpMoment()),
    ]
    #expect(evidence("R-073", story).map(\.isMet) == [true, false])
  }

  @Test("evidence for R-077: a signal a second after its condition, and one tick more")
  func annunciation() {
    var story = SessionStory()
    story.alarms = [alarm(.driveFault, 200...300, condition: 100)]
    #expect(evidence("R-077", story).map(\.isMet) == [true])
    story.alarms.append(alarm(.downstreamOcclusion, 201...300, condition: 100))
    #expect(evidence("R-077", story).map(\.isMet) == [false])
    #expect(evidence("R-077", story).map(\.tick) == [201])
    story.alarms = [alarm(.driveFault, 100...300)]
    story.alarms[0].isLampHigh = false
    #expect(evidence("R-077", story).map(\.isMet) == [false])
  }

  @Test(
    "evidence for R-080, R-106: a self test that moves, and a pump that starts by itself, are not met"
  )
  func power() {
    var first = PowerStory(tick: 0)
    first.selfTestEndTick = 500
    var second = PowerStory(tick: 1000)
    second.selfTestEndTick = 1000 + 7001
    second.askedTick = 1500
    var story = SessionStory()
    story.powers = [first, second]
    #expect(evidence("R-080", story).map(\.isMet) == [true, false])
    #expect(evidence("R-106", story).map(\.isMet) == [true])
    story.powers[0].hasMovedInSelfTest = true
    story.powers[1].firstMotionTick = 1600
    #expect(evidence("R-080", story).map(\.isMet) == [false, false])
    #expect(evidence("R-106", story).map(\.isMet) == [false])
    story.powers[1].startedTick = 1600
    #expect(evidence("R-106", story).map(\.isMet) == [true])
  }

  @Test("evidence for R-091: half an hour of warning, less, and none")
  func battery() {
    var story = SessionStory()
    story.alarms = [alarm(.batteryLow, 0...10), alarm(.batteryDepleted, 180_000...190_000)]
    #expect(evidence("R-091", story).map(\.isMet) == [true])
    story.alarms[1].span.from = 179_999
    #expect(evidence("R-091", story).map(\.isMet) == [false])
    story.alarms.removeFirst()
    #expect(evidence("R-091", story).map(\.isMet) == [false])
  }

  @Test(
    "stop, reaction: delivery that goes on is not met; where nothing flowed there is nothing to show"
  )
  func stops() {
    var story = SessionStory()
    story.actions = [
      action(.stop, at: 5, before: delivering),
      action(.stop, at: 6, before: delivering, after: delivering),
      action(.stop, at: 7),
    ]
    #expect(evidence("stop", story).map(\.isMet) == [true, false])
    story.reactions = [
      ReactionStory(tick: 1, severity: 3, wasDelivering: true, ticksToStop: 0),
      ReactionStory(tick: 2, severity: 3, wasDelivering: true, ticksToStop: nil),
      ReactionStory(tick: 3, severity: 3, wasDelivering: false, ticksToStop: 0),
    ]
    #expect(evidence("reaction", story).map(\.isMet) == [true, false])
  }
}
