import Foundation
import SessionFile
import Testing

@testable import Campaign

@Suite("The matrix of a campaign")
struct MatrixTests {
  @Test("Lists make every combination, the last list changes fastest")
  func order() throws {
    let campaign = try campaign(
      "title: t\n" + minuteSession
        + """
        vary:
          reservoir.syringe: [bd-plastipak-20, terumo-20]
          seed: 1..3
        """)
    #expect(campaign.count == 6)
    let names = campaign.cells.map(\.name)
    #expect(names[0] == "reservoir.syringe=bd-plastipak-20, seed=1")
    #expect(names[2] == "reservoir.syringe=bd-plastipak-20, seed=3")
    #expect(names[3] == "reservoir.syringe=terumo-20, seed=1")
    #expect(campaign.cells.map(\.number) == [1, 2, 3, 4, 5, 6])
    #expect(campaign.cells[3].sessionText.contains("syringe: terumo-20, fill: 20 mL"))
    #expect(campaign.cells[3].sessionText.contains("\nseed: 1\n"))
  }

  @Test("Ranges count in steps, alone or among other values")
  func ranges() throws {
    let campaign = try campaign(
      "title: t\n" + minuteSession + "vary: { seed: [7, 10..20 step 5, 3..4] }")
    #expect(campaign.axes[0].labels == ["7", "10", "15", "20", "3", "4"])
  }

  @Test("Values under `with` vary together and are named by as many as tell them apart")
  func together() throws {
    let campaign = try campaign(
      "title: t\n" + minuteSession
        + """
        vary:
          size:
            with:
              reservoir.syringe: [bd-plastipak-20, bd-plastipak-20, terumo-10]
              reservoir.fill: [20 mL, 10 mL, 8 mL]
        """)
    #expect(
      campaign.axes[0].labels
        == ["bd-plastipak-20 / 20 mL", "bd-plastipak-20 / 10 mL", "terumo-10 / 8 mL"])
    #expect(campaign.cells[2].sessionText.contains("{ syringe: terumo-10, fill: 8 mL }"))
  }

  @Test("A variant sets, takes away and adds; `set` goes before every list")
  func variants() throws {
    let campaign = try campaign(
      "title: t\n" + minuteSession
        + """
        set: { seed: 9, environment.temperature: 30 °C }
        vary:
          case:
            variants:
              plain: {}
              other:
                about: another one
                seed: absent
                patientBolus: { dose: 2 mg, lockout: 30 min, maximum: 2 per h }
                programme[0].basal: 2.1 mg/h for 1 min
                events[+]:
                  - { at: 10 s, fault: stall }
                  - { at: 20 s, clear: stall }
          more:
            variants:
              one: { "events[+]": { at: 30 s, fault: encoder-loss } }
        """)
    let plain = campaign.cells[0].sessionText
    #expect(plain.contains("\nseed: 9\n"))
    #expect(plain.contains("\nenvironment: { temperature: 30 °C }\n"))
    let other = campaign.cells[1].sessionText
    #expect(!other.contains("\nseed:"))
    #expect(other.contains("  - { basal: 2.1 mg/h for 1 min }\n"))
    let events = other.split(separator: "\n").filter { $0.hasPrefix("  - { at:") }
    #expect(events.count == 3)
    #expect(events.last == "  - { at: 30 s, fault: encoder-loss }")
    #expect(throws: Never.self) {
      try SessionDescription(bytes: Array(other.utf8), name: "other")
    }
  }

  @Test("What is excluded keeps its number and its reason")
  func exclusions() throws {
    let campaign = try campaign(
      "title: t\n" + minuteSession
        + """
        vary: { seed: 1..4, onReaction: [stop, halve] }
        exclude:
          - { seed: [2, 3], onReaction: halve, because: not needed }
          - { seed: 4 }
        """)
    let left = campaign.cells.map { $0.exclusion }
    #expect(
      left == [
        nil, nil, nil, "not needed", nil, "not needed", "left out by the campaign",
        "left out by the campaign",
      ])
  }

  @Test("Expectations go to the cells that `when` names, after those of the session")
  func expectations() throws {
    let campaign = try campaign(
      "title: t\n" + minuteSession + "  expect: [ { ends: complete } ]\n"
        + """
        vary: { seed: 1..2 }
        expect:
          - { noAlarm: any-high }
          - { alarm: near-end, when: { seed: 2 } }
        """)
    let first = campaign.cells[0].sessionText
    let second = campaign.cells[1].sessionText
    #expect(first.contains("expect:\n  - { ends: complete }\n  - { noAlarm: any-high }\n"))
    #expect(second.contains("  - { noAlarm: any-high }\n  - { alarm: near-end }\n"))
  }

  @Test("A cell's title says which it is, in at most 200 characters")
  func title() throws {
    let long = String(repeating: "x", count: 195)
    let campaign = try campaign(
      "title: t\n" + minuteSession.replacing("a minute", with: long) + "vary: { seed: 1..2 }")
    let description = try SessionDescription(
      bytes: Array(campaign.cells[1].sessionText.utf8), name: "cell")
    #expect(description.title.hasPrefix(long))
    #expect(description.title.count == 200)
  }

  @Test("--only takes the cells of the named values, and those they are held against")
  func only() throws {
    let campaign = try campaign(
      "title: t\n" + minuteSession
        + """
        vary:
          seed: 1..3
          fault: { variants: { none: {}, a: { battery: cr123a }, b: { battery: nine-volt-alkaline } } }
        twin: { fault: none }
        """)
    #expect(try campaign.cells(only: ["seed=2", "fault=b"]).map(\.number) == [4, 6])
    #expect(try campaign.cells(only: ["seed=1", "seed=3", "fault=none"]).map(\.number) == [1, 7])
    #expect(throws: CellChoiceError.self) { try campaign.cells(only: ["seed=4"]) }
    #expect(throws: CellChoiceError.self) { try campaign.cells(only: ["sed=1"]) }
    #expect(throws: CellChoiceError.self) { try campaign.cells(only: ["seed"]) }
  }
}
