// One row a field of a message for people: from it come the schema in the record and what is written.

import PumpHAL
import TickCodec

/// A message for people: a JSON object on a channel of its own.
public protocol RecordMessageContent: Sendable {
  /// A message of nothing.
  init()
  /// The title of its schema.
  static var schemaTitle: String { get }
  /// Its fields, in the order in which they are written, after the session time `t_s`.
  static var fields: [MessageField<Self>] { get }
}

/// One field of a message.
public struct MessageField<Message: RecordMessageContent>: @unchecked Sendable {
  /// Where its value stands in the message, and how it is written.
  public enum Value {
    /// A number with at most so many decimals.
    case number(WritableKeyPath<Message, Double>, decimals: Int)
    /// The same, left out where there is none.
    case optionalNumber(WritableKeyPath<Message, Double?>, decimals: Int)
    /// A whole number, left out where there is none.
    case integer(WritableKeyPath<Message, Int?>)
    /// Text.
    case text(WritableKeyPath<Message, String>)
    /// Text, left out where there is none.
    case optionalText(WritableKeyPath<Message, String?>)
    /// A list of texts, left out where there are none.
    case texts(WritableKeyPath<Message, [String]>)
    /// The numbers of the alarms in a set.
    case alarms(WritableKeyPath<Message, AlarmSet>)
  }

  /// Its name in the JSON, with its unit.
  public let name: StaticString
  /// What it means, as the schema says it.
  public let meaning: String
  /// Where its value stands.
  public let value: Value

  init(_ name: StaticString, _ meaning: String, _ value: Value) {
    self.name = name
    self.meaning = meaning
    self.value = value
  }

  /// Its type in the words of JSON Schema.
  var schemaType: String {
    switch value {
    case .number, .optionalNumber: "number"
    case .integer: "integer"
    case .text, .optionalText: "string"
    case .texts: "texts"
    case .alarms: "numbers"
    }
  }
}

extension RecordMessageContent {
  /// The JSON Schema that stands beside the messages in a record.
  static var schema: String {
    objectSchema(
      schemaTitle,
      [("t_s", "number", "session time, s")]
        + fields.map { ("\($0.name)", $0.schemaType, $0.meaning) })
  }

  /// Appends the message as JSON.
  func appendJSON(to buffer: inout ByteBuffer, atTick tick: Int64) {
    var json = JSONObject(&buffer)
    json.put("t_s", Double(tick) / Double(ticksPerSecond), decimals: 2, to: &buffer)
    for field in Self.fields {
      switch field.value {
      case .number(let path, let decimals):
        json.put(field.name, self[keyPath: path], decimals: decimals, to: &buffer)
      case .optionalNumber(let path, let decimals):
        json.put(field.name, self[keyPath: path], decimals: decimals, to: &buffer)
      case .integer(let path): json.put(field.name, self[keyPath: path], to: &buffer)
      case .text(let path): json.put(field.name, self[keyPath: path], to: &buffer)
      case .optionalText(let path): json.put(field.name, self[keyPath: path], to: &buffer)
      case .texts(let path): json.put(field.name, self[keyPath: path], to: &buffer)
      case .alarms(let path): json.put(field.name, bits: self[keyPath: path].bits, to: &buffer)
      }
    }
    json.end(&buffer)
  }
}
