import Glibc
import PumpHAL
import PumpPlant

@testable import PumpSerial

/// An emulated board that serves on a thread of its own until it is stopped.
final class ServedBoard: @unchecked Sendable {
  let board: EmulatedBoard
  private var thread = pthread_t()
  private var isServing = true

  init(
    _ parameters: PlantParameters = .standard, memory: [JournalEntry]? = nil, link: String? = nil,
    canRunFasterThanRealTime: Bool = true
  ) throws {
    board = try EmulatedBoard(
      parameters, memory: memory, link: link, canRunFasterThanRealTime: canRunFasterThanRealTime)
    let context = Unmanaged.passRetained(board).toOpaque()
    pthread_create(&thread, nil, serveBoard, context)
  }

  /// Stops the board and waits until it has stopped.
  func stop() {
    if !isServing { return }
    isServing = false
    board.stop()
    pthread_join(thread, nil)
  }

  deinit { stop() }
}

private func serveBoard(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let board = Unmanaged<EmulatedBoard>.fromOpaque(context).takeRetainedValue()
  try? board.serve()
  return nil
}

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
