// @relation(R-104, scope=file, role=Verification)
import Catalogue
import PumpHAL
import Testing
import Vocabulary

private let catalogue = HardwareCatalogue.builtIn
private let patient = BodyMass(grams: 70_000)

@Suite("The drug library")
struct DrugLibraryTests {
  static let indications = catalogue.drugs.flatMap { drug in
    drug.indications.map { (drug, $0) }
  }

  @Test("it holds ketamine by indication, morphine and midazolam")
  func contents() throws {
    let ketamine = try #require(catalogue.drug("ketamine"))
    for id in ["cancer-pain", "neuropathic-pain", "crps", "burst", "post-operative"] {
      #expect(ketamine.indication(id) != nil)
    }
    #expect(catalogue.drug("morphine")?.indication("cancer-pain") != nil)
    #expect(catalogue.drug("midazolam")?.indication("palliative-sedation") != nil)
    for drug in catalogue.drugs { #expect(drug.isControlled) }
  }

  @Test("R-104: no soft limit lies beyond its hard one", arguments: indications)
  func softWithinHard(_ drug: DrugEntry, _ indication: IndicationEntry) {
    #expect(indication.doseRatePerKilogram.soft <= indication.doseRatePerKilogram.hard)
    #expect(indication.doseRate.soft <= indication.doseRate.hard)
    #expect(indication.bolus.soft <= indication.bolus.hard)
    #expect(indication.bolusPerKilogram.soft <= indication.bolusPerKilogram.hard)
    #expect(indication.loading.soft <= indication.loading.hard)
    #expect(indication.loadingPerKilogram.soft <= indication.loadingPerKilogram.hard)
    for window in CapWindow.allCases {
      #expect(indication.cap(window).soft <= indication.cap(window).hard)
    }
    #expect(indication.lockout.soft >= indication.lockout.hard)
    #expect(indication.lockout.hard >= Ticks(count: 30_000))  // 5 min, R-021
  }

  @Test("longer windows allow more, and a bolus fits its window", arguments: indications)
  func windows(_ drug: DrugEntry, _ indication: IndicationEntry) {
    #expect(indication.hourCap.hard <= indication.fourHourCap.hard)
    #expect(indication.fourHourCap.hard <= indication.dayCap.hard)
    #expect(indication.hourCap.soft <= indication.fourHourCap.soft)
    #expect(indication.fourHourCap.soft <= indication.dayCap.soft)
    #expect(indication.bolus.hard <= indication.hourCap.hard)
    // The hard dose rate alone may run for four hours without meeting its cap.
    let rate = indication.doseRate.hard.nanogramsPerHour
    #expect(rate * 4 <= indication.fourHourCap.hard.nanograms, "\(drug.id) \(indication.id)")
  }

  @Test("every limit says that it needs a prescriber's sign-off", arguments: indications)
  func signOff(_ drug: DrugEntry, _ indication: IndicationEntry) {
    #expect(!indication.isVerified)
    #expect(!drug.isVerified)
  }

  @Test("the burst protocol's 500 mg in 24 h is within the soft limits at 70 kg")
  func burst() throws {
    let burst = try #require(catalogue.drug("ketamine")?.indication("burst"))
    let rate = DoseRate(nanogramsPerHour: 500_000_000 / 24)
    #expect(burst.doseRate(for: patient).verdict(rate) == .within)
    #expect(burst.dayCap.verdict(Mass(nanograms: 500_000_000)) == .within)
    #expect(burst.dayCap.verdict(Mass(nanograms: 700_000_001)) == .beyondHard)
  }

  @Test("R-104: the 24 h example is within the soft limits, and a tenfold slip is refused")
  func tenfold() throws {
    let pain = try #require(catalogue.drug("ketamine")?.indication("cancer-pain"))
    let rate = pain.doseRate(for: patient)
    #expect(rate.verdict(try DoseRatePerKilogram("0.06 mg/kg/h").doseRate(for: patient)) == .within)
    #expect(
      rate.verdict(try DoseRatePerKilogram("0.6 mg/kg/h").doseRate(for: patient)) == .beyondHard)
    #expect(pain.concentration.verdict(try Concentration("6 mg/mL")) == .within)
    #expect(pain.concentration.verdict(try Concentration("60 mg/mL")) == .beyondHard)
    #expect(pain.concentration.verdict(try Concentration("0.6 mg/mL")) == .beyondHard)
    #expect(pain.bolus(for: patient).verdict(try Mass("2 mg")) == .within)
    #expect(pain.bolus(for: patient).verdict(try Mass("20 mg")) == .beyondHard)
    #expect(pain.loading(for: patient).verdict(try Mass("3.5 mg")) == .within)
    #expect(pain.loading(for: patient).verdict(try Mass("35 mg")) == .beyondHard)
  }

  @Test("the lower of a limit per kilogram and an absolute one binds")
  func lowerBinds() throws {
    let pain = try #require(catalogue.drug("ketamine")?.indication("cancer-pain"))
    // 0.5 mg/kg/h: 20 mg/h at 40 kg; at 100 kg it would be 50, the absolute limit of 30 binds.
    #expect(pain.doseRate(for: BodyMass(grams: 40_000)).hard == (try DoseRate("20 mg/h")))
    #expect(pain.doseRate(for: BodyMass(grams: 100_000)).hard == (try DoseRate("30 mg/h")))
  }

  @Test("a lockout's limits are the shortest allowed, and a limit itself is within")
  func lockout() throws {
    let pain = try #require(catalogue.drug("ketamine")?.indication("cancer-pain"))
    #expect(pain.verdict(lockout: try Ticks("30 min")) == .within)
    #expect(pain.verdict(lockout: try Ticks("15 min")) == .within)
    #expect(pain.verdict(lockout: try Ticks("10 min")) == .beyondSoft)
    #expect(pain.verdict(lockout: try Ticks("5 min")) == .beyondSoft)
    #expect(pain.verdict(lockout: try Ticks("4 min")) == .beyondHard)
    #expect(pain.dayCap.verdict(try Mass("500 mg")) == .within)
    #expect(pain.dayCap.verdict(try Mass("500.000001 mg")) == .beyondSoft)
  }

  @Test("the pharmacokinetics reproduce published steady states")
  func pharmacokinetics() throws {
    let ketamine = try #require(catalogue.drug("ketamine")?.pharmacokinetics)
    // 100 mg in 24 h gives 49.6 ng/mL = rate over clearance (Kamp, 70 kg).
    let steady = 100.0 / 24 / ketamine.clearanceLitresPerHour * 1000
    #expect(abs(steady - 49.6) < 0.05)
    // Lötsch: k10 0.070506, k21 0.025964, k31 0.001633 per min with V1 17.5 L.
    let morphine = try #require(catalogue.drug("morphine")?.pharmacokinetics)
    let volumes = morphine.volumesLitres
    #expect(abs(morphine.clearanceLitresPerHour / volumes[0] / 60 - 0.070506) < 1e-5)
    #expect(abs(morphine.exchangeLitresPerHour[0] / volumes[0] / 60 - 0.127341) < 1e-5)
    #expect(abs(morphine.exchangeLitresPerHour[0] / volumes[1] / 60 - 0.025964) < 1e-5)
    #expect(abs(morphine.exchangeLitresPerHour[1] / volumes[2] / 60 - 0.001633) < 1e-5)
  }
}
