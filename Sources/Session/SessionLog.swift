// What happened, found by comparing what the two channels say with what they said a tick before.

import PumpHAL
import PumpLoop
import PumpPlant
import SessionFile

/// Something that happened in a session.
///
/// - Requirements: @relation(R-110, R-111, scope=file)
public struct SessionOccurrence: Equatable, Sendable {
  /// When, in ticks since the first power-on.
  public var tick: Int64
  /// What.
  public var kind: Kind

  /// What can happen.
  public enum Kind: Equatable, Sendable {
    /// Power came on; the number counts from 1.
    case powerOn(Int)
    /// Power was lost.
    case powerLost
    /// The mode changed.
    case mode(from: PumpMode, to: PumpMode)
    /// An alarm began to be signalled.
    case alarmRaised(AlarmID)
    /// An alarm is no longer signalled.
    case alarmCleared(AlarmID)
    /// The monitor withdrew its permit for these reasons.
    case objection(AlarmSet)
    /// A command was given.
    case command(OperatorCommand, CommandResult)
    /// Bounds began or ceased to hold the flow below the programme.
    case bounds(RateBounds)
    /// A fault appeared in the world, for a time or until it is mended.
    case faultInjected(Fault, lasting: Ticks? = nil)
    /// Faults were mended, or ended by themselves.
    case faultCleared(FaultSelection)
    /// Another syringe was fitted.
    case syringeFitted(String)
    /// The primed line was connected to the patient.
    case connected
    /// The loop came late and so many ticks passed at once.
    case overrun(UInt16)
    /// What was left in the syringe was disposed of; refused while the pump delivers from it.
    case disposed(Disposal, isRefused: Bool)
    /// So many bytes went over the wire faster than they could be recorded.
    case wireLeftOut(bytes: UInt64)
    /// What hardware that counts for itself says it has dispensed, at the end.
    case measured(MeasuredVolume)
    /// A soft limit was passed on purpose.
    case softLimitConfirmed(limit: String, by: String, reason: String)
  }
}

/// One alarm, from the tick it was raised to the tick it was cleared.
public struct AlarmEpisode: Equatable, Sendable {
  /// Which.
  public var id: AlarmID
  /// Tick of the first signal.
  public var raised: Int64
  /// First tick without a signal; nil where it still stood at the end.
  public var cleared: Int64?
}

/// Keeps what happened, for the summary, the expectations and the record's events.
struct SessionLog {
  private(set) var occurrences: [SessionOccurrence] = []
  private(set) var alarms: [AlarmEpisode] = []
  /// Occurrences beyond `maximumCount`, counted and not kept.
  private(set) var leftOff = 0
  private var signals = AlarmSet()
  private var objections = AlarmSet()
  private var mode = PumpMode.off
  private var bounds: RateBounds = []

  /// The most occurrences kept: an alarm that flutters must not eat the memory.
  static let maximumCount = 200_000

  init() {
    occurrences.reserveCapacity(1024)
    alarms.reserveCapacity(256)
  }

  mutating func add(_ kind: SessionOccurrence.Kind, at tick: Int64) {
    if occurrences.count >= Self.maximumCount {
      leftOff += 1
      return
    }
    occurrences.append(SessionOccurrence(tick: tick, kind: kind))
  }

  /// Whether this tick says anything that the tick before did not.
  @inline(__always)
  func isNews(_ loop: ControlLoop) -> Bool {
    loop.signals != signals || loop.output.mode != mode || loop.output.bounds != bounds
      || loop.output.result != .none || loop.input.elapsedTicks != 1
      || loop.verdict.objections != objections
  }

  /// Takes down what changed in this tick; call it where `isNews` says so.
  mutating func observe(_ loop: ControlLoop, at tick: Int64) {
    if loop.input.elapsedTicks != 1 { add(.overrun(loop.input.elapsedTicks), at: tick) }
    if loop.output.result != .none {
      add(.command(loop.input.command, loop.output.result), at: tick)
    }
    if loop.output.mode != mode {
      add(.mode(from: mode, to: loop.output.mode), at: tick)
      mode = loop.output.mode
    }
    let fresh = loop.verdict.objections.bits & ~objections.bits
    objections = loop.verdict.objections
    if fresh != 0 { add(.objection(AlarmSet(bits: fresh)), at: tick) }
    compareAlarms(loop.signals, at: tick)
    if loop.output.bounds != bounds {
      bounds = loop.output.bounds
      add(.bounds(bounds), at: tick)
    }
  }

  private mutating func compareAlarms(_ now: AlarmSet, at tick: Int64) {
    guard now != signals else { return }
    for id in AlarmID.allCases {
      switch (signals.contains(id), now.contains(id)) {
      case (false, true):
        alarms.append(AlarmEpisode(id: id, raised: tick, cleared: nil))
        add(.alarmRaised(id), at: tick)
      case (true, false):
        if let open = alarms.lastIndex(where: { $0.id == id && $0.cleared == nil }) {
          alarms[open].cleared = tick
        }
        add(.alarmCleared(id), at: tick)
      default: break
      }
    }
    signals = now
  }

  /// A controller without power signals nothing: what stood is over.
  mutating func powerLost(at tick: Int64) {
    compareAlarms(AlarmSet(), at: tick)
    objections = AlarmSet()
    bounds = []
    if mode != .off { add(.mode(from: mode, to: .off), at: tick) }
    mode = .off
    add(.powerLost, at: tick)
  }
}
