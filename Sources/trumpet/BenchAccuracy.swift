import Analysis
import ArgumentParser
import Catalogue
import Procedures
import PumpHAL
import Session
import SessionFile

/// What accuracy and start-up take.
struct RateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The rate that is measured.", valueName: "volume/time"))
  var rate = "1 mL/h"

  @Option(help: ArgumentHelp("syringe or ambulatory.", valueName: "windows"))
  var windows = "syringe"

  @Option(
    help: ArgumentHelp(
      "How long; as long as the windows ask if left out.", valueName: "time"))
  var duration: String?

  @Option(
    help: ArgumentHelp(
      "Measure the longest basal rate of this session file instead.", valueName: "file"))
  var session: String?

  func validate() throws {
    if !AccuracyWindows.all.contains(where: { $0.name == windows }) {
      throw ValidationError("--windows is syringe or ambulatory, not '\(windows)'")
    }
    if session != nil, duration != nil {
      throw ValidationError("--session says how long; leave --duration out")
    }
    _ = try rateMillilitresPerHour()
    _ = try minutes()
  }

  private func rateMillilitresPerHour() throws -> Double {
    try Amount.of(rate, in: PhysicalUnit.millilitre / .hour)
  }

  private func minutes() throws -> Double? {
    try duration.map { try Amount.of($0, in: .second) / 60 }
  }

  func procedure(_ aim: AccuracyProcedure.Aim, _ options: BenchOptions) throws -> AccuracyProcedure
  {
    let set = windows == "syringe" ? AccuracyWindows.syringe : .ambulatory
    if let session {
      let description = try read(session)
      return try measured { () throws(ProcedureError) in
        try AccuracyProcedure(aim, of: description, windows: set, within: options.askedPercent)
      }
    }
    let (rate, minutes) = (try rateMillilitresPerHour(), try minutes())
    return try measured { () throws(ProcedureError) in
      try AccuracyProcedure(
        aim, millilitresPerHour: rate, windows: set, minutes: minutes, setUp: options.setUp(),
        within: options.askedPercent)
    }
  }

  private func read(_ path: String) throws -> SessionDescription {
    do {
      return try SessionDescription(contentsOf: path)
    } catch {
      diagnose("\(error)")
      throw error.kind == .noSuchFile ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }

  /// Measures, and shows what came of it.
  func run(_ aim: AccuracyProcedure.Aim, _ options: BenchOptions, _ scale: ScaleOptions) throws {
    let procedure = try procedure(aim, options)
    try options.checkOutputs()
    StopSignals.install()
    let vessel = try scale.vessel(on: options.hardware)
    defer { vessel?.scale.close() }
    var procedureOptions = try options.procedureOptions(hasBalance: vessel != nil)
    if procedure.minutes > 600 { procedureOptions.samplePeriod = Ticks(count: 1000) }
    let hardware = BenchHardware(options: options)
    let description = procedure.description
    let result = try measured { () throws(ProcedureError) in
      var budgets: [UncertaintyBudget] = []
      let run = try ProcedureRun(
        description, scale: vessel, options: procedureOptions, on: hardware
      ) { pump throws(ProcedureError) in
        budgets = procedure.budgets(means(vessel, pump, description.syringe.specification))
        try checkBudgets(budgets)
      }
      let finding = try procedure.finding(run, budgets)
      var facts = [
        ("rate", "\(DecimalNumber.trimmed(procedure.millilitresPerHour, decimals: 4)) mL/h"),
        ("duration", "\(DecimalNumber.trimmed(procedure.minutes, decimals: 1)) min"),
        ("pump", description.pump.id), ("syringe", description.syringe.id),
        ("infusion set", description.infusionSet.id),
      ]
      if options.hardware != .simulation { facts.append(("port", options.hardware.text)) }
      if let vessel { facts.append(("balance", vessel.scale.name)) }
      return BenchResult(
        aim.rawValue, title: description.title, runs: [run], facts: facts, budgets: budgets,
        finding: .accuracy(finding))
    }
    try options.show(result)
  }
}

extension Bench {
  /// `trumpet bench accuracy`.
  struct Accuracy: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Start-up curve and trumpet curve at one rate.")

    @OptionGroup var rate: RateOptions
    @OptionGroup(title: "Balance") var scale: ScaleOptions
    @OptionGroup(title: "Bench") var options: BenchOptions

    func run() throws { try rate.run(.accuracy, options, scale) }
  }

  /// `trumpet bench startup`.
  struct StartUp: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "startup", abstract: "Start-up curve at one rate.")

    @OptionGroup var rate: RateOptions
    @OptionGroup(title: "Balance") var scale: ScaleOptions
    @OptionGroup(title: "Bench") var options: BenchOptions

    func run() throws { try rate.run(.startUp, options, scale) }
  }
}
