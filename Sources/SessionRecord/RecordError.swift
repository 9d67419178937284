/// What went wrong with a session record, where, and what would be right.
public struct RecordError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of error, for code; people read `description`.
  public enum Kind: Equatable, Sendable {
    /// It cannot be opened or created.
    case cannotOpen
    /// There is no such file.
    case noSuchFile
    /// Reading failed.
    case cannotRead
    /// Writing, or making durable what was written, failed.
    case cannotWrite
    /// The file does not begin as an MCAP file does.
    case notMCAP
    /// The container or the block codec has a version that this reader does not know.
    case unsupportedVersion
    /// A chunk has a compression that this reader does not know.
    case unsupportedCompression
    /// The bytes end in the middle of something.
    case truncated
    /// A checksum does not fit its bytes.
    case checksumMismatch
    /// A record of the container is malformed.
    case malformed
    /// A block of the tick stream does not decode.
    case undecodable
    /// The file is an MCAP file, but holds no session.
    case notASession
    /// The writer thread fell behind what is being recorded.
    case fellBehind
  }

  /// The kind of error.
  public let kind: Kind
  /// The file.
  public let path: String
  /// Byte offset in the file at which it shows, where there is one.
  public let offset: UInt64?
  /// What was wrong, where, and what to do, in that order.
  public let message: String

  /// An error.
  public init(_ kind: Kind, path: String, offset: UInt64? = nil, _ message: String) {
    self.kind = kind
    self.path = path
    self.offset = offset
    self.message = message
  }

  /// The path and the message.
  public var description: String {
    if let offset { return "\(path): byte \(offset): \(message)" }
    return "\(path): \(message)"
  }
}
