import ArgumentParser
import Catalogue
import Host
import Procedures
import PumpHAL
import PumpSerial
import Report
import Session
import SessionFile
import Story
import Text
import Vocabulary

/// `trumpet bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures a pump: accuracy, start-up, boluses, occlusion.",
    discussion: """
      Windows and formulas are those of IEC 60601-2-24 as public sources report them; no conformity \
      is claimed. What can be told is reckoned and shown before anything moves.
      """,
    subcommands: [Accuracy.self, StartUp.self, Occlusion.self, Bolus.self])
}

/// What every procedure takes: on what, with what in it, and where the results go.
struct BenchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("What to measure: sim, board:PORT or new-era:PORT.", valueName: "hardware"))
  var hardware: HardwareChoice = .simulation

  @Option(
    help: ArgumentHelp(
      "How fast; max where left out, realtime with a balance and on a New Era pump.",
      valueName: "pace"))
  var pace: Pace?

  @Flag(help: "State that no patient is connected; needed to drive hardware.")
  var noPatient = false

  @OptionGroup var newEra: NewEraOptions

  @Option(help: ArgumentHelp("The pump, by its id in the catalogue.", valueName: "id"))
  var pump = "trumpet-1"

  @Option(
    help: ArgumentHelp(
      "The syringe, by its id; the smallest of 20, 30 and 50 mL that is enough if left out.",
      valueName: "id"))
  var syringe: String?

  @Option(help: ArgumentHelp("The infusion set, by its id.", valueName: "id"))
  var infusionSet = "winged-25g-100cm"

  @Option(help: ArgumentHelp("Seed of the modelled sensors' noise.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "An error of so many per cent has to be told: a measurement that cannot is refused, and one that is "
        + "not within it gives status 1. Where left out, 5 % have to be told and nothing is judged.",
      valueName: "percent"))
  var within: Double?

  @Option(
    help: ArgumentHelp("Keep the session's record (MCAP) in this new file.", valueName: "file"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Sign the record with the key in this file; your own if left out.", valueName: "file"))
  var key: String?

  @Flag(help: "Do not sign the record.")
  var unsigned = false

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  @Option(help: ArgumentHelp("Write the values as CSV to this file.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Write a page with plots to this file.", valueName: "file.html"))
  var report: String?

  var askedPercent: Double { within ?? 5 }

  func validate() throws {
    try newEra.check(against: hardware)
    if let within, !(within > 0 && within <= 100) {
      throw ValidationError("--within is a percentage above 0 and at most 100")
    }
    if key != nil, unsigned || record == nil {
      throw ValidationError("--key signs a record: give --record, and not --unsigned")
    }
  }

  func setUp(occlusionLimit: Int = 540) -> BenchSetUp {
    var setUp = BenchSetUp()
    setUp.pump = pump
    setUp.syringe = syringe
    setUp.infusionSet = infusionSet
    setUp.occlusionLimitMmHg = occlusionLimit
    setUp.seed = seed
    return setUp
  }

  /// How a session is run; `name` tells several records of one procedure apart.
  func procedureOptions(hasBalance: Bool, name: String? = nil) throws -> ProcedureOptions {
    var options = ProcedureOptions()
    options.pace = pace ?? (hasBalance ? .realTime : hardware.usualPace)
    options.recordPath = record.map { recordPath($0, name) }
    options.hardwareDetails = hardware.details
    if record != nil, !unsigned {
      options.signingKey = try explained { () throws(KeyStoreError) in
        if let key { return try KeyStore.signingKey(at: key) }
        return try KeyStore.ofUser?.signingKey()
      }
    }
    return options
  }

  private func recordPath(_ path: String, _ name: String?) -> String {
    guard let name else { return path }
    let stem = path.hasSuffix(".mcap") ? String(path.dropLast(5)) : path
    return "\(stem)-\(name).mcap"
  }

  /// What cannot be written at the end is told at the start: a procedure may take a day.
  func checkOutputs() throws {
    var plan = OutputPlan()
    plan.creates(record, as: "--record")
    plan.writes(csv, as: "--csv")
    plan.writes(report, as: "--report")
    try check(plan)
  }

  /// Shows and writes a result, judged where something was asked.
  func show(_ result: BenchResult) throws {
    var result = result
    if let within { result.judge(within: within) }
    do {
      if let csv { try OutputFile.write(Array(result.csv.utf8), to: csv) }
      if let report {
        try OutputFile.write(Array(BenchDocument(result).html.utf8), to: report)
      }
    } catch {
      diagnose("\(error)")
      throw ExitStatus.cannotWrite
    }
    try trumpet.show(json ? result.json : result.text)
    if result.isWithin == false || !result.isWhole { throw ExitStatus.failed }
  }
}

extension BenchOptions {
  /// Measures in one session what can be told beforehand, and shows what came of it.
  ///
  /// - Parameters:
  ///   - procedure: its name on the command line.
  ///   - description: the session.
  ///   - scale: the balance, if there is one.
  ///   - facts: what is peculiar to the procedure; pump, set-up and port are added.
  ///   - samplePeriod: the time between two samples of drive and truth.
  ///   - budgets: what can be told by some means.
  ///   - finding: what the session shows.
  func measure(
    _ procedure: String, _ description: SessionDescription, by scale: ScaleOptions,
    facts: [(String, String)], samplePeriod: Ticks = Ticks(count: 100),
    budgets: ([MeasuringMeans]) -> [UncertaintyBudget],
    finding: (ProcedureRun, [UncertaintyBudget]) throws(ProcedureError) -> BenchResult.Finding
  ) throws {
    try checkOutputs()
    StopSignals.install()
    let vessel = try scale.vessel(on: hardware)
    defer { vessel?.scale.close() }
    var procedureOptions = try procedureOptions(hasBalance: vessel != nil)
    procedureOptions.samplePeriod = samplePeriod
    let result = try measured { () throws(ProcedureError) in
      var foreseen: [UncertaintyBudget] = []
      let run = try ProcedureRun(
        description, scale: vessel, options: procedureOptions, on: BenchHardware(options: self)
      ) { pump throws(ProcedureError) in
        foreseen = budgets(means(vessel, pump, description.syringe.specification))
        try checkBudgets(foreseen)
      }
      var facts = facts
      facts += [
        ("pump", description.pump.id), ("syringe", description.syringe.id),
        ("infusion set", description.infusionSet.id),
      ]
      if hardware != .simulation { facts.append(("port", hardware.text)) }
      if let vessel { facts.append(("balance", vessel.scale.name)) }
      return BenchResult(
        procedure, title: description.title, runs: [run], facts: facts, budgets: foreseen,
        finding: try finding(run, foreseen))
    }
    try show(result)
  }
}

/// Turns what went wrong into a diagnostic and a status.
func measured<Value>(_ body: () throws(ProcedureError) -> Value) throws -> Value {
  do throws(ProcedureError) {
    return try body()
  } catch {
    diagnose("\(error)")
    switch error {
    case .usage, .cannotTell: throw ExitStatus.usage
    case .setUp: throw ExitStatus.wrongInput
    case .hardware: throw ExitStatus.hardware
    case .record: throw ExitStatus.cannotWrite
    case .incomplete: throw ExitStatus.failed
    }
  }
}

/// The hardware that was chosen, as procedures ask for it.
struct BenchHardware: ProcedureHardware {
  let options: BenchOptions
  /// What is done while a session runs, until it ends; nil to show it.
  var attend: ((SessionControl) -> Void)?

  func open(_ session: Session) throws(ProcedureError) -> AttachedPump {
    switch options.hardware {
    case .simulation: return .simulated(session.simulatedPump())
    case .board(let port):
      do throws(BoardAttachmentError) {
        return try session.openBoard(port: port, isPatientExcluded: options.noPatient)
      } catch {
        throw .hardware("\(error)")
      }
    case .newEra(let port):
      do throws(NewEraAttachmentError) {
        return try session.openNewEra(
          options.newEra.attachment(port: port, isPatientExcluded: options.noPatient))
      } catch {
        if case .unsuitable(_, let what, let remedy) = error { throw .usage("\(what); \(remedy)") }
        throw .hardware("\(error)")
      }
    }
  }

  func follow(_ session: Session, _ control: SessionControl) {
    if let attend { return attend(control) }
    LiveView(control, expectedTicks: session.expectedTicks, isWatching: false).follow()
  }
}

/// A balance under the pump's outlet.
struct ScaleOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Weigh what is delivered, on this port.", valueName: "port"))
  var balance: String?

  @Option(help: ArgumentHelp("What the balance speaks: mt-sics or sbi.", valueName: "protocol"))
  var balanceProtocol: BalanceProtocol = .mtSICS

  @Option(
    help: ArgumentHelp(
      "Speed and framing of its line; 9600 8N1 (mt-sics) or 9600 8O1 (sbi) if left out.",
      valueName: "baud framing"))
  var balanceLine: SerialSettings?

  @Option(help: ArgumentHelp("Density of the fluid.", valueName: "mass/volume"))
  var density = "0.9982 g/mL"

  @Option(help: ArgumentHelp("How well it is known, ± per cent.", valueName: "percent"))
  var densityTolerance = 0.1

  @Option(
    help: ArgumentHelp(
      "What leaves the vessel; measured at rest if left out.", valueName: "mass/time"))
  var evaporation: String?

  @Option(
    help: ArgumentHelp(
      "Standard deviation of a reading; measured at rest if left out.", valueName: "mass"))
  var repeatability: String?

  @Option(
    help: ArgumentHelp(
      "How long the balance is watched at rest before.", valueName: "time"))
  var rest = "5 min"

  func validate() throws {
    let density = try Amount.of(density, in: PhysicalUnit.milligram / .microlitre)
    guard density > 0.1, density < 30 else {
      throw ValidationError("--density is above 0.1 and below 30 g/mL")
    }
    guard densityTolerance >= 0, densityTolerance < 50 else {
      throw ValidationError("--density-tolerance is a percentage from 0 to 50")
    }
    guard (3.0...86_400).contains(try Amount.of(rest, in: .second)) else {
      throw ValidationError("--rest is 3 s to 24 h")
    }
    _ = try gramsPerHour()
    _ = try repeatabilityGrams()
  }

  private func gramsPerHour() throws -> Double? {
    try evaporation.map {
      try Amount.of($0, in: PhysicalUnit.nanogram / .hour, allowsNegative: true) / 1e9
    }
  }

  private func repeatabilityGrams() throws -> Double? {
    try repeatability.map { try Amount.of($0, in: .nanogram) / 1e9 }
  }

  /// The vessel on the balance, watched at rest; nil where no balance is named.
  func vessel(on hardware: HardwareChoice) throws -> VesselOnScale? {
    guard let balance else { return nil }
    if hardware == .simulation {
      throw ValidationError(
        "--balance weighs what hardware delivers; the simulated pump drips on no balance: give "
          + "--hardware, or leave the balance out")
    }
    let scale = try measured { () throws(ProcedureError) in
      try PortBalance(path: balance, spoken: balanceProtocol, settings: balanceLine)
    }
    let seconds = try Amount.of(rest, in: .second)
    diagnose("\(scale.name): watched at rest for \(rest); the vessel stands, nothing is delivered")
    let (given, repeatability) = (try gramsPerHour(), try repeatabilityGrams())
    let density = try Amount.of(density, in: PhysicalUnit.milligram / .microlitre)
    do {
      let finding = try measured { () throws(ProcedureError) in
        try RestFinding(try watch(scale, seconds: seconds))
      }
      return VesselOnScale(
        scale, rest: finding, density: (density, densityTolerance), evaporation: given,
        repeatability: repeatability)
    } catch {
      scale.close()
      throw error
    }
  }

  private func watch(_ scale: PortBalance, seconds: Double) throws(ProcedureError) -> [WeighedMass]
  {
    let end = scale.now + UInt64(seconds * 1e9)
    var masses: [WeighedMass] = []
    while scale.now < end {
      if StopSignals.isRaised { throw .incomplete("ended early; nothing was moved") }
      masses += try scale.takeMasses()
      MonotonicClock.sleep(milliseconds: 50)
    }
    return masses
  }
}

extension SerialSettings: ExpressibleByArgument {
  /// `9600 8N1`.
  public init?(argument: String) { self.init(argument) }
}

/// By what a pump can be measured, the best first.
///
/// - Parameters:
///   - vessel: what weighs.
///   - pump: the pump, opened.
///   - syringe: what is in it.
func means(
  _ vessel: VesselOnScale?, _ pump: AttachedPump, _ syringe: SyringeSpecification
) -> [MeasuringMeans] {
  var means: [MeasuringMeans] = vessel.map { [$0.means] } ?? []
  if pump.hasWorld {
    var truth = MeasuringMeans(.plantTruth, digitMillilitres: 1e-6)
    truth.sources = ["the record keeps the model's volumes to 1 nL"]
    means.append(truth)
  }
  if let capabilities = pump.declared {
    let drive = DriveMeasure(capabilities, syringe)
    // The counter of a pump that is polled shows 0.1 µL, however fine the steps of the account.
    let isCounted = drive.measure == .pumpCount
    var driven = MeasuringMeans(
      drive.measure, digitMillilitres: isCounted ? max(drive.millilitres, 1e-4) : drive.millilitres
    )
    driven.sources = [
      isCounted
        ? "the pump tells its count to 0.1 µL"
        : "one unit is \(DecimalText.trimmed(drive.millilitres * 1000, decimals: 4)) µL of this "
          + "syringe's nominal bore; what the bore is off is not in it"
    ]
    means.append(driven)
  }
  return means
}

/// Shows what can be told, and refuses where the best means cannot.
func checkBudgets(_ budgets: [UncertaintyBudget]) throws(ProcedureError) {
  diagnose("what can be told:\n" + budgets.map(\.text).joined(separator: "\n"))
  guard let first = budgets.first else {
    throw .hardware("nothing measures a volume here: give --balance")
  }
  if let refusal = first.refusal { throw .cannotTell(refusal) }
}
