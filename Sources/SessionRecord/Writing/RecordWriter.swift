import PumpHAL
import TickCodec

/// Writes one session into one file, append-only, a block at a time.
///
/// `tick` is on the path of the control loop: it never throws, never blocks and never allocates; a
/// block that is about to outgrow its memory is due. What goes wrong is remembered in `failure`, and
/// nothing more is claimed durable after it.
///
/// Session time starts at the tick given to `powerOn` and grows with `TickInput.elapsedTicks`: the
/// first tick after `powerOn(…, atTick: 0)` is session tick 1. One thread calls all of it.
public final class RecordWriter {
  /// The first thing that went wrong, if anything did; known when a block closes.
  public private(set) var failure: RecordError?
  /// Bytes written to the file, as known when a block last closed.
  public private(set) var bytesWritten: UInt64 = 0
  /// Whether a block should be closed now: its time is up, or there was an alarm or a command.
  public var isBlockDue: Bool { live.pointee.isBlockDue }
  /// Whether the block that is due holds a new alarm, so that it should be made durable at once.
  public var isBlockUrgent: Bool { live.pointee.isBlockUrgent }
  /// Whether the block that is due should come with a snapshot: give one before closing it.
  public var isSnapshotDue: Bool {
    sessionTick - restartedAt >= options.keyInterval.count
      && sessionTick - snapshotAt >= options.snapshotInterval.count
  }
  /// The last checkpoint, signed where there is a key, as known when a block last closed.
  public private(set) var checkpoint: String?
  /// The session tick of the last tick recorded.
  public var sessionTick: Int64 { live.pointee.sessionTick }

  private enum Destination {
    case inline(RecordFile)
    case background(WriterThread)
  }

  /// What changes in every tick; behind a pointer, because every access to a stored property of a
  /// class is checked for exclusivity at run time, which costs more than the coding.
  private struct Live: ~Copyable {
    var encoder = TickEncoder(capacity: 1 << 16)
    var sessionTick: Int64 = 0
    var blockStart: Int64 = 0
    var signals: UInt64 = 0
    var isBlockDue = false
    var isBlockUrgent = false
  }

  private let live = UnsafeMutablePointer<Live>.allocate(capacity: 1)
  private let blockLength: Int64
  private let destination: Destination
  private let options: RecordOptions
  private var batch = Batch()
  private var messages = ByteBuffer(capacity: 1 << 14)
  private var scratch = ByteBuffer(capacity: 256)
  private var places: [MessagePlace] = []
  private var sequences = [UInt32](repeating: 0, count: RecordChannel.allCases.count + 1)
  private var blockNumber: UInt64 = 0
  private var restartedAt: Int64 = 0
  private var snapshotAt: Int64 = 0
  private var isRestart = true
  private var hasItems = false
  private var hasEvents = false
  private var blocksWaiting: UInt32 = 0
  private var isClosed = false

  /// Creates the file at `path` with header, attachments and manifest; an existing file is refused.
  public init(
    path: String, header: RecordHeader, attachments: [RecordAttachment] = [],
    options: RecordOptions = RecordOptions()
  ) throws(RecordError) {
    self.options = options
    blockLength = options.blockLength.count
    let file = try RecordFile(path: path, header: header, attachments: attachments)
    live.initialize(to: Live())
    bytesWritten = file.bytesWritten
    switch options.writing {
    case .inline: destination = .inline(file)
    case .background:
      destination = .background(
        try WriterThread(file: file, path: path, limit: options.queueLimit))
    }
    places.reserveCapacity(256)
    live.pointee.encoder.begin(isRestart: true)
  }

  deinit {
    // A record that nobody closed ends at its last closed block, as after a kill.
    if !isClosed, case .background(let thread) = destination { _ = thread.finish() }
    live.deinitialize(count: 1)
    live.deallocate()
  }

  /// Records a power-on with what the memory restored.
  public func powerOn(_ powerOn: PowerOn, memory: [JournalEntry], atTick tick: Int64) {
    precondition(tick >= sessionTick)
    // A record that goes on from another begins at that one's end.
    if blockNumber == 0, !hasItems, live.pointee.encoder.tickCount == 0 {
      live.pointee.blockStart = tick
      restartedAt = tick
      snapshotAt = tick
    }
    live.pointee.encoder.powerOn(powerOn, memory: memory, atTick: tick)
    live.pointee.sessionTick = tick
    hasItems = true
    live.pointee.isBlockDue = true
  }

  /// Records one tick.
  public func tick(_ input: TickInput, _ output: TickOutput, _ monitor: MonitorOutput) {
    live.pointee.encoder.tick(input, output, monitor)
    let now = live.pointee.sessionTick &+ Int64(input.elapsedTicks)
    live.pointee.sessionTick = now
    let raised = output.signals.bits & ~live.pointee.signals
    live.pointee.signals = output.signals.bits
    if raised != 0 || !input.command.isNone || now &- live.pointee.blockStart >= blockLength {
      live.pointee.isBlockDue = true
      if raised != 0 { live.pointee.isBlockUrgent = true }
    } else if live.pointee.encoder.isNearlyFull {
      live.pointee.isBlockDue = true
    }
  }

  /// Records a change of the world that is made before the next tick.
  ///
  /// - Parameter change: its canonical encoding, which the record keeps as it is.
  public func worldChange(_ change: some CanonicalCodable, atTick tick: Int64) {
    scratch.clear()
    scratch.append(canonical: change, limit: 4096)
    live.pointee.encoder.worldChange(scratch.bytes, atTick: tick)
    hasItems = true
  }

  /// Records bytes that went over the wire, now or some time ago; they are written with the block
  /// that is open.
  public func wire(
    _ direction: WireDirection, _ bytes: UnsafeBufferPointer<UInt8>, atTick tick: Int64
  ) {
    let ticks = tick - live.pointee.blockStart
    switch direction {
    case .sent: batch.wireSent.appendWire(bytes, ticks: ticks)
    case .received: batch.wireReceived.appendWire(bytes, ticks: ticks)
    }
  }

  /// Records the whole state of both channels after the last tick, for readers that begin there.
  ///
  /// Only where `isSnapshotDue`, before the block is closed.
  public func snapshot(controller: some CanonicalCodable, monitor: some CanonicalCodable) {
    precondition(isSnapshotDue)
    snapshotAt = sessionTick
    batch.snapshot.clear()
    batch.snapshot.append(snapshotLayout)
    batch.snapshot.appendZigzag(sessionTick)
    batch.snapshot.appendVarint(blockNumber)
    for state in [canonical(controller), canonical(monitor)] {
      batch.snapshot.appendVarint(UInt64(state.count))
      batch.snapshot.append(state)
    }
  }

  private func canonical(_ state: some CanonicalCodable) -> [UInt8] {
    scratch.clear()
    scratch.append(canonical: state, limit: 1 << 20)
    return Array(scratch.bytes)
  }

  /// Records an event; it is durable with the block in which it happened.
  public func event(_ event: SessionEvent, atTick tick: Int64) {
    let start = openMessage(.events, tick)
    event.appendJSON(to: &messages, atTick: tick)
    messages.closeRecord(start)
    hasEvents = true
  }

  /// Records a sample of telemetry.
  public func telemetry(_ sample: TelemetrySample, atTick tick: Int64) {
    let start = openMessage(.telemetry, tick)
    sample.appendJSON(to: &messages, atTick: tick)
    messages.closeRecord(start)
  }

  /// Records a sample of the world's truth.
  public func truth(_ sample: TruthSample, atTick tick: Int64) {
    let start = openMessage(.truth, tick)
    sample.appendJSON(to: &messages, atTick: tick)
    messages.closeRecord(start)
  }

  /// Closes the block: what was recorded so far survives a kill from now on.
  ///
  /// Does nothing while there is nothing to close. Telemetry and truth may wait for later blocks
  /// (`RecordOptions.blocksPerSampleChunk`) unless an event goes out with this one.
  ///
  /// - Parameter isUrgent: makes it durable (fsync) even if that was done within the last second;
  ///   a new alarm in the block does so anyway.
  public func closeBlock(controllerDigest: UInt64, monitorDigest: UInt64, isUrgent: Bool = false) {
    closeBlock(controllerDigest, monitorDigest, isUrgent: isUrgent, isLast: false)
  }

  /// Writes summary and footer, makes everything durable and closes the file.
  ///
  /// A block that is still open is closed with the digests given. Throws what is in `failure`.
  public func close(controllerDigest: UInt64, monitorDigest: UInt64) throws(RecordError) {
    guard !isClosed else { return }
    closeBlock(controllerDigest, monitorDigest, isUrgent: true, isLast: true)
    let end = Batch()
    end.work = .end
    end.lastTick = sessionTick
    _ = hand(end)
    if case .background(let thread) = destination { note(thread.finish()) }
    isClosed = true
    if let failure { throw failure }
  }

  private func closeBlock(
    _ controllerDigest: UInt64, _ monitorDigest: UInt64, isUrgent: Bool, isLast: Bool
  ) {
    guard !isClosed, hasItems || live.pointee.encoder.tickCount > 0 || !places.isEmpty else {
      return
    }
    batch.number = blockNumber
    batch.firstTick = live.pointee.blockStart
    batch.lastTick = sessionTick
    batch.tickCount = live.pointee.encoder.tickCount
    batch.isRestart = isRestart
    batch.microstepsPerRevolution = restartMicrosteps
    batch.encoderCountsPerRevolution = restartEncoderCounts
    batch.controllerDigest = controllerDigest
    batch.monitorDigest = monitorDigest
    batch.isUrgent = isUrgent || isBlockUrgent
    batch.hasNewAlarm = isBlockUrgent
    swap(&batch.items, &live.pointee.encoder.bytes)
    blocksWaiting += 1
    if isLast || hasEvents || blocksWaiting >= options.blocksPerSampleChunk {
      swap(&batch.messages, &messages)
      swap(&batch.places, &places)
      blocksWaiting = 0
      hasEvents = false
    }
    batch = hand(batch)
    beginBlock()
  }

  private var restartMicrosteps: Int64 = 0
  private var restartEncoderCounts: Int64 = 0

  private func beginBlock() {
    blockNumber += 1
    live.pointee.blockStart = sessionTick
    hasItems = false
    live.pointee.isBlockDue = false
    live.pointee.isBlockUrgent = false
    isRestart = sessionTick - restartedAt >= options.keyInterval.count
    if isRestart { restartedAt = sessionTick }
    live.pointee.encoder.begin(isRestart: isRestart)
    restartMicrosteps = live.pointee.encoder.microstepsPerRevolution
    restartEncoderCounts = live.pointee.encoder.encoderCountsPerRevolution
  }

  private func openMessage(_ channel: RecordChannel, _ tick: Int64) -> Int {
    let time = logTime(tick)
    places.append(MessagePlace(channel: channel.rawValue, time: time, offset: messages.count))
    let index = Int(channel.rawValue)
    let sequence = sequences[index]
    sequences[index] = sequence &+ 1
    return messages.openMessage(
      channel: channel.rawValue, sequence: sequence, logTime: time, publishTime: time)
  }

  private func hand(_ batch: Batch) -> Batch {
    switch destination {
    case .inline(let file):
      file.take(batch)
      note(WriterThread.Progress(file))
      batch.clear()
      return batch
    case .background(let thread):
      let (next, progress) = thread.exchange(batch)
      note(progress)
      if next === batch { batch.clear() }
      return next
    }
  }

  private func note(_ progress: WriterThread.Progress) {
    if failure == nil { failure = progress.failure }
    bytesWritten = progress.bytesWritten
    checkpoint = progress.checkpoint
  }
}

/// Which way bytes went over a wire, seen from the program.
public enum WireDirection: Sendable, CaseIterable {
  /// To the hardware.
  case sent
  /// From the hardware.
  case received
}

/// The first byte of a snapshot.
let snapshotLayout: UInt8 = 1

extension ByteBuffer {
  fileprivate mutating func appendWire(_ bytes: UnsafeBufferPointer<UInt8>, ticks: Int64) {
    appendZigzag(ticks)
    appendVarint(UInt64(bytes.count))
    append(bytes)
  }
}
