// The schemas that stand beside the channels in a record.

extension RecordChannel {
  var schemaName: String {
    switch self {
    case .blocks, .seals, .checkpoints, .snapshots, .wireSent, .wireReceived: messageEncoding
    case .events: SessionEvent.schemaTitle
    case .telemetry: TelemetrySample.schemaTitle
    case .truth: TruthSample.schemaTitle
    case .manifest: "trumpet.Manifest"
    }
  }

  var schemaEncoding: String { messageEncoding == "json" ? "jsonschema" : "" }

  var schemaText: String {
    switch self {
    case .blocks, .seals, .checkpoints, .snapshots, .wireSent, .wireReceived: ""
    case .events: SessionEvent.schema
    case .telemetry: TelemetrySample.schema
    case .truth: TruthSample.schema
    case .manifest: manifestSchema
    }
  }
}

/// An object schema, a property a line: name, type, description.
func objectSchema(_ title: String, _ properties: [(String, String, String)]) -> String {
  let lines = properties.map { name, type, description in
    let type =
      switch type {
      case "numbers": "\"array\",\"items\":{\"type\":\"integer\"}"
      case "objects": "\"array\",\"items\":{\"type\":\"object\"}"
      case "text or null": "[\"string\",\"null\"]"
      case "object or null": "[\"object\",\"null\"]"
      case "texts": "\"array\",\"items\":{\"type\":\"string\"}"
      default: "\"\(type)\""
      }
    return "\"\(name)\":{\"type\":\(type),\"description\":\"\(description)\"}"
  }
  return "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"\(title)\","
    + "\"type\":\"object\",\"properties\":{\n" + lines.joined(separator: ",\n") + "\n}}\n"
}

private let manifestSchema = objectSchema(
  "trumpet.Manifest",
  [
    ("format", "string", "trumpet.record.v1"),
    ("session", "string", "id of the session, 32 hexadecimal digits"),
    ("key", "text or null", "verifying key of the signatures"),
    ("previous", "object or null", "last seal of the record that this one goes on from"),
    ("profile", "string", "as in the header"),
    ("library", "string", "as in the header"),
    ("schemas", "objects", "name, encoding, sha256"),
    ("channels", "objects", "topic, messageEncoding, schema"),
    ("metadata", "objects", "name, sha256"),
    ("attachments", "objects", "name, mediaType, bytes, sha256"),
  ])
