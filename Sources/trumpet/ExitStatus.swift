import ArgumentParser
import Glibc

/// The exit statuses of every command (`Docs/CommandLine.md`).
enum ExitStatus {
  /// An expectation, a verification or a replay failed, or a session was ended early.
  static let failed = ExitCode(1)
  /// Wrong usage.
  static let usage = ExitCode(64)
  /// Wrong input file.
  static let wrongInput = ExitCode(65)
  /// No such file.
  static let noSuchFile = ExitCode(66)
  /// Hardware not available or lost.
  static let hardware = ExitCode(69)
  /// The record, or another output, could not be written.
  static let cannotWrite = ExitCode(74)
}

/// Writes a diagnostic to standard error, never to standard output.
func diagnose(_ message: String) {
  var text = message.hasPrefix("trumpet: ") ? message : "trumpet: \(message)"
  if !text.hasSuffix("\n") { text += "\n" }
  write(text, to: STDERR_FILENO)
}

/// Writes text to standard output.
func show(_ text: String) {
  write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
}

/// Writes all of a text to a descriptor, as far as somebody reads it.
func write(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    if count <= 0 { return }
    bytes = bytes.dropFirst(count)
  }
}
