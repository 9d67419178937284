import BoardProtocol
import PumpHAL
import PumpPlant
import PumpSerial
import SessionFile

/// Why a board could not be attached to a session.
public enum BoardAttachmentError: Error, Sendable, CustomStringConvertible {
  /// The board could not be used.
  case board(SerialPumpError)
  /// The board is hardware and nobody said that no patient is connected.
  case patientNotExcluded(port: String)

  /// What was wrong, and what to do.
  public var description: String {
    switch self {
    case .board(let error): "\(error)"
    case .patientNotExcluded(let port):
      "\(port): this board is hardware and Trumpet is no medical device; make sure that no patient "
        + "is connected, and say so with --no-patient"
    }
  }
}

extension Session {
  /// Opens a board and, where it is emulated, builds the file's world behind it.
  ///
  /// A board that can be run faster than real time is driven tick by tick, unless the session is to
  /// run in real time anyhow.
  ///
  /// - Parameter keepsWorld: leaves the world behind an emulated board as it is, for a session that
  ///   goes on.
  public func openBoard(
    port: String, isPatientExcluded: Bool, keepsWorld: Bool = false
  ) throws(BoardAttachmentError) -> AttachedPump {
    do {
      let isRealTime = options.pace.isRealTime
      let pump: SerialPump
      if isRealTime {
        pump = try SerialPump.open(path: port, mode: .realTime)
      } else {
        pump = try SerialPump.open(path: port, mode: .lockstep)
      }
      if pump.capabilities.origin == .hardware, !isPatientExcluded {
        pump.close()
        throw BoardAttachmentError.patientNotExcluded(port: port)
      }
      if pump.hasWorld, !keepsWorld { try pump.configure(PlantParameters(description)) }
      return .serial(AttachedBoard(pump))
    } catch let error as SerialPumpError {
      throw .board(error)
    } catch let error as BoardAttachmentError {
      throw error
    } catch {
      preconditionFailure("an error of no declared type")
    }
  }

  /// How long the session will be by its file, if nothing interrupts it.
  public var expectedTicks: Int64? {
    description.duration == nil ? 6000 + programmedTicks : programmedTicks
  }

  /// How long the file says, without what comes after the programme.
  var programmedTicks: Int64 {
    if let duration = description.duration { return duration.count }
    return description.phases.reduce(0) { $0 + $1.duration.count }
  }
}
