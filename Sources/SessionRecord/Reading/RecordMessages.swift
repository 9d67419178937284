/// The messages on one topic, one at a time: for records that do not fit the memory.
public struct RecordMessages: ~Copyable {
  private var readers: [MessageReader]

  init(_ readers: [MessageReader]) { self.readers = readers }

  /// The next message in file order; nil at the end.
  public mutating func next() throws(RecordError) -> RecordMessage? {
    while !readers.isEmpty {
      if let message = try readers[0].next() {
        return RecordMessage(
          logTimeNanoseconds: message.logTime, data: Array(message.data))
      }
      readers.removeFirst()
    }
    return nil
  }
}

extension RecordReader {
  /// The messages on a topic, one at a time.
  public func messageTape(on topic: String) throws(RecordError) -> RecordMessages {
    let ids = channels.filter { $0.value.topic == topic }.map(\.key).sorted()
    var readers: [MessageReader] = []
    for id in ids { readers.append(try MessageReader(file, channel: id)) }
    return RecordMessages(readers)
  }
}
