/// When the frames were sent that a board has not answered yet.
///
/// A board says in every sense frame which frame it took last, so a board that is heard and does not
/// hear, or hears late, can be told from one that follows.
struct UnansweredFrames {
  /// When each was sent, by sequence; meaningful from `first` on.
  private var sentAt = [UInt64](repeating: 0, count: 256)
  private var first: UInt8 = 0
  private var last: UInt8 = 0
  private var isEmpty = true

  /// When the oldest of them was sent; nil where there is none.
  var since: UInt64? { isEmpty ? nil : sentAt[Int(first)] }

  /// A frame was sent.
  mutating func didSend(_ sequence: UInt8, at now: UInt64) {
    if isEmpty {
      first = sequence
    } else {
      // Questions between two frames have numbers too; they count as sent with what follows.
      var between = last &+ 1
      while between != sequence {
        sentAt[Int(between)] = now
        between &+= 1
      }
    }
    sentAt[Int(sequence)] = now
    last = sequence
    isEmpty = false
  }

  /// The board has taken the frame with this sequence, and waits for none before it.
  mutating func take(answering: UInt8) {
    if isEmpty || Int8(bitPattern: answering &- first) < 0 { return }
    if Int8(bitPattern: answering &- last) >= 0 {
      isEmpty = true
    } else {
      first = answering &+ 1
    }
  }
}
