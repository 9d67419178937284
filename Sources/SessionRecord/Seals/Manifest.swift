// The first message of a record: what belongs to it, each with its digest.

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
    var buffer = ByteBuffer(capacity: 1 << 13)
    buffer.append("{\"format\":\"trumpet.record.v1\",\"session\":")
    buffer.appendQuoted(session)
    buffer.append(",\"key\":")
    appendOrNull(header.signingKey.map { $0.verifyingKey.text }, &buffer)
    buffer.append(",\"previous\":")
    appendPrevious(&buffer)
    buffer.append(",\"profile\":\"trumpet\",\"library\":")
    buffer.appendQuoted(header.library)
    list("schemas", RecordChannel.allCases, &buffer) { channel, buffer in
      buffer.append("\"name\":")
      buffer.appendQuoted(channel.schemaName)
      buffer.append(",\"encoding\":")
      buffer.appendQuoted(channel.schemaEncoding)
      Self.append(digest: sha256(Array(channel.schemaText.utf8)), &buffer)
    }
    list("channels", RecordChannel.allCases, &buffer) { channel, buffer in
      buffer.append("\"topic\":")
      buffer.appendQuoted(channel.topic)
      buffer.append(",\"messageEncoding\":")
      buffer.appendQuoted(channel.messageEncoding)
      buffer.append(",\"schema\":")
      buffer.appendQuoted(channel.schemaName)
    }
    list("metadata", [sessionMetadataName], &buffer) { name, buffer in
      buffer.append("\"name\":")
      buffer.appendQuoted(name)
      Self.append(digest: header.pairsDigest, &buffer)
    }
    list("attachments", attachments, &buffer) { attachment, buffer in
      buffer.append("\"name\":")
      buffer.appendQuoted(attachment.name)
      buffer.append(",\"mediaType\":")
      buffer.appendQuoted(attachment.mediaType)
      buffer.append(",\"bytes\":")
      buffer.append(String(attachment.data.count))
      Self.append(digest: sha256(attachment.data), &buffer)
    }
    buffer.append("}\n")
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  private func appendPrevious(_ buffer: inout ByteBuffer) {
    guard let previous = header.previous else {
      buffer.append("null")
      return
    }
    buffer.append("{\"session\":")
    buffer.appendQuoted(previous.session)
    buffer.append(",\"messages\":")
    buffer.append(String(previous.messages))
    buffer.append(",\"hash\":")
    buffer.appendQuoted(Hexadecimal.text(previous.hash))
    buffer.append(",\"tick\":")
    buffer.append(String(previous.tick))
    buffer.append("}")
  }

  private func appendOrNull(_ text: String?, _ buffer: inout ByteBuffer) {
    if let text { buffer.appendQuoted(text) } else { buffer.append("null") }
  }

  private static func append(digest: [UInt8], _ buffer: inout ByteBuffer) {
    buffer.append(",\"sha256\":")
    buffer.appendQuoted(Hexadecimal.text(digest))
  }

  /// A key with a list of objects.
  private func list<Item>(
    _ key: StaticString, _ items: [Item], _ buffer: inout ByteBuffer,
    _ put: (Item, inout ByteBuffer) -> Void
  ) {
    buffer.append(",\"")
    buffer.append(key)
    buffer.append("\":[")
    for (index, item) in items.enumerated() {
      buffer.append(index == 0 ? "{" : ",{")
      put(item, &buffer)
      buffer.append("}")
    }
    buffer.append("]")
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
