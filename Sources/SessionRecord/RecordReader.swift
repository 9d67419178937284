import PumpHAL

/// Reads a session record, or any other MCAP file.
public final class RecordReader {
  /// How the file ends.
  public enum End: Equatable, Sendable {
    /// With data end, summary and footer, all as they should be.
    case complete
    /// In the middle, at this byte; everything before it is readable.
    case truncated(atByte: UInt64)
  }

  /// The file.
  public let path: String
  /// Who wrote it.
  public private(set) var library = ""
  /// Metadata of all names, name by name.
  public private(set) var metadata: [String: [String: String]] = [:]
  /// Attachments, in file order.
  public private(set) var attachments: [RecordAttachment] = []
  /// How the file ends.
  public private(set) var end = End.complete

  /// Opens the file and checks every checksum in it.
  public init(path: String) throws(RecordError) { self.path = path }

  /// Where the frames come from; nil if the file does not say.
  public var origin: Origin? { nil }

  /// The recorded ticks, from the first.
  public func tape() throws(RecordError) -> RecordTape { RecordTape() }

  /// The messages of one channel, in file order, as JSON or whatever the channel says.
  public func messages(on topic: String) throws(RecordError) -> [RecordMessage] { [] }
}

/// One message of a channel.
public struct RecordMessage: Equatable, Sendable {
  /// When, ns of session time; one tick is 10 000 000.
  public var logTimeNanoseconds: UInt64
  /// What.
  public var data: [UInt8]
  /// A message.
  public init(logTimeNanoseconds: UInt64, data: [UInt8]) {
    self.logTimeNanoseconds = logTimeNanoseconds
    self.data = data
  }
}
