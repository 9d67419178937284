/// What the lamp does; the timings behind each id are in `Docs/Alarms.md`.
public enum Lamp: UInt8, Sendable {
  /// Dark.
  case off = 0
  /// Green, on for 0.1 s every 3 s: infusing.
  case infusing = 1
  /// Cyan, steady: a low-priority alarm.
  case low = 2
  /// Yellow, flashing: a medium-priority alarm.
  case medium = 3
  /// Red, flashing: a high-priority alarm.
  case high = 4
}

/// What the buzzer does; the timings behind each id are in `Docs/Alarms.md`.
public enum Buzzer: UInt8, Sendable {
  /// Silent.
  case off = 0
  /// One short tone: a key was taken, a bolus granted.
  case click = 1
  /// Low-priority burst.
  case low = 2
  /// Medium-priority burst.
  case medium = 3
  /// High-priority burst.
  case high = 4
  /// Two short tones: a bolus was denied.
  case denied = 5
}

/// Symbols that the display shows beside its numbers, as bits.
public struct DisplayFlags: OptionSet, Sendable {
  /// The bits; only the lower four are used.
  public let rawValue: UInt8
  /// A set from its bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The sound of alarms is paused (IEC 60417-5576).
  @inlinable public static var audioPaused: DisplayFlags { DisplayFlags(rawValue: 1 << 0) }
  /// The drug library is not used for the programme that is confirmed.
  @inlinable public static var libraryNotUsed: DisplayFlags { DisplayFlags(rawValue: 1 << 1) }
  /// There are access codes, and no role is unlocked.
  @inlinable public static var locked: DisplayFlags { DisplayFlags(rawValue: 1 << 2) }
  /// The alarm shown has been acknowledged, and its cause is still there.
  @inlinable public static var acknowledged: DisplayFlags { DisplayFlags(rawValue: 1 << 3) }
}

/// What the display shows, by id and number.
public struct Display: Equatable, Sendable {
  /// The mode shown.
  public var screen: PumpMode = .selfTest
  /// The alarm shown, 0 for none: the raw value of `AlarmID`.
  public var alarm: UInt8 = 0
  /// Rate shown, in 0.01 mL/h, rounded.
  public var rate: UInt16 = 0
  /// Minutes left of programme or reservoir, whichever ends first; 65535 where unknown.
  public var minutesLeft: UInt16 = 65535
  /// Symbols shown beside.
  public var flags: DisplayFlags = []
  /// Screen and flags in one byte: the screen in its lower four bits.
  @inlinable public var screenAndFlags: UInt8 { screen.rawValue | flags.rawValue << 4 }
  /// Takes screen and flags from one byte; false where it names no screen.
  @inlinable public mutating func takeScreenAndFlags(_ byte: UInt8) -> Bool {
    flags = DisplayFlags(rawValue: byte >> 4)
    guard let mode = PumpMode(rawValue: byte & 15) else {
      screen = .failed
      return false
    }
    screen = mode
    return true
  }
  /// A blank display.
  public init() {}
}

/// One write to the non-volatile memory: 32 bytes into one slot, in both copies.
///
/// The writer keeps its own sequence numbers and checksum, so that whoever reads a slot back can
/// tell the newer copy from the older and either from a torn write.
public struct JournalEntry: Equatable, Sendable {
  /// The slot it replaces: 0 to 383 belong to the controller, 384 to 511 to the monitor.
  public var slot: UInt16
  /// Grows with every write of the same writer.
  public var sequence: UInt32
  /// Payload, first eight bytes.
  public var word0: UInt64
  /// Payload, next eight bytes.
  public var word1: UInt64
  /// Payload, last six bytes (the upper two of these eight are zero).
  public var word2: UInt64
  /// CRC-32C over everything above, in canonical order.
  public var checksum: UInt32

  /// The slots of one copy of the memory: two copies fill a ferroelectric memory of 256 kbit.
  @inlinable public static var slotCount: Int32 { 512 }
  /// The first slot that belongs to the monitor.
  @inlinable public static var firstMonitorSlot: UInt16 { 384 }
  /// The copies that the memory keeps of every slot.
  @inlinable public static var copyCount: Int32 { 2 }

  /// An entry with its checksum; `word2` must be below 2^48.
  public init(slot: UInt16, sequence: UInt32, word0: UInt64, word1: UInt64, word2: UInt64) {
    precondition(word2 < 1 << 48 && slot < JournalEntry.slotCount)
    self.slot = slot
    self.sequence = sequence
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    checksum = 0
    checksum = expectedChecksum
  }

  /// A slot that was never written.
  public static let blank = JournalEntry()

  private init() {
    slot = 0
    sequence = 0
    word0 = 0
    word1 = 0
    word2 = 0
    checksum = 0
  }

  /// The checksum that belongs to slot, sequence and payload.
  public var expectedChecksum: UInt32 {
    var crc = CRC32C()
    encodeBody(to: &crc)
    return crc.value
  }

  /// Whether the entry is whole; a blank slot is not, its CRC would not be zero.
  public var isWhole: Bool { checksum == expectedChecksum }

  @inlinable func encodeBody<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(slot)
    sink.put(sequence)
    sink.put(word0)
    sink.put(word1)
    sink.put(UInt32(truncatingIfNeeded: word2))
    sink.put(UInt16(truncatingIfNeeded: word2 >> 32))
  }
}

extension JournalEntry: CanonicalCodable {
  /// Appends the entry, 32 bytes.
  @inlinable public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    encodeBody(to: &sink)
    sink.put(checksum)
  }

  /// Reads an entry, whole or not.
  public init<Source: CanonicalSource>(from source: inout Source) {
    slot = source.take16()
    sequence = source.take32()
    word0 = source.take64()
    word1 = source.take64()
    word2 = UInt64(source.take32()) | UInt64(source.take16()) << 32
    checksum = source.take32()
  }
}

/// Everything that is told to the hardware in one tick.
///
/// - Requirements: @relation(R-006, R-063, R-070, scope=file)
public struct ActuatorFrame: Equatable, Sendable {
  /// Where the motor shall be: microsteps since power-on, absolute, so that a lost or doubled frame
  /// neither skips nor repeats dose.
  public var targetSteps: Int64 = 0
  /// The fastest the motor may move towards it, microsteps per second.
  public var stepRateBound: UInt32 = 0
  /// The controller's permit to move.
  public var isControllerPermitting = false
  /// The protective monitor's permit to move.
  public var isMonitorPermitting = false
  /// What the lamp does.
  public var lamp: Lamp = .off
  /// What the buzzer does.
  public var buzzer: Buzzer = .off
  /// What the display shows.
  public var display = Display()
  /// The commanded flow, for hardware that is given a rate instead of steps, nL/h.
  public var flowRate: UInt32 = 0
  /// A write to the non-volatile memory, if any.
  public var journal: JournalEntry?

  /// A frame that permits nothing.
  public init() {}

  /// Whether both permits are given.
  @inlinable public var isPermitted: Bool { isControllerPermitting && isMonitorPermitting }
}

extension ActuatorFrame: CanonicalCodable {
  /// Appends the frame: 25 bytes, and 32 more with a journal entry.
  @inlinable public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(targetSteps)
    sink.put(stepRateBound)
    let permits: UInt8 = (isControllerPermitting ? 1 : 0) | (isMonitorPermitting ? 2 : 0)
    sink.put(permits)
    sink.put(lamp.rawValue | buzzer.rawValue << 4)
    sink.put(display.screenAndFlags)
    sink.put(display.alarm)
    sink.put(display.rate)
    sink.put(display.minutesLeft)
    sink.put(flowRate)
    sink.put(journal != nil)
    if let journal { journal.encode(to: &sink) }
  }

  /// Reads a frame.
  @inlinable public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    targetSteps = source.takeInt64()
    stepRateBound = source.take32()
    let permits = source.take8()
    if permits > 3 { source.fail() }
    isControllerPermitting = permits & 1 != 0
    isMonitorPermitting = permits & 2 != 0
    let annunciation = source.take8()
    if let lamp = Lamp(rawValue: annunciation & 15),
      let buzzer = Buzzer(rawValue: annunciation >> 4)
    {
      self.lamp = lamp
      self.buzzer = buzzer
    } else {
      source.fail()
    }
    if !display.takeScreenAndFlags(source.take8()) { source.fail() }
    display.alarm = source.take8()
    display.rate = source.take16()
    display.minutesLeft = source.take16()
    flowRate = source.take32()
    if source.takeBool() { journal = JournalEntry(from: &source) }
  }
}
