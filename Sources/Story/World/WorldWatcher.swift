import PumpHAL
import PumpPlant

/// Follows the changes of the world and keeps which fault lasted from when to when.
struct WorldWatcher {
  private(set) var faults: [FaultStory] = []

  /// Takes a change that was made before the tick that follows.
  ///
  /// - Parameter predicted: the predicted time to an occlusion alarm in the tick before, s.
  mutating func take(_ change: RecordedWorldChange, at tick: Int64, predicted: UInt32) {
    switch change {
    case .inject(let fault, let lasting):
      faults.append(
        FaultStory(
          fault, span: TickSpan(from: tick, to: Self.end(of: fault, lasting: lasting, from: tick)),
          predictedTimeToAlarm_s: predicted))
    case .clear(let selection):
      for index in faults.indices where selection.holds(faults[index].fault) {
        // One that had ended by itself before stays as it was.
        if let end = faults[index].span.to, end <= tick { continue }
        faults[index].span.to = tick
      }
    case .fit, .connect: return
    }
  }

  /// When a fault ends by itself; nil for one that lasts until it is put right.
  private static func end(of fault: Fault, lasting seconds: Double, from tick: Int64) -> Int64? {
    func after(_ seconds: Double) -> Int64 {
      tick + Int64((seconds * Double(ticksPerSecond)).rounded())
    }
    switch fault.kind {
    case .powerLoss: return after(fault.amount)
    // It passes, and nothing says when.
    case .bubble: return tick
    default: return seconds > 0 ? after(seconds) : nil
    }
  }
}
