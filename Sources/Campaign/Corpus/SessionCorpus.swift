// A folder of session files with a small record beside each: what a firmware has to give again, bit for
// bit, and the work of `trumpet golden`.

import Glibc
import Host
import PumpPlant
import PumpSerial
import Session
import SessionFile
import SessionRecord
import Text

/// Session files `NAME.yaml` and the records `NAME.mcap` that they gave.
///
/// Files named `board-…` run on an emulated board, tick by tick; the one named `board-wire` keeps all bytes
/// of its wire. Records are not signed and carry no sources, so that they stay small.
package struct SessionCorpus {
  /// Where they stand.
  package let folder: String
  /// The sessions in it, in byte order.
  package let names: [String]

  /// The corpus in a folder.
  ///
  /// - Throws: `CorpusError` where the folder cannot be read.
  package init(folder: String) throws(CorpusError) {
    self.folder = folder
    names = try Self.sessions(in: folder)
  }

  /// What is not as it was in one session: nothing where the firmware replays its record, and the file, run
  /// again, gives the same ticks.
  package func check(_ name: String) throws(CorpusError) -> [String] {
    let record = record(name)
    guard access(record, R_OK) == 0 else { return ["\(name).mcap is missing; --renew makes it"] }
    var lines: [String] = []
    let replayed = try explained { () throws(ReplayError) in try Replay.run(path: record) }
    if let difference = replayed.firstDifference {
      lines.append("the firmware does not replay the record")
      lines += Self.lines("outputs", difference, ("recorded", "replayed"))
    }
    try withFolder(below: nil) { again throws(CorpusError) in
      try run(name, record: again)
      let compared = try explained { () throws(ReplayError) in
        try Replay.compare(path: record, against: again)
      }
      if !compared.isIdentical {
        lines.append("the file, run again, gives another session")
        for (what, difference) in [
          ("power-on", compared.firstPowerOnDifference), ("inputs", compared.firstInputDifference),
          ("outputs", compared.firstOutputDifference),
        ] {
          if let difference { lines += Self.lines(what, difference, ("recorded", "now")) }
        }
      }
      if !compared.isIdentical || lines.isEmpty { lines += try Self.changes(record, again) }
    }
    return lines
  }

  /// Puts a new record in the place of one that does not hold any more; says what moved.
  ///
  /// A record that still holds stays as it is, although other versions of the program made it.
  package func renew(_ name: String) throws(CorpusError) -> [String] {
    let record = record(name)
    let isThere = access(record, F_OK) == 0
    var found: [String] = []
    if isThere {
      do throws(CorpusError) {
        found = try check(name)
      } catch {
        // A record of an older layout cannot be replayed; what it says of itself is still compared.
        found = ["the record before cannot be replayed: \(error.text)"]
      }
      if found.isEmpty { return [] }
    }
    var lines: [String] = []
    try withFolder(below: folder) { again throws(CorpusError) in
      try run(name, record: again)
      lines = isThere ? try Self.changes(record, again) : ["there was none before"]
      if lines.isEmpty { lines = found }
      guard rename(again, record) == 0 else {
        throw CorpusError("\(record): cannot be written: \(String(cString: strerror(errno)))")
      }
    }
    return lines
  }

  /// Runs every session of another folder in full, without a record, and compares its figures with those in
  /// `figures.txt` of this one; a line for each that is not as it was.
  package func compareWhole(
    of other: String, isRenewing: Bool
  ) throws(CorpusError) -> [(name: String, lines: [String])] {
    let path = "\(folder)/figures.txt"
    var before: [String: String] = [:]
    for line in Self.text(path).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { before[String(parts[0])] = String(parts[1].dropFirst()) }
    }
    var all: [(name: String, lines: [String])] = []
    var text = ""
    for name in try Self.sessions(in: other) {
      let session = Session(try Self.description("\(other)/\(name).yaml"))
      let figures = try Self.run(session, on: .simulated(session.simulatedPump())).figures
      text += "\(name): \(figures)\n"
      let old = before.removeValue(forKey: name)
      all.append((name, old == figures ? [] : [old ?? "there was none before", figures]))
    }
    all += before.keys.sorted().map { ($0, ["is gone"]) }
    if isRenewing, all.contains(where: { !$0.lines.isEmpty }) {
      do {
        try OutputFile.write(Array(text.utf8), to: path)
      } catch {
        throw CorpusError("\(error)")
      }
    }
    return all
  }

  private func record(_ name: String) -> String { "\(folder)/\(name).mcap" }

  private func run(_ name: String, record: String) throws(CorpusError) {
    let description = try Self.description("\(folder)/\(name).yaml")
    var options = SessionOptions()
    options.recordPath = record
    options.carriesSources = false
    guard name.hasPrefix("board-") else {
      let session = Session(description, options: options)
      _ = try Self.run(session, on: .simulated(session.simulatedPump()))
      return
    }
    options.wire = name == "board-wire" ? .full : .none
    // No folder of the machine stands in the record.
    options.hardwareDetails = ["port": "board"]
    let session = Session(description, options: options)
    let board: EmulatedBoard
    do {
      board = try EmulatedBoard(PlantParameters.standard)
    } catch {
      throw CorpusError("\(error)")
    }
    let thread: DedicatedThread
    do {
      thread = try DedicatedThread(name: "board") { try? board.serve() }
    } catch {
      throw CorpusError("\(error)")
    }
    defer {
      board.stop()
      thread.join()
    }
    let pump: AttachedPump
    do {
      pump = try session.openBoard(port: board.path, isPatientExcluded: false)
    } catch {
      throw CorpusError("\(error)")
    }
    _ = try Self.run(session, on: pump)
  }

  private static func run(
    _ session: Session, on pump: AttachedPump
  ) throws(CorpusError) -> SessionResult {
    var pump = pump
    defer { pump.close() }
    do {
      let result = try session.run(on: &pump)
      if let failure = result.recordFailure { throw SessionError.record(failure) }
      return result
    } catch {
      throw CorpusError("\(session.description.title): \(error)")
    }
  }

  private static func description(_ path: String) throws(CorpusError) -> SessionDescription {
    do { return try SessionDescription(contentsOf: path) } catch { throw CorpusError("\(error)") }
  }

  private static func sessions(in folder: String) throws(CorpusError) -> [String] {
    guard let directory = opendir(folder) else {
      throw CorpusError("\(folder): cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".yaml") { names.append(String(name.dropLast(5))) }
    }
    return names.sorted()
  }

  /// What stands in a small file; nothing where there is none.
  private static func text(_ path: String) -> String {
    guard let file = fopen(path, "re") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private static func lines(
    _ what: String, _ difference: FirstDifference, _ sides: (String, String)
  ) -> [String] {
    let at = SessionTime(tick: difference.tick).text
    return ["\(what) differ first at tick \(difference.tick), \(at)"]
      + difference.fields.map {
        "  \($0.field): \(sides.0) \($0.recorded), \(sides.1) \($0.replayed)"
      }
  }

  private func explained<Value>(
    _ body: () throws(ReplayError) -> Value
  ) throws(CorpusError) -> Value {
    do { return try body() } catch { throw CorpusError("\(error)") }
  }

  /// Gives the path of a record to be, in a folder that is gone afterwards.
  private func withFolder(
    below parent: String?, _ body: (_ record: String) throws(CorpusError) -> Void
  ) throws(CorpusError) {
    let parent = parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/.golden-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw CorpusError("\(parent): no folder can be made: \(String(cString: strerror(errno)))")
    }
    let folder = String(cString: made)
    let record = "\(folder)/again.mcap"
    defer {
      unlink(record)
      rmdir(folder)
    }
    try body(record)
  }
}

/// Why a corpus could not be checked: what was wrong and where.
package struct CorpusError: Error {
  /// For people.
  package let text: String

  init(_ text: String) { self.text = text }
}

extension SessionResult {
  /// What has to be the same whenever the session is run.
  fileprivate var figures: String {
    var text =
      "digest \(Hexadecimal.text(stateDigest)), \(DecimalText.fixed(simulated_s, decimals: 2)) s"
    for drug in delivered {
      text += ", \(drug.drug) \(DecimalText.fixed(drug.dispensed_mL, decimals: 6)) mL dispensed"
      if let infused = drug.infused_mL {
        text += " \(DecimalText.fixed(infused, decimals: 6)) mL infused"
      }
    }
    return text + ", \(alarms.count) alarms"
  }
}
