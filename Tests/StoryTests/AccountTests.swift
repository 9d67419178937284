import Catalogue
import PumpHAL
import Testing
import Vocabulary

@testable import Story

/// A story of syringes, without a record.
func story(
  _ syringes: [(concentration: Int64, fill_mL: Int64, reading: AccountReading)],
  primes: Bool = false
) throws -> SessionStory {
  let catalogue = HardwareCatalogue.builtIn
  let entry = try #require(catalogue.syringe("bd-plastipak-20"))
  let set = try #require(catalogue.infusionSet("winged-25g-100cm"))
  var story = SessionStory()
  story.facts.session["pump"] = "trumpet-1"
  var prescription = EnteredPrescription()
  prescription.drugNumber = 1
  prescription.infusionSet = set.specification
  story.prescription = prescription
  for (index, syringe) in syringes.enumerated() {
    story.syringes.append(
      SyringeUse(
        confirmedTick: Int64(index) * 1_000_000, syringe: entry.specification,
        fill: Volume(picolitres: syringe.fill_mL * 1_000_000_000),
        concentration: Concentration(nanogramsPerMillilitre: syringe.concentration * 1_000_000),
        microstepTravel: Length(nanometres: 250)))
    story.readings.append(syringe.reading)
  }
  story.endTick = Int64(syringes.count) * 1_000_000
  return story
}

func reading(dispensed: Double, of concentration: Double, primed: Double = 0) -> AccountReading {
  var reading = AccountReading()
  reading.dispensedMillilitres = dispensed
  reading.dispensedMilligrams = dispensed * concentration
  reading.primedMillilitres = primed
  return reading
}

func disposal(_ amount: Double, _ unit: String, at tick: Int64, outcome: String = "accepted")
  -> StoryEvent
{
  var event = StoryEvent(tick: tick, kind: "dispose", name: "dispose")
  event.outcome = outcome
  event.role = "nurse"
  event.amount = amount
  event.unit = unit
  event.witnesses = ["nurse on duty", "pharmacist on duty"]
  return event
}

@Suite("Controlled-substance account")
struct AccountTests {
  @Test("20 mL of 6 mg/mL less 17.4 mL are 2.6 mL, 15.6 mg")
  func residual() throws {
    let account = try #require(
      SubstanceAccount(try story([(6, 20, reading(dispensed: 17.4, of: 6))])))
    #expect(account.drug.hasPrefix("Ketamine") && account.schedules.count == 2)
    #expect(abs(account.drawnUp - 120) < 1e-12)
    #expect(abs(account.dispensed - 104.4) < 1e-9)
    #expect(abs(account.residual - 15.6) < 1e-9)
    #expect(account.syringes.first?.finding == nil)
  }

  @Test("The uncertainty of the rest is the hand-made sum of its components")
  func uncertainty() throws {
    let account = try #require(
      SubstanceAccount(try story([(6, 20, reading(dispensed: 17.4, of: 6))])))
    let syringe = try #require(account.syringes.first)
    // Half-widths, mL: scale 20/40; bore and drive 2 % of 17.4 each; dead space 0.15; screw
    // 0.005 mm × 285.023 mm²; lost motion 0.1 mm × 285.023 mm². No encoder, no power loss.
    let halfWidths = [0.5, 0.348, 0.348, 0.15, 0.001425115, 0.0285023]
    #expect(syringe.components.count == halfWidths.count)
    for (component, expected) in zip(syringe.components, halfWidths) {
      #expect(abs(component.halfWidth - expected) < 1e-9, "\(component)")
      #expect(!component.source.isEmpty)
    }
    // 2 × √(Σ a²/3) × 6 mg/mL = 2 × √(0.515523 / 3) × 6 = 4.974 mg.
    let sum = halfWidths.reduce(0) { $0 + $1 * $1 }
    #expect(abs(syringe.components.expanded * 6 - 2 * (sum / 3).squareRoot() * 6) < 1e-9)
    #expect(abs(syringe.components.expanded * 6 - 4.9744) < 0.0005)
    // With 5 % of content on 2.6 mL: half-width 0.13 mL.
    let withContent = 2 * ((sum + 0.13 * 0.13) / 3).squareRoot() * 6
    #expect(abs(syringe.residualUncertainty - withContent) < 1e-9)
    // Drawn up: scale 0.5 and content 1 mL: 2 × √(1.25/3) × 6 = 7.746 mg.
    #expect(abs(syringe.drawnUpUncertainty - 7.746) < 0.001)
  }

  @Test("A finding within the uncertainty is so; a missing millilitre and a half is not")
  func findings() throws {
    var within = try story([(6, 20, reading(dispensed: 17.4, of: 6))])
    within.events = [disposal(2.5, "mL", at: 10)]
    let near = try #require(SubstanceAccount(within)?.syringes.first?.finding)
    #expect(abs(near.difference + 0.6) < 1e-9 && !near.isBeyondUncertainty)
    // The scale is read twice: once for the fill, once for what was found.
    #expect(near.components.filter { $0.halfWidth == 0.5 }.count == 2)
    #expect(!near.components.contains { $0.cause == .content })

    within.events = [disposal(1.1, "mL", at: 10)]
    let missing = try #require(SubstanceAccount(within)?.syringes.first?.finding)
    #expect(abs(missing.difference + 9) < 1e-9 && missing.isBeyondUncertainty)
    within.events = [disposal(4.1, "mL", at: 10)]
    let surplus = try #require(SubstanceAccount(within)?.syringes.first?.finding)
    #expect(surplus.difference > 0 && surplus.isBeyondUncertainty)
  }

  @Test("A mass that was assayed is uncertain by the content of the label, and not by a scale")
  func assayed() throws {
    var assayed = try story([(6, 20, reading(dispensed: 17.4, of: 6))])
    assayed.events = [disposal(15, "mg", at: 10)]
    let finding = try #require(SubstanceAccount(assayed)?.syringes.first?.finding)
    #expect(abs(finding.difference + 0.6) < 1e-9)
    #expect(!finding.components.contains { $0.cause == .foundReading })
    let content = try #require(finding.components.first { $0.cause == .content })
    #expect(abs(content.halfWidth - 0.13) < 1e-9)
  }

  @Test(
    "Two syringes: each disposal belongs to the first that has none; what was refused counts nowhere"
  )
  func twoSyringes() throws {
    var two = try story([
      (5, 20, reading(dispensed: 19, of: 5)), (15, 20, reading(dispensed: 18, of: 15)),
    ])
    two.events = [
      disposal(9, "mL", at: 500_000, outcome: "refused-delivering"),
      disposal(1, "mL", at: 1_000_001), disposal(2, "mL", at: 1_900_000),
      disposal(3, "mL", at: 1_900_001),
    ]
    let account = try #require(SubstanceAccount(two))
    #expect(account.syringes.map { $0.finding?.stated.amount } == [1, 2])
    #expect(account.otherDisposals.map(\.amount) == [9, 3])
    #expect(abs(account.drawnUp - 400) < 1e-9 && abs(account.dispensed - 365) < 1e-9)
    #expect(abs(account.residual - 35) < 1e-9)
    // The line was full of the first solution and ends full of the second: 0.786 mL.
    let line = try #require(account.lineVolume)
    #expect(abs((try #require(account.lineAtStart)) - 5 * line) < 1e-9)
    #expect(abs((try #require(account.lineAtEnd)) - 15 * line) < 1e-9)
  }

  @Test("A second syringe that has given less than the line holds leaves both solutions in it")
  func mixedLine() throws {
    let account = try #require(
      SubstanceAccount(
        try story([
          (5, 20, reading(dispensed: 19, of: 5)), (15, 20, reading(dispensed: 0.2, of: 15)),
        ])))
    let line = try #require(account.lineVolume)
    let expected = 0.2 * 15 + (line - 0.2) * 5
    #expect(abs((try #require(account.lineAtEnd)) - expected) < 1e-9)
  }

  @Test("Priming fills the line first, the rest runs to waste")
  func priming() throws {
    let account = try #require(
      SubstanceAccount(try story([(6, 20, reading(dispensed: 10, of: 6, primed: 1.5))])))
    let line = try #require(account.lineVolume)
    #expect(account.lineAtStart == 0)
    #expect(abs(account.primingWaste - (1.5 - line) * 6) < 1e-9)
    #expect(abs(account.residual - 8.5 * 6) < 1e-9)
    let syringe = try #require(account.syringes.first)
    #expect(syringe.components.contains { $0.cause == .unpurgedGap })
    #expect(syringe.primedUncertainty > 0 && syringe.dispensedUncertainty > 0)
  }

  @Test(
    "A loss of power, a pressure that stands and an encoder that disagrees each add their component"
  )
  func components() throws {
    var story = try story([(6, 20, reading(dispensed: 10, of: 6))])
    var power = PowerStory(tick: 0)
    power.lostTick = 500
    story.powers = [power, PowerStory(tick: 600)]
    story.series.pressure.append(540, at: 900)
    story.syringes[0].measuredSteps = 130_000
    story.syringes[0].forwardSteps = 140_000
    let components = try #require(SubstanceAccount(story)?.syringes.first?.components)
    let loss = try #require(components.first { $0.cause == .powerLosses(1) })
    #expect(loss.halfWidth == 0.01)
    // 130 000 microsteps of 0.07125575 µL are 9.2632 mL, 140 000 are 9.9758 mL, the account 10 mL.
    let apart = try #require(components.first { $0.cause == .disagreement })
    #expect(abs(apart.halfWidth - 0.73675) < 1e-4)
    // Stopper 0.50 µL/mmHg; drive 285.023² × 1.333224e-4 / 60 000 = 0.18051 µL/mmHg; at 540 mmHg
    // 0.27 + 0.0975 mL.
    let stored = try #require(components.first { $0.cause == .storedVolume })
    #expect(abs(stored.halfWidth - 0.3675) < 0.001, "\(stored)")
  }

  @Test("Without a confirmed syringe there is no account")
  func nothing() {
    #expect(SubstanceAccount(SessionStory()) == nil)
  }
}

@Suite("Account ledger")
struct AccountLedgerTests {
  private func command(_ name: String, at tick: Int64) -> StoryEvent {
    var event = StoryEvent(tick: tick, kind: "command", name: name)
    event.outcome = "accepted"
    return event
  }

  private func sample(_ tick: Int64, _ dispensed: Double, primed: Double = 0) -> AccountSample {
    AccountSample(
      tick: tick, dispensedMillilitres: dispensed, dispensedMilligrams: dispensed * 2,
      primedMillilitres: primed)
  }

  @Test("What an earlier session left, and what stood before the set-up, is not this session's")
  func baseline() {
    var ledger = AccountLedger([command("set-fill", at: 5), command("confirm", at: 10)])
    for sample in [sample(1, 7), sample(10, 7), sample(100, 8.5)] { ledger.take(sample) }
    #expect(ledger.readings.count == 1)
    #expect(abs((ledger.readings.first?.dispensedMillilitres ?? 0) - 1.5) < 1e-12)
    #expect(abs(ledger.dispensedMilligrams - 3) < 1e-12)
  }

  @Test("A count that began anew goes on from what was counted before")
  func anew() {
    var ledger = AccountLedger([command("set-fill", at: 5), command("confirm", at: 10)])
    for sample in [sample(10, 0), sample(50, 2), sample(60, 0), sample(70, 0.5)] {
      ledger.take(sample)
    }
    #expect(abs((ledger.readings.first?.dispensedMillilitres ?? 0) - 2.5) < 1e-12)
  }

  @Test("A retraction takes off, and is no new beginning")
  func retraction() {
    var ledger = AccountLedger([command("set-fill", at: 5), command("confirm", at: 10)])
    for sample in [sample(10, 0), sample(50, 2), sample(60, 1.6), sample(70, 2.6)] {
      ledger.take(sample)
    }
    #expect(abs((ledger.readings.first?.dispensedMillilitres ?? 0) - 2.6) < 1e-12)
  }

  @Test("Each syringe has its own part; a confirmed titration is no syringe")
  func syringes() {
    var ledger = AccountLedger([
      command("set-fill", at: 5), command("confirm", at: 10), command("confirm", at: 30),
      command("set-fill", at: 49), command("confirm", at: 50),
    ])
    for sample in [sample(10, 0), sample(40, 3), sample(50, 4), sample(60, 6)] {
      ledger.take(sample)
    }
    #expect(ledger.readings.map(\.dispensedMillilitres) == [4, 2])
  }
}
