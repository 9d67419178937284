import ArgumentParser
import Catalogue
import PumpSerial
import Vocabulary

/// What an emulated balance is like, wherever one can be had.
struct BalanceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most the balance can weigh.", valueName: "mass"))
  var capacity = "220 g"

  @Option(help: ArgumentHelp("What one unit of its last digit is worth.", valueName: "mass"))
  var readability = "0.1 mg"

  @Option(help: ArgumentHelp("Standard deviation of what it shows.", valueName: "mass"))
  var repeatability = "0.06 mg"

  @Option(help: ArgumentHelp("How much what it shows creeps, up or down.", valueName: "mass/time"))
  var drift = "0 mg/h"

  @Option(help: ArgumentHelp("How much fluid vanishes from the vessel.", valueName: "mass/time"))
  var evaporation = "0 mg/h"

  @Option(help: ArgumentHelp("The time in which it follows a change to 1 %.", valueName: "time"))
  var settling = "1.5 s"

  @Option(help: ArgumentHelp("Density of the fluid.", valueName: "mass/volume"))
  var density = "1 g/mL"

  @Option(
    help: ArgumentHelp(
      "What is on the pan when it is switched on, fluid included.", valueName: "mass"))
  var vessel = "0 g"

  @Option(help: ArgumentHelp("What the balance's noise begins with.", valueName: "number"))
  var balanceSeed: UInt64 = 1

  @Option(help: ArgumentHelp("Characters of an SBI line: 22, or 16.", valueName: "number"))
  var sbiCharacters = 22

  @Flag(help: "Send SBI lines without being asked, until somebody asks.")
  var sbiAutoPrint = false

  /// The balance, as the emulation takes it.
  func parameters() throws -> BalanceParameters {
    var parameters = BalanceParameters()
    parameters.capacity = try Amount.of(capacity, in: .milligram) / 1000
    parameters.digit = Int64(try (Amount.of(readability, in: .nanogram) / 1000).rounded())
    parameters.repeatability = try Amount.of(repeatability, in: .nanogram) / 1000
    let drift = try Amount.of(drift, in: PhysicalUnit.nanogram / .hour, allowsNegative: true)
    parameters.drift = drift / 1000
    parameters.evaporation = try Amount.of(evaporation, in: PhysicalUnit.nanogram / .hour) / 1000
    parameters.settlingTime = try Amount.of(settling, in: .second)
    parameters.density = try Amount.of(density, in: PhysicalUnit.milligram / .microlitre)
    parameters.load = try Amount.of(vessel, in: .milligram) / 1000
    parameters.seed = balanceSeed
    return parameters
  }

  func validate() throws {
    if sbiCharacters != 16 && sbiCharacters != 22 {
      throw ValidationError("An SBI line has 16 or 22 characters, not \(sbiCharacters).")
    }
    if try !parameters().isUsable {
      throw ValidationError(
        "No balance is like that. Its readability is 1, 2 or 5 with zeros, from 1 µg to 1 g, its "
          + "capacity up to 100 kg, the density up to 30 g/mL.")
    }
  }

  /// How it speaks.
  func face(_ spoken: BalanceProtocol) -> EmulatedBalance.Face {
    switch spoken {
    case .mtSICS: .mtSICS
    case .sbi: .sbi(hasIdentification: sbiCharacters == 22, isAutomatic: sbiAutoPrint)
    }
  }
}

/// A balance under the outlet of an emulated pump.
struct PumpBalanceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Emulate a balance that weighs what the pump delivers, with a symbolic link to it here.",
      valueName: "path"))
  var balanceLink: String?

  @Option(help: ArgumentHelp("What that balance speaks.", valueName: "mt-sics|sbi"))
  var balanceProtocol = BalanceProtocol.mtSICS

  @OptionGroup(title: "Balance") var balance: BalanceOptions

  /// Starts the balance; nil where none is asked for.
  func start() throws -> EmulatedBalance? {
    guard let balanceLink else { return nil }
    let emulated = try EmulatedBalance(
      balance.face(balanceProtocol), weighing: WeighingPan(try balance.parameters()),
      link: balanceLink)
    try emulated.start()
    return emulated
  }
}

extension BalanceProtocol: ExpressibleByArgument {}

/// Numbers with units on the command line.
enum Amount {
  /// How many of `unit` a text says.
  static func of(
    _ text: String, in unit: PhysicalUnit, allowsNegative: Bool = false
  ) throws -> Double {
    do {
      let written = try WrittenQuantity(
        text, allowsNegative: allowsNegative, example: unit.dimension.example)
      return try written.value(in: unit)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}
