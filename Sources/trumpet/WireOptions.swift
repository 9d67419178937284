import ArgumentParser
import PumpSerial

/// What is wrong with the line to an emulated device; shared by every `trumpet emulate`.
struct WireOptions: ParsableArguments {
  @Option(
    name: .customLong("wire"),
    help: ArgumentHelp(
      "Make the line bad: delay=20ms,jitter=10ms,loss=1%,duplication=1%,corruption=1%,"
        + "truncation=1%,baud=19200,silence,reset=30s.",
      discussion: """
        With to=host or to=device, from=10s and until=20s, all in the same list, the list holds for \
        one direction and for some time. Give the option again for another list. Times count from \
        the host's first byte.
        """,
      valueName: "list"),
    transform: WireFaultList.init(text:))
  var lists: [WireFaultList] = []

  @Option(help: ArgumentHelp("Decides which messages a bad line hits.", valueName: "number"))
  var wireSeed: UInt64 = 1

  /// Everything that is wrong.
  var faults: [WireFault] { lists.flatMap(\.faults) }
}

/// Faults that share a direction and a time, as one option gives them.
struct WireFaultList {
  let faults: [WireFault]

  init(text: String) throws {
    do { faults = try WireFault.list(text) } catch { throw ValidationError(error.description) }
  }
}
