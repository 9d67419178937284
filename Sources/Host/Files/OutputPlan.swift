// What a command reads and writes, looked at as a whole before anything is written.

import Glibc

/// The inputs and outputs of one command: all outputs are distinct, and none is an input or a record.
package struct OutputPlan {
  /// Why the outputs cannot be as they were asked for.
  package struct Conflict: Error, Equatable, CustomStringConvertible {
    /// Whether the call is wrong, as against a place where nothing can be written.
    package var isUsage: Bool
    /// What is wrong, and what would be right.
    package var description: String
  }

  private struct Part {
    var path: String
    /// What it is to whoever called, such as `--junit`.
    var role: String
    var place: FilePlace
    /// Whether it has to be a file that is not there yet.
    var isNew: Bool
  }

  private var inputs: [Part] = []
  private var outputs: [Part] = []

  /// A command that reads and writes nothing.
  package init() {}

  /// A file that is read; nothing where there is none.
  package mutating func reads(_ path: String?, as role: String) {
    guard let path, path != standardStreamName else { return }
    inputs.append(Part(path: path, role: role, place: FilePlace(path), isNew: false))
  }

  /// A file that is written, replaced or written through; nothing where there is none.
  package mutating func writes(_ path: String?, as role: String) {
    guard let path else { return }
    let place =
      path == standardStreamName
      ? FilePlace.standardOutput ?? FilePlace(path) : FilePlace(path)
    outputs.append(Part(path: path, role: role, place: place, isNew: false))
  }

  /// A file that is made and may not be there yet; nothing where there is none.
  package mutating func creates(_ path: String?, as role: String) {
    guard let path else { return }
    outputs.append(Part(path: path, role: role, place: FilePlace(path), isNew: true))
  }

  /// Throws the first thing that is wrong; where it passes, writing may still fail, as on a full disk.
  package func check() throws(Conflict) {
    for (index, output) in outputs.enumerated() {
      for other in outputs[..<index] where Self.areOne(output, other) {
        throw Conflict(
          isUsage: true,
          description:
            "\(output.path): is asked for twice, by \(other.role) and by \(output.role); "
            + "give each a file of its own")
      }
    }
    for output in outputs where !output.isNew { try check(output) }
  }

  private func check(_ output: Part) throws(Conflict) {
    if output.place.kind == .file, Self.isRecord(output.place.path) {
      throw Conflict(
        isUsage: false,
        description: "\(output.path): is a session record, and no record is ever written over; "
          + "give another file")
    }
    for input in inputs where Self.areOne(output, input) {
      throw Conflict(
        isUsage: true,
        description: "\(output.path): is read as \(input.role), and \(output.role) would write "
          + "over it; give another file")
    }
    if output.path == standardStreamName { return }
    let code: Int32
    switch output.place.kind {
    case .directory: code = EISDIR
    case .passage: return
    case .file, .nothing:
      if output.path.isEmpty {
        code = ENOENT
      } else if access(directory(of: output.place.path), W_OK | X_OK) == 0 {
        return
      } else {
        code = errno
      }
    }
    throw Conflict(
      isUsage: false,
      description: "\(output.path): cannot be written: \(systemMessage(code)); "
        + "give a place that can be written")
  }

  /// Whether two names mean one file; a terminal or `/dev/null` loses nothing where two write to it.
  private static func areOne(_ a: Part, _ b: Part) -> Bool {
    guard let identity = a.place.identity, !a.place.isCharacterDevice else { return false }
    return identity == b.place.identity
  }

  /// Whether the file begins as an MCAP file does.
  private static func isRecord(_ path: String) -> Bool {
    guard let file = fopen(path, "re") else { return false }
    defer { fclose(file) }
    var head = [UInt8](repeating: 0, count: 8)
    return fread(&head, 1, 8, file) == 8
      && head == [0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]
  }
}
