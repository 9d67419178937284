import ArgumentParser
import SessionFile

/// `trumpet schema session`.
struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the JSON Schema of a file that people write.")

  enum Kind: String, ExpressibleByArgument, CaseIterable { case session }

  @Argument(help: "Which file: session.")
  var kind: Kind

  func run() throws {
    switch kind {
    case .session: try show(SessionSchema.json)
    }
  }
}
