import ArgumentParser
import Host
import PumpPlant
import PumpSerial
import Session
import SessionFile

/// `trumpet emulate`.
struct Emulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Emulates a device on a pseudo-terminal.",
    subcommands: [Board.self, EmulateNewEra.self, Balance.self])

  /// `trumpet emulate board`.
  struct Board: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Emulates the open motor board, with a simulated pump behind it.")

    @Option(
      help: ArgumentHelp("Make a symbolic link to the pseudo-terminal here.", valueName: "path"))
    var link: String?

    @Flag(help: "Declare that the board cannot be run faster than real time.")
    var realTimeOnly = false

    @OptionGroup var wire: WireOptions

    @Flag(
      help: "At the end, print what went over the line as one JSON object, and nothing else there.")
    var json = false

    @OptionGroup var weighing: PumpBalanceOptions

    func run() throws {
      do {
        StopSignals.install()
        let board = try EmulatedBoard(
          PlantParameters.standard, link: link, canRunFasterThanRealTime: !realTimeOnly,
          wireFaults: wire.faults, seed: wire.wireSeed)
        let balance = try weighing.start()
        defer { balance?.stop() }
        if let balance {
          board.deliver(onto: balance.pan)
          try greet("balance on \(balance.path)")
        }
        let watcher = StopSignals.watch { board.stop() }
        try greet("board on \(board.path); end with Ctrl-C")
        defer { watcher?.end() }
        try board.serve()
        if json { try show(board.tally.json) }
      } catch let status as ExitCode {
        throw status
      } catch {
        diagnose("\(error)")
        throw ExitStatus.hardware
      }
    }

    /// Where the JSON object is to stand alone on standard output, to standard error.
    private func greet(_ text: String) throws {
      if json { diagnose(text) } else { try show(text) }
    }
  }
}
