import PumpHAL

/// Writes one session into one file, append-only, a block at a time.
///
/// `tick` is on the path of the control loop: it never throws, never blocks and never allocates.
/// What goes wrong is remembered in `failure`, and nothing more is claimed durable after it.
///
/// Session time starts at the tick given to `powerOn` and grows with `TickInput.elapsedTicks`: the
/// first tick after `powerOn(…, atTick: 0)` is session tick 1.
public final class RecordWriter {
  /// The first thing that went wrong, if anything did.
  public private(set) var failure: RecordError?
  /// Bytes written to the file so far.
  public private(set) var bytesWritten: UInt64 = 0
  /// Whether a block should be closed now: its time is up, or there was an alarm or a command.
  public private(set) var isBlockDue = false
  /// Whether the block that is due holds an alarm, so that it should be made durable at once.
  public private(set) var isBlockUrgent = false
  /// The session tick of the last tick recorded.
  public private(set) var sessionTick: Int64 = 0

  /// Creates the file at `path` and writes the header; an existing file is refused.
  public init(path: String, header: RecordHeader, options: RecordOptions = RecordOptions())
    throws(RecordError)
  {}

  /// Records a power-on with what the memory restored.
  public func powerOn(_ powerOn: PowerOn, memory: [JournalEntry], atTick: Int64) {}

  /// Records one tick.
  public func tick(
    _ input: borrowing TickInput, _ output: borrowing TickOutput,
    _ monitor: borrowing MonitorOutput
  ) {}

  /// Records an event; it is durable with the block in which it happened.
  public func event(_ event: SessionEvent, atTick: Int64) {}

  /// Records a sample of telemetry.
  public func telemetry(_ sample: TelemetrySample, atTick: Int64) {}

  /// Records a sample of the world's truth.
  public func truth(_ sample: TruthSample, atTick: Int64) {}

  /// Closes the block: what was recorded so far survives a kill from now on.
  ///
  /// - Parameter isUrgent: makes it durable (fsync) even if that was done within the last second.
  public func closeBlock(controllerDigest: UInt64, monitorDigest: UInt64, isUrgent: Bool = false) {}

  /// Adds a file to the record.
  public func attach(_ attachment: RecordAttachment) {}

  /// Writes summary and footer, makes everything durable and closes the file.
  ///
  /// A block that is still open is closed with the digests given.
  public func close(controllerDigest: UInt64, monitorDigest: UInt64) throws(RecordError) {}
}
