// The pump's non-volatile memory as a file: what `--pump-state` carries from session to session.

import Host
import PumpHAL

/// What is wrong with a pump-state file, and what would be right.
///
/// - Requirements: @relation(R-030, scope=file)
public struct PumpStateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file.
  public var path: String
  /// What was wrong and what would be right.
  public var message: String
  /// The path and the message.
  public var description: String { "\(path): \(message)" }
}

/// Reads and writes pump-state files.
///
/// A file is the line `trumpet pump state 1`, the 512 entries of the memory in canonical encoding
/// (both copies, 32 bytes an entry, whole or torn as they are), and a CRC-32C over all of it.
public enum PumpStateFile {
  private static let magic = Array("trumpet pump state 1\n".utf8)
  private static let entryCount = Int(JournalEntry.slotCount * JournalEntry.copyCount)
  private static let entrySize = 32
  private static var size: Int { magic.count + entryCount * entrySize + 4 }

  /// The memory in the file at `path`; nil where there is no such file: a pump that was never used.
  public static func read(_ path: String) throws(PumpStateError) -> [JournalEntry]? {
    let bytes: [UInt8]
    do throws(FileReadError) {
      bytes = try WholeFile.read(path, limit: size)
    } catch {
      switch error.reason {
      case .missing: return nil
      case .closed: throw failed(path, error.message, "check its permissions")
      case .tooLarge: bytes = []
      default: throw failed(path, error.message, "give a file written by run")
      }
    }
    guard bytes.count == size, bytes.starts(with: magic) else {
      throw failed(path, "is no pump state", "give a file that an earlier run wrote, or a new name")
    }
    return try decode(bytes, path)
  }

  private static func decode(_ bytes: [UInt8], _ path: String) throws(PumpStateError)
    -> [JournalEntry]
  {
    var entries: [JournalEntry] = []
    var checksum = CRC32C()
    for byte in bytes[0..<(size - 4)] { checksum.put(byte) }
    var stored: UInt32 = 0
    bytes.withUnsafeBufferPointer { buffer in
      var body = CanonicalReader(UnsafeBufferPointer(rebasing: buffer[magic.count..<size]))
      for _ in 0..<entryCount { entries.append(JournalEntry(from: &body)) }
      stored = body.take32()
    }
    guard stored == checksum.value else {
      throw failed(
        path, "is damaged: its checksum does not fit", "take a copy of it, or a new name")
    }
    return entries
  }

  /// Writes the memory atomically: after a crash the file is the old one or the new one, whole.
  package static func write(_ memory: [JournalEntry], to path: String) throws(FileWriteError) {
    precondition(memory.count == entryCount)
    var bytes = magic
    bytes.reserveCapacity(size)
    var body = [UInt8](repeating: 0, count: entryCount * entrySize)
    body.withUnsafeMutableBufferPointer { buffer in
      var writer = CanonicalWriter(buffer)
      for entry in memory { entry.encode(to: &writer) }
    }
    bytes += body
    var checksum = CRC32C()
    for byte in bytes { checksum.put(byte) }
    for shift in [0, 8, 16, 24] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: checksum.value >> shift))
    }
    try OutputFile.write(bytes, to: path)
  }

  private static func failed(_ path: String, _ what: String, _ remedy: String) -> PumpStateError {
    PumpStateError(path: path, message: "\(what); \(remedy)")
  }
}
