// The payloads of everything but sense frames.
import PumpHAL

/// `identify`: the host says who it is.
public struct Identify: Equatable, Sendable, CanonicalCodable {
  /// The host's version of the protocol.
  public var version: UInt8 = FrameFormat.version
  /// The host's dictionary hash.
  public var dictionary: UInt32 = BoardDictionary.hash
  /// This host.
  public init() {}
  /// Appends nine bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(FrameFormat.magic)
    sink.put(version)
    sink.put(dictionary)
  }
  /// Reads nine bytes.
  public init<Source: CanonicalSource>(from source: inout Source) {
    if source.take32() != FrameFormat.magic { source.fail() }
    version = source.take8()
    dictionary = source.take32()
  }
}

/// What a board can do beyond following actuator frames, as bits.
public struct BoardAbilities: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// A set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Its time can be driven by the host, a tick an actuator frame.
  public static let lockstep = BoardAbilities(rawValue: 1 << 0)
  /// It is emulated and answers `world`.
  public static let world = BoardAbilities(rawValue: 1 << 1)
}

/// `identity`: the board says who it is.
public struct Identity: Equatable, Sendable, CanonicalCodable {
  /// The board's version of the protocol.
  public var version: UInt8 = FrameFormat.version
  /// The board's dictionary hash.
  public var dictionary: UInt32 = BoardDictionary.hash
  /// Changes with every reset of the board: a counter in its memory, or a random number.
  public var boot: UInt16 = 0
  /// The board's tick counter.
  public var tick: UInt32 = 0
  /// What it can do beyond following actuator frames.
  public var abilities: BoardAbilities = []
  /// Its name: sixteen ASCII characters, filled with zeros.
  public var name0: UInt64 = 0
  /// The second half of its name.
  public var name1: UInt64 = 0
  /// An identity without a name.
  public init() {}
  /// Appends 32 bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(FrameFormat.magic)
    sink.put(version)
    sink.put(dictionary)
    sink.put(boot)
    sink.put(tick)
    sink.put(abilities.rawValue)
    sink.put(name0)
    sink.put(name1)
  }
  /// Reads 32 bytes.
  public init<Source: CanonicalSource>(from source: inout Source) {
    if source.take32() != FrameFormat.magic { source.fail() }
    version = source.take8()
    dictionary = source.take32()
    boot = source.take16()
    tick = source.take32()
    abilities = BoardAbilities(rawValue: source.take8())
    name0 = source.take64()
    name1 = source.take64()
  }
}

/// Who drives the board's time.
public enum BoardMode: UInt8, Sendable, CaseIterable {
  /// The board's own clock, 100 Hz; it sends a sense frame every tick.
  case realTime = 0
  /// The host: a tick an actuator frame, answered by its sense frames.
  case lockstep = 1
}

/// `opened`: a session has begun.
public struct Opened: Equatable, Sendable, CanonicalCodable {
  /// Who drives the board's time.
  public var mode: BoardMode
  /// The board's boot number; another one in a later frame is a reset behind the host's back.
  public var boot: UInt16
  /// The board's tick counter.
  public var tick: UInt32
  /// An answer to `open`.
  public init(mode: BoardMode, boot: UInt16, tick: UInt32) {
    self.mode = mode
    self.boot = boot
    self.tick = tick
  }
  /// Appends seven bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(mode)
    sink.put(boot)
    sink.put(tick)
  }
  /// Reads seven bytes.
  public init<Source: CanonicalSource>(from source: inout Source) {
    mode = source.takeCase(or: .realTime)
    boot = source.take16()
    tick = source.take32()
  }
}

/// `memory`: one written slot.
public struct MemorySlot: Equatable, Sendable, CanonicalCodable {
  /// Where it is: 0 to 511 in the first copy, 512 to 1023 in the second; 1024 when no slot from the
  /// one that was asked for on is written, and then `entry` is blank.
  public var index: UInt16
  /// What it holds, whole or torn; slots that were skipped are blank.
  public var entry: JournalEntry
  /// The index that says that no more slots are written.
  public static let end = UInt16(JournalEntry.slotCount * JournalEntry.copyCount)
  /// A slot.
  public init(index: UInt16, entry: JournalEntry) {
    self.index = index
    self.entry = entry
  }
  /// Appends 34 bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(index)
    entry.encode(to: &sink)
  }
  /// Reads 34 bytes.
  public init<Source: CanonicalSource>(from source: inout Source) {
    index = source.take16()
    entry = JournalEntry(from: &source)
    if index > Self.end { source.fail() }
  }
}

/// `refusal`: the board understood a frame and does not do it.
public struct Refusal: Equatable, Sendable, CanonicalCodable {
  /// The raw type of the frame that is refused.
  public var type: UInt8
  /// Why.
  public var reason: RefusalReason
  /// The board's boot number.
  public var boot: UInt16
  /// A refusal.
  public init(type: FrameType, reason: RefusalReason, boot: UInt16) {
    self.type = type.rawValue
    self.reason = reason
    self.boot = boot
  }
  /// Appends four bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(type)
    sink.put(reason)
    sink.put(boot)
  }
  /// Reads four bytes.
  public init<Source: CanonicalSource>(from source: inout Source) {
    type = source.take8()
    reason = source.takeCase(or: .malformed)
    boot = source.take16()
  }
}
