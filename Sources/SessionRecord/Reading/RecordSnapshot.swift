import PumpHAL
import TickCodec

/// The whole state of both channels after one tick, from which a replay may begin.
public struct RecordSnapshot: Equatable, Sendable {
  /// The session tick after which it was taken.
  public let tick: Int64
  /// The number of the block that ends with that tick.
  public let block: UInt64
  /// Canonical state of the controller.
  public let controller: [UInt8]
  /// Canonical state of the monitor.
  public let monitor: [UInt8]
  /// Where its chunk starts in the file.
  let offset: UInt64

  init?(_ data: UnsafeBufferPointer<UInt8>, offset: UInt64) {
    var cursor = ByteCursor(data)
    guard cursor.take(UInt8.self) == snapshotLayout else { return nil }
    tick = cursor.takeZigzag()
    block = cursor.takeVarint()
    controller = Array(cursor.take(bytes: cursor.takeVarint()))
    monitor = Array(cursor.take(bytes: cursor.takeVarint()))
    self.offset = offset
    if cursor.hasFailed || !cursor.isAtEnd { return nil }
  }

  /// The canonical encoding of a state.
  public static func encode(_ state: some CanonicalCodable) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 1 << 14)
    bytes.append(canonical: state, limit: 1 << 20)
    return Array(bytes.bytes)
  }

  /// Reads a state of either channel; nil where the bytes are not one.
  public func decode<State: CanonicalCodable>(_ bytes: [UInt8], as: State.Type) -> State? {
    bytes.withUnsafeBufferPointer { buffer in
      var reader = CanonicalReader(buffer)
      let state = State(from: &reader)
      return reader.hasFailed || reader.position != bytes.count ? nil : state
    }
  }
}

extension RecordReader {
  /// Every snapshot, in file order.
  public func snapshots() throws(RecordError) -> [RecordSnapshot] {
    var found: [RecordSnapshot] = []
    for (id, _) in channels.filter({ $0.value.topic == RecordChannel.snapshots.topic }) {
      var reader = try MessageReader(file, channel: id)
      while let message = try reader.next() {
        guard let snapshot = RecordSnapshot(message.data, offset: message.offset) else {
          throw RecordError(
            .undecodable, path: path, offset: message.offset,
            "the snapshot here does not decode; the record was damaged or altered")
        }
        found.append(snapshot)
      }
    }
    return found
  }

  /// The end of the record that this one goes on from; nil where it begins a session, or has no
  /// manifest.
  public func previous() throws(RecordError) -> SegmentLink? {
    for (id, _) in channels.filter({ $0.value.topic == RecordChannel.manifest.topic }) {
      var reader = try MessageReader(file, channel: id)
      if let message = try reader.next() { return RecordManifest(message.data)?.previous }
    }
    return nil
  }
}
