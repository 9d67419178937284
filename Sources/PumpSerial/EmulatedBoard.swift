import PumpHAL
import PumpPlant

/// A motor board on a pseudo-terminal, with the plant behind it.
public final class EmulatedBoard: @unchecked Sendable {
  /// The path a host opens: the symbolic link where there is one, else the pseudo-terminal.
  public let path: String = ""

  /// Makes the pseudo-terminal and the symbolic link.
  public init(
    _ parameters: PlantParameters, memory: [JournalEntry]? = nil, link: String? = nil,
    canRunFasterThanRealTime: Bool = true
  ) throws(SerialLinkError) {}
  /// Serves hosts, one after the other, until `stop` is called.
  public func serve() throws(SerialLinkError) {}
  /// Ends `serve`; may be called from any thread and from a signal handler.
  public func stop() {}
}
