import Testing

@testable import PumpSerial

@Suite("Masses and lines of balances")
struct BalanceTextTests {
  @Test(
    "a number with its unit is read exactly, to the nanogram",
    arguments: [
      ("100.00", BalanceUnit.gram, 100_000_000_000 as Int64, 10_000_000 as Int64),
      ("-0.0082", .gram, -8_200_000, 100_000),
      ("+12", .kilogram, 12_000_000_000_000, 1_000_000_000_000),
      ("123.5[6]", .gram, 123_560_000_000, 10_000_000), ("0,5", .milligram, 500_000, 100_000),
      (".7", .microgram, 700, 100), ("0000.0001", .gram, 100_000, 100_000),
    ])
  func number(_ text: String, _ unit: BalanceUnit, _ nanograms: Int64, _ digit: Int64) {
    #expect(
      DecimalMass(number: text.utf8, unit: unit)
        == DecimalMass(nanograms: nanograms, digitNanograms: digit))
  }

  @Test(
    "what is no number, or finer or larger than can be kept, is none",
    arguments: [
      "", "-", "+", ".", "1-", "1.2.3", "1 2", "--1", "1e5", "0x1", "[", "1[2", "1]2[", "1[2]3",
      "1234567890123", "nan", "٣",
    ])
  func noNumber(_ text: String) {
    #expect(DecimalMass(number: text.utf8, unit: .gram) == nil)
  }

  @Test("a number finer than a nanogram, or with more nanograms than 64 bits hold, is none")
  func bounds() {
    #expect(DecimalMass(number: "0.0001".utf8, unit: .microgram) == nil)
    #expect(DecimalMass(number: "999999999".utf8, unit: .kilogram) == nil)
    #expect(
      DecimalMass(number: "9000000".utf8, unit: .kilogram)?.nanograms == 9_000_000_000_000_000_000)
  }

  @Test("a mass that is written is the same when it is read")
  func roundTrip() {
    for nanograms in [0, 100_000, -100_000, 12_345_600_000, -219_999_900_000] as [Int64] {
      let mass = DecimalMass(nanograms: nanograms, digitNanograms: 100_000)
      #expect(DecimalMass(number: mass.text(in: .gram).utf8, unit: .gram) == mass)
    }
    let mass = DecimalMass(nanograms: 12_345_678, digitNanograms: 1_000_000)
    #expect(mass.text(in: .gram) == "0.012")
    #expect(DecimalMass(nanograms: -400_000, digitNanograms: 1_000_000).text(in: .gram) == "0.000")
  }

  @Test("units of mass are known by every spelling that balances use, and no others")
  func units() {
    let spellings: [([UInt8], BalanceUnit?)] = [
      (Array("g".utf8), .gram), (Array("mg".utf8), .milligram), (Array("kg".utf8), .kilogram),
      (Array("ug".utf8), .microgram), (Array("µg".utf8), .microgram), ([0xb5, 0x67], .microgram),
      (Array("μg".utf8), .microgram), (Array("oz".utf8), nil), (Array("pcs".utf8), nil), ([], nil),
    ]
    for (bytes, unit) in spellings { #expect(BalanceUnit(bytes[...]) == unit) }
  }

  @Test("lines end with LF, with or without CR, and one that is too long is thrown away whole")
  func lines() {
    var lines = LineAssembler(limit: 8)
    var taken: [String] = []
    for byte in "S S\r\nab\nmuch too long\r\nok\r\n\n".utf8 {
      if let line = lines.take(byte) { taken.append(String(decoding: line, as: UTF8.self)) }
    }
    #expect(taken == ["S S", "ab", "ok", ""])
    #expect(lines.overlong == 1)
    #expect(!lines.isInside)
  }

  @Test("what came is shown to people without its control characters, and shortened")
  func shown() {
    #expect(printable([0x02, 0x30, 0x53, 0x03]) == "'\\x020S\\x03'")
    #expect(printable([UInt8](repeating: 65, count: 50)).count == 43)
  }
}
