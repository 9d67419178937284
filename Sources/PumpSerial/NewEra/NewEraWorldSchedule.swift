import PumpPlant

/// Something that happens to the world behind an emulated pump.
public struct NewEraWorldEvent: Equatable, Sendable {
  /// What happens.
  public enum Change: Equatable, Sendable {
    /// A fault appears, and ends by itself after so many seconds where they are not 0.
    case inject(Fault, lasting: Double)
    /// Faults are mended.
    case clear(FaultSelection)
  }

  /// When, in ticks of 10 ms.
  public var at: Int64
  /// Whether `at` counts from the moment in which the pump first pumps, else from power-on.
  public var isAfterFirstStart: Bool
  /// What happens.
  public var change: Change

  /// Something that happens at a time.
  public init(at: Int64, isAfterFirstStart: Bool = true, _ change: Change) {
    self.at = at
    self.isAfterFirstStart = isAfterFirstStart
    self.change = change
  }
}

/// What is yet to happen to the world, soonest first in each of two counts of time.
struct NewEraWorldSchedule: Sendable {
  private var fromPowerOn: [NewEraWorldEvent] = []
  private var fromFirstStart: [NewEraWorldEvent] = []

  init(_ events: [NewEraWorldEvent] = []) {
    // Sorting keeps what happens at the same time in the order in which it is written.
    let sorted = events.enumerated().sorted {
      ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
    }
    for (_, event) in sorted.reversed() {
      if event.isAfterFirstStart { fromFirstStart.append(event) } else { fromPowerOn.append(event) }
    }
  }

  /// Lets happen what is due.
  mutating func apply(to pump: inout SimulatedPump, at now: Int64, firstPumpedAt: Int64?) {
    while let event = fromPowerOn.last, event.at <= now {
      fromPowerOn.removeLast()
      Self.make(event.change, happenTo: &pump)
    }
    guard let firstPumpedAt else { return }
    while let event = fromFirstStart.last, event.at <= now - firstPumpedAt {
      fromFirstStart.removeLast()
      Self.make(event.change, happenTo: &pump)
    }
  }

  static func make(
    _ change: NewEraWorldEvent.Change, happenTo pump: inout SimulatedPump
  ) {
    switch change {
    case .inject(let fault, let seconds): pump.inject(fault, lasting: seconds)
    case .clear(let selection): pump.clear(selection)
    }
  }
}
