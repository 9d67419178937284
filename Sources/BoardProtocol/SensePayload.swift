// A sensor frame as it goes over the wire: motion, keys and faults always, every other sensor when
// it has something new. Several sense frames may make up one tick; the last says so.
import PumpHAL

/// The parts of a sensor frame that are sent only when they changed, as bits.
public struct SenseGroups: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt16
  /// A set from its bits.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// Age of steps and encoder; left out when it is zero.
  public static let motionAge = SenseGroups(rawValue: 1 << 0)
  /// Carriage position.
  public static let carriage = SenseGroups(rawValue: 1 << 1)
  /// Force cell.
  public static let force = SenseGroups(rawValue: 1 << 2)
  /// Motor current.
  public static let motorCurrent = SenseGroups(rawValue: 1 << 3)
  /// Battery.
  public static let battery = SenseGroups(rawValue: 1 << 4)
  /// Temperature.
  public static let temperature = SenseGroups(rawValue: 1 << 5)
  /// Syringe switches.
  public static let syringe = SenseGroups(rawValue: 1 << 6)
  /// Air detector.
  public static let air = SenseGroups(rawValue: 1 << 7)
  /// Wall clock.
  public static let wallClock = SenseGroups(rawValue: 1 << 8)
  /// Not a group: where the four bits of what lamp and buzzer do begin.
  static let annunciationShift: UInt16 = 9
  /// Not a group: another sense frame of the same tick follows.
  public static let moreFollows = SenseGroups(rawValue: 1 << 14)
  /// Not a group: the board, or the pump behind an emulated one, has power.
  public static let isPowered = SenseGroups(rawValue: 1 << 15)
  /// Every group that has a value of its own and a sample tick.
  public static let sensors = SenseGroups(rawValue: 0x1fe)
  /// Every bit that may be set.
  public static let known = SenseGroups(rawValue: 0xdfff)
}

/// The fields of a sense frame that are about the link.
public struct SenseLink: Equatable, Sendable {
  /// The board's boot number.
  public var boot: UInt16 = 0
  /// The sequence of the newest frame that the board took from the host.
  public var answering: UInt8 = 0
  /// Bit n is set when the frame with sequence `answering` − 1 − n was taken too.
  public var received: UInt16 = 0
  /// Whether another sense frame of the same tick follows.
  public var moreFollows = false
  /// Whether the pump has power.
  public var isPowered = true
  /// A link that has heard nothing.
  public init() {}
}

extension SensorFrame {
  /// The groups in which `self` differs from `other`.
  @inlinable func groups(differingFrom other: SensorFrame) -> SenseGroups {
    var groups: UInt16 = 0
    if carriage != other.carriage { groups |= SenseGroups.carriage.rawValue }
    if force != other.force { groups |= SenseGroups.force.rawValue }
    if motorCurrent != other.motorCurrent { groups |= SenseGroups.motorCurrent.rawValue }
    if battery != other.battery { groups |= SenseGroups.battery.rawValue }
    if temperature != other.temperature { groups |= SenseGroups.temperature.rawValue }
    if syringe != other.syringe { groups |= SenseGroups.syringe.rawValue }
    if air != other.air { groups |= SenseGroups.air.rawValue }
    if wallClock != other.wallClock { groups |= SenseGroups.wallClock.rawValue }
    return SenseGroups(rawValue: groups)
  }

  /// Bytes that `group` takes on the wire, its sample tick included unless it is this tick.
  func wireSize(of group: SenseGroups) -> Int {
    func size<Value>(_ value: Int, _ reading: Reading<Value>) -> Int {
      reading.sampledAt == tick ? value : value + 4
    }
    switch group {
    case .motionAge: return 2
    case .carriage: return size(4, carriage)
    case .force: return size(4, force)
    case .motorCurrent: return size(2, motorCurrent)
    case .battery: return size(4, battery)
    case .temperature: return size(2, temperature)
    case .syringe: return size(3, syringe)
    case .air: return size(2, air)
    case .wallClock: return size(9, wallClock)
    default: return 0
    }
  }
}

/// Splits sensor frames into sense frames, on the board.
public struct SenseComposer: Sendable {
  private var current = SensorFrame()
  private var owed: SenseGroups = .sensors
  private var refresh: UInt16 = 0

  /// A composer that owes every group once.
  public init() {}

  /// Bytes of a sense frame without groups.
  public static let fixedSize = 31
  /// Each sensor group is sent anew after so many ticks even when nothing changed: 8 × 16 = 128.
  public static let refreshTicks: UInt16 = 128
  /// The most sense frames that one tick can need.
  public static let maximumFramesPerTick = 3

  /// Owes every group again, for a host that has just come.
  public mutating func owesEverything() { owed = .sensors }

  /// Takes what the hardware senses in this tick.
  public mutating func take(_ frame: SensorFrame) {
    owed.formUnion(frame.groups(differingFrom: current))
    refresh &+= 1
    if refresh % (Self.refreshTicks / 8) == 0 {
      let turn = refresh / (Self.refreshTicks / 8) % 8
      owed.insert(SenseGroups(rawValue: 2 << turn))
    }
    current = frame
  }

  /// Whether groups are left that the last sense frame had no room for.
  public var hasMore: Bool { !owed.isEmpty }

  /// Writes the next sense frame of this tick.
  ///
  /// - Parameters:
  ///   - link: the link's fields; `moreFollows` is set here.
  ///   - isLast: no more sense frames will be sent in this tick; what is left waits for the next.
  ///   - sink: takes at most `FrameFormat.maximumPayloadSize` bytes.
  public mutating func write<Sink: CanonicalSink>(
    _ link: SenseLink, isLast: Bool, to sink: inout Sink
  ) {
    var groups: SenseGroups = current.motionAge == 0 ? [] : .motionAge
    var room = FrameFormat.maximumPayloadSize - Self.fixedSize
    room -= groups.isEmpty ? 0 : 2
    for bit in 1..<9 as Range<UInt16> {
      let group = SenseGroups(rawValue: 1 << bit)
      let size = current.wireSize(of: group)
      if owed.contains(group) && size <= room {
        room -= size
        groups.insert(group)
      }
    }
    owed.subtract(groups)
    var flags = groups
    flags.formUnion(
      SenseGroups(
        rawValue: UInt16(current.annunciation.rawValue & 15) << SenseGroups.annunciationShift))
    if hasMore && !isLast { flags.insert(.moreFollows) }
    if link.isPowered { flags.insert(.isPowered) }

    sink.put(link.boot)
    sink.put(link.answering)
    sink.put(link.received)
    sink.put(current.tick)
    sink.put(current.stepCount)
    sink.put(current.encoderCount)
    sink.put(current.keys.rawValue)
    sink.put(current.faults.rawValue)
    sink.put(
      current.motionValidity.rawValue | current.encoderValidity.rawValue << 2
        | current.commandOutcome.rawValue << 4)
    sink.put(flags.rawValue)
    sink.put(current.sampledNow)
    sink.put(current.wireValidities)
    current.put(groups, to: &sink)
  }
}

/// Puts sense frames together again, on the host.
public struct SenseAssembler: Sendable {
  /// What the hardware senses, as far as it has been heard.
  public private(set) var frame = SensorFrame()
  /// The link's fields of the newest sense frame.
  public private(set) var link = SenseLink()
  /// The groups heard since the start.
  public private(set) var heard: SenseGroups = []

  /// An assembler that has heard nothing.
  public init() { frame.link = .up }

  /// Whether every sensor group has been heard at least once.
  public var isComplete: Bool { heard.isSuperset(of: .sensors) }

  /// Takes the payload of one sense frame; false, and nothing changed, where it is malformed.
  public mutating func take(_ source: inout CanonicalReader) -> Bool {
    var newLink = SenseLink()
    var new = frame
    newLink.boot = source.take16()
    newLink.answering = source.take8()
    newLink.received = source.take16()
    new.tick = source.take32()
    new.stepCount = source.takeInt64()
    new.encoderCount = source.takeInt32()
    new.keys = Keys(rawValue: source.take16())
    new.faults = HardwareFaults(rawValue: source.take16())
    let status = source.take8()
    let flags = SenseGroups(rawValue: source.take16())
    let sampledNow = source.take8()
    let validities = source.take16()
    guard !source.hasFailed, SenseGroups.known.isSuperset(of: flags),
      let motion = Validity(rawValue: status & 3),
      let encoder = Validity(rawValue: status >> 2 & 3),
      let outcome = HardwareCommandOutcome(rawValue: status >> 4)
    else { return false }
    new.motionValidity = motion
    new.encoderValidity = encoder
    new.commandOutcome = outcome
    new.annunciation = Annunciation(
      rawValue: UInt8(truncatingIfNeeded: flags.rawValue >> SenseGroups.annunciationShift & 15))
    newLink.moreFollows = flags.contains(.moreFollows)
    newLink.isPowered = flags.contains(.isPowered)
    new.takeGroups(flags, sampledNow: sampledNow, validities: validities, from: &source)
    if source.hasFailed || source.remaining != 0 { return false }
    frame = new
    link = newLink
    heard.formUnion(flags.intersection(.sensors))
    return true
  }
}
