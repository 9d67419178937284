import PumpHAL
import PumpPlant
import SessionFile
import Testing

private let minute: Int64 = 6000

@Suite("A patient who moves, and what happens before the start")
struct ActivityTests {
  private let session: SessionDescription

  init() throws {
    session = try SessionDescription(contentsOf: Fixture.good("patient-moves.yaml"))
  }

  private func walk(_ keys: String) throws -> [SessionEvent] {
    let text = """
      title: t
      patient: { mass: 70 kg }
      drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
      reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
      infusionSet: winged-25g-100cm
      programme: [ { basal: 0.06 mg/kg/h for 24 h } ]
      events: [ { at: 1 h, activity: walking, for: 1 h\(keys) } ]
      """
    return try SessionDescription(bytes: Array(text.utf8), name: "walk.yaml").events
  }

  @Test("A walk is steps of height around where the pump is worn, and of pressure on the site")
  func steps() {
    let heights = session.events.compactMap { event -> (at: Int64, metres: Double)? in
      guard case .inject(let fault, _) = event.kind, fault.kind == .height else { return nil }
      return (event.at.count, fault.amount)
    }
    let factors = session.events.compactMap { event -> Double? in
      guard case .inject(let fault, _) = event.kind, fault.kind == .sitePressed else { return nil }
      return fault.amount
    }
    // 10 min in steps of 5 s on average, and the end.
    #expect((80...160).contains(factors.count))
    #expect(heights.count == factors.count + 1)
    #expect(heights.first?.at == 120 * minute)
    #expect(heights.last?.at == 130 * minute && heights.last?.metres == 0.2)
    #expect(heights.allSatisfy { $0.metres >= 0.2 - 0.5 && $0.metres <= 0.2 + 0.5 })
    // Both sides are reached, to a tenth of the way.
    #expect(
      heights.contains { $0.metres < 0.2 - 0.45 } && heights.contains { $0.metres > 0.2 + 0.45 })
    #expect(Set(factors) == [1, 2, 3, 4])
    for (before, after) in zip(heights, heights.dropFirst().dropLast()) {
      #expect((100...900).contains(after.at - before.at))
    }
  }

  @Test("At its end nothing presses")
  func end() {
    let last = session.events.last { $0.origin == .start }
    #expect(last?.kind == .clear(.named(.sitePressed, site: nil)))
    #expect(last?.at == Ticks(count: 130 * minute))
  }

  @Test("The same seed is the same walk, another seed another; where nothing is said, the defaults")
  func seeds() throws {
    #expect(try walk(", seed: 4") == walk(", seed: 4"))
    #expect(try walk(", seed: 4") != walk(", seed: 5"))
    #expect(try walk("") == walk(", seed: 1, height: 80 cm, press: 5"))
    #expect(try walk(", height: 0 cm, press: 1").count > 1000)
  }

  @Test("Times since power-on are told apart from times since the start")
  func origins() {
    let early = session.events.filter { $0.origin == .powerOn }
    #expect(early.map(\.at.count) == [20, 21, 22, 1450].map { $0 * minute })
    #expect(session.startAfter == Ticks(count: 30 * minute))
    #expect(session.environment.tissueMillimetresOfMercury == 30)
  }
}
