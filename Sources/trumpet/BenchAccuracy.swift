import ArgumentParser
import Catalogue
import Procedures
import PumpHAL
import Session
import SessionFile
import Story
import Text
import Vocabulary

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
    try options.measure(
      aim.rawValue, procedure.description, by: scale,
      facts: [
        ("rate", "\(DecimalText.trimmed(procedure.millilitresPerHour, decimals: 4)) mL/h"),
        ("duration", "\(DecimalText.trimmed(procedure.minutes, decimals: 1)) min"),
      ],
      samplePeriod: Ticks(count: procedure.minutes > 600 ? 1000 : 100),
      budgets: procedure.budgets
    ) { run, budgets throws(ProcedureError) in
      .accuracy(try procedure.finding(run, budgets))
    }
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
