import Glibc
import Synchronization
import Testing

@testable import PumpSerial

@Suite("What is no balance, or a bad one")
struct BalanceBadLineTests {
  private func error(
    _ spoken: BalanceProtocol = .mtSICS, _ answer: @escaping @Sendable (String) -> String
  ) throws -> (error: BalanceError?, heard: String) {
    let peer = try ScriptedPeer(answer)
    defer { peer.stop() }
    var caught: BalanceError?
    do {
      _ = try Balance.identify(path: peer.path, protocol: spoken)
    } catch {
      caught = error
    }
    return (caught, peer.heard.withLock { $0 })
  }

  @Test("a port that is not there, is a file or is busy says so")
  func ports() throws {
    #expect(throws: BalanceError.link(.noSuchPort(path: "/dev/ttyNONE"))) {
      try Balance.open(path: "/dev/ttyNONE", protocol: .sbi)
    }
    #expect(throws: BalanceError.link(.notATerminal(path: "/dev/null"))) {
      try Balance.identify(path: "/dev/null", protocol: .mtSICS)
    }
    let served = try ServedBalance()
    let first = try Balance.open(path: served.balance.path, protocol: .mtSICS)
    #expect(throws: BalanceError.link(.busy(path: served.balance.path))) {
      try Balance.identify(path: served.balance.path, protocol: .mtSICS)
    }
    first.close()
    #expect(throws: Never.self) {
      try Balance.identify(path: served.balance.path, protocol: .mtSICS)
    }
  }

  @Test("silence, an echo, another protocol and a refusal are told apart, and nothing is tared")
  func strangers() throws {
    let silent = try error { _ in "" }
    guard case .silent(_, .mtSICS, 1500) = silent.error else {
      Issue.record("\(String(describing: silent.error))")
      return
    }
    let echo = try error { "\($0)\r\n" }
    guard case .echo = echo.error else {
      Issue.record("\(String(describing: echo.error))")
      return
    }
    // A syringe pump of New Era's, whose frames end without CR or LF.
    let pump = try error { _ in "\u{2}00A?R\u{3}" }
    guard case .otherProtocol(_, .mtSICS, "'\\x0200A?R\\x03'") = pump.error else {
      Issue.record("\(String(describing: pump.error))")
      return
    }
    let sartorius = try error { _ in "+   123.56 g  \r\n" }
    guard case .otherProtocol(_, .mtSICS, "'+   123.56 g  '") = sartorius.error else {
      Issue.record("\(String(describing: sartorius.error))")
      return
    }
    let mettler = try error(.sbi) { _ in "ES\r\n" }
    guard case .otherProtocol(_, .sbi, "'ES'") = mettler.error else {
      Issue.record("\(String(describing: mettler.error))")
      return
    }
    let refusing = try error { _ in "EL\r\n" }
    guard case .refused(_, "SI", "it cannot do that (EL)") = refusing.error else {
      Issue.record("\(String(describing: refusing.error))")
      return
    }
    let ounces = try error { _ in "S S 1.5 oz\r\n" }
    guard case .unit(_, "oz") = ounces.error else {
      Issue.record("\(String(describing: ounces.error))")
      return
    }
    for result in [silent, echo, pump, sartorius, refusing, ounces] {
      let commands = Set(result.heard.split(separator: "\n").map(String.init))
      #expect(commands == ["SI"])
      #expect(!"\(String(describing: result.error))".isEmpty)
    }
  }

  @Test("half a command of another program before ours is forgiven")
  func firstRefused() throws {
    let count = Atomic(0)
    let result = try error { line in
      if line != "SI" { return "\(line) A \"x\"\r\n" }
      let isFirst = count.wrappingAdd(1, ordering: .relaxed).oldValue == 0
      return isFirst ? "ES\r\n" : "S D     1.0000 g\r\n"
    }
    #expect(result.error == nil)
    #expect(!result.heard.contains("@") && !result.heard.contains("T"))
  }

  @Test("every error is told with its port, and with what would be right")
  func descriptions() {
    let errors: [BalanceError] = [
      .link(.noSuchPort(path: "P")), .silent(path: "P", spoken: .mtSICS, milliseconds: 1),
      .silent(path: "P", spoken: .sbi, milliseconds: 1),
      .otherProtocol(path: "P", spoken: .sbi, received: "'x'"), .echo(path: "P"),
      .refused(path: "P", command: "tare", reason: "why"), .overload(path: "P", command: "tare"),
      .underload(path: "P", command: "tare"), .notStable(path: "P", milliseconds: 1),
      .fault(path: "P", text: "Err 54"), .unit(path: "P", symbol: "oz"),
      .notCarriedOut(path: "P", command: "tare"),
    ]
    for error in errors {
      #expect(error.description.hasPrefix("P: "))
      #expect(error.description.hasSuffix(".") || error.description.hasSuffix("?"))
    }
  }

  @Test("a damaged line is counted and left out; a spoilt balance is lost, and named as such")
  func damage() throws {
    let mode = Atomic(0)
    let peer = try ScriptedPeer { line in
      if line != "SI" { return "\(line) A \"x\"\r\n" }
      switch mode.load(ordering: .relaxed) {
      case 0: return "S S     1.0000 g\r\n"
      case 1: return "S S     1.0\u{1}00 g\r\n"
      default: return "\u{1}\u{1}\u{1}\r\n"
      }
    }
    let balance = try Balance.open(
      path: peer.path, protocol: .mtSICS, mode: .polling(milliseconds: 50))
    #expect(eventually { balance.statistics.framesReceived > 2 })
    mode.store(1, ordering: .relaxed)
    #expect(eventually { balance.statistics.framesRejected > 0 })
    mode.store(0, ordering: .relaxed)
    usleep(300_000)
    #expect(balance.takeReadings().allSatisfy { $0.micrograms == 1_000_000 })
    mode.store(2, ordering: .relaxed)
    let spoilt = BalanceError.otherProtocol(
      path: peer.path, spoken: .mtSICS, received: "'\\x01\\x01\\x01'")
    #expect(eventually { balance.state == .lost(spoilt) }, "\(balance.state) \(balance.statistics)")
    balance.close()
    peer.stop()
  }

  /// How many inputs each decoder is given; `TRUMPET_LONG` in the environment for a million.
  private var inputs: Int { getenv("TRUMPET_LONG") == nil ? 20_000 : 1_000_000 }

  @Test("no input upsets a decoder, and one that reads as a mass reads so again when it is written")
  func fuzz() {
    var random = SeededNumbers(state: 1)
    let seeds: [[UInt8]] = [
      "S S     100.00 g", "S D    -0.6800 g", "I2 A \"XS204 220 g\"", "TI S  1.0 mg", "S +", "ES",
      "+   123.56 g  ", "N     +  123.5[6]g  ", "      High    ", "   Err  054   ", "TA 10.00 g",
    ].map { Array($0.utf8) }
    var masses = 0
    for _ in 0..<inputs {
      var line = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let place = Int.random(in: 0..<max(1, line.count), using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where !line.isEmpty: line[place] = UInt8.random(in: 0...255, using: &random)
        case 1 where !line.isEmpty: line.remove(at: place)
        case 2:
          line.insert(UInt8.random(in: 0x20...0x7e, using: &random), at: min(place, line.count))
        default: line += line.prefix(Int.random(in: 0...3, using: &random))
        }
      }
      if let reply = MTSICSReply(line: line) {
        if case .mass = reply { masses += 1 }
        if case .otherUnit = reply { continue }
        #expect(MTSICSReply(line: Array(reply.line.utf8)) == reply)
      }
      if case .mass(_, let mass, let unit) = SBILine(line: line) {
        masses += 1
        // A finer mass than fits into nine places cannot be written there.
        let body = SBILine.body(mass, unit: unit, isStable: true)
        if body.utf8.count == SBILine.bodySize {
          #expect(SBILine(line: Array(body.utf8)) == .mass(id: "", mass, unit: unit))
        }
      }
      _ = try? MTSICSCommand(line: line)
      var reader = SBICommandReader()
      var server = SBIServer(hasIdentification: true, isAutomatic: false)
      var other = MTSICSServer()
      var model = BalanceModel(BalanceParameters())
      (line + [13, 10]).withUnsafeBufferPointer {
        server.take($0, &model)
        other.take($0, &model)
      }
      for byte in line { _ = reader.take(byte) }
      #expect(server.output.count < 100 && other.output.count < 1000)
    }
    #expect(masses > inputs / 20)
  }
}

/// The same random numbers every time (SplitMix64).
private struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
