import Catalogue
import PumpHAL
import Session
import Story
import Testing
import Vocabulary

@Suite("Story of a record")
struct StoryTests {
  let result = Result { try EventfulSession.recorded.get().result }
  let story = EventfulSession.story

  @Test("The pump's account is that of the session's own summary, to the microlitre and microgram")
  func account() throws {
    let (result, story) = (try result.get(), try story.get())
    let dispensed = story.readings.reduce(0) { $0 + $1.dispensedMillilitres }
    let mass = story.readings.reduce(0) { $0 + $1.dispensedMilligrams }
    // The samples have six decimals.
    #expect(abs(mass - result.delivered[0].dispensed_mg) < 2e-6)
    #expect(abs(dispensed - result.delivered[0].dispensed_mL) < 2e-6)
    let last = try #require(story.series.infused.last?.value)
    #expect(abs(last - (try #require(result.delivered[0].infused_mg))) < 2e-6)
  }

  @Test(
    "Steps commanded and encoder counts agree with the account but for what a power loss counted ahead"
  )
  func motion() throws {
    let story = try story.get()
    let use = try #require(story.syringes.first)
    let account = story.readings.reduce(0) { $0 + $1.dispensedMillilitres }
    let commanded = use.millilitres(use.forwardSteps - use.retractedSteps)
    // One loss of power: at most the 0.01 mL that the journal's mark runs ahead.
    #expect(abs(account - commanded) < 0.0105, "\(account) \(commanded)")
    let measured = try #require(use.measuredSteps)
    // Two microsteps a count.
    #expect(abs(measured - (use.forwardSteps + use.primingSteps - use.retractedSteps)) <= 8)
    #expect(use.retractedSteps > 0)
  }

  @Test("Alarms are those of the summary, tick by tick")
  func alarms() throws {
    let (result, story) = (try result.get(), try story.get())
    #expect(story.alarms.map(\.id) == result.alarms.map(\.id))
    #expect(story.alarms.map(\.span.from) == result.alarms.map(\.raised))
    #expect(story.alarms.map(\.span.to) == result.alarms.map(\.cleared))
    #expect(story.alarms.contains { $0.id == .downstreamOcclusion && $0.pressureMmHg != nil })
  }

  @Test("The prescription is what was entered, not what a file says")
  func prescription() throws {
    let prescription = try #require(try story.get().prescription)
    #expect(prescription.patient == BodyMass(grams: 70_000))
    #expect(prescription.phases.count == 1)
    #expect(prescription.phases.first?.dose == Dose(200_000, .massPerKilogram))
    #expect(prescription.patientBolus?.maximumPerHour == 2)
    #expect(prescription.caps.count == 3)
    #expect(abs(prescription.occlusionLimitMmHg - 225) < 0.01)
    let use = try #require(try story.get().syringes.first)
    #expect(use.fill == Volume(picolitres: 9_000_000_000))
    #expect(use.milligramsPerMillilitre == 4)
  }

  @Test("A titration has its old and its new rate, and the moment of its confirmation")
  func titration() throws {
    let story = try story.get()
    #expect(story.titrations.count == 1)
    let titration = try #require(story.titrations.first)
    let start = try #require(story.startTick)
    #expect(titration.old?.dose == Dose(200_000, .massPerKilogram))
    #expect(titration.new.dose == Dose(250_000, .massPerKilogram))
    #expect(titration.outcome == .confirmed(start + 21_000))
    #expect(titration.isFlowUnchangedMeanwhile)
    // 14 mg/h at 4 mg/mL, and a quarter more.
    #expect(abs((try #require(titration.flowBefore)) - 3.5) < 1e-5)
    #expect(abs((try #require(titration.flowAfter)) - 4.375) < 1e-5)
  }

  @Test("A reaction stops delivery within its tick, and the story says so")
  func reaction() throws {
    let story = try story.get()
    #expect(story.reactions.map(\.ticksToStop) == [0])
    #expect(story.reactions.map(\.wasDelivering) == [true])
  }

  @Test("Two power-ons, the second of which asked and was started by somebody")
  func power() throws {
    let story = try story.get()
    #expect(story.powers.count == 2)
    #expect(story.powers[0].lostTick != nil && story.powers[1].askedTick != nil)
    #expect((story.powers[1].startedTick ?? 0) > (story.powers[1].askedTick ?? .max))
    #expect(!story.powers.contains { $0.hasMovedInSelfTest })
  }

  @Test("The flow is that of every tick: nothing while stopped, the bolus on its own tick")
  func flow() throws {
    let story = try story.get()
    let start = try #require(story.startTick)
    #expect(story.series.flow.value(at: start + 3000) == 3.5)
    let bolus = try #require(story.series.flow.range(from: start + 6000, to: start + 6100))
    #expect(abs(bolus.upperBound - 33.5) < 1e-5)
    let stopped = try #require(story.series.flow.value(at: start + 96_500))
    #expect(stopped == 0)
  }

  @Test("The prescribed course is the programme without interruptions, bent by the titration")
  func course() throws {
    let story = try story.get()
    let course = story.prescribedCourse
    let start = try #require(story.startTick)
    // 14 mg/h for 3.5 min, then 17.5 mg/h for 16.5 min.
    let expected = 14.0 * 3.5 / 60 + 17.5 * 16.5 / 60
    #expect(abs((try #require(course.last?.value)) - expected) < 1e-9)
    #expect(abs((try #require(course.value(at: start + 6000))) - 14.0 / 60) < 1e-9)
    #expect(course.value(at: start - 1) == nil)
  }

  @Test(
    "A record cut in the middle tells what stands before the cut, its account up to the last tick")
  func truncated() throws {
    let bytes = try EventfulSession.recorded.get().bytes
    let whole = try story.get()
    var told = 0
    for share in [0.75, 0.81, 0.87, 0.96] {
      let cut = try EventfulSession.story(of: Array(bytes[..<Int(Double(bytes.count) * share)]))
      #expect(cut.facts.truncatedAtByte != nil)
      #expect(cut.endTick <= whole.endTick)
      let use = try #require(cut.syringes.first)
      let account = cut.readings.reduce(0) { $0 + $1.dispensedMillilitres }
      let commanded = use.millilitres(use.forwardSteps - use.retractedSteps)
      #expect(abs(account - commanded) < 0.0105, "\(share): \(account) \(commanded)")
      told += cut.actions.count
    }
    #expect(told > 0)
  }
}
