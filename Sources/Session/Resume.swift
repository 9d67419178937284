// Taking a session up again that was killed: its records are run once more, and the session goes on
// from where the last of them ends.

import Catalogue
import PumpHAL
import PumpPlant
import SessionFile
import SessionRecord
import Vocabulary

/// Why a session cannot be taken up again from its records.
public enum ResumeError: Error, Sendable, CustomStringConvertible {
  /// A record cannot be read.
  case record(RecordError)
  /// A record does not fit: to the file, to the hardware, or to the record before it.
  case mismatch(path: String, what: String, remedy: String)
  /// This build does not do again what the record holds.
  case different(path: String, FirstDifference, recordedBy: String)

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .record(let error): return "\(error)"
    case .mismatch(let path, let what, let remedy): return "\(path): \(what); \(remedy)"
    case .different(let path, let difference, let recordedBy):
      let fields = difference.fields.map {
        "\n  \($0.field): recorded \($0.recorded), now \($0.replayed)"
      }
      return
        "\(path): from tick \(difference.tick) (\(SessionTime(tick: difference.tick).text)) on "
        + "this build does something else than \(recordedBy), which recorded; resume with the "
        + "version that recorded, or run the file from its beginning" + fields.joined()
    }
  }
}

/// A session that has caught up with its records and can go on.
public struct ResumedSession {
  /// The session, with the memory that it began with.
  public let session: Session
  /// The records it goes on from, in their order.
  public let paths: [String]
  /// The last seal of the last of them.
  public let end: SegmentLink
  /// The session tick at which it was killed.
  public var tick: Int64 { engine.tick }
  let engine: SessionEngine
  /// The world as it was; nil where the hardware has to be opened again.
  public let pump: SimulatedPump?
}

extension Session {
  /// Runs the records of a killed session again, from its first tick to the last one sealed.
  ///
  /// In simulation the world is built anew from the file and goes through the session once more, so
  /// that plant, script, log and account are what they were; each frame, command and output is
  /// compared with the recorded one on the way. For a board the recorded frames stand in for it.
  ///
  /// - Parameters:
  ///   - paths: the records of the session so far, in order, each one that was killed.
  ///   - isSimulated: whether the session goes on in simulation.
  public func catchUp(
    with paths: [String], isSimulated: Bool, control: SessionControl
  ) throws(ResumeError) -> ResumedSession {
    var segments: [Segment] = []
    for path in paths { segments.append(try Segment(path: path, of: self, after: segments.last)) }
    guard let first = segments.first, let last = segments.last else {
      throw .mismatch(
        path: "--resume", what: "there is no record to resume from",
        remedy: "name the record of the killed session")
    }
    let isRecordSimulated = first.reader.origin == .simulated
    guard isRecordSimulated == isSimulated else {
      throw .mismatch(
        path: first.path,
        what: isRecordSimulated ? "it was simulated" : "it was recorded on a board",
        remedy: isRecordSimulated
          ? "resume it with --hardware sim" : "resume it with --hardware board:PORT")
    }
    let memory = try first.memory()
    var options = options
    options.hasEarlierMemory = memory.contains { $0 != .blank }
    let session = Session(description, options: options)
    if isSimulated {
      var recall = Recall(
        session, hardware: RecalledWorld(session.simulatedPump(memory: memory)), control: control)
      let engine = try recall.run(segments)
      return ResumedSession(
        session: session, paths: paths, end: last.end, engine: engine, pump: recall.hardware.pump)
    }
    var recall = Recall(session, hardware: try first.recordedPump(), control: control)
    let engine = try recall.run(segments)
    return ResumedSession(
      session: session, paths: paths, end: last.end, engine: engine, pump: nil)
  }
}

/// One record of a session that was killed.
struct Segment {
  let path: String
  let reader: RecordReader
  /// Its last seal: what the next record names.
  let end: SegmentLink

  /// Opens a record and checks that it is unaltered, of this session, and goes on from the one before.
  init(path: String, of session: Session, after previous: Segment?) throws(ResumeError) {
    self.path = path
    let verification: Verification
    do {
      verification = try RecordVerifier.verify(path: path)
    } catch { throw .record(error) }
    guard verification.state != .altered, verification.signature != .invalid else {
      throw .mismatch(
        path: path, what: "it is not as it was written: \(verification.reason)",
        remedy: "a session goes on only from records that verify")
    }
    guard verification.state == .truncated else {
      throw .mismatch(
        path: path, what: "this session ended in order, there is nothing to resume",
        remedy: "run the file again, with --pump-state if the pump shall remember")
    }
    guard let end = verification.lastSeal else {
      throw .mismatch(
        path: path, what: "it breaks off before its first block",
        remedy: "run the file from its beginning")
    }
    self.end = end
    do { reader = try RecordReader(path: path) } catch { throw .record(error) }
    try Self.checkLink(verification.previous, to: previous, path: path)
    let file = reader.attachments.first { $0.name == "session.yaml" }
    guard let file, file.data == session.description.source else {
      throw .mismatch(
        path: path, what: "it was recorded from another session file than the one given",
        remedy: "run the file that is attached to it, byte for byte")
    }
  }

  private static func checkLink(
    _ link: SegmentLink?, to previous: Segment?, path: String
  ) throws(ResumeError) {
    if link == previous?.end { return }
    guard let link else {
      throw .mismatch(
        path: path, what: "it begins a session and goes on from no other record",
        remedy: "name the records of one session in their order")
    }
    guard let previous else {
      throw .mismatch(
        path: path, what: "it goes on from session \(link.session), which is not given",
        remedy: "name the records before it as well, each with --resume, in their order")
    }
    throw .mismatch(
      path: path,
      what: "it goes on from session \(link.session) at \(SessionTime(tick: link.tick).text), and "
        + "\(previous.path) is session \(previous.end.session), sealed up to "
        + SessionTime(tick: previous.end.tick).text,
      remedy: "name the records of one session in their order")
  }

  /// The ticks from the first.
  func tape() throws(ResumeError) -> RecordTape {
    do { return try reader.tape() } catch { throw .record(error) }
  }

  /// What the memory held when the session began.
  func memory() throws(ResumeError) -> [JournalEntry] {
    let tape = try firstPowerOn()
    return tape.memory
  }

  /// The hardware of the first power-on, as frames.
  func recordedPump() throws(ResumeError) -> RecordedPump {
    let tape = try firstPowerOn()
    return RecordedPump(tape.powerOn, memory: tape.memory)
  }

  private func firstPowerOn() throws(ResumeError) -> RecordTape {
    var tape = try tape()
    let item: RecordTape.Item
    do { item = try tape.next() } catch { throw .record(error) }
    guard item == .powerOn else {
      throw .mismatch(
        path: path, what: "it breaks off before its first power-on",
        remedy: "run the file from its beginning")
    }
    return tape
  }
}
