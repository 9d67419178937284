import PumpHAL
import Testing

@testable import PumpMonitor

/// Ketamine 6 mg/mL as ever, and morphine (library number 2) in the same syringe.
extension Bench {
  static func mixture(
    _ nanogramsPerMillilitre: Int64 = 1_200_000, caps: [Int64] = [600_000],
    bolusLimit: Int64 = 5_000_000
  ) -> [OperatorAction] {
    var actions = setUp(phases: plain, caps: [30_000_000])
    var second: [OperatorAction] = [
      .setDrug(
        index: 1, number: 2,
        concentration: Concentration(nanogramsPerMillilitre: nanogramsPerMillilitre)),
      .setDrugLimits(
        index: 1, doseRate: DoseRate(nanogramsPerHour: 4_000_000),
        bolus: Mass(nanograms: bolusLimit), loading: Mass(nanograms: 5_000_000)),
    ]
    for (index, cap) in caps.enumerated() {
      second.append(
        .setDoseCap(index: 1, window: CapWindow.allCases[index], cap: Mass(nanograms: cap)))
    }
    actions.insert(contentsOf: second, at: actions.count - 1)
    return actions
  }

  /// Passes so long that every slot that waits is written.
  mutating func settleJournal() {
    flow = 0
    run(150)
  }
}

@Suite("Two drugs in one syringe")
struct MixtureTests {
  @Test("R-028: the cap of the second drug stops delivery although the leading one has room")
  func secondCap() {
    var bench = Bench.started(Bench.mixture())
    bench.flow = 0.7
    bench.run(3000)
    #expect(bench.output.objections.contains(.doseCapReached))
    // 0.6 mg are 0.5 mL; 0.02 mL above, and one tick's worth.
    #expect(bench.moved > 0.5 && bench.moved < 0.5203)
    bench.flow = 0
    bench.run(3600)
    #expect(bench.output.isPermitting)
  }

  @Test("Both drugs are counted, each by its concentration")
  func counted() {
    var bench = Bench.started(Bench.mixture())
    bench.flow = 0.7
    bench.run(1500)
    for window in CapWindow.allCases {
      let leading = bench.monitor.countedMass(in: window).nanograms
      let second = bench.monitor.countedSecondMass(in: window)?.nanograms ?? 0
      // Each cell is rounded up by 1 ng.
      #expect(abs(Double(leading) - bench.moved * 6e6) < 100)
      #expect(abs(Double(second) - bench.moved * 1.2e6) < 100)
    }
    #expect(Bench.started().monitor.countedSecondMass(in: .oneHour) == nil)
  }

  @Test("R-030: a power cycle forgets neither drug")
  func powerCycle() {
    var bench = Bench.started(Bench.mixture())
    bench.flow = 0.7
    bench.run(1200)
    bench.settleJournal()
    let again = Bench(memory: bench.memory)
    for window in CapWindow.allCases {
      let before = bench.monitor.countedSecondMass(in: window)?.nanograms ?? 0
      let after = again.monitor.countedSecondMass(in: window)?.nanograms ?? 0
      // 0.02 mL are 0.024 mg.
      #expect(before > 250_000 && abs(after - before) < 26_000)
    }
    #expect(again.monitor.confirmed.second.number == 2)
    #expect(again.monitor.confirmed.second.caps[0] == 600_000)
    #expect(again.monitor.confirmed.second.doseRateLimit == 4_000_000)
  }

  @Test("A cell of the second drug that cannot be read makes the history doubtful")
  func unreadable() {
    var bench = Bench.started(Bench.mixture())
    bench.flow = 0.7
    bench.run(1200)
    bench.settleJournal()
    var memory = bench.memory
    for copy in 0..<2 { memory[copy * 512 + 384 + 64].checksum ^= 1 }
    #expect(!Bench(memory: memory).monitor.isHistoryTrusted)
  }

  @Test("Another mixture, or none, takes what was counted along, in ng of each drug")
  func otherMixture() {
    var bench = Bench.started(Bench.mixture(caps: []))
    bench.flow = 0.7
    bench.run(600)
    bench.flow = 0
    let first = bench.moved
    bench.pass(.stop)
    bench.run(2)
    bench.pass(.confirmSyringe(Bench.syringe(Bench.area)))
    bench.pass(
      .setDrug(
        index: 1, number: 2, concentration: Concentration(nanogramsPerMillilitre: 2_400_000)))
    bench.pass(.confirm(phaseCount: 1))
    bench.pass(.start)
    bench.flow = 0.7
    bench.run(600)
    let expected = first * 1.2e6 + (bench.moved - first) * 2.4e6
    let counted = bench.monitor.countedSecondMass(in: .oneHour)?.nanograms ?? 0
    #expect(bench.moved > 0.2 && abs(Double(counted) - expected) < 200)
  }

  @Test("R-062: a bolus beyond the hard limit of the second drug is allowed for by nobody")
  func bolusLimit() {
    // 2 mg of ketamine bring 0.4 mg of morphine.
    for (limit, isAllowed) in [(Int64(399_000), false), (401_000, true)] {
      var bench = Bench.started(Bench.mixture(caps: [], bolusLimit: limit))
      bench.flow = 0.7
      bench.run(10)
      bench.pass(.requestBolus, by: .patient)
      #expect(bench.monitor.envelope.patient.isOpen == isAllowed)
    }
  }
}
