import BoardProtocol
import PumpHAL

/// Exchanges of the board link without a board: one question, one answer, for `Scripts/benchmark`.
///
/// The question is the smallest that the protocol has an answer for, the reading of a memory slot.
package final class BoardExchanges {
  private let line: BoardLine<SerialLink>
  private let thread: RealTimeLink?

  /// Opens a port.
  ///
  /// - Parameters:
  ///   - path: the port.
  ///   - hasThread: leaves the port to a thread of its own, as a session in real time does.
  package init(path: String, hasThread: Bool) throws(SerialLinkError) {
    line = BoardLine(try SerialLink.open(path: path, settings: .board))
    let view = HostView(Opened(mode: .realTime, boot: 0, tick: 0))
    // The peer answers questions and has nothing to sense.
    thread = hasThread ? try RealTimeLink(line, view, silenceLimit: .max) : nil
  }

  /// Asks once and waits for the answer; false when none came.
  package func exchange() throws(SerialLinkError) -> Bool {
    let question = BoardRequest(.readMemory, [0, 0])
    if let thread { return try thread.request(question) != nil }
    return try line.exchange(question) != nil
  }

  /// Ends the thread and closes the port.
  package func close() {
    thread?.stop()
    line.link.close()
  }

  /// The bytes of the question with a sequence, and those of its answer.
  package static func frames(sequence: UInt8) -> (request: [UInt8], reply: [UInt8]) {
    let answer = MemorySlot(index: 0, entry: .blank)
    return (
      frame(.readMemory, sequence) { sink in
        sink.put(UInt8(0))
        sink.put(UInt8(0))
      },
      frame(.memory, sequence) { answer.encode(to: &$0) }
    )
  }

  private static func frame(
    _ type: FrameType, _ sequence: UInt8, _ payload: (inout CanonicalWriter) -> Void
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: FrameFormat.maximumWireSize) { bytes, count in
      count = FrameEncoder.write(
        FrameHeader(type, sequence: sequence), into: bytes, payload: payload)
    }
  }
}
