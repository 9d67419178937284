import ArgumentParser
import PumpHAL
import PumpSerial
import Session

/// How a New Era pump is reached, and what is waived.
struct NewEraOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Address of a New Era pump, 0 to 99.", valueName: "number"))
  var address: UInt8?

  @Option(
    help: ArgumentHelp(
      "Speed of a New Era pump's line, 9600 or 19200; 19200 if left out.", valueName: "baud"))
  var baud: UInt32?

  @Flag(
    help: """
      Drive a New Era pump in Basic mode: it does not stop by itself when this program dies; shown as an \
      alarm and recorded.
      """)
  var noDeadMan = false

  /// Refuses what does not fit the hardware.
  func check(against hardware: HardwareChoice) throws {
    if let address, address > 99 {
      throw ValidationError("--address \(address): a New Era pump has an address from 0 to 99")
    }
    if let baud, !NewEraPumpOptions.bauds.contains(baud) {
      throw ValidationError(
        "--baud \(baud): a New Era pump is driven at 9600 or 19200 baud; slower lines have no time for "
          + "ten questions a second")
    }
    if case .newEra = hardware { return }
    if address != nil || baud != nil || noDeadMan {
      throw ValidationError("--address, --baud and --no-dead-man are for --hardware new-era:PORT")
    }
  }

  func attachment(
    port: String, isPatientExcluded: Bool, memory: [JournalEntry]? = nil
  ) -> NewEraAttachment {
    var attachment = NewEraAttachment(port: port)
    attachment.address = address ?? 0
    if let baud { attachment.baud = baud }
    attachment.isPatientExcluded = isPatientExcluded
    attachment.isDeadManWaived = noDeadMan
    attachment.memory = memory
    return attachment
  }
}
