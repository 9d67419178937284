import PumpHAL
import SessionRecord
import Text

/// What of a record is exported.
package enum ExportSelection: String, Sendable, CaseIterable {
  /// Samples of telemetry, joined with those of truth by time.
  case telemetry
  /// Samples of the world's truth.
  case truth
  /// Events.
  case events
  /// Every input and output of every tick.
  case ticks
}

/// Writes a part of a record for spreadsheets and scripts, a piece at a time.
///
/// The names of columns and keys carry the unit: `flow_mL_h`. Memory does not grow with the record.
package struct RecordExport {
  private let reader: RecordReader
  private let form: RowForm
  private let selection: ExportSelection

  /// An export of a record.
  package init(_ reader: RecordReader, form: RowForm, selection: ExportSelection) {
    self.reader = reader
    self.form = form
    self.selection = selection
  }

  /// Bytes that are handed over at a time.
  static let pieceSize = 1 << 16

  /// Writes all of it.
  ///
  /// - Parameter sink: takes a piece; gives false when no more is wanted.
  /// - Throws: `RecordError` where the record does not decode.
  package func write(to sink: ([UInt8]) -> Bool) throws(RecordError) {
    switch selection {
    case .telemetry: try samples(SampleColumns.telemetry + SampleColumns.truth, sink)
    case .truth: try samples(SampleColumns.truth, sink)
    case .events: try events(sink)
    case .ticks: try ticks(sink)
    }
  }

  // MARK: - Samples

  private func samples(_ columns: [String], _ sink: ([UInt8]) -> Bool) throws(RecordError) {
    var text = RowText(form: form, columns: ["tick", "t_s"] + columns)
    text.header()
    var telemetry = SampleSource(
      try reader.messageTape(on: RecordTopic.telemetry), isUsed: selection == .telemetry)
    var truth = SampleSource(try reader.messageTape(on: RecordTopic.truth), isUsed: true)
    try telemetry.advance()
    try truth.advance()
    while telemetry.tick != nil || truth.tick != nil {
      let tick = min(telemetry.tick ?? Int64.max, truth.tick ?? Int64.max)
      let isTelemetry = telemetry.tick == tick
      let isTruth = truth.tick == tick
      text.begin()
      text.put(tick)
      text.put(hundredths: tick)
      for column in columns {
        text.put(
          (isTelemetry ? telemetry.members?[column] : nil)
            ?? (isTruth ? truth.members?[column] : nil))
      }
      text.end()
      if isTelemetry { try telemetry.advance() }
      if isTruth { try truth.advance() }
      if text.bytes.count >= Self.pieceSize, !sink(text.takeBytes()) { return }
    }
    _ = sink(text.takeBytes())
  }

  // MARK: - Events

  private func events(_ sink: ([UInt8]) -> Bool) throws(RecordError) {
    let columns = SampleColumns.events
    var text = RowText(form: form, columns: ["tick", "t_s"] + columns)
    text.header()
    var source = SampleSource(try reader.messageTape(on: RecordTopic.events), isUsed: true)
    try source.advance()
    while let tick = source.tick {
      text.begin()
      text.put(tick)
      text.put(hundredths: tick)
      for column in columns { text.put(source.members?[column]) }
      text.end()
      try source.advance()
      if text.bytes.count >= Self.pieceSize, !sink(text.takeBytes()) { return }
    }
    _ = sink(text.takeBytes())
  }

  // MARK: - Ticks

  private func ticks(_ sink: ([UInt8]) -> Bool) throws(RecordError) {
    var text = RowText(form: form, columns: TickRow.columns)
    text.header()
    var tape = try reader.tape()
    var powerOns: Int64 = 0
    while true {
      switch try tape.next() {
      case .powerOn: powerOns += 1
      case .tick:
        text.put(
          TickRow(
            tick: tape.sessionTick, powerOn: powerOns, input: tape.takeInput(), output: tape.output,
            monitor: tape.monitor))
      case .end:
        _ = sink(text.takeBytes())
        return
      default: continue
      }
      if text.bytes.count >= Self.pieceSize, !sink(text.takeBytes()) { return }
    }
  }
}

/// The messages of one topic, read one ahead.
private struct SampleSource: ~Copyable {
  private(set) var tick: Int64?
  private(set) var members: JSONValue?
  private var messages: RecordMessages
  private let isUsed: Bool

  init(_ messages: consuming RecordMessages, isUsed: Bool) {
    self.messages = messages
    self.isUsed = isUsed
  }

  /// Goes on to the next message that can be read.
  mutating func advance() throws(RecordError) {
    while isUsed, let message = try messages.next() {
      guard let found = try? JSONReader.read(message.data) else { continue }
      tick = message.tick
      members = found
      return
    }
    tick = nil
    members = nil
  }
}

/// The keys of the record's messages besides `t_s` (`Docs/SessionRecord.md`), in their order.
enum SampleColumns {
  static let telemetry = [
    "mode", "flow_mL_h", "programme_mL_h", "pressure_mmHg", "force_N", "motor_mA", "battery_V",
    "dispensed_mL", "dispensed_mg", "primed_mL", "retracted_mL", "reservoir_mL", "programme_left_s",
    "time_to_alarm_s", "counted_1h_mg", "counted_4h_mg", "counted_24h_mg", "lockout_left_s",
    "alarms", "second_dispensed_mg", "second_counted_1h_mg", "second_counted_4h_mg",
    "second_counted_24h_mg",
  ]
  static let truth = [
    "infused_mL", "infused_mg", "leaked_mL", "needle_mL_h", "syringe_mL", "line_mmHg", "hub_mmHg",
    "tissue_mmHg", "plasma_ng_mL", "charge", "bubble_uL", "plunger_mm",
    "second_infused_mg", "second_plasma_ng_mL",
  ]
  static let events = [
    "kind", "name", "number", "priority", "role", "outcome", "text", "amount", "unit", "witnesses",
  ]
}

extension RowText {
  /// A member of a message as it is there.
  fileprivate mutating func put(_ member: JSONValue?) {
    switch member {
    case .integer(let value): put(value)
    case .number: put(member?.double ?? .nan)
    case .string(let value): put(value)
    case .bool(let value): put(value)
    case .array(let values):
      let texts = values.compactMap(\.string)
      if !texts.isEmpty || values.isEmpty && form == .csv { return put(texts) }
      var bits: UInt64 = 0
      for value in values.compactMap(\.integer) where value >= 0 && value < 64 {
        bits |= 1 << UInt64(value)
      }
      put(bits: bits)
    case .object, .null, nil: skip()
    }
  }
}

/// The topics of a record that hold messages for people (`Docs/SessionRecord.md`).
enum RecordTopic {
  static let events = "/trumpet/events"
  static let telemetry = "/trumpet/telemetry"
  static let truth = "/trumpet/truth"
}
