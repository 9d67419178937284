import Glibc
import Synchronization

@testable import PumpSerial

/// A bad line: a pseudo-terminal whose bytes go to and from a board, some of them lost or changed.
final class Relay: @unchecked Sendable {
  private let terminal: PseudoTerminal
  private let board: SerialLink
  private let waking: WakePipe
  private var thread = pthread_t()
  private var state: UInt64 = 1
  private let perMille: UInt64
  /// Whether nothing gets through at all.
  let isMute = Atomic(false)
  /// Whether every byte is changed on its way.
  let isGarbling = Atomic(false)
  /// Pieces that were lost or changed; read after `stop`.
  private(set) var spoilt = 0
  var path: String { terminal.path }

  /// Spoils so many of a thousand pieces in either direction.
  init(to path: String, perMille: UInt64) throws {
    terminal = try PseudoTerminal(link: nil)
    board = try SerialLink.open(path: path, settings: .board)
    waking = try WakePipe()
    self.perMille = perMille
    pthread_create(&thread, nil, runRelay, Unmanaged.passRetained(self).toOpaque())
  }

  func stop() {
    waking.wake()
    pthread_join(thread, nil)
    board.close()
  }

  private func random(_ bound: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) % bound
  }

  private func pass(from: Int32, to: Int32, _ buffer: inout [UInt8]) {
    var count = read(from, &buffer, buffer.count)
    if count <= 0 || isMute.load(ordering: .relaxed) { return }
    if isGarbling.load(ordering: .relaxed) { for index in 0..<count { buffer[index] ^= 0x55 } }
    if random(1000) < perMille {
      spoilt += 1
      switch random(3) {
      case 0: return
      case 1: buffer[Int(random(UInt64(count)))] ^= 1 << UInt8(random(8))
      default: count = Int(random(UInt64(count)))
      }
    }
    _ = write(to, buffer, count)
  }

  fileprivate func run() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      var polled = [terminal.descriptor, board.descriptor, waking.readEnd].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      poll(&polled, 3, 1000)
      if polled[2].revents != 0 { return }
      if polled[0].revents & Int16(POLLIN) != 0 {
        pass(from: terminal.descriptor, to: board.descriptor, &buffer)
      }
      if polled[1].revents & Int16(POLLIN) != 0 {
        pass(from: board.descriptor, to: terminal.descriptor, &buffer)
      }
      // Nobody has the other end open: no hurry.
      if (polled[0].revents | polled[1].revents) & Int16(POLLIN) == 0 { usleep(1000) }
    }
  }
}

private func runRelay(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<Relay>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
