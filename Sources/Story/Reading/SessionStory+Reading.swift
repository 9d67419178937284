import PumpHAL
import SessionRecord
import Text

/// One record of a session that was interrupted and taken up again.
public struct StorySegment {
  let reader: RecordReader
  let end: Int64

  /// A record of a session.
  ///
  /// - Parameters:
  ///   - reader: the record.
  ///   - end: the session tick at which the next one goes on; nil for the last.
  public init(_ reader: RecordReader, until end: Int64? = nil) {
    self.reader = reader
    self.end = end ?? Int64.max
  }
}

extension SessionStory {
  /// Reads the story of a record.
  ///
  /// - Parameter reader: the record; one that breaks off is read up to there.
  /// - Throws: `RecordError` where the record holds no session or does not decode.
  public init(_ reader: RecordReader) throws(RecordError) {
    try self.init([StorySegment(reader)])
  }

  /// Reads the story of a session from its records, each of which goes on from the one before.
  ///
  /// - Parameter segments: the records, in order.
  /// - Throws: `RecordError` where a record holds no session or does not decode.
  public init(_ segments: [StorySegment]) throws(RecordError) {
    self.init()
    facts = RecordFacts(segments.map(\.reader))
    // In a record that breaks off, samples may stand before the ticks they were taken in.
    var ends: [Int64] = []
    for segment in segments {
      let isWhole = segment.reader.end == .complete
      ends.append(min(segment.end, isWhole ? Int64.max : try Self.lastTick(segment.reader)))
    }
    for (segment, end) in zip(segments, ends) { try readEvents(segment.reader, until: end) }
    var ledger = AccountLedger(events)
    var infused: [VolumeSample] = []
    for (segment, end) in zip(segments, ends) {
      try readTelemetry(segment.reader, until: end, into: &ledger)
      try readTruth(segment.reader, until: end, into: &infused)
    }
    var watcher = TapeWatcher(lastSampleTick: ledger.lastTick)
    for (segment, end) in zip(segments, ends) {
      try readTicks(segment.reader, until: end, into: &watcher)
    }
    watcher.finish(into: &self)
    steady?.takeTruth(infused)
    readings = ledger.readings
    addTail()
    for index in alarms.indices {
      alarms[index].pressureMmHg = pressure(near: alarms[index].span.from)
    }
  }

  /// The pressure of the sample taken in the tick of an alarm, or in the second after it.
  private func pressure(near tick: Int64) -> Double? {
    series.pressure.points.first {
      $0.value != nil && $0.tick >= tick && $0.tick <= tick + ticksPerSecond
    }?.value
  }

  private static func lastTick(_ reader: RecordReader) throws(RecordError) -> Int64 {
    var tape = try reader.tape()
    var last: Int64 = 0
    while true {
      switch try tape.next() {
      case .tick: last = tape.sessionTick
      case .end: return last
      default: continue
      }
    }
  }

  private mutating func readEvents(_ reader: RecordReader, until end: Int64) throws(RecordError) {
    var messages = try reader.messageTape(on: RecordTopic.events)
    while let message = try messages.next(), message.tick <= end {
      guard let members = try? JSONReader.read(message.data), let kind = members["kind"]?.string,
        let name = members["name"]?.string
      else {
        unreadableMessages += 1
        continue
      }
      var event = StoryEvent(tick: message.tick, kind: kind, name: name)
      event.role = members["role"]?.string
      event.outcome = members["outcome"]?.string
      event.priority = members["priority"]?.string
      event.text = members["text"]?.string
      event.amount = members["amount"]?.double
      event.unit = members["unit"]?.string
      event.witnesses = members["witnesses"]?.strings ?? []
      events.append(event)
    }
  }

  private mutating func readTelemetry(
    _ reader: RecordReader, until end: Int64, into ledger: inout AccountLedger
  ) throws(RecordError) {
    var messages = try reader.messageTape(on: RecordTopic.telemetry)
    while let message = try messages.next(), message.tick <= end {
      guard let members = try? JSONReader.read(message.data) else {
        unreadableMessages += 1
        continue
      }
      let tick = message.tick
      ledger.take(
        AccountSample(
          tick: tick, dispensedMillilitres: members["dispensed_mL"]?.double ?? 0,
          dispensedMilligrams: members["dispensed_mg"]?.double ?? 0,
          secondMilligrams: members["second_dispensed_mg"]?.double ?? 0,
          primedMillilitres: members["primed_mL"]?.double ?? 0,
          retractedMillilitres: members["retracted_mL"]?.double ?? 0))
      series.dispensed.append(ledger.dispensedMilligrams, at: tick)
      series.programmeFlow.append(members["programme_mL_h"]?.double, at: tick)
      series.pressure.append(members["pressure_mmHg"]?.double, at: tick)
      series.battery.append(members["battery_V"]?.double, at: tick)
    }
  }

  private mutating func readTruth(
    _ reader: RecordReader, until end: Int64, into infused: inout [VolumeSample]
  ) throws(RecordError) {
    var messages = try reader.messageTape(on: RecordTopic.truth)
    while let message = try messages.next(), message.tick <= end {
      guard let members = try? JSONReader.read(message.data) else {
        unreadableMessages += 1
        continue
      }
      let tick = message.tick
      series.infused.append(members["infused_mg"]?.double, at: tick)
      if let volume = members["infused_mL"]?.double {
        infused.append(
          VolumeSample(seconds: Double(tick) / Double(ticksPerSecond), millilitres: volume))
      }
      if let mass = members["second_infused_mg"]?.double {
        series.secondInfused.append(mass, at: tick)
      }
      series.needleFlow.append(members["needle_mL_h"]?.double, at: tick)
      series.linePressure.append(members["line_mmHg"]?.double, at: tick)
      series.plasma.append(members["plasma_ng_mL"]?.double, at: tick)
    }
  }

  private mutating func readTicks(
    _ reader: RecordReader, until end: Int64, into watcher: inout TapeWatcher
  ) throws(RecordError) {
    var tape = try reader.tape()
    while true {
      switch try tape.next() {
      case .powerOn: watcher.powerOn(tape.powerOn, at: tape.sessionTick)
      case .tick:
        if tape.sessionTick > end { return }
        watcher.take(tape.takeInput(), tape.output, tape.monitor, at: tape.sessionTick)
      case .worldChange:
        if tape.worldTick > end { return }
        if let change = RecordedWorldChange(tape.worldChange) {
          watcher.worldChange(change, at: tape.worldTick)
        } else {
          unreadableMessages += 1
        }
      case .end: return
      case .blockEnd: continue
      }
    }
  }

  /// What was dispensed after the last sample, by the motor's steps.
  private mutating func addTail() {
    while readings.count < syringes.count { readings.append(AccountReading()) }
    for (index, syringe) in syringes.enumerated() where syringe.tailSteps != 0 {
      let tail = syringe.millilitres(syringe.tailSteps)
      readings[index].afterLastSampleMillilitres = tail
      readings[index].dispensedMillilitres += tail
      readings[index].dispensedMilligrams += tail * syringe.milligramsPerMillilitre
      readings[index].secondMilligrams += tail * syringe.secondMilligramsPerMillilitre
    }
  }
}

extension RecordFacts {
  fileprivate init(_ readers: [RecordReader]) {
    self.init()
    guard let first = readers.first, let last = readers.last else { return }
    paths = readers.map(\.path)
    library = first.library
    origin = first.origin
    session = first.metadata["trumpet.session"] ?? [:]
    attachments = first.attachments.map { ($0.name, $0.mediaType, $0.data.count) }
    sessionFile = first.attachments.first { $0.name == "session.yaml" }.map {
      String(decoding: $0.data, as: UTF8.self)
    }
    if case .truncated(let byte) = last.end { truncatedAtByte = byte }
  }
}

extension RecordMessage {
  /// The session tick.
  var tick: Int64 { Int64(clamping: logTimeNanoseconds / 10_000_000) }
}
