// The caps, checked by brute force.

/// The mass that went out in every window of one length, wherever it begins.
struct ExactWindow {
  let ticks: Int64
  private var queue: [(tick: Int64, total: Double)] = []
  private var head = 0
  private(set) var highest = 0.0

  init(ticks: Int64) { self.ticks = ticks }

  /// The total was `before` up to this tick and is `after` now, ng.
  mutating func see(tick: Int64, before: Double, after: Double) {
    while queue.count > head, let last = queue.last, last.total >= before { queue.removeLast() }
    if queue.count < head { head = queue.count }
    queue.append((tick, before))
    while head < queue.count - 1, queue[head].tick <= tick - ticks { head += 1 }
    highest = max(highest, after - queue[head].total)
  }
}
