// @relation(R-001, R-101, scope=file, role=Verification)
import PumpHAL
import Testing
import Vocabulary

@Suite("Written quantities")
struct WrittenQuantityTests {
  @Test("0.06 mg/kg/h is exactly 60 000 ng in every kg and hour")
  func massPerKilogramAndHour() throws {
    let rate = try PrescribedRate("0.06 mg/kg/h")
    #expect(rate.dose == Dose(60_000, .massPerKilogram))
    #expect(rate.per == Ticks(count: 360_000))
    #expect(try DoseRatePerKilogram("0.06 mg/kg/h").nanogramsPerKilogramPerHour == 60_000)
  }

  @Test("100 mg/24 h keeps its fraction; rounded to ng/h it would be 4 166 666.67")
  func rateOverADay() throws {
    for text in ["100 mg/24 h", "100 mg per 24 h", "100 mg per 1 d", "100mg/24h"] {
      let rate = try PrescribedRate(text)
      #expect(rate == PrescribedRate(dose: Dose(100_000_000, .mass), per: Ticks(count: 8_640_000)))
    }
    #expect(throws: QuantityError.self) { try DoseRate("100 mg/24 h") }
  }

  @Test("a rate by volume is a dose by volume per hour")
  func rateByVolume() throws {
    let rate = PrescribedRate(dose: Dose(700_000_000, .volume), per: Ticks(count: 360_000))
    #expect(try PrescribedRate("0.7 mL/h") == rate)
    #expect(try PrescribedRate("0.70 mL per h") == rate)
  }

  @Test(
    "a number and its unit become a whole number of storage units",
    arguments: [
      ("2 mg", 2_000_000), ("2mg", 2_000_000), ("0.000001 mg", 1), ("1 ng", 1),
      ("3.5 µg", 3500), ("3.5 \u{3BC}g", 3500), ("3.5 ug", 3500), ("3.5 mcg", 3500),
      ("0.1 mg", 100_000), ("0.3 mg", 300_000), ("1.1 g", 1_100_000_000), ("0 mg", 0),
      ("2\u{A0}mg", 2_000_000), ("2\u{202F}mg", 2_000_000), ("  2 mg  ", 2_000_000),
      ("1000 g", 1_000_000_000_000),
    ])
  func masses(_ text: String, _ nanograms: Int64) throws {
    #expect(try Mass(text) == Mass(nanograms: nanograms))
  }

  @Test("a patient is weighed in kg or g")
  func bodyMasses() throws {
    #expect(try BodyMass("70 kg") == BodyMass(grams: 70_000))
    #expect(try BodyMass("3500 g") == BodyMass(grams: 3500))
    #expect(try BodyMass("72.5 kg") == BodyMass(grams: 72_500))
  }

  @Test("volumes, flows, dose rates and concentrations are exact")
  func exactKinds() throws {
    #expect(try Volume("20 mL") == Volume(picolitres: 20_000_000_000))
    #expect(try Volume("0.418 mL") == Volume(picolitres: 418_000_000))
    #expect(try Volume("0.5 L") == Volume(picolitres: 500_000_000_000))
    #expect(try FlowRate("0.05 mL/h") == FlowRate(nanolitresPerHour: 50_000))
    #expect(try FlowRate("10 mL per h") == FlowRate(nanolitresPerHour: 10_000_000))
    #expect(try FlowRate("1 mL/min") == FlowRate(nanolitresPerHour: 60_000_000))
    #expect(try DoseRate("4.2 mg/h") == DoseRate(nanogramsPerHour: 4_200_000))
    #expect(try Concentration("6 mg/mL") == Concentration(nanogramsPerMillilitre: 6_000_000))
    #expect(try Concentration("5 µg/mL") == Concentration(nanogramsPerMillilitre: 5000))
    #expect(try Concentration("1 g/L") == Concentration(nanogramsPerMillilitre: 1_000_000))
  }

  @Test("540 mmHg is 71 994 Pa and 1000 mmHg is 133 322 Pa, rounded to the nearest")
  func pressures() throws {
    #expect(try Pressure("540 mmHg") == Pressure(pascals: 71_994))
    #expect(try Pressure("1000 mmHg") == Pressure(pascals: 133_322))
    #expect(try Pressure("225 mmHg") == Pressure(pascals: 29_998))
    #expect(try Pressure("1 bar") == Pressure(pascals: 100_000))
    #expect(try Pressure("10 psi") == Pressure(pascals: 68_948))
    #expect(try Pressure("-100 mmHg", allowsNegative: true) == Pressure(pascals: -13_332))
  }

  @Test("lengths, areas, forces, compliances and stiffnesses have their units")
  func mechanics() throws {
    #expect(try Length("19.05 mm") == Length(nanometres: 19_050_000))
    #expect(try Length("0.1 µm") == Length(nanometres: 100))
    for text in ["285.023 mm²", "285.023 mm2", "285.023 mm^2"] {
      #expect(try Area(text) == Area(squareMicrometres: 285_023_000))
    }
    #expect(try Force("4.5 N") == Force(micronewtons: 4_500_000))
    #expect(try Stiffness("60 N/mm") == Stiffness(newtonsPerMetre: 60_000))
    // 1 µL/mmHg is 10^9 fL / 133.322387415 Pa = 7 500 615.8.
    #expect(try Compliance("1 µL/mmHg") == Compliance(femtolitresPerPascal: 7_500_616))
  }

  @Test(
    "a time may have parts, each smaller than the one before",
    arguments: [
      ("36 min", 216_000), ("7 h 1 min", 2_526_000), ("7h1min", 2_526_000), ("1 d", 8_640_000),
      ("24 h", 8_640_000), ("10 ms", 1), ("0.5 s", 50), ("1 h 30 min 15 s", 541_500),
      ("1.5 h", 540_000), ("1 d 6 h", 10_800_000), ("0 s", 0),
    ])
  func times(_ text: String, _ ticks: Int64) throws {
    #expect(try Ticks(text) == Ticks(count: ticks))
  }

  @Test("what follows `per` belongs together, what follows `/` does not")
  func quotients() throws {
    let unit = PhysicalUnit.millimetreOfMercuryPerMillilitrePerHour
    for text in ["0.3537 mmHg per mL/h", "0.3537 mmHg/(mL/h)", "0.3537 mmHg·h/mL"] {
      #expect(abs(try WrittenQuantity(text).value(in: unit) - 0.3537) < 1e-15)
    }
    #expect(try DoseRatePerKilogram("2 mg per kg per h").rawValue == 2_000_000)
    #expect(
      try WrittenQuantity("10 mg per 1 h").converted(to: DoseRate.self).rawValue == 10_000_000)
  }

  @Test("a count per hour is a whole number")
  func counts() throws {
    #expect(try WrittenQuantity("2 per h").whole(in: .one / .hour) == 2)
    #expect(try WrittenQuantity("12/h").whole(in: .one / .hour) == 12)
    #expect(throws: QuantityError.self) { try WrittenQuantity("2.5 per h").whole(in: .one / .hour) }
  }

  @Test("a dose is a mass, a mass per kg or a volume")
  func doses() throws {
    #expect(try Dose("2 mg") == Dose(2_000_000, .mass))
    #expect(try Dose("0.05 mg/kg") == Dose(50_000, .massPerKilogram))
    #expect(try Dose("0.5 mL") == Dose(500_000_000, .volume))
  }

  @Test("a tolerance is a share or an amount, with or without ±")
  func tolerances() throws {
    #expect(try WrittenTolerance("2 %") == .share(partsPerMillion: 20_000))
    #expect(try WrittenTolerance("± 0.5%") == .share(partsPerMillion: 5000))
    #expect(try WrittenTolerance("±0.5 mg") == .amount(WrittenQuantity("500 µg")))
  }

  @Test("the plant's quantities come out in binary floating point, nearest to what was written")
  func values() throws {
    #expect(try WrittenQuantity("0.5 µL/mmHg").value(in: .microlitrePerMillimetreOfMercury) == 0.5)
    #expect(try WrittenQuantity("3 %").value(in: .whole) == 0.03)
    #expect(try WrittenQuantity("-30 cm", allowsNegative: true).value(in: .metre) == -0.3)
    #expect(try WrittenQuantity("22 °C").value(in: .degreeCelsius) == 22)
    #expect(try WrittenQuantity("0.65 A").value(in: .ampere) == 0.65)
  }

  @Test("R-101: a dose for a patient is rounded down, never up")
  func dosesForPatients() throws {
    let patient = BodyMass(grams: 70_001)
    #expect(try MassPerKilogram("0.000003 mg/kg").mass(for: patient) == Mass(nanograms: 210))
    #expect(
      try DoseRatePerKilogram("1 mg/kg/h").doseRate(for: patient)
        == DoseRate(nanogramsPerHour: 70_001_000))
  }

  @Test("R-001: every hundredth of a mL/h from 0.05 to 10 is exact")
  func everyRate() throws {
    for hundredths in Int64(5)...1000 {
      let cents = hundredths % 100
      let text = "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents) mL/h"
      #expect(try FlowRate(text) == FlowRate(nanolitresPerHour: hundredths * 10_000))
    }
  }
}
