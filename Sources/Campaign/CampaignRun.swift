// Runs the cells of a campaign on as many threads as there are cores.

import Host
import PumpHAL
import Session
import SessionFile
import SessionRecord
import Synchronization

/// Which records of its sessions a campaign keeps.
public enum KeptRecords: Equatable, Sendable {
  /// None.
  case none
  /// One of every session, in this folder.
  case all(folder: String)
  /// One of every session that failed, in this folder.
  case ofFailed(folder: String)
}

/// How a campaign is run; none of it changes what comes out.
public struct CampaignOptions: Sendable {
  /// How many sessions at a time, 1 to 1024; as many as there are cores where nothing is said.
  public var jobs = CampaignOptions.cores
  /// Which records are kept.
  public var records = KeptRecords.none
  /// The key that signs records; nil for none.
  public var signingKey: SigningKey?
  /// Default options: every core, no records.
  public init() {}

  /// The cores that this process may use.
  public static var cores: Int { processorCount }
}

/// Where a running campaign is, and the wish to end it: what another thread may look at.
public final class CampaignControl: Sendable {
  private let finishedCells = Atomic<Int>(0)
  private let failedCells = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  private let isOver = Atomic<Bool>(false)
  private let sessions = Mutex<[Int: SessionControl]>([:])

  /// A window on a campaign that has not begun.
  public init() {}

  /// How many cells are done.
  public var finished: Int { finishedCells.load(ordering: .relaxed) }
  /// How many of those failed or were refused.
  public var failed: Int { failedCells.load(ordering: .relaxed) }
  /// Whether all is over.
  public var isFinished: Bool { isOver.load(ordering: .acquiring) }
  /// Whether somebody asked for the end.
  public var isStopRequested: Bool { stopped.load(ordering: .relaxed) }

  /// Begins no more sessions, and ends those that run in order.
  public func requestStop() {
    if stopped.exchange(true, ordering: .relaxed) { return }
    sessions.withLock { for control in $0.values { control.requestStop() } }
  }

  func begin(_ control: SessionControl, number: Int) {
    sessions.withLock { $0[number] = control }
    // Asked for between the last look and the line above, the wish would be lost.
    if isStopRequested { control.requestStop() }
  }

  func end(number: Int) { sessions.withLock { $0[number] = nil } }

  func note(_ status: CellStatus) {
    finishedCells.add(1, ordering: .relaxed)
    if status == .failed || status == .refused { failedCells.add(1, ordering: .relaxed) }
  }

  func publishEnd() { isOver.store(true, ordering: .releasing) }
}

/// A campaign ready to run.
public struct CampaignRun: Sendable {
  let description: CampaignDescription
  /// The cells that will be looked at, in the order of the matrix.
  public let cells: [CampaignCell]
  let options: CampaignOptions

  /// A run of all cells of a campaign, or of some.
  public init(
    _ description: CampaignDescription, cells: [CampaignCell]? = nil,
    options: CampaignOptions = CampaignOptions()
  ) {
    self.description = description
    self.cells = cells ?? description.cells
    self.options = options
  }

  /// Runs the cells and waits for the last; the result hangs on the file alone.
  public func run(control: CampaignControl = CampaignControl()) -> CampaignResult {
    let board = ResultBoard(count: cells.count)
    let next = Counter()
    let work: @Sendable () -> Void = {
      while let index = next.take(below: cells.count) {
        let done = cellWork(cells[index], control)
        board.put(done, at: index)
        control.note(done.result.status)
      }
    }
    let jobs = max(1, min(options.jobs, cells.count, 1024))
    // Without a second thread to be had, one does all the work.
    let threads = (1..<max(2, jobs)).compactMap { _ in
      jobs > 1 ? try? DedicatedThread(name: "cells", work) : nil
    }
    work()
    for thread in threads { thread.join() }
    let result = summed(board.take())
    control.publishEnd()
    return result
  }

  private func cellWork(_ cell: CampaignCell, _ control: CampaignControl) -> CellWork {
    if cell.exclusion != nil { return CellWork(result: CellResult(cell, .excluded)) }
    if control.isStopRequested { return CellWork(result: CellResult(cell, .notRun)) }
    return CellWorker(cell, description, options, control).work()
  }

  private func summed(_ done: [CellWork]) -> CampaignResult {
    var result = CampaignResult(title: description.title, cells: done.map(\.result))
    result.axes = description.axes
    result.isRefusalFailure = description.isRefusalFailure
    result.recordFailures = done.compactMap(\.recordFailure)
    result.irreproducible = done.filter { !$0.isReproduced }.map(\.result.number)
    let positions = Dictionary(
      uniqueKeysWithValues: done.enumerated().map { ($0.element.result.number, $0.offset) })
    for index in done.indices {
      guard let twin = cells[index].twin, let position = positions[twin],
        let own = done[index].evidence, let other = done[position].evidence
      else { continue }
      result.cells[index].twin = TwinComparison(own, against: other, number: twin)
    }
    return result
  }
}

/// What a cell's work leaves.
struct CellWork: Sendable {
  var result: CellResult
  var evidence: TwinEvidence?
  var recordFailure: String?
  /// Whether a session that was run twice did the same.
  var isReproduced = true
}

/// Hands out numbers from 0, each once.
private final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  func take(below limit: Int) -> Int? {
    let taken = value.add(1, ordering: .relaxed).oldValue
    return taken < limit ? taken : nil
  }
}

/// Takes what many threads did and gives it back in order.
private final class ResultBoard: Sendable {
  private let slots: Mutex<[CellWork?]>

  init(count: Int) { slots = Mutex([CellWork?](repeating: nil, count: count)) }

  func put(_ work: CellWork, at index: Int) { slots.withLock { $0[index] = work } }

  func take() -> [CellWork] { slots.withLock { $0.compactMap { $0 } } }
}
