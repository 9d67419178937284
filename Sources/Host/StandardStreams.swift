import ArgumentParser
import Glibc

/// Writes a diagnostic to standard error, never to standard output.
func diagnose(_ message: String) {
  var text = message.hasPrefix("trumpet: ") ? message : "trumpet: \(message)"
  if !text.hasSuffix("\n") { text += "\n" }
  // Whoever closed standard error does not want to know.
  _ = write(text, to: STDERR_FILENO)
}

/// Writes a result to standard output, or throws the exit status for one that cannot be written.
func show(_ text: String) throws {
  let error = write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
  // A reader that has read enough and left, as `head` does, is no error.
  if error == 0 || error == EPIPE { return }
  diagnose("standard output cannot be written: \(String(cString: strerror(error)))")
  throw ExitStatus.cannotWrite
}

/// Writes all of a text to a descriptor; gives the system's error, 0 for none.
private func write(_ text: String, to descriptor: Int32) -> Int32 {
  writeAll(Array(text.utf8), to: descriptor)
}

/// Writes all bytes to a descriptor; gives the system's error, 0 for none.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  var bytes = bytes[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    if count <= 0 { return count < 0 ? errno : EIO }
    bytes = bytes.dropFirst(count)
  }
  return 0
}

/// Sees to it that no file or port is opened as a standard stream that somebody closed: what is
/// meant for people would be written into it.
func occupyStandardStreams() {
  for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
    // The lowest free descriptor is this one. Opened the wrong way round, it still refuses its use.
    _ = open("/dev/null", (descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
  }
}
