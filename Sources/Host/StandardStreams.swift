// The three streams that every program is given.

import Glibc

/// Standard input, standard output and standard error.
package enum StandardStreams {
  /// Writes all of a text to standard output; gives the system's error, 0 for none.
  ///
  /// A reader that has read enough and left, as `head` does, is no error.
  package static func show(_ text: String) -> Int32 {
    let error = writeAll(Array(text.utf8), to: STDOUT_FILENO)
    return error == EPIPE ? 0 : error
  }

  /// Writes all of a text to standard error; whoever closed it does not want to know.
  package static func tell(_ text: String) {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Whether a person sees what is written to standard output.
  package static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether a person sees what is written to standard error.
  package static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// The next bytes of standard input, at most `limit`, if there are some; never waits.
  package static func waitingInput(limit: Int) -> [UInt8] {
    var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, 0) == 1, waiting.revents & Int16(POLLIN) != 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = read(STDIN_FILENO, &bytes, limit)
    return count > 0 ? Array(bytes[..<count]) : []
  }

  /// Sees to it that no file or port is opened as a standard stream that somebody closed: what is
  /// meant for people would be written into it.
  package static func occupy() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free descriptor is this one. Opened the wrong way round, it still refuses its use.
      _ = open("/dev/null", (descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
    }
  }
}

/// The terminal's keyboard, key by key instead of line by line.
package final class Keyboard {
  private var before = termios()
  private let isTerminal: Bool

  /// Takes the terminal over, where standard input is one.
  package init() {
    isTerminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before) == 0
    guard isTerminal else { return }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &raw)
  }

  /// A key that was pressed; nil where none was, or no terminal is there.
  package func read() -> UInt8? {
    isTerminal ? StandardStreams.waitingInput(limit: 1).first : nil
  }

  /// Puts the terminal back as it was.
  package func restore() {
    if isTerminal { tcsetattr(STDIN_FILENO, TCSANOW, &before) }
  }
}

/// Writes all bytes to a descriptor; gives the system's error, 0 for none.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
}

/// Writes all bytes to a descriptor, with one call unless the system takes them piece by piece.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var rest = bytes
  while !rest.isEmpty {
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count > 0 {
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    } else if count == 0 || errno != EINTR {
      return count == 0 ? ENOSPC : errno
    }
  }
  return 0
}
