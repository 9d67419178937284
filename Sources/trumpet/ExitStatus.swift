import ArgumentParser

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
