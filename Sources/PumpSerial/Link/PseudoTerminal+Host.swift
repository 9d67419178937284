// What an emulated device does with the host at the other end.

import Glibc

extension PseudoTerminal {
  /// What a wait came to.
  enum Event {
    case none
    /// Somebody wants something of the thread that waits.
    case woken
    case bytes
    case hangUp
  }

  /// Waits for bytes, a hang-up or to be woken, at most so many milliseconds; -1 without end.
  ///
  /// - Parameter isConnected: whether the host is looked at: without one the terminal would report its
  ///   hang-up again and again.
  func wait(
    forHost isConnected: Bool, or waking: WakePipe, milliseconds: Int32
  ) throws(SerialLinkError) -> Event {
    var descriptors = (
      pollfd(fd: isConnected ? descriptor : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: waking.readEnd, events: Int16(POLLIN), revents: 0)
    )
    let ready = withUnsafeMutableBytes(of: &descriptors) {
      poll($0.assumingMemoryBound(to: pollfd.self).baseAddress, 2, milliseconds)
    }
    if ready < 0 && errno != EINTR { throw .system(path: path, call: "poll", code: errno) }
    if ready <= 0 { return .none }
    if descriptors.1.revents != 0 {
      waking.drain()
      return .woken
    }
    if descriptors.0.revents & Int16(POLLIN) != 0 { return .bytes }
    return descriptors.0.revents != 0 ? .hangUp : .none
  }

  /// Whether somebody has the terminal open.
  var hasHost: Bool { state.map { $0 & Int16(POLLHUP) == 0 } ?? false }

  /// Whether something was left in it, perhaps by a host that is gone.
  var hasBytes: Bool { state.map { $0 & Int16(POLLIN) != 0 } ?? false }

  /// What `poll` says at once; nil where it says nothing.
  private var state: Int16? {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, 0) < 0 ? nil : polled.revents
  }

  /// Sends bytes; like a wire, it keeps nothing for a host that does not listen.
  func write(_ bytes: UnsafeBufferPointer<UInt8>) {
    var sent = 0
    while sent < bytes.count {
      let count = Glibc.write(
        descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
      if count <= 0 {
        if count < 0 && errno == EINTR { continue }
        return
      }
      sent += count
    }
  }

  /// Throws away what neither end has read yet.
  func discard() { tcflush(descriptor, TCIOFLUSH) }
}
