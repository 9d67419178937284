import PumpHAL

/// What a record says of itself before the first tick.
public struct RecordHeader: Sendable {
  /// Who wrote it: program and version.
  public var library: String
  /// Where the frames come from.
  public var origin: Origin
  /// The seed of the simulated world; nil where there is none.
  public var seed: UInt64?
  /// The wall clock at session tick 0, ms since 1970; nil where unknown.
  ///
  /// Metadata only: no timestamp in the record depends on it.
  public var wallClockStartMilliseconds: Int64?
  /// More key-value pairs (versions, port, serial number), written in key order.
  public var metadata: [String: String]
  /// The session's id, 16 bytes; nil makes it of what the manifest lists, so that the same simulated
  /// session gives the same record.
  public var sessionID: [UInt8]?
  /// The key that signs the checkpoints; nil for none.
  public var signingKey: SigningKey?
  /// The end of the record that this one goes on from; nil for a session from its beginning.
  public var previous: SegmentLink?

  /// A header.
  public init(
    library: String, origin: Origin, seed: UInt64? = nil, wallClockStartMilliseconds: Int64? = nil,
    metadata: [String: String] = [:], sessionID: [UInt8]? = nil, signingKey: SigningKey? = nil,
    previous: SegmentLink? = nil
  ) {
    precondition(sessionID == nil || sessionID?.count == 16)
    self.library = library
    self.origin = origin
    self.seed = seed
    self.wallClockStartMilliseconds = wallClockStartMilliseconds
    self.metadata = metadata
    self.sessionID = sessionID
    self.signingKey = signingKey
    self.previous = previous
  }
}

/// How a record is written; none of it changes what the ticks say.
public struct RecordOptions: Sendable {
  /// Who does the file's input and output.
  public enum Writing: Sendable {
    /// The caller's thread, when a block closes: for sessions faster than real time.
    case inline
    /// A thread of the writer's own, so that the control thread never waits for a disk.
    case background
  }

  /// Who does the file's input and output.
  public var writing: Writing
  /// Ticks after which a block is due; see `blockLength(pace:)`.
  public var blockLength: Ticks
  /// Blocks for which telemetry and truth may wait for company in one chunk; 1 is none.
  ///
  /// A kill loses at most so many blocks' samples, never a tick or an event.
  public var blocksPerSampleChunk: UInt32
  /// Ticks between restarts of the change coding, where a reader may begin.
  public var keyInterval: Ticks
  /// Ticks between snapshots, which stand where the change coding restarts.
  public var snapshotInterval: Ticks
  /// The most bytes that may wait for the writer's thread before it has failed: 64 MiB.
  public var queueLimit: Int

  /// Options.
  public init(
    writing: Writing = .inline, blockLength: Ticks = RecordOptions.blockLength(pace: nil),
    blocksPerSampleChunk: UInt32 = 60, keyInterval: Ticks = Ticks(count: 60_000),
    snapshotInterval: Ticks = Ticks(count: 360_000), queueLimit: Int = 64 << 20
  ) {
    precondition(blockLength.count > 0 && blocksPerSampleChunk > 0 && keyInterval.count > 0)
    self.writing = writing
    self.blockLength = blockLength
    self.blocksPerSampleChunk = blocksPerSampleChunk
    self.keyInterval = keyInterval
    self.snapshotInterval = snapshotInterval
    self.queueLimit = queueLimit
  }

  /// Session time of a block: the shorter of 60 s and 1 s × pace.
  ///
  /// - Parameter pace: times real time; nil is as fast as possible.
  public static func blockLength(pace: Double?) -> Ticks {
    guard let pace, pace < 60 else { return Ticks(count: 60 * ticksPerSecond) }
    return Ticks(count: max(1, Int64(pace * Double(ticksPerSecond))))
  }
}

/// A file inside the record: session file, catalogue entries, build identity.
public struct RecordAttachment: Equatable, Sendable {
  /// Its name.
  public var name: String
  /// Its media type, such as `application/yaml`.
  public var mediaType: String
  /// Its bytes.
  public var data: [UInt8]
  /// An attachment.
  public init(name: String, mediaType: String, data: [UInt8]) {
    self.name = name
    self.mediaType = mediaType
    self.data = data
  }
}
