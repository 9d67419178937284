import ArgumentParser
import Host
import Session

/// The command line: it parses, calls the library and prints, and has no logic of its own.
@main
struct Trumpet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trumpet",
    abstract: "Simulates and drives an ambulatory infusion pump, and replays what it did.",
    discussion: """
      A bench, test and audit tool. Not a medical device; never connect it to a patient.
      """,
    version: Session.version,
    subcommands: [
      Run.self, ReplayRecord.self, Verify.self, ReportRecord.self, Export.self, Key.self,
      CampaignCommand.self, Golden.self, Bench.self, Ports.self, Identify.self, Emulate.self,
      ShowCatalogue.self, Schema.self,
    ])

  static func main() {
    StandardStreams.occupy()
    main(nil)
  }
}
