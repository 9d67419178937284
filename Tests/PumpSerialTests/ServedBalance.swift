import Glibc
import Synchronization

@testable import PumpSerial

/// Whatever is at the other end of a line, played by a test: what comes is answered by a function.
final class ScriptedPeer: @unchecked Sendable {
  private let terminal: PseudoTerminal
  private let waking: WakePipe
  private var thread = pthread_t()
  private let answer: @Sendable (String) -> String
  private let isStopping = Atomic(false)
  /// What came, as text.
  let heard = Mutex("")
  /// Whether nothing is answered any more.
  let isMute = Atomic(false)
  private var hasTerminal = true
  var path: String { terminal.devicePath }

  /// Answers every CR, LF or underline by what `answer` makes of the text since the last one.
  init(_ answer: @escaping @Sendable (String) -> String) throws {
    terminal = try PseudoTerminal(link: nil)
    waking = try WakePipe()
    self.answer = answer
    pthread_create(&thread, nil, runScriptedPeer, Unmanaged.passRetained(self).toOpaque())
  }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    waking.wake()
    pthread_join(thread, nil)
  }

  /// Says something unasked.
  func say(_ text: String) {
    var bytes = Array(text.utf8)
    _ = Glibc.write(terminal.descriptor, &bytes, bytes.count)
  }

  fileprivate func run() {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 256)
    while !isStopping.load(ordering: .relaxed) {
      _ = waking.wait(milliseconds: 2)
      let count = Glibc.read(terminal.descriptor, &buffer, buffer.count)
      if count <= 0 { continue }
      for byte in buffer[..<count] {
        if byte != 10 {
          text.unicodeScalars.append(UnicodeScalar(byte))
          if byte != 13 { continue }
        }
        let line = text.filter { $0 != "\r" && $0 != "\n" }
        text = ""
        if line.isEmpty { continue }
        heard.withLock { $0 += line + "\n" }
        if !isMute.load(ordering: .relaxed) { say(answer(line)) }
      }
    }
  }
}

private func runScriptedPeer(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<ScriptedPeer>.fromOpaque(context).takeRetainedValue().run()
  return nil
}

/// An emulated balance that serves on a thread of its own until it is stopped.
final class ServedBalance {
  let balance: EmulatedBalance
  var pan: WeighingPan { balance.pan }

  init(
    _ face: EmulatedBalance.Face = .mtSICS, flow: Double? = 0, link: String? = nil,
    _ change: (inout BalanceParameters) -> Void = { _ in }
  ) throws {
    var parameters = BalanceParameters()
    parameters.settlingTime = 0.2
    parameters.stabilityTime = 0.3
    parameters.repeatability = 0
    change(&parameters)
    balance = try EmulatedBalance(
      face, weighing: WeighingPan(parameters), ownFlow: flow, link: link)
    try balance.start()
  }

  /// Puts so much on the pan, g.
  func put(_ grams: Double) {
    pan.withModel {
      $0.advance(seconds: 0, adding: grams * 1000 / $0.parameters.density)
    }
  }

  func stop() { balance.stop() }
  deinit { stop() }
}
