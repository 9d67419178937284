import Catalogue
import PumpHAL
import PumpPlant
import SessionFile
import Testing
import Vocabulary

/// A session in which `events` happen.
func faultSession(_ events: String, pump: String = "trumpet-1-air") -> String {
  """
  title: faults
  pump: \(pump)
  patient: { mass: 70 kg }
  drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
  reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
  infusionSet: winged-25g-100cm-valve
  programme:
    - basal: 0.06 mg/kg/h for 24 h
  events:
  \(events)
  """
}

private func read(_ event: String) throws -> SessionEventKind {
  let text = faultSession("  - \(event)")
  let description = try SessionDescription(bytes: Array(text.utf8), name: "faults.yaml")
  return try #require(description.events.first).kind
}

private func refusal(_ event: String, pump: String = "trumpet-1-air") throws -> Mistake {
  let text = faultSession("  - \(event)", pump: pump)
  let error = try #require(Fixture.refusal(of: text), "\(event) was taken")
  #expect(error.mistakes.count == 1, "\(error)")
  return try #require(error.mistakes.first)
}

@Suite struct FaultFileTests {
  @Test("The table has every fault, and every example reads as the fault that it stands for")
  func examples() throws {
    #expect(Set(FaultRow.all.map(\.name)) == Set(FaultRow.names))
    let combinations = Component.allCases.reduce(0) { $0 + $1.kinds.count }
    #expect(FaultRow.all.count == FaultRow.named.count + combinations)
    for row in FaultRow.all {
      guard case .inject(let fault, let lasting) = try read(row.example) else {
        Issue.record("\(row.example) is no fault")
        continue
      }
      #expect(fault.name == row.title)
      #expect(fault.isPossible)
      #expect((lasting != nil) == fault.kind.canEnd)
      #expect(!row.meaning.isEmpty)
    }
  }

  @Test("Every number of the list F01 to F58 that a fault names is in it once, in two digits")
  func ids() {
    let known = Set((1...58).map { $0 < 10 ? "F0\($0)" : "F\($0)" })
    let named = Set(FaultRow.all.flatMap(\.ids))
    #expect(named.isSubset(of: known))
    // Those that only software or people can do, and what exists only on a wire (Docs/Faults.md).
    let beyond: Set = [
      "F34", "F37", "F38", "F41", "F42", "F44", "F45", "F46", "F49", "F53", "F55", "F56",
    ]
    #expect(known.subtracting(named) == beyond)
  }

  @Test("A component reads with amount, ramp, period and time in the plant's units")
  func component() throws {
    #expect(
      try read(
        "{ at: 6 h, component: force-cell, kind: gain, amount: -30 %, ramp: 10 min, for: 1 h }")
        == .inject(
          .component(ComponentFault(.forceCell, .gain, amount: -0.3, ramp: 600)),
          lasting: Ticks(count: 360_000)))
    #expect(
      try read("{ at: 6 h, component: plunger, kind: offset, amount: 0.5 mL }")
        == .inject(.component(ComponentFault(.plunger, .offset, amount: 500))))
    #expect(
      try read(
        "{ at: 6 h, component: battery-cells, kind: intermittent, amount: 10 %, period: 500 ms }")
        == .inject(
          .component(ComponentFault(.batteryCells, .intermittent, amount: 0.1, period: 0.5))))
    #expect(
      try read("{ at: 6 h, fault: tissue-pressure, pressure: -200 mmHg, over: 1 min }")
        == .inject(.tissuePressure(mmHg: -200, ramp: 60)))
  }

  @Test("What ends is a fault, one place of it, a component, or one of its failures")
  func clear() throws {
    #expect(try read("{ at: 6 h, clear: leak }") == .clear(.named(.leak, site: nil)))
    #expect(try read("{ at: 6 h, clear: leak, site: line }") == .clear(.named(.leak, site: .line)))
    #expect(try read("{ at: 6 h, clear: motor }") == .clear(.component(.motor, nil)))
    #expect(
      try read("{ at: 6 h, clear: motor, kind: gain }") == .clear(.component(.motor, .gain)))
  }

  @Test("A combination that a component cannot have is answered with those that it can")
  func impossible() throws {
    let slow = try refusal("{ at: 6 h, component: motor, kind: slow }")
    #expect(slow.what == "the component `motor` cannot fail in the way `slow`")
    #expect(slow.remedy == "for motor write one of off, stuck, gain, intermittent, wrong")
    #expect(slow.line == 10)
    let unknown = try refusal("{ at: 6 h, component: motor, kind: broken }")
    #expect(unknown.what.contains("no kind of failure"))
    #expect(unknown.remedy.contains("off, stuck"))
    for kind in FailureKind.allCases where Component.nut.amount(of: kind) == nil {
      let mistake = try refusal("{ at: 6 h, component: nut, kind: \(kind.name), amount: 5 % }")
      #expect(mistake.what.contains("cannot fail in the way"))
    }
  }

  @Test("Amounts out of range, of another unit, missing or needless are mistakes")
  func amounts() throws {
    let large = try refusal("{ at: 6 h, component: force-cell, kind: offset, amount: 300 N }")
    #expect(large.remedy.contains("-100 N to 100 N"))
    let unit = try refusal("{ at: 6 h, component: force-cell, kind: offset, amount: 3 mL }")
    #expect(!unit.remedy.isEmpty)
    let missing = try refusal("{ at: 6 h, component: force-cell, kind: offset }")
    #expect(missing.what.contains("amount"))
    let needless = try refusal("{ at: 6 h, component: motor, kind: stuck, amount: 3 % }")
    #expect(needless.what.contains("takes no amount"))
    let ramp = try refusal("{ at: 6 h, component: motor, kind: stuck, ramp: 3 s }")
    #expect(ramp.what.contains("does not grow"))
    let period = try refusal(
      "{ at: 6 h, component: nut, kind: gain, amount: -5 %, period: 3 s }")
    #expect(period.what.contains("no period"))
    let lasting = try refusal("{ at: 6 h, fault: power-loss, duration: 3 s, for: 5 s }")
    #expect(lasting.what.contains("no key `for`"))
    let site = try refusal("{ at: 6 h, clear: stall, site: line }")
    #expect(site.what.contains("has no site"))
  }

  @Test("What the pump or the set does not have cannot fail")
  func absent() throws {
    let air = try refusal("{ at: 6 h, component: air-detector, kind: stuck }", pump: "trumpet-1")
    #expect(air.what.contains("no air detector"))
    #expect(air.remedy.contains("trumpet-1-air"))
    let text = faultSession("  - { at: 6 h, component: anti-siphon-valve, kind: stuck }")
      .replacing("winged-25g-100cm-valve", with: "winged-25g-100cm")
    let mistake = try #require(Fixture.refusal(of: text)?.mistakes.first)
    #expect(mistake.what.contains("no anti-siphon valve"))
    #expect(mistake.remedy.contains("winged-25g-100cm-valve"))
  }

  @Test(
    "Seventeen faults that the plant has to keep at once are one too many; ended ones count not")
  func tooMany() throws {
    func events(_ count: Int, lasting: String) -> String {
      (0..<count).map {
        "  - { at: \($0 + 1) h, component: thermometer, kind: offset, amount: 1 °C\(lasting) }"
      }.joined(separator: "\n")
    }
    #expect(Fixture.refusal(of: faultSession(events(16, lasting: ""))) == nil)
    let error = try #require(Fixture.refusal(of: faultSession(events(17, lasting: ""))))
    #expect(error.mistakes.first?.line == 26)
    #expect(error.mistakes.first?.what.contains("more than 16") == true)
    #expect(Fixture.refusal(of: faultSession(events(23, lasting: ", for: 1 h"))) == nil)
  }
}
