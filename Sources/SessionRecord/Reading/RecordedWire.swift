import PumpHAL
import TickCodec

/// Bytes that went over a wire in one go.
public struct RecordedWire: Equatable, Sendable {
  /// The session tick.
  public var tick: Int64
  /// The bytes.
  public var bytes: [UInt8]
}

extension RecordReader {
  /// What went over the wire in one direction, in file order; empty where nothing was recorded.
  ///
  /// Bytes from before a fault come when it was noticed, so ticks grow but for those.
  public func wire(_ direction: WireDirection) throws(RecordError) -> [RecordedWire] {
    var found: [RecordedWire] = []
    let topic = RecordChannel(direction).topic
    for id in channels.filter({ $0.value.topic == topic }).map(\.key).sorted() {
      var reader = try MessageReader(file, channel: id)
      while let message = try reader.next() {
        let start = Int64(message.publishTime / UInt64(nanosecondsPerTick))
        var cursor = ByteCursor(message.data)
        while !cursor.isAtEnd {
          let tick = start &+ cursor.takeZigzag()
          let bytes = cursor.take(bytes: cursor.takeVarint())
          if cursor.hasFailed {
            throw RecordError(
              .undecodable, path: path, offset: message.offset,
              "the bytes of the wire here do not decode; the file was damaged or altered")
          }
          found.append(RecordedWire(tick: tick, bytes: Array(bytes)))
        }
      }
    }
    return found
  }
}

extension RecordChannel {
  fileprivate init(_ direction: WireDirection) {
    switch direction {
    case .sent: self = .wireSent
    case .received: self = .wireReceived
    }
  }
}
