// The first message of a record: what belongs to it, each with its digest.

import Text
import TickCodec

/// Puts the manifest of a record together.
struct ManifestText {
  let header: RecordHeader
  let attachments: [RecordAttachment]

  /// The session's id, 32 hexadecimal digits.
  ///
  /// As given, or made of everything the manifest lists: then the same session has the same id.
  var session: String {
    if let given = header.sessionID { return Hexadecimal.text(given) }
    return Hexadecimal.text(sha256(Array(text(session: "").utf8)).prefix(16))
  }

  /// The manifest as JSON.
  func text(session: String) -> String {
    var json = JSONWriter(capacity: 1 << 13)
    json.beginObject()
    json.key("format")
    json.value("trumpet.record.v1")
    json.key("session")
    json.value(session)
    json.key("key")
    if let key = header.signingKey { json.value(key.verifyingKey.text) } else { json.null() }
    json.key("previous")
    if let previous = header.previous { previous.write(to: &json) } else { json.null() }
    json.key("profile")
    json.value("trumpet")
    json.key("library")
    json.value(header.library)
    json.list("schemas", RecordChannel.allCases) { channel, json in
      json.key("name")
      json.value(channel.schemaName)
      json.key("encoding")
      json.value(channel.schemaEncoding)
      json.put(digest: sha256(Array(channel.schemaText.utf8)))
    }
    json.list("channels", RecordChannel.allCases) { channel, json in
      json.key("topic")
      json.value(channel.topic)
      json.key("messageEncoding")
      json.value(channel.messageEncoding)
      json.key("schema")
      json.value(channel.schemaName)
    }
    json.list("metadata", [sessionMetadataName]) { name, json in
      json.key("name")
      json.value(name)
      json.put(digest: header.pairsDigest)
    }
    json.list("attachments", attachments) { attachment, json in
      json.key("name")
      json.value(attachment.name)
      json.key("mediaType")
      json.value(attachment.mediaType)
      json.key("bytes")
      json.value(attachment.data.count)
      json.put(digest: sha256(attachment.data))
    }
    json.endObject()
    return json.text + "\n"
  }
}

extension SegmentLink {
  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.key("session")
    json.value(session)
    json.key("messages")
    json.value(messages)
    json.key("hash")
    json.value(Hexadecimal.text(hash))
    json.key("tick")
    json.value(tick)
    json.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func put(digest: [UInt8]) {
    key("sha256")
    value(Hexadecimal.text(digest))
  }

  /// A key with a list of objects.
  fileprivate mutating func list<Item>(
    _ key: StaticString, _ items: [Item], _ put: (Item, inout JSONWriter) -> Void
  ) {
    self.key(key)
    beginArray()
    for item in items {
      beginObject()
      put(item, &self)
      endObject()
    }
    endArray()
  }
}

extension RecordHeader {
  /// The digest of the metadata record `trumpet.session`.
  var pairsDigest: [UInt8] {
    var buffer = ByteBuffer(capacity: 1 << 10)
    // MCAP strings: four bytes of length, then UTF-8.
    for (key, value) in sortedPairs {
      buffer.appendString(key)
      buffer.appendString(value)
    }
    return sha256(buffer.bytes)
  }

  /// The pairs in byte order of their keys.
  var sortedPairs: [(key: String, value: String)] {
    pairs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}
