// @relation(R-042, R-043, scope=file, role=Verification)
import PumpPlant
import Testing

@testable import Story

@Suite("One fault in two spellings")
struct SpellingTests {
  /// Three hours of basal, the line blocked after ten minutes and freed after forty.
  private static func session(_ fault: String, _ clear: String) -> String {
    """
    title: Two spellings of a blocked line
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
    reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
    infusionSet: winged-25g-100cm
    programme:
      - basal: 3 mL/h for 2 h
    limits: { rate: 8 mL/h, occlusion: 540 mmHg }
    events:
      - { at: 10 min, \(fault) }
      - { at: 40 min, \(clear) }
      - { at: 75 min, operator: nurse, action: acknowledge }
      - { at: 76 min, operator: nurse, action: start }
    """
  }

  private func evidence(_ fault: String, _ clear: String) throws -> [RequirementEvidence] {
    let recorded = try EventfulSession.record(Self.session(fault, clear))
    return RequirementEvidence.of(try EventfulSession.story(of: recorded.bytes))
  }

  @Test("R-042, R-043: a line that is blocked is evidence, whatever the fault was called")
  func blockedLine() throws {
    let named = try evidence("fault: occlusion, site: line", "clear: occlusion")
    let component = try evidence("component: line, kind: off", "clear: line")
    for requirement in ["R-040", "R-042", "R-043", "R-045"] {
      let found = named.filter { $0.requirement == requirement }
      #expect(!found.isEmpty, "\(requirement)")
      #expect(found == component.filter { $0.requirement == requirement }, "\(requirement)")
    }
  }

  @Test("Which faults block or narrow the line is one question, answered for every one of them")
  func narrowing() {
    #expect(Fault.occlusion(site: .needle, remaining: 0, ramp: 0).narrowsLine)
    #expect(Fault.occlusion(site: .line, remaining: 0.5, ramp: 60).narrowsLine)
    for kind in Component.line.kinds {
      let amount = Component.line.amount(of: kind)?.least ?? 0
      #expect(Fault.component(ComponentFault(.line, kind, amount: amount)).narrowsLine)
    }
    for component in Component.allCases where component != .line {
      for kind in component.kinds {
        #expect(!Fault.component(ComponentFault(component, kind)).narrowsLine, "\(component)")
      }
    }
    #expect(!Fault.stall.narrowsLine && !Fault.disconnection(site: .line).narrowsLine)
  }

  @Test("A fault ends when it is cleared, by itself, or not at all")
  func spans() {
    var world = WorldWatcher()
    world.take(.inject(.stall, lasting: 0), at: 100, predicted: 7)
    world.take(.inject(.encoderLoss, lasting: 2.5), at: 200, predicted: 0)
    world.take(.inject(.powerLoss(duration: 3), lasting: 0), at: 300, predicted: 0)
    world.take(.inject(.forceStuck, lasting: 0), at: 350, predicted: 0)
    world.take(.clear(.named(.stall, site: nil)), at: 400, predicted: 0)
    // It had ended before: what is cleared now is not it.
    world.take(.clear(.named(.encoderLoss, site: nil)), at: 900, predicted: 0)
    #expect(world.faults.map(\.span.from) == [100, 200, 300, 350])
    #expect(world.faults.map(\.span.to) == [400, 450, 600, nil])
    #expect(world.faults[0].predictedTimeToAlarm_s == 7)
  }
}
