import Glibc
import PumpHAL

@testable import PumpSerial

/// An actuator frame that follows the tick, with both permits.
func delivering(_ tick: Int64) -> ActuatorFrame {
  var frame = ActuatorFrame()
  frame.targetSteps = tick * 3
  frame.stepRateBound = 400
  frame.isControllerPermitting = true
  frame.isMonitorPermitting = true
  frame.lamp = .infusing
  frame.display.screen = .infusing
  return frame
}

/// An entry for the given slot.
func entry(_ slot: UInt16, _ sequence: UInt32) -> JournalEntry {
  JournalEntry(slot: slot, sequence: sequence, word0: UInt64(sequence), word1: 2, word2: 3)
}

/// Waits until `condition` holds, at most so many milliseconds.
func eventually(within milliseconds: Int = 5000, _ condition: () -> Bool) -> Bool {
  for _ in 0..<milliseconds {
    if condition() { return true }
    usleep(1000)
  }
  return condition()
}
