import Testing

@testable import PumpSerial

@Suite("New Era commands as text")
struct NewEraCommandTests {
  private static func number(_ value: Double) -> NewEraNumber {
    NewEraNumber(nearest: value) ?? .zero
  }

  static let commands: [(String, NewEraCommand)] = [
    ("", .status), ("DIA", .diameter(nil)), ("DIA26.59", .diameter(number(26.59))),
    ("PHN", .phase(nil)), ("PHN41", .phase(41)), ("FUN", .function(nil)),
    ("FUNRAT", .function(.rate)), ("RAT", .rate(.set, nil, nil)),
    ("RAT3000UM", .rate(.set, number(3000), .microlitresPerMinute)),
    ("RAT1.2", .rate(.set, number(1.2), nil)), ("RATC", .rate(.current, nil, nil)),
    ("RATC5MH", .rate(.current, number(5), .millilitresPerHour)),
    ("RATI0.5", .rate(.increment, number(0.5), nil)), ("VOL", .askVolume),
    ("VOL50", .volume(number(50))), ("VOLUL", .volumeUnit(.microlitres)),
    ("VOLML", .volumeUnit(.millilitres)), ("DIR", .direction(nil)), ("DIRINF", .direction(.infuse)),
    ("DIRWDR", .direction(.withdraw)), ("DIRREV", .direction(.reverse)),
    ("DIRSTK", .direction(.sticky)), ("RUN", .run(nil)), ("RUN3", .run(3)), ("RUNE", .event(nil)),
    ("RUNE7", .event(7)), ("PUR", .purge), ("STP", .stop), ("DIS", .dispensed),
    ("CLDINF", .clearDispensed(.infuse)), ("CLDWDR", .clearDispensed(.withdraw)),
    ("SAF", .safe(nil)), ("SAF0", .safe(0)), ("SAF255", .safe(255)), ("VER", .version),
    ("LN1", .setting(.lowNoise, [0x31])), ("LOC0", .setting(.lock, [0x30])),
    ("AL", .setting(.alarm, [])), ("PF1", .setting(.powerFailure, [0x31])),
    ("TRGLE", .setting(.trigger, Array("LE".utf8))), ("DIN1", .setting(.directionalInput, [0x31])),
    ("ROM0", .setting(.motorOutput, [0x30])), ("BP1", .setting(.beep, [0x31])),
    ("BUZ0", .buzzer(isOn: false, beeps: 0)), ("BUZ1", .buzzer(isOn: true, beeps: 0)),
    ("BUZ13", .buzzer(isOn: true, beeps: 3)), ("OUT51", .output(true)), ("IN2", .input(2)),
    ("*ADR", .address(.ask)), ("*ADR7", .address(.set(address: 7, baud: nil))),
    ("*ADR12B9600", .address(.set(address: 12, baud: 9600))),
    ("*ADRDUAL", .address(.pair(.dual))), ("*ADRALTR", .address(.pair(.alternating))),
    ("*RESET", .reset),
  ]

  @Test("every command is written as it is read", arguments: commands)
  func roundTrip(_ text: String, _ command: NewEraCommand) {
    #expect(NewEraCommand.parse(text.utf8) == .success(command))
    #expect(String(decoding: command.text, as: UTF8.self) == text)
  }

  @Test(
    "every function of a phase is written as it is read",
    arguments: [
      ("RAT", NewEraFunction.rate), ("FIL", .fill), ("INC", .increment), ("DEC", .decrement),
      ("STP", .stop), ("JMP02", .jump(2)), ("PRI", .selectProgram), ("PRL00", .label(0)),
      ("PRL99", .label(99)), ("LPS", .loopStart), ("LOP03", .loop(3)), ("LPE", .loopForever),
      ("PAS00", .pause(tenths: 0)), ("PAS99", .pause(tenths: 990)), ("PAS0.5", .pause(tenths: 5)),
      ("IF41", .ifLow(41)), ("EVN05", .onEvent(5)), ("EVS05", .onChange(5)), ("EVR", .resetEvent),
      ("CLD", .clearDispensed), ("TRGFT", .trigger(Array("FT".utf8))),
      ("TRGET", .trigger(Array("ET".utf8))), ("BEP", .beep), ("OUT1", .output(true)),
    ])
  func functions(_ text: String, _ function: NewEraFunction) {
    #expect(NewEraFunction.parse(text.utf8) == .success(function))
    #expect(function.string == text)
    #expect(NewEraCommand.parse("FUN\(text)".utf8) == .success(.function(function)))
  }

  @Test(
    "a number that cannot be is out of range; anything unknown is not recognised",
    arguments: [
      ("DIA12345", NewEraRefusal.outOfRange), ("DIA12.345", .outOfRange), ("PHN0", .outOfRange),
      ("PHN42", .outOfRange), ("SAF256", .outOfRange), ("FUNJMP42", .outOfRange),
      ("FUNLOP0", .outOfRange), ("FUNPAS100", .outOfRange), ("FUNPAS10.1", .outOfRange),
      ("*ADR100", .outOfRange), ("*ADR1B4800", .outOfRange), ("LN2", .outOfRange),
      ("IN5", .outOfRange), ("OUT61", .outOfRange), ("FOO", .notRecognised),
      ("RATFAST", .notRecognised), ("RUNX", .notRecognised), ("VERS", .notRecognised),
      ("STP1", .notRecognised), ("FUNXYZ", .notRecognised), ("FUNJMP", .notRecognised),
      ("TRGXX", .notRecognised), ("X", .notRecognised), ("*", .notRecognised),
      ("VOL5ML", .notRecognised), ("RATUM", .notRecognised), ("CLD", .notRecognised),
    ])
  func refusals(_ text: String, _ refusal: NewEraRefusal) {
    #expect(NewEraCommand.parse(text.utf8) == .failure(NewEraRefusalError(refusal: refusal)))
  }

  @Test("addresses have none, one or two digits; a star is for everybody; a burst has many")
  func addresses() {
    func split(_ text: String) -> [NewEraAddressedCommand] {
      NewEraAddressedCommand.split(Array(text.utf8))
    }
    func addressed(_ address: UInt8?, _ text: String) -> NewEraAddressedCommand {
      NewEraAddressedCommand(address: address, text: Array(text.utf8))
    }
    #expect(split("") == [addressed(0, "")])
    #expect(split("VER") == [addressed(0, "VER")])
    #expect(split("0VER") == [addressed(0, "VER")])
    #expect(split("00VER") == [addressed(0, "VER")])
    #expect(split("42VER") == [addressed(42, "VER")])
    #expect(split("7") == [addressed(7, "")])
    #expect(split("123") == [addressed(12, "3")])
    #expect(split("*ADR5") == [addressed(nil, "*ADR5")])
    #expect(split("0*RESET") == [addressed(nil, "*RESET")])
    #expect(split("0RAT100*1RAT250*") == [addressed(0, "RAT100"), addressed(1, "RAT250")])
    #expect(addressed(3, "RUN").payload == Array("3RUN".utf8))
    #expect(addressed(nil, "*RESET").payload == Array("*RESET".utf8))
  }
}
