import Catalogue
import PumpHAL
import SessionFile
import Testing

@Suite("Session files of two drugs")
struct MixtureFileTests {
  private let session: SessionDescription

  init() throws {
    session = try SessionDescription(contentsOf: Fixture.good("mixture.yaml"))
  }

  @Test("Each drug has its own concentration, indication and caps")
  func drugs() throws {
    #expect(session.drug.id == "ketamine")
    #expect(session.concentration == Concentration(nanogramsPerMillilitre: 10_000_000))
    #expect(session.limits.doseCaps.first?.cap == Mass(nanograms: 20_000_000))
    // The library's soft limit where the file names none.
    #expect(session.limits.doseCaps.last?.cap == Mass(nanograms: 500_000_000))
    let second = try #require(session.second)
    #expect(second.drug.id == "morphine" && second.indication.id == "cancer-pain")
    #expect(second.concentration == Concentration(nanogramsPerMillilitre: 7_000_000))
    #expect(second.doseCaps.map(\.cap.nanograms) == [20_000_000, 40_000_000, 150_000_000])
  }

  @Test("A change of syringe says how much of each drug is in it, or none of the second")
  func changes() throws {
    guard case .change(let planned) = session.programme[1],
      case .changeSyringe(let unplanned) = session.events[0].kind
    else {
      Issue.record("no change of syringe")
      return
    }
    #expect(planned.concentration == Concentration(nanogramsPerMillilitre: 20_000_000))
    #expect(planned.secondConcentration == Concentration(nanogramsPerMillilitre: 3_500_000))
    #expect(unplanned.secondConcentration == .zero)
  }

  @Test("Expectations and confirmations name the drug that they are of")
  func named() {
    #expect(
      session.expectations[1].kind
        == .dispensed(
          Mass(nanograms: 60_000_000), tolerance: Mass(nanograms: 1_200_000), drug: "morphine"))
    #expect(session.confirmations.allSatisfy { $0.drug == "morphine" && !$0.exceeded.isEmpty })
    // 6 mg/h of ketamine at 10 mg/mL are 0.6 mL/h, and 4.2 mg/h of morphine.
    #expect(session.confirmations[0].exceeded.contains("4.2 mg/h"))
  }
}
