// The work on one cell: reads its session file as any other is read, runs it, and judges.

import Catalogue
import PumpHAL
import Session
import SessionFile
import SessionRecord
import Vocabulary

struct CellWorker {
  let cell: CampaignCell
  let description: CampaignDescription
  let options: CampaignOptions
  let control: CampaignControl

  init(
    _ cell: CampaignCell, _ description: CampaignDescription, _ options: CampaignOptions,
    _ control: CampaignControl
  ) {
    self.cell = cell
    self.description = description
    self.options = options
    self.control = control
  }

  func work() -> CellWork {
    let session: SessionDescription
    do throws(SessionFileError) {
      session = try SessionDescription(
        bytes: Array(cell.sessionText.utf8), name: "cell \(cell.number)")
    } catch {
      return CellWork(result: refused(error))
    }
    do throws(SessionError) {
      return try run(session)
    } catch {
      var work = CellWork(result: CellResult(cell, .failed))
      if case .record(let failure) = error {
        work.recordFailure = "\(failure)"
      } else {
        work.result.findings = [
          ExpectationFinding(
            text: "the session can be run", held: false,
            observed: "the system has no thread to give", line: 0)
        ]
      }
      return work
    }
  }

  private func refused(_ error: SessionFileError) -> CellResult {
    var result = CellResult(cell, .refused)
    result.refusal = error.mistakes.map { "\($0)" }
    if cell.expectedRefusals.isEmpty { return result }
    result.findings = cell.expectedRefusals.map { words in
      let hit = result.refusal.first { $0.contains(words) }
      return ExpectationFinding(
        text: "refused: \(words)", held: hit != nil,
        observed: hit ?? result.refusal.first ?? "", line: 0)
    }
    result.status = result.findings.allSatisfy(\.held) ? .passed : .failed
    return result
  }

  private func run(_ description: SessionDescription) throws(SessionError) -> CellWork {
    var path: String?
    if case .all(let folder) = options.records { path = recordPath(in: folder) }
    let first = try run(description, recordPath: path)
    var work = CellWork(result: CellResult(cell, status(of: first)))
    work.result.session = SessionFigures(first)
    work.result.findings = cell.expectedRefusals.map {
      ExpectationFinding(text: "refused: \($0)", held: false, observed: "not refused", line: 0)
    }
    if !work.result.findings.isEmpty, work.result.status == .passed { work.result.status = .failed }
    if self.description.twin != nil { work.evidence = TwinEvidence(first) }
    take(first, into: &work)
    if case .ofFailed(let folder) = options.records, work.result.status == .failed,
      !control.isStopRequested
    {
      // Run again: a session of a file gives the same ticks, and this shows that it does.
      let again = try run(description, recordPath: recordPath(in: folder))
      take(again, into: &work)
      work.isReproduced = again.ending == .interrupted || again.stateDigest == first.stateDigest
    }
    return work
  }

  private func take(_ result: SessionResult, into work: inout CellWork) {
    work.result.record = result.record
    if let failure = result.recordFailure { work.recordFailure = "\(failure)" }
  }

  private func status(of result: SessionResult) -> CellStatus {
    switch result.outcome {
    case .passed: .passed
    case .failed: .failed
    case .stopped: .stopped
    }
  }

  private func run(
    _ description: SessionDescription, recordPath: String?
  ) throws(SessionError) -> SessionResult {
    var sessionOptions = SessionOptions()
    sessionOptions.recordPath = recordPath
    sessionOptions.signingKey = recordPath == nil ? nil : options.signingKey
    // A record is sampled as `trumpet run` samples it.
    if recordPath == nil, self.description.twin != nil {
      sessionOptions.coursePeriod = TwinEvidence.period
    }
    let session = Session(description, options: sessionOptions)
    let window = SessionControl()
    control.begin(window, number: cell.number)
    defer { control.end(number: cell.number) }
    var pump = AttachedPump.simulated(session.simulatedPump())
    return try session.run(on: &pump, control: window)
  }

  private func recordPath(in folder: String) -> String { "\(folder)/\(cell.fileName).mcap" }
}

extension CampaignCell {
  /// A name for files of this cell: its number, and its values as far as they make a name.
  public var fileName: String {
    var name = String(number)
    while name.count < 4 { name = "0" + name }
    for value in values {
      let word = value.label.map { character in
        character.isASCII && (character.isLetter || character.isNumber || character == ".")
          ? character : "-"
      }
      name += "-" + String(word)
    }
    // 100 is well within what any file system takes.
    return String(name.prefix(100))
  }
}
