import PumpHAL
import TickCodec

/// The recorded inputs and outputs, tick by tick: what a replay reads.
///
/// ```swift
/// var tape = try reader.tape()
/// while true {
///   switch try tape.next() {
///   case .powerOn: // tape.powerOn, tape.memory
///   case .worldChange: // tape.worldChange, tape.worldTick
///   case .tick: // tape.input, tape.output, tape.monitor, tape.sessionTick
///   case .blockEnd: // tape.blockNumber, tape.controllerDigest, tape.monitorDigest
///   case .end: return
///   }
/// }
/// ```
public struct RecordTape: ~Copyable {
  /// What the tape has come to.
  public enum Item: Sendable {
    /// A power-on.
    case powerOn
    /// A change of the world, made before the tick that follows.
    case worldChange
    /// A tick.
    case tick
    /// The end of a block.
    case blockEnd
    /// The end of the record.
    case end
  }

  /// The session tick of the item.
  public private(set) var sessionTick: Int64 = 0
  // Plain getters: a `_read` that yields through the pointer is compiled (6.3.1, -O) into a heap
  // copy that is freed before the caller reads it.

  /// What entered the tick.
  public var input: TickInput { decoder.expected.pointee.input }
  /// What the controller said.
  public var output: TickOutput { decoder.expected.pointee.output }
  /// What the monitor said.
  public var monitor: MonitorOutput { decoder.expected.pointee.monitor }
  /// The last power-on.
  public var powerOn: PowerOn { decoder.powerOn }
  /// What the memory restored at the last power-on.
  public var memory: [JournalEntry] { decoder.memory }
  /// The last change of the world, as it was given to `RecordWriter.worldChange`.
  public var worldChange: [UInt8] { decoder.worldChange }
  /// The session tick in which it was made.
  public var worldTick: Int64 { decoder.worldTick }
  /// The number of the block; the first is 0.
  public private(set) var blockNumber: UInt64 = 0
  /// The controller's digest at the end of the block.
  public private(set) var controllerDigest: UInt64 = 0
  /// The monitor's digest at the end of the block.
  public private(set) var monitorDigest: UInt64 = 0

  private var blocks: MessageReader
  private var decoder = TickDecoder()
  private var isInBlock = false
  private var hasBlock = false
  /// Whether nothing is known of the block before, so that the next has to stand alone.
  private var mustRestart = true
  private var blockOffset: UInt64 = 0

  /// The most ticks in one block, 46 h: more is no session but an attack on the reader's time.
  static let tickLimit: UInt64 = 1 << 24

  init(blocks: MessageReader) { self.blocks = blocks }

  /// Begins behind the block whose end `snapshot` shows; `blocks` stands before that block.
  init(blocks: MessageReader, after snapshot: RecordSnapshot) throws(RecordError) {
    self.blocks = blocks
    // A record that breaks off right behind its snapshot has nothing to begin with.
    guard let message = try self.blocks.next() else { return }
    blockOffset = message.offset
    guard let head = BlockHead(message.data), head.number == snapshot.block else {
      throw undecodable("the snapshot of block \(snapshot.block) does not stand before that block")
    }
    blockNumber = snapshot.block
    sessionTick = snapshot.tick
    hasBlock = true
  }

  /// What entered the tick, for whoever goes through every tick: without a copy of the tape.
  public mutating func takeInput() -> TickInput { decoder.expected.pointee.input }

  /// Whether both channels said in this tick what the record holds; compared in place.
  public mutating func holds(_ output: TickOutput, _ monitor: MonitorOutput) -> Bool {
    decoder.expected.pointee.output == output && decoder.expected.pointee.monitor == monitor
  }

  /// Goes on to the next item.
  public mutating func next() throws(RecordError) -> Item {
    if !isInBlock {
      guard let message = try blocks.next() else { return .end }
      try begin(message)
    }
    switch decoder.next() {
    case .tick:
      sessionTick &+= Int64(decoder.expected.pointee.input.elapsedTicks)
      return .tick
    case .powerOn:
      sessionTick = decoder.powerOnTick
      return .powerOn
    case .worldChange: return .worldChange
    case .end:
      isInBlock = false
      return .blockEnd
    case .failure:
      throw undecodable("block \(blockNumber) does not decode after tick \(sessionTick)")
    }
  }

  private mutating func begin(_ message: MessageReader.Message) throws(RecordError) {
    blockOffset = message.offset
    var cursor = ByteCursor(message.data)
    let version = cursor.take(UInt8.self)
    if !cursor.hasFailed && version != blockVersion {
      throw RecordError(
        .unsupportedVersion, path: blocks.path, offset: blockOffset,
        "the block here has layout \(version), and \(blockVersion) is read here; "
          + "use the version of trumpet that recorded it")
    }
    let flags = cursor.take(UInt8.self)
    let number = cursor.takeVarint()
    let firstTick = cursor.takeZigzag()
    let tickCount = cursor.takeVarint()
    let isRestart = flags & BlockFlags.restart != 0
    if isRestart {
      let microsteps = cursor.takeZigzag()
      let counts = cursor.takeZigzag()
      decoder.restart(microstepsPerRevolution: microsteps, encoderCountsPerRevolution: counts)
    }
    guard !cursor.hasFailed, cursor.remaining >= 16, flags <= BlockFlags.restart,
      tickCount <= Self.tickLimit
    else { throw undecodable("the block after block \(blockNumber) has an impossible head") }
    let expectedNumber = hasBlock ? blockNumber + 1 : 0
    guard number == expectedNumber, firstTick == sessionTick || !hasBlock,
      isRestart || !mustRestart
    else {
      throw undecodable(
        "block \(number) from tick \(firstTick) stands where block \(expectedNumber) "
          + "from tick \(sessionTick) belongs")
    }
    let items = cursor.take(bytes: UInt64(cursor.remaining - 16))
    controllerDigest = cursor.take(UInt64.self)
    monitorDigest = cursor.take(UInt64.self)
    blockNumber = number
    sessionTick = firstTick
    isInBlock = true
    hasBlock = true
    mustRestart = false
    decoder.begin(items, tickCount: tickCount)
  }

  private func undecodable(_ what: String) -> RecordError {
    RecordError(
      .undecodable, path: blocks.path, offset: blockOffset,
      "\(what); the record was damaged or altered")
  }
}
