import Testing

@testable import PumpSerial

@Suite("SBI")
struct SBITests {
  private func line(_ text: String) -> SBILine? { SBILine(line: Array(text.utf8)) }

  @Test("the lines of the manuals are read: 16 and 22 characters, brackets, special codes, errors")
  func lines() {
    let mass = DecimalMass(nanograms: 123_560_000_000, digitNanograms: 10_000_000)
    // WZA224-ND and LE manuals, "+ 123.56 g"; CR and LF are off already.
    #expect(line("+   123.56 g  ") == .mass(id: "", mass, unit: .gram))
    #expect(line("+  123.5[6]g  ") == .mass(id: "", mass, unit: .gram))
    #expect(line("N     +   123.56 g  ") == .mass(id: "N", mass, unit: .gram))
    #expect(line("+   123.56    ") == .number(id: "", Array("123.56".utf8)))
    let fine = DecimalMass(nanograms: 111_255_000_000, digitNanograms: 1_000_000)
    #expect(line("   111.255 g  ") == .mass(id: "", fine, unit: .gram))
    #expect(line("-   0.0012 mg ") != nil)
    #expect(line("      High    ") == .overload)
    #expect(line("Stat        High    ") == .overload)
    #expect(line("      H       ") == .overload)
    #expect(line("      Low     ") == .underload)
    #expect(line("      --      ") == .busy)
    #expect(line("      Cal.Ext.") == .busy)
    #expect(line("   Err  054   ") == .fault("Err  054"))
    #expect(line("Stat     ERR 101    ") == .fault("ERR 101"))
    #expect(line("+        5 pcs") == .otherUnit(symbol: "pcs"))
  }

  @Test(
    "a line of another length, damaged or of another protocol is none",
    arguments: [
      "", "+   123.56 g ", "+   123.56 g   ", "x   123.56 g  ", "+   12a.56 g  ",
      "+   123.56\u{1}g  ", "+ - 123.56 g  ", "+   1 3.56 g  ", "+   123.56 g g",
      "S S     100.00 g",
      "Stat  +   123.56 g  ", "+             ",
    ])
  func noLines(_ text: String) { #expect(line(text) == nil) }

  @Test("a mass without unit has that of the last stable one, and none before there was one")
  func unit() {
    var dialogue = BalanceDialogue(.sbi)
    #expect(dialogue.meaning(of: Array("+   123.56    ".utf8)) == .unitUnknown)
    _ = dialogue.meaning(of: Array("+   123.56 mg ".utf8))
    let mass = DecimalMass(nanograms: 123_570_000, digitNanograms: 10_000)
    #expect(
      dialogue.meaning(of: Array("+   123.57    ".utf8)) == .mass(mass, isStable: false))
  }

  @Test("every command that is sent is understood by the other side, with or without CR and LF")
  func commands() {
    let commands: [SBICommand] = [
      .print, .tareOrZero, .tare, .zero, .surroundings(0), .surroundings(1), .surroundings(2),
      .surroundings(3), .lockKeys(true), .lockKeys(false), .sound, .restart,
      .adjust(isInternal: true), .adjust(isInternal: false), .inquire(1), .inquire(2), .inquire(3),
    ]
    var reader = SBICommandReader()
    for command in commands {
      for bytes in [command.bytes, Array(command.bytes.dropLast(2))] {
        #expect(bytes.compactMap { reader.take($0) } == [command])
      }
    }
    #expect(Array("P\r\nx1_".utf8).compactMap { reader.take($0) } == [])
    let long = [0x1b] + [UInt8](repeating: 0x78, count: 40) + Array("1_".utf8)
    #expect(long.compactMap { reader.take($0) } == [])
    #expect(Array("\u{1b}\u{1b}P".utf8).compactMap { reader.take($0) } == [.print])
  }

  @Test(
    "the balance's lines are read back as they were meant, at every size",
    arguments: [0, 1, -1, 99_999, -99_999_999, 99_999_999] as [Int64])
  func roundTrip(_ tenths: Int64) {
    let mass = DecimalMass(nanograms: tenths * 100_000, digitNanograms: 100_000)
    for isStable in [true, false] {
      let body = SBILine.body(mass, unit: .gram, isStable: isStable)
      #expect(body.utf8.count == SBILine.bodySize)
      for id in [nil, "N"] as [String?] {
        let bytes = SBILine.bytes(body, id: id)
        #expect(bytes.count == (id == nil ? 16 : 22))
        var dialogue = BalanceDialogue(.sbi, unit: .gram)
        #expect(dialogue.meaning(of: Array(bytes.dropLast(2))) == .mass(mass, isStable: isStable))
      }
    }
  }

  /// A balance with no noise, and what it sends.
  private struct Bench {
    var model: BalanceModel
    var server: SBIServer
    init(_ server: SBIServer = SBIServer(hasIdentification: false, isAutomatic: false)) {
      var parameters = BalanceParameters()
      parameters.repeatability = 0
      model = BalanceModel(parameters)
      self.server = server
      pass(3)
    }
    mutating func pass(_ seconds: Double, flow: Double = 0) {
      for _ in 0..<Int((seconds * 100).rounded()) {
        model.advance(seconds: 0.01, adding: flow * 0.01)
        server.elapse(&model)
      }
    }
    mutating func send(_ text: String) -> String {
      Array(("\u{1b}" + text).utf8).withUnsafeBufferPointer { server.take($0, &model) }
      return output()
    }
    mutating func output() -> String {
      defer { server.output = [] }
      return String(decoding: server.output, as: UTF8.self)
    }
  }

  @Test("the balance sends a line when asked, without unit while it is not stable")
  func server() {
    var bench = Bench()
    #expect(bench.send("P") == "+   0.0000 g  \r\n")
    bench.model.advance(seconds: 0, adding: -1234.5)
    bench.pass(0.3)
    #expect(bench.send("P").hasSuffix("    \r\n"))
    bench.pass(5)
    #expect(bench.send("P") == "-   1.2345 g  \r\n")
    bench.model.advance(seconds: 0, adding: -5000)
    bench.pass(5)
    #expect(bench.send("P") == "      Low     \r\n")
    #expect(bench.send("x1_") == "TRUMPET-EMUL\r\n")
    #expect(bench.send("q") == "")
    var long = Bench(SBIServer(hasIdentification: true, isAutomatic: false))
    #expect(long.send("P") == "N     +   0.0000 g  \r\n")
  }

  @Test("tare and zero are done in silence, once it is stable")
  func tare() {
    var bench = Bench()
    bench.pass(1, flow: 1000)
    #expect(bench.send("U") == "")
    bench.pass(6)
    #expect(bench.send("P") == "+   0.0000 g  \r\n")
    #expect(bench.model.tareMass > 0.999e6)
    #expect(bench.send("V") == "")
    #expect(bench.model.tareMass == 0)
    #expect(bench.send("P") == "+   0.0000 g  \r\n")
  }

  @Test("a balance that sends by itself sends five lines a second, and stops when it is asked")
  func automatic() {
    var bench = Bench(SBIServer(hasIdentification: false, isAutomatic: true))
    _ = bench.output()
    bench.pass(2)
    #expect(bench.output().split(separator: "\r\n").count == 10)
    _ = bench.send("P")
    bench.pass(2)
    #expect(bench.output() == "")
  }
}
