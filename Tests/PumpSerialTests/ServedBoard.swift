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
    canRunFasterThanRealTime: Bool = true, wire: String = ""
  ) throws {
    board = try EmulatedBoard(
      parameters, memory: memory, link: link, canRunFasterThanRealTime: canRunFasterThanRealTime,
      wireFaults: try wire.split(separator: " ").flatMap { try WireFault.list(String($0)) })
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
