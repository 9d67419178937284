// What a person sees while a campaign runs: a progress bar on standard error.

import Glibc
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
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  /// Runs a campaign on a thread of its own, follows it here, and gives its result.
  ///
  /// Ctrl-C begins no more sessions and stops those that run; the result says what was done.
  public static func follow(
    _ run: CampaignRun, _ control: CampaignControl
  ) throws(SessionError) -> CampaignResult {
    let box = ResultBox()
    guard
      let thread = DedicatedThread({
        let result = run.run(control: control)
        box.outcome.withLock { $0 = result }
      })
    else { throw .noThread }
    CampaignProgress(control, total: run.cells.count).follow()
    thread.join()
    guard let result = box.outcome.withLock({ $0 }) else { throw .noThread }
    return result
  }

  /// Follows the campaign until it is over.
  public func follow() {
    let beginning = now
    var nextDrawing = 1.0
    var hasDrawn = false
    while !control.isFinished {
      if StopSignals.isRaised { control.requestStop() }
      let elapsed_s = now - beginning
      if isTerminal, elapsed_s >= nextDrawing {
        draw(ProgressText.cleared + bar(elapsed_s: elapsed_s))
        nextDrawing = elapsed_s + 0.2
        hasDrawn = true
      }
      usleep(elapsed_s < 0.2 ? 1000 : 10_000)
    }
    if hasDrawn { draw(ProgressText.cleared) }
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

  private var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func draw(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Hands the result from the campaign's thread to the one that follows it.
private final class ResultBox: Sendable {
  let outcome = Mutex<CampaignResult?>(nil)
}
