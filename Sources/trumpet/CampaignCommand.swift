import ArgumentParser
import Campaign
import Host
import Session
import SessionRecord

/// `trumpet campaign run|list|show FILE`.
struct CampaignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "Runs one session with its parameters varied, in every combination.",
    subcommands: [RunCampaign.self, ListCampaign.self, ShowCell.self])
}

/// The campaign file, and which of its cells.
struct CampaignFile: ParsableArguments {
  @Argument(help: "The campaign file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  func read() throws -> CampaignDescription {
    do {
      return try CampaignDescription(contentsOf: file)
    } catch {
      diagnose("\(error)")
      throw error.isMissing ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }
}

/// Which cells of a campaign.
struct CellChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only cells with this value of a list, as the table shows it; may come again.",
      valueName: "list=value"))
  var only: [String] = []

  func cells(of campaign: CampaignDescription) throws -> [CampaignCell] {
    do {
      return try campaign.cells(only: only)
    } catch {
      diagnose("--only: \(error)")
      throw ExitStatus.usage
    }
  }
}

/// `trumpet campaign run FILE`.
struct RunCampaign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs every cell on all cores and shows a table.")

  @OptionGroup var campaignFile: CampaignFile
  @OptionGroup var choice: CellChoice

  @Option(help: ArgumentHelp("Sessions at a time; every core if left out.", valueName: "n"))
  var jobs = CampaignOptions.cores

  @Flag(help: "Print one JSON object on standard output, and nothing else there.")
  var json = false

  @Option(
    help: ArgumentHelp("Write JUnit XML, one testcase a cell, to this file.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp("Keep a record of every session in this folder.", valueName: "folder"))
  var records: String?

  @Option(
    help: ArgumentHelp(
      "Keep a record of every session that failed in this folder.", valueName: "folder"))
  var recordsOfFailed: String?

  @Option(
    help: ArgumentHelp(
      "Sign the records with the key in this file; your own (`trumpet key new`) if left out.",
      valueName: "file"))
  var key: String?

  @Flag(help: "Do not sign the records.")
  var unsigned = false

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs goes from 1 to 1024") }
    if records != nil, recordsOfFailed != nil {
      throw ValidationError("--records keeps those of failed sessions too: give one of the two")
    }
    if key != nil, unsigned || records == nil && recordsOfFailed == nil {
      throw ValidationError("--key signs records: give --records, and not --unsigned")
    }
  }

  func run() throws {
    let campaign = try campaignFile.read()
    let cells = try choice.cells(of: campaign)
    var options = CampaignOptions()
    options.jobs = jobs
    if let records { options.records = .all(folder: records) }
    if let recordsOfFailed { options.records = .ofFailed(folder: recordsOfFailed) }
    options.signingKey = try signingKey()
    var plan = OutputPlan()
    plan.reads(campaignFile.file, as: "the campaign file")
    plan.writes(junit, as: "--junit")
    try check(plan)
    if let folder = records ?? recordsOfFailed { try checkFolder(folder, cells) }
    StopSignals.install()
    let run = CampaignRun(campaign, cells: cells, options: options)
    let control = CampaignControl()
    let result = try CampaignProgress.follow(run, control)
    if !write(result) { throw ExitStatus.cannotWrite }
    if result.outcome != .passed { throw ExitStatus.failed }
  }

  private func signingKey() throws -> SigningKey? {
    if unsigned || records == nil && recordsOfFailed == nil { return nil }
    return try explained { () throws(KeyStoreError) in
      if let key { return try KeyStore.signingKey(at: key) }
      return try KeyStore.ofUser?.signingKey()
    }
  }

  /// What cannot be written at the end is told before the first session.
  private func checkFolder(_ folder: String, _ cells: [CampaignCell]) throws {
    guard let problem = CampaignRun.problem(keeping: cells, in: folder) else { return }
    diagnose(problem)
    throw ExitStatus.cannotWrite
  }

  private func write(_ result: CampaignResult) -> Bool {
    for failure in result.recordFailures { diagnose(failure) }
    var isWritten = result.recordFailures.isEmpty
    do {
      if let junit {
        let text = result.junit(file: campaignFile.file)
        try OutputFile.write(Array(text.utf8), to: junit)
      }
    } catch {
      diagnose("\(error)")
      isWritten = false
    }
    do {
      try show(json ? result.json : result.table(file: campaignFile.file))
    } catch {
      isWritten = false
    }
    return isWritten
  }
}

/// `trumpet campaign list FILE`.
struct ListCampaign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the cells of a campaign without running any.")

  @OptionGroup var campaignFile: CampaignFile
  @OptionGroup var choice: CellChoice

  func run() throws {
    let campaign = try campaignFile.read()
    try show(CampaignRun.listing(try choice.cells(of: campaign)))
  }
}

/// `trumpet campaign show FILE --cell N`.
struct ShowCell: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Prints the session file of one cell of a campaign.")

  @OptionGroup var campaignFile: CampaignFile

  @Option(help: ArgumentHelp("The cell's number, from 1.", valueName: "n"))
  var cell: Int

  func run() throws {
    let campaign = try campaignFile.read()
    let cells = campaign.cells
    guard cells.indices.contains(cell - 1) else {
      diagnose("--cell: there is no cell \(cell); \(campaignFile.file) has 1 to \(cells.count)")
      throw ExitStatus.usage
    }
    try show(cells[cell - 1].sessionText, isFile: true)
  }
}
