import Glibc
import Synchronization

@testable import PumpSerial

/// A port on which somebody answers each line as a script says.
final class ScriptedPort: @unchecked Sendable {
  private let terminal: PseudoTerminal
  private let waking: WakePipe
  private let end: UInt8
  private let answer: @Sendable (Int, [UInt8]) -> [UInt8]
  private var thread = pthread_t()
  private let heard = Mutex<[[UInt8]]>([])

  /// The path to open.
  var path: String { terminal.path }
  /// The lines that came, with their ends.
  var lines: [[UInt8]] { heard.withLock { $0 } }

  /// Answers what ends with `end`; `answer` gets the line's number, from 0, and its bytes.
  init(
    end: UInt8 = 0x0d, answer: @escaping @Sendable (Int, [UInt8]) -> [UInt8]
  ) throws {
    terminal = try PseudoTerminal(link: nil)
    waking = try WakePipe()
    self.end = end
    self.answer = answer
    pthread_create(&thread, nil, runScript, Unmanaged.passRetained(self).toOpaque())
  }

  /// Ends the other side.
  func stop() {
    waking.wake()
    pthread_join(thread, nil)
  }

  fileprivate func run() {
    var buffer = [UInt8](repeating: 0, count: 256)
    var line: [UInt8] = []
    while !waking.wait(milliseconds: 2) {
      let count = Glibc.read(terminal.descriptor, &buffer, buffer.count)
      if count <= 0 { continue }
      for byte in buffer[..<count] {
        line.append(byte)
        if byte != end { continue }
        let number = heard.withLock { heard in
          heard.append(line)
          return heard.count - 1
        }
        let reply = answer(number, line)
        _ = Glibc.write(terminal.descriptor, reply, reply.count)
        line = []
      }
    }
  }
}

private func runScript(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<ScriptedPort>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
