import PumpHAL
import Text

extension RecordIndex {
  /// The most chunks that are opened to find an event: those of many days of therapy.
  private static let chunkLimit = 500

  /// Goes back through the events before the end of session tick `tick`, the latest first, until
  /// `isEnough` says so or the record's beginning is reached.
  ///
  /// What is no event of this build's form is passed over: events are for people, and nothing hangs
  /// on them.
  public func searchEventsBack(
    from tick: Int64, isEnough: (SessionEvent, Int64) -> Bool
  ) throws(RecordError) {
    guard let channel = channel(.events) else { return }
    for offset in chunks(of: channel, upTo: tick).reversed().prefix(Self.chunkLimit) {
      var reader = try MessageReader(file, channel: channel, from: offset)
      var found: [(event: SessionEvent, tick: Int64)] = []
      while let message = try reader.nextInChunk() {
        let at = Int64(clamping: message.logTime) / nanosecondsPerTick
        if at <= tick, let event = SessionEvent(json: message.data) { found.append((event, at)) }
      }
      for (event, at) in found.reversed() where isEnough(event, at) { return }
    }
  }
}

extension SessionEvent {
  /// Reads what an alarm's or a command's event says; nil where it is none in the form written here.
  init?(json: UnsafeBufferPointer<UInt8>) {
    guard let root = try? JSONReader.read(json), let name = root["name"]?.string,
      let kind = root["kind"]?.string.flatMap(Kind.init(rawValue:))
    else { return nil }
    self.init(
      kind, name, number: root["number"]?.integer.map { Int($0) },
      priority: root["priority"]?.string, role: root["role"]?.string,
      outcome: root["outcome"]?.string, text: root["text"]?.string)
  }
}
