/// What a host tells a pump, or asks it: the commands of the NE-1000 family.
///
/// Nil in place of a value asks for the value.
public enum NewEraCommand: Equatable, Sendable {
  /// Asks for prompt or alarm alone: an empty packet.
  case status
  /// `DIA`: inside diameter of the syringe, mm.
  case diameter(NewEraNumber?)
  /// `PHN`: the phase that is looked at, 1 to 41.
  case phase(UInt8?)
  /// `FUN`: what the phase does.
  case function(NewEraFunction?)
  /// `RAT`: the rate, its unit where it changes, and what the `C` or `I` before it says.
  case rate(NewEraRateScope, NewEraNumber?, NewEraRateUnit?)
  /// `VOL` alone: asks for the volume.
  case askVolume
  /// `VOL` number: the volume to be dispensed; 0 pumps on and on.
  case volume(NewEraNumber)
  /// `VOL` unit.
  case volumeUnit(NewEraVolumeUnit)
  /// `DIR`.
  case direction(NewEraDirectionOrder?)
  /// `RUN`: starts or resumes the program, at a phase where one is given.
  case run(UInt8?)
  /// `RUNE`: triggers the event, with a phase to go to where one is given.
  case event(UInt8?)
  /// `PUR`: at top speed until stopped.
  case purge
  /// `STP`: pauses; once more, stops.
  case stop
  /// `DIS`: asks what was dispensed.
  case dispensed
  /// `CLD`: clears what was dispensed one way.
  case clearDispensed(NewEraDirection)
  /// `SAF`: 0 for Basic mode, else Safe mode with a time-out of so many seconds.
  case safe(UInt8?)
  /// `VER`: asks what pump this is.
  case version
  /// One of the settings that are on, off or a choice.
  case setting(NewEraSetting, [UInt8])
  /// `BUZ0`, `BUZ1` and `BUZ1` number: off, on, so many beeps.
  case buzzer(isOn: Bool, beeps: UInt8)
  /// `OUT5`: a level of the program's output.
  case output(Bool)
  /// `IN`: asks the level of an input pin, 2, 3, 4 or 6.
  case input(UInt8)
  /// `*ADR`.
  case address(NewEraAddressing)
  /// `*RESET`: clears the program, Basic mode, address 0.
  case reset
}

/// What `C` or `I` between `RAT` and a number says.
public enum NewEraRateScope: String, Sendable, CaseIterable {
  /// Neither.
  case set = ""
  /// `C`: of the pump as it runs, not of the phase that is looked at.
  case current = "C"
  /// `I`: by which the rate is raised.
  case increment = "I"
}

/// What `DIR` takes.
public enum NewEraDirectionOrder: String, Sendable, CaseIterable {
  /// Infuse.
  case infuse = "INF"
  /// Withdraw.
  case withdraw = "WDR"
  /// The other way than now.
  case reverse = "REV"
  /// As the phase before, or as the direction input says; only while stopped.
  case sticky = "STK"
}

/// Settings that a pump keeps.
public enum NewEraSetting: String, Sendable, CaseIterable {
  /// Low noise.
  case lowNoise = "LN"
  /// Audible alarm.
  case alarm = "AL"
  /// Goes on by itself after power failed.
  case powerFailure = "PF"
  /// What the operational trigger does: FT, LE, ST or one of nine others.
  case trigger = "TRG"
  /// What the directional input does.
  case directionalInput = "DIN"
  /// What the operational output says.
  case motorOutput = "ROM"
  /// Whether the keypad is locked.
  case lock = "LOC"
  /// Key beep.
  case beep = "BP"

  /// What it may be set to.
  public var choices: [String] { self == .trigger ? Self.triggers : ["0", "1"] }

  // NE-500 manual, table of TTL connections.
  private static let triggers = [
    "FT", "FH", "F2", "LE", "ST", "T2", "SP", "P2", "RL", "RH", "SL", "SH",
  ]
}

/// What `*ADR` takes.
public enum NewEraAddressing: Equatable, Sendable {
  /// Asks for the address.
  case ask
  /// The address, 0 to 99, and the speed of the line where it changes.
  case set(address: UInt8, baud: UInt32?)
  /// A pair of pumps: `DUAL`, `RECP` or `ALTR`.
  case pair(NewEraPairing)

  /// The speeds that can be set.
  public static let bauds: [UInt32] = [300, 1200, 2400, 9600, 19_200]
}

/// How two pumps work together.
public enum NewEraPairing: String, Sendable, CaseIterable {
  /// Both alike.
  case dual = "DUAL"
  /// One infuses while the other withdraws.
  case reciprocating = "RECP"
  /// One after the other.
  case alternating = "ALTR"
}

/// What a phase of the program does.
public enum NewEraFunction: Equatable, Sendable {
  /// Pumps at the rate of the phase.
  case rate
  /// Takes back, or gives back, what was dispensed the other way.
  case fill
  /// Raises the rate by the rate of the phase, and pumps.
  case increment
  /// Lowers the rate by the rate of the phase, and pumps.
  case decrement
  /// Ends the program.
  case stop
  /// Goes on at phase 1 to 41.
  case jump(UInt8)
  /// Waits for a number, and goes on at the label with it.
  case selectProgram
  /// A label, 0 to 99.
  case label(UInt8)
  /// Begins a loop.
  case loopStart
  /// Goes back to the loop's beginning until it has been done 1 to 99 times.
  case loop(UInt8)
  /// Goes back to the loop's beginning for ever.
  case loopForever
  /// Waits for so many tenths of a second, at most 99 s; 0 waits for the operational trigger.
  case pause(tenths: UInt16)
  /// Goes on at the phase if the event input is low.
  case ifLow(UInt8)
  /// From now on an event goes to the phase.
  case onEvent(UInt8)
  /// From now on each change of the event input goes to the phase.
  case onChange(UInt8)
  /// No event goes anywhere any more.
  case resetEvent
  /// Clears what was dispensed both ways.
  case clearDispensed
  /// Sets what the operational trigger does while the program runs.
  case trigger([UInt8])
  /// Beeps.
  case beep
  /// Sets the program's output.
  case output(Bool)
}
