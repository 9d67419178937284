import Testing

@testable import PumpSerial

@Suite("MT-SICS")
struct MTSICSTests {
  private func reply(_ line: String) -> MTSICSReply? { MTSICSReply(line: Array(line.utf8)) }
  private func meaning(_ line: String) -> BalanceDialogue.Meaning {
    var dialogue = BalanceDialogue(.mtSICS)
    return dialogue.meaning(of: Array(line.utf8))
  }

  @Test("the answers of the manuals are read: stable, unstable, overload, underload, busy, errors")
  func answers() {
    // The first is the manuals' own example (AT, JS and ML balances).
    let stable = DecimalMass(nanograms: 100_000_000_000, digitNanograms: 10_000_000)
    #expect(meaning("S S     100.00 g") == .mass(stable, isStable: true))
    let dynamic = DecimalMass(nanograms: -680_000_000, digitNanograms: 100_000)
    #expect(meaning("S D    -0.6800 g") == .mass(dynamic, isStable: false))
    #expect(meaning("S I") == .busy)
    #expect(meaning("S +") == .overload)
    #expect(meaning("S -") == .underload)
    for error in ["ES", "ET", "EL"] { #expect(meaning(error) == .fault(error)) }
    #expect(meaning("S S 3.5 oz") == .otherUnit("oz"))
    #expect(reply("Z A") == .status(head: "Z", .done))
    #expect(reply("TI D     0.1234 g").map { $0.line } == "TI D     0.1234 g")
    #expect(
      reply(#"I2 A "XS204 Excellence 220.0090 g""#)
        == .texts(head: "I2", .done, ["XS204 Excellence 220.0090 g"]))
    #expect(reply(#"I1 A "0123" "2.30" """#) == .texts(head: "I1", .done, ["0123", "2.30", ""]))
  }

  @Test(
    "a line that is damaged, an echo or of another protocol is no answer",
    arguments: [
      "", " ", "S", "SI", "I4", "S X 1.0 g", "S S", "S S 1.0", "S S 1.0 g g", "S S 1.0.0 g",
      "s s 1.0 g", "S A 1.0 g", "S S g 1.0", "N     +  12.3456 g", "00S", "S\u{1}S 1.0 g",
      "S S \"", "ESX", "TOOLONG A",
    ])
  func noAnswer(_ line: String) { #expect(meaning(line) == .unknown) }

  @Test("every command that is sent is understood by the other side")
  func commands() throws {
    let preset = DecimalMass(nanograms: 10_500_000_000, digitNanograms: 100_000)
    var commands: [MTSICSCommand] = [
      .cancel, .weighStable, .weigh, .weighRepeatedly, .weighOnChange,
      .weighDisplayed(isStable: true), .weighDisplayed(isStable: false), .zero(isImmediate: false),
      .zero(isImmediate: true), .tare(isImmediate: false), .tare(isImmediate: true), .tareValue,
      .presetTare(preset), .clearTare, .displayWeight,
    ]
    commands += MTSICSCommand.inquiries.map { .inquire($0) }
    for command in commands {
      #expect(command.bytes.suffix(2) == [13, 10])
      #expect(try MTSICSCommand(line: command.bytes.dropLast(2)) == command)
    }
  }

  @Test(
    "a command in small letters, with a wrong parameter or unknown is refused as the manual says")
  func wrongCommands() {
    for line in ["si", "SIX", "X", "", "S\u{7f}", "I9", "é"] {
      #expect(throws: MTSICSCommand.Mistake.unknown) { try MTSICSCommand(line: line.utf8) }
    }
    for (line, head) in [("SI 1", "SI"), ("TA x g", "TA"), ("TA 1 oz", "TA"), ("D", "D")] {
      #expect(throws: MTSICSCommand.Mistake.parameter(head: head)) {
        try MTSICSCommand(line: line.utf8)
      }
    }
  }

  /// A balance with no noise, and what it answers.
  private struct Bench {
    var model: BalanceModel
    var server = MTSICSServer()
    init(_ change: (inout BalanceParameters) -> Void = { _ in }) {
      var parameters = BalanceParameters()
      parameters.repeatability = 0
      change(&parameters)
      model = BalanceModel(parameters)
    }
    mutating func pass(_ seconds: Double, flow: Double = 0) {
      for _ in 0..<Int((seconds * 100).rounded()) {
        model.advance(seconds: 0.01, adding: flow * 0.01)
        server.elapse(&model)
      }
    }
    mutating func ask(_ text: String) -> [String] {
      Array((text + "\r\n").utf8).withUnsafeBufferPointer { server.take($0, &model) }
      return answers()
    }
    mutating func answers() -> [String] {
      defer { server.output = [] }
      return String(decoding: server.output, as: UTF8.self).split(separator: "\r\n").map(
        String.init)
    }
  }

  @Test("the balance answers every command in the form of the manual")
  func server() {
    var bench = Bench()
    bench.pass(3)
    bench.model.advance(seconds: 0, adding: 12_345.6)
    bench.pass(10)
    #expect(bench.ask("SI") == ["S S    12.3456 g"])
    #expect(bench.ask("S") == ["S S    12.3456 g"])
    #expect(bench.ask("TI") == ["TI S    12.3456 g"])
    #expect(bench.ask("SI") == ["S S     0.0000 g"])
    #expect(bench.ask("TA") == ["TA A    12.3456 g"])
    #expect(bench.ask("TAC") == ["TAC A"])
    #expect(bench.ask("TA 2.3456 g") == ["TA A     2.3456 g"])
    #expect(bench.ask("SI") == ["S S    10.0000 g"])
    #expect(bench.ask("@") == [#"I4 A "0000000001""#])
    #expect(bench.ask("SI") == ["S S    12.3456 g"])
    #expect(bench.ask("I2") == [#"I2 A "Trumpet emulated 220.0000 g""#])
    #expect(bench.ask("I0").last == #"I0 A 2 "SU""#)
    // Beyond 2 % of the capacity there is no zero to be set.
    #expect(bench.ask("Z") == ["Z +"])
    #expect(bench.ask("si") == ["ES"])
    #expect(bench.ask("TA 1 oz") == ["TA L"])
    #expect(bench.ask(String(repeating: "S", count: 200)) == ["ET"])
    #expect(bench.ask("") == [])
    #expect(bench.ask(#"D "hello""#) == ["D A"])
  }

  @Test("zero clears the tare, and is answered with the stability")
  func zero() {
    var bench = Bench()
    bench.pass(3)
    bench.model.advance(seconds: 0, adding: 1000)
    bench.pass(10)
    #expect(bench.ask("T") == ["T S     1.0000 g"])
    #expect(bench.ask("Z") == ["Z A"])
    #expect(bench.ask("TA") == ["TA A     0.0000 g"])
    bench.pass(1, flow: 100)
    #expect(bench.ask("ZI") == ["ZI D"])
  }

  @Test("a command that waits for stability comes to nothing after ten seconds without")
  func stability() {
    var bench = Bench()
    bench.pass(3)
    // 1 mL/s is never stable at 0.1 mg.
    bench.pass(1, flow: 1000)
    #expect(bench.ask("T") == [])
    bench.pass(1, flow: 1000)
    // Nothing else is weighed while it waits to tare.
    #expect(bench.ask("SI") == ["S I"])
    bench.pass(9.5, flow: 1000)
    #expect(bench.answers() == ["T I"])
    #expect(bench.ask("S") == [])
    bench.pass(5)
    #expect(bench.answers().first?.hasPrefix("S S") == true)
  }

  @Test("a stream comes ten times a second until the next question")
  func stream() {
    var bench = Bench()
    bench.pass(3)
    #expect(bench.ask("SIR") == ["S S     0.0000 g"])
    bench.pass(2)
    #expect(bench.answers().count == 20)
    #expect(bench.ask("SI").count == 1)
    bench.pass(2)
    #expect(bench.answers() == [])
  }

  @Test("on change, the change is told and then the next stable mass")
  func onChange() {
    var bench = Bench()
    bench.pass(3)
    #expect(bench.ask("SR") == ["S S     0.0000 g"])
    bench.pass(1)
    #expect(bench.answers() == [])
    bench.model.advance(seconds: 0, adding: 1000)
    bench.pass(15)
    let answers = bench.answers()
    #expect(answers.count == 2)
    #expect(answers.first?.hasPrefix("S D") == true)
    #expect(answers.last == "S S     1.0000 g")
  }

  @Test("overload and underload are no masses")
  func range() {
    var bench = Bench { $0.capacity = 10 }
    bench.pass(3)
    bench.model.advance(seconds: 0, adding: 10_100)
    bench.pass(10)
    for command in ["SI", "S"] { #expect(bench.ask(command) == ["S +"]) }
    #expect(bench.ask("T") == ["T +"])
    bench.model.advance(seconds: 0, adding: -10_900)
    bench.pass(10)
    #expect(bench.ask("SI") == ["S -"])
  }
}
