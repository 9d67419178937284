import TickCodec

/// What goes to the file in one piece: a block with the samples, events, snapshot and wire bytes due.
///
/// Handed from the control thread to the writer's and back, never shared: each batch is either
/// being filled, or queued, or being written, or free.
final class Batch {
  /// What is to be done.
  enum Work {
    case block
    case end
  }

  var work = Work.block
  /// Items of the block.
  var items = ByteBuffer(capacity: 1 << 16)
  /// Messages for people, as the container has them; empty when none are due.
  var messages = ByteBuffer(capacity: 1 << 14)
  var places: [MessagePlace] = []
  /// A snapshot, as its message has it; empty when none is due.
  var snapshot = ByteBuffer(capacity: 64)
  /// Bytes of the wire in each direction, as their messages have them.
  var wireSent = ByteBuffer(capacity: 64)
  var wireReceived = ByteBuffer(capacity: 64)
  var number: UInt64 = 0
  var firstTick: Int64 = 0
  var lastTick: Int64 = 0
  var tickCount: UInt64 = 0
  var isRestart = false
  var microstepsPerRevolution: Int64 = 0
  var encoderCountsPerRevolution: Int64 = 0
  var controllerDigest: UInt64 = 0
  var monitorDigest: UInt64 = 0
  var isUrgent = false
  var hasNewAlarm = false

  /// What the batch weighs while it waits.
  var size: Int {
    items.count + messages.count + snapshot.count + wireSent.count + wireReceived.count
  }

  func clear() {
    work = .block
    items.clear()
    messages.clear()
    places.removeAll(keepingCapacity: true)
    snapshot.clear()
    wireSent.clear()
    wireReceived.clear()
    isUrgent = false
    hasNewAlarm = false
  }
}
