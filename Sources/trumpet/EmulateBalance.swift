import ArgumentParser
import Catalogue
import Host
import PumpSerial
import Session
import Vocabulary

extension Emulate {
  /// `trumpet emulate balance`.
  struct Balance: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Emulates a balance, with a flow of its own.",
      discussion: """
        To weigh what an emulated pump delivers, give that pump --balance-link: one process then \
        serves pump and balance.
        """)

    @Option(name: .customLong("protocol"), help: "What it speaks: mt-sics or sbi.")
    var spoken: BalanceProtocol

    @Option(
      help: ArgumentHelp("Make a symbolic link to the pseudo-terminal here.", valueName: "path"))
    var link: String?

    @Option(help: ArgumentHelp("What runs into the vessel.", valueName: "volume/time"))
    var flow = "0 mL/h"

    @OptionGroup(title: "Balance") var balance: BalanceOptions

    /// What runs into the vessel, µL/s.
    private func ownFlow() throws -> Double {
      try Amount.of(flow, in: PhysicalUnit.microlitre / .second)
    }

    func validate() throws { _ = try ownFlow() }

    func run() throws {
      do {
        StopSignals.install()
        let emulated = try EmulatedBalance(
          balance.face(spoken), weighing: WeighingPan(try balance.parameters()),
          ownFlow: try ownFlow(),
          link: link)
        let watcher = StopSignals.watch { emulated.stop() }
        try show("balance (\(spoken.name)) on \(emulated.path); end with Ctrl-C")
        defer { watcher?.end() }
        try emulated.serve()
      } catch let status as ExitCode {
        throw status
      } catch {
        diagnose("\(error)")
        throw ExitStatus.hardware
      }
    }
  }
}
