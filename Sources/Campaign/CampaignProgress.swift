// What a person sees while a campaign runs: a progress bar on standard error.

import Host
import Session
import Synchronization
import Text

/// Follows a running campaign on the terminal until it ends, and passes on the wish to end it.
public struct CampaignProgress {
  private let control: CampaignControl
  private let total: Int
  private let isTerminal: Bool

  /// A view of a campaign of so many cells.
  public init(_ control: CampaignControl, total: Int) {
    self.control = control
    self.total = total
    isTerminal = StandardStreams.isErrorTerminal
  }

  /// Runs a campaign on a thread of its own, follows it here, and gives its result.
  ///
  /// Ctrl-C begins no more sessions and stops those that run; the result says what was done.
  public static func follow(
    _ run: CampaignRun, _ control: CampaignControl
  ) throws(SessionError) -> CampaignResult {
    let box = ResultBox()
    let thread: DedicatedThread
    do throws(ThreadError) {
      thread = try DedicatedThread(name: "campaign") {
        let result = run.run(control: control)
        box.outcome.withLock { $0 = result }
      }
    } catch {
      throw .noThread
    }
    CampaignProgress(control, total: run.cells.count).follow()
    thread.join()
    guard let result = box.outcome.withLock({ $0 }) else { throw .noThread }
    return result
  }

  /// Follows the campaign until it is over.
  public func follow() {
    let beginning = MonotonicClock.seconds
    var nextDrawing = 1.0
    var hasDrawn = false
    while !control.isFinished {
      if StopSignals.isRaised { control.requestStop() }
      let elapsed_s = MonotonicClock.seconds - beginning
      if isTerminal, elapsed_s >= nextDrawing {
        StandardStreams.tell(ProgressText.cleared + bar(elapsed_s: elapsed_s))
        nextDrawing = elapsed_s + 0.2
        hasDrawn = true
      }
      MonotonicClock.sleep(milliseconds: elapsed_s < 0.2 ? 1 : 10)
    }
    if hasDrawn { StandardStreams.tell(ProgressText.cleared) }
  }

  private func bar(elapsed_s: Double) -> String {
    let finished = control.finished
    let share = total > 0 ? Double(finished) / Double(total) : 0
    var text = "\(ProgressText.bar(share)) \(finished) of \(total) cells"
    if control.failed > 0 { text += ", \(control.failed) failed or refused" }
    if control.isStopRequested { return text + ", ending" }
    // Cells are not of one length; before a tenth is done, an estimate would only mislead.
    if share > 0.1, finished < total {
      let left_s = (elapsed_s / share - elapsed_s).rounded()
      text += ", about \(TimeText.duration(seconds: left_s)) left"
    }
    return text
  }
}

/// Hands the result from the campaign's thread to the one that follows it.
private final class ResultBox: Sendable {
  let outcome = Mutex<CampaignResult?>(nil)
}
