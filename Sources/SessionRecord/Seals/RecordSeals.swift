import PumpHAL
import TickCodec

/// The seals of a record that is being written: chain, checkpoints, and when one is due.
struct RecordSeals {
  private let session: String
  private let key: SigningKey?
  private var chain = SealChain()
  private var checkpointTick: Int64?
  /// The last checkpoint; nil before the first.
  private(set) var checkpoint: String?

  /// Session time between checkpoints, where nothing asks for one sooner: 60 s.
  static let checkpointInterval = 60 * ticksPerSecond

  init(session: String, key: SigningKey?) {
    self.session = session
    self.key = key
  }

  /// Takes in the messages that stand at `places` in `records`.
  mutating func add(_ records: UnsafeBufferPointer<UInt8>, _ places: [MessagePlace]) {
    for place in places { add(records, place) }
  }

  /// Takes in the message whose record begins at `place`.
  mutating func add(_ records: UnsafeBufferPointer<UInt8>, _ place: MessagePlace) {
    var cursor = ByteCursor(UnsafeBufferPointer(rebasing: records[place.offset...]))
    _ = cursor.take(UInt8.self)
    var message = ByteCursor(cursor.take(bytes: cursor.take(UInt64.self)))
    guard let channel = RecordChannel(rawValue: message.take(UInt16.self)) else {
      preconditionFailure("a message on a channel that is not there")
    }
    let sequence = message.take(UInt32.self)
    let logTime = message.take(UInt64.self)
    let publishTime = message.take(UInt64.self)
    chain.add(
      topic: channel.topic, sequence: sequence, logTime: logTime, publishTime: publishTime,
      data: message.take(bytes: UInt64(message.remaining)))
  }

  /// The seal over everything so far.
  func seal(_ kind: Seal.Kind, tick: Int64) -> Seal { Seal(kind, chain, tick: tick) }

  /// Whether the block that ends at `tick` is followed by a checkpoint.
  func isCheckpointDue(at tick: Int64, hasNewAlarm: Bool) -> Bool {
    guard let checkpointTick else { return true }
    return hasNewAlarm || tick - checkpointTick >= Self.checkpointInterval
  }

  /// A checkpoint over everything so far, signed where there is a key.
  mutating func takeCheckpoint(at tick: Int64) -> String {
    let body = Checkpoint.body(
      session: session, messages: chain.count, hash: chain.hash, tick: tick)
    var note = SignedNote(body: body)
    if let key { note.sign(with: key) }
    let text = note.text
    checkpointTick = tick
    checkpoint = text
    return text
  }
}
