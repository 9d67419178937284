import ArgumentParser
import Procedures
import PumpHAL
import Session
import SessionFile
import Story
import Text
import Vocabulary

extension Bench {
  /// `trumpet bench bolus`.
  struct Bolus: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Successive boluses, each against the volume that was set.")

    @Option(help: ArgumentHelp("The volume of one.", valueName: "volume"))
    var volume = "0.5 mL"

    @Option(help: ArgumentHelp("How many.", valueName: "number"))
    var count = BolusProcedure.usualCount

    @Option(help: ArgumentHelp("How fast one is delivered.", valueName: "volume/time"))
    var flow = "30 mL/h"

    @OptionGroup(title: "Balance") var scale: ScaleOptions
    @OptionGroup(title: "Bench") var options: BenchOptions

    private func amounts() throws -> (volume: Double, flow: Double) {
      (
        try Amount.of(volume, in: .millilitre),
        try Amount.of(flow, in: PhysicalUnit.millilitre / .hour)
      )
    }

    func validate() throws { _ = try amounts() }

    func run() throws {
      let amounts = try amounts()
      let procedure = try measured { () throws(ProcedureError) in
        try BolusProcedure(
          millilitres: amounts.volume, count: count, flow: amounts.flow, setUp: options.setUp(),
          within: options.askedPercent)
      }
      try options.measure(
        "bolus", procedure.description, by: scale,
        facts: [
          ("boluses", "\(count) of \(volume) at \(flow)"),
          ("spacing", "\(DecimalText.trimmed(procedure.spacingMinutes, decimals: 1)) min"),
          (
            "basal between",
            "\(DecimalText.trimmed(procedure.millilitresPerHour, decimals: 2)) mL/h, taken off"
          ),
        ], budgets: procedure.budgets
      ) { run, budgets throws(ProcedureError) in
        .boluses(try procedure.finding(run, budgets))
      }
    }
  }
}
