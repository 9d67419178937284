import ArgumentParser
import Catalogue
import Host
import Procedures
import PumpHAL
import Session
import Story
import Text
import Vocabulary

extension Bench {
  /// `trumpet bench occlusion`.
  struct Occlusion: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time to the occlusion alarm, pressure at it, and what is released afterwards.")

    @Option(
      help: ArgumentHelp(
        "A rate; may come again. The pump's lowest, 1 mL/h and its highest if left out.",
        valueName: "volume/time"))
    var rate: [String] = []

    @Option(help: ArgumentHelp("The occlusion limit: 225, 540 or 750 mmHg.", valueName: "pressure"))
    var limit = "540 mmHg"

    @Flag(help: "A person clamps and frees the line when asked, pressing Enter; for hardware.")
    var operatorClamps = false

    @OptionGroup(title: "Balance") var scale: ScaleOptions
    @OptionGroup(title: "Bench") var options: BenchOptions

    func validate() throws {
      _ = try rates()
      _ = try limitMmHg()
      if operatorClamps, options.hardware == .simulation {
        throw ValidationError("--operator-clamps is for hardware; the simulation clamps by itself")
      }
    }

    private func limitMmHg() throws -> Int {
      Int(try Amount.of(limit, in: .millimetreOfMercury).rounded())
    }

    private func rates() throws -> [Double] {
      try rate.map { try Amount.of($0, in: PhysicalUnit.millilitre / .hour) }
    }

    func run() throws {
      let setUp = options.setUp(occlusionLimit: try limitMmHg())
      var rates = try rates()
      if rates.isEmpty {
        let configuration = try measured { () throws(ProcedureError) in
          try setUp.pumpEntry().configuration
        }
        rates = [
          Double(configuration.basalMinimum.nanolitresPerHour) / 1e6, 1,
          Double(configuration.basalMaximum.nanolitresPerHour) / 1e6,
        ]
      }
      let procedures = try rates.map { rate in
        try measured { () throws(ProcedureError) in
          try OcclusionProcedure(
            millilitresPerHour: rate, setUp: setUp, isClampedByOperator: operatorClamps)
        }
      }
      try options.checkOutputs()
      StopSignals.install()
      let vessel = try scale.vessel(on: options.hardware)
      defer { vessel?.scale.close() }
      var runs: [ProcedureRun] = []
      var found: [OcclusionFinding] = []
      for procedure in procedures {
        let (run, finding) = try measure(procedure, vessel)
        runs.append(run)
        found.append(finding)
      }
      var facts = [
        ("occlusion limit", limit), ("pump", options.pump), ("infusion set", options.infusionSet),
        ("blocked", operatorClamps ? "by a person, at the clamp" : "at the needle"),
      ]
      if options.hardware != .simulation { facts.append(("port", options.hardware.text)) }
      if let vessel { facts.append(("balance", vessel.scale.name)) }
      try options.show(
        BenchResult(
          "occlusion", title: "Occlusion, limit \(limit)", runs: runs, facts: facts, budgets: [],
          finding: .occlusions(found)))
    }

    private func measure(
      _ procedure: OcclusionProcedure, _ vessel: VesselOnScale?
    ) throws -> (ProcedureRun, OcclusionFinding) {
      let name = "\(DecimalText.trimmed(procedure.millilitresPerHour, decimals: 2))mL-h"
      var procedureOptions = try options.procedureOptions(
        hasBalance: vessel != nil || operatorClamps, name: name)
      if operatorClamps, options.pace == nil { procedureOptions.pace = .realTime }
      let isClamped = operatorClamps
      return try measured { () throws(ProcedureError) in
        let clamp = OperatorClamp(TerminalConsole(), settlingMinutes: procedure.settlingMinutes)
        var hardware = BenchHardware(options: options)
        if isClamped { hardware.attend = { clamp.attend($0) } }
        let run = try ProcedureRun(
          procedure.description, scale: vessel, options: procedureOptions, on: hardware
        ) { pump throws(ProcedureError) in
          if !isClamped, !pump.hasWorld {
            throw .usage(
              "this hardware has no world in which a line can be blocked: clamp it by hand, with "
                + "--operator-clamps")
          }
        }
        if isClamped, clamp.marks == nil {
          throw .incomplete("nobody pressed Enter when the line was to be clamped")
        }
        let finding = try procedure.finding(run, marks: clamp.marks, balance: vessel?.means)
        return (run, finding)
      }
    }
  }
}

/// The terminal, for a person who clamps a line.
private struct TerminalConsole: OperatorConsole {
  func say(_ text: String) { diagnose(text) }

  func isKeyPressed() -> Bool { !StandardStreams.waitingInput(limit: 256).isEmpty }

  var isEndWanted: Bool { StopSignals.isRaised }
}
