import ArgumentParser
import PumpHAL
import Session

/// How a New Era pump is reached, and what is waived.
struct NewEraOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Address of a New Era pump, 0 to 99.", valueName: "number"))
  var address: UInt8?

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
    if case .newEra = hardware { return }
    if address != nil || noDeadMan {
      throw ValidationError("--address and --no-dead-man are for --hardware new-era:PORT")
    }
  }

  func attachment(
    port: String, isPatientExcluded: Bool, memory: [JournalEntry]? = nil
  ) -> NewEraAttachment {
    var attachment = NewEraAttachment(port: port)
    attachment.address = address ?? 0
    attachment.isPatientExcluded = isPatientExcluded
    attachment.isDeadManWaived = noDeadMan
    attachment.memory = memory
    return attachment
  }
}
