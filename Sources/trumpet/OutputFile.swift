import ArgumentParser
import Glibc
import Session

/// Refuses to write where it cannot be done, or where evidence stands: over the record that is being
/// read, or over any other record.
func checkReplaceable(_ path: String, records: [String]) throws {
  do {
    try AtomicFile.check(path)
  } catch {
    diagnose("\(error)")
    throw ExitStatus.cannotWrite
  }
  guard isRecord(path) || records.contains(where: { isSameFile(path, $0) }) else { return }
  diagnose("\(path): is a session record, and no record is ever written over; give another file")
  throw ExitStatus.cannotWrite
}

/// Whether the file begins as an MCAP file does.
private func isRecord(_ path: String) -> Bool {
  guard let file = fopen(path, "re") else { return false }
  defer { fclose(file) }
  var head = [UInt8](repeating: 0, count: 8)
  return fread(&head, 1, 8, file) == 8
    && head == [0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]
}

private func isSameFile(_ a: String, _ b: String) -> Bool {
  var first = stat()
  var second = stat()
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
    && first.st_ino == second.st_ino
}
