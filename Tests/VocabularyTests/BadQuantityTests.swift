// @relation(R-101, scope=file, role=Verification)
import PumpHAL
import Testing
import Vocabulary

@Suite("Quantities that are refused")
struct BadQuantityTests {
  /// Text, a piece of what must be said to be wrong, a piece of the remedy.
  static let volumes: [(String, String, String)] = [
    ("", "missing", "20 mL"),
    ("   ", "missing", "20 mL"),
    ("20", "has no unit", "a quantity needs a unit, e.g. 20 mL"),
    ("mL", "does not begin with a number", "20 mL"),
    ("mL 20", "does not begin with a number", "20 mL"),
    ("twenty mL", "'twenty' is not a known unit", "mg, mL"),
    ("20 mLL", "'mLL' is not a known unit", "did you mean mL"),
    ("20 m L", "goes on after its unit", "20 mL"),
    ("20 ML", "'ML'", "write mL"),
    ("20 cc", "'cc'", "write mL"),
    ("20 mg", "20 mg is a mass of drug", "a volume is needed, e.g. 20 mL"),
    ("20 mL/h", "a volume per time", "a volume is needed"),
    ("20 mm³", "a power of 3", "mm²"),
    ("20 %", "a percentage", "a volume is needed"),
    ("-20 mL", "negative", "0 or more"),
    ("\u{2212}20 mL", "negative", "0 or more"),
    ("--20 mL", "does not begin with a number", "20 mL"),
    ("+20 mL", "'+'", "number and a unit"),
    ("20,5 mL", "comma", "point"),
    ("1,000 mL", "comma", "without a separator"),
    ("1'000 mL", "'''", "number and a unit"),
    ("1_000 mL", "'_'", "number and a unit"),
    ("1e3 mL", "exponent", "write the number out"),
    ("1E-3 mL", "exponent", "write the number out"),
    ("0x10 mL", "'x' is not a known unit", "mg, mL"),
    (".5 mL", "begins with a point", "write 0 before the point"),
    ("5. mL", "ends with a point", "no point"),
    ("1.2.3 mL", "begins with a point", "write 0"),
    ("007 mL", "leading zeros", "without them"),
    ("NaN mL", "not a finite number", "20 mL"),
    (".nan", "not a finite number", "20 mL"),
    (".inf mL", "not a finite number", "20 mL"),
    ("-.inf", "not a finite number", "20 mL"),
    ("inf mL", "not a finite number", "20 mL"),
    ("Infinity mL", "not a finite number", "20 mL"),
    ("∞ mL", "not a finite number", "20 mL"),
    ("1234567890123456789 mL", "too many digits", "at most 18"),
    ("0.1234567890123456789 mL", "too many digits", "at most 18"),
    ("999999999999999999 mL", "too large", "20 mL"),
    ("10.000000001 L", "too large", "20 mL"),
    ("0.0000000001 mL", "finer than this pump counts", "fewer digits"),
    ("20 mL 5 µL", "goes on after its unit", "20 mL"),
    ("20 mL please", "'please'", "mg, mL"),
    ("20 mL/0 h", "a division by 0", "more than 0"),
    ("20 mL/", "a unit is missing", "20 mL"),
    ("20 mL per", "a unit is missing", "20 mL"),
    ("20 (mL", "'(' without ')'", "close it"),
    ("20 mL)", "goes on after its unit", "20 mL"),
    ("20 ()", "a unit is missing", "20 mL"),
    ("20\tmL", "'U+9'", "number and a unit"),
    ("20 mL\u{0}", "'U+0'", "number and a unit"),
    ("20 \u{202E}mL", "'", "number and a unit"),
    ("２０ mL", "'２'", "number and a unit"),
    ("± 20 mL", "does not begin with a number", "20 mL"),
    ("20 mL ± 1 mL", "goes on after its unit", "20 mL"),
    ("20 to 30 mL", "'to' is not a known unit", "mg, mL"),
    ("20 mL·mL·mL·mL·mL·mL", "too large", "a pump can have"),
    (String(repeating: "9", count: 10_000), "10000 characters", "20 mL"),
    (String(repeating: "(", count: 90) + "mL", "does not begin with a number", "20 mL"),
    ("1 " + String(repeating: "(", count: 90) + "mL", "'(' without ')'", "close it"),
  ]

  @Test(
    "R-101: what is not a volume says what is wrong and what would be right", arguments: volumes)
  func badVolume(_ text: String, _ what: String, _ remedy: String) throws {
    let error = try #require(throws: QuantityError.self) { try Volume(text) }
    #expect(error.what.contains(what), "\(error)")
    #expect(error.remedy.contains(remedy), "\(error)")
  }

  @Test(
    "a time with parts in disorder is refused",
    arguments: [
      "1 min 7 h", "1 h 1 h", "1 h 60 min", "1 h 90 min", "1 h 30 min 1 h", "1 h -30 min",
      "1 h 30", "1 h 30 mL", "7:01", "1 h/2",
    ])
  func badTime(_ text: String) throws {
    #expect(throws: QuantityError.self) { try Ticks(text) }
  }

  @Test(
    "a time in an unusual spelling is answered with the usual one",
    arguments: [
      ("24 hours", "write h"), ("30 mins", "write min"), ("10 sec", "write s"),
      ("2 days", "write d"), ("30 M", "write min"), ("1 hr", "write h"),
    ])
  func unusualTime(_ text: String, _ remedy: String) throws {
    let error = try #require(throws: QuantityError.self) { try Ticks(text) }
    #expect(error.remedy.contains(remedy), "\(error)")
  }

  @Test("a time finer than a tick of 10 ms is refused")
  func fineTime() {
    #expect(throws: QuantityError.self) { try Ticks("1 ms") }
    #expect(throws: QuantityError.self) { try Ticks("0.001 s") }
  }

  @Test("a time per mass is no rate, and a rate must end with its time")
  func badRate() throws {
    #expect(throws: QuantityError.self) { try PrescribedRate("0.06 mg/h/kg") }
    #expect(throws: QuantityError.self) { try PrescribedRate("0.06 mg/kg") }
    #expect(throws: QuantityError.self) { try PrescribedRate("20 mL") }
    #expect(throws: QuantityError.self) { try PrescribedRate("6 mg/mL") }
    #expect(throws: QuantityError.self) { try PrescribedRate("6 mg/0 h") }
    #expect(throws: QuantityError.self) { try PrescribedRate("-1 mg/h") }
    let error = try #require(throws: QuantityError.self) { try PrescribedRate("0.06 mg/h/kg") }
    #expect(error.what.contains("does not end with the time"))
  }

  @Test("a dose is not a rate, a dose per litre or a body mass")
  func badDose() {
    for text in ["2 mg/h", "2 mg/L", "70 kg", "2 mL/kg", "2 %"] {
      #expect(throws: QuantityError.self) { try Dose(text) }
    }
  }

  @Test("a patient's mass in lb is refused, and a drug's mass in kg")
  func badMasses() throws {
    let error = try #require(throws: QuantityError.self) { try BodyMass("154 lb") }
    #expect(error.remedy.contains("kg"))
    #expect(throws: QuantityError.self) { try Mass("0.001 kg") }
    #expect(throws: QuantityError.self) { try BodyMass("70000 kg") }
  }
}
