import ArgumentParser
import Campaign
import SessionFile

/// `trumpet schema session|campaign`.
struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the JSON Schema of a file that people write.")

  enum Kind: String, ExpressibleByArgument, CaseIterable { case session, campaign }

  @Argument(help: "Which file: session or campaign.")
  var kind: Kind

  func run() throws {
    switch kind {
    case .session: try show(SessionSchema.json)
    case .campaign: try show(CampaignSchema.json)
    }
  }
}
