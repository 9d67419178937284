import Text

/// A manifest as it was read: what has to be in the file, and whose signature is to be expected.
struct RecordManifest {
  /// The session's id, 32 hexadecimal digits.
  let session: String
  /// The key that signs the record's checkpoints; nil in a record without signatures.
  let key: VerifyingKey?
  /// The end of the record that this one goes on from; nil for one that begins a session.
  let previous: SegmentLink?
  /// What the manifest lists.
  private(set) var listing = RecordListing()
  private var schemaCounts: [[UInt8]: Int] = [:]

  /// Reads a manifest; nil if it is none, or lacks anything that a manifest has.
  init?(_ data: Slice) {
    guard let root = try? JSONReader.read(data),
      root["format"] == "trumpet.record.v1",
      let session = root["session"]?.utf8, Self.isHexadecimal(session, 32),
      let profile = root["profile"]?.utf8, let library = root["library"]?.utf8,
      let key = root["key"], let previous = root["previous"]
    else { return nil }
    self.previous = Self.link(previous)
    guard previous == .null || self.previous != nil else { return nil }
    self.session = String(decoding: session, as: UTF8.self)
    switch key {
    case .null: self.key = nil
    case .string(let text):
      guard let key = try? VerifyingKey(text: text) else { return nil }
      self.key = key
    default: return nil
    }
    guard listing.add(.header, [], [profile, library]) else { return nil }
    for kind in RecordListing.Kind.allCases {
      guard take(kind, of: root) else { return nil }
    }
  }

  /// How often the manifest lists a schema: the file has it under so many ids.
  func count(_ schema: RecordListing.Part) -> Int { schemaCounts[schema.name] ?? 0 }

  private mutating func take(_ kind: RecordListing.Kind, of root: JSONValue) -> Bool {
    let items: JSONValue?
    switch kind {
    case .header: return true
    case .schema: items = root["schemas"]
    case .channel: items = root["channels"]
    case .metadata: items = root["metadata"]
    case .attachment: items = root["attachments"]
    }
    guard let items = items?.array else { return false }
    for item in items {
      guard let name = (kind == .channel ? item["topic"] : item["name"])?.utf8,
        let description = Self.description(kind, item),
        kind == .schema || !listing.contains(kind, name), listing.add(kind, name, description)
      else { return false }
      if kind == .schema { schemaCounts[name, default: 0] += 1 }
    }
    return true
  }

  private static func description(
    _ kind: RecordListing.Kind, _ item: JSONValue
  ) -> RecordListing.Description? {
    if kind == .channel {
      guard let encoding = item["messageEncoding"]?.utf8, let schema = item["schema"]?.utf8 else {
        return nil
      }
      return [encoding, schema]
    }
    guard let digest = item["sha256"]?.utf8, isHexadecimal(digest, 64) else { return nil }
    switch kind {
    case .schema:
      guard let encoding = item["encoding"]?.utf8 else { return nil }
      return [encoding, digest]
    case .attachment:
      guard let mediaType = item["mediaType"]?.utf8, let size = item["bytes"]?.integer else {
        return nil
      }
      return [mediaType, Array(String(size).utf8), digest]
    default: return [digest]
    }
  }

  /// The end of the record that this one goes on from; nil for what is no link.
  private static func link(_ node: JSONValue) -> SegmentLink? {
    guard let session = node["session"]?.utf8, let hash = node["hash"]?.utf8,
      let messages = node["messages"]?.integer, let tick = node["tick"]?.integer,
      isHexadecimal(session, 32), isHexadecimal(hash, 64), messages >= 0,
      let bytes = Hexadecimal.bytes(String(decoding: hash, as: UTF8.self))
    else { return nil }
    return SegmentLink(
      session: String(decoding: session, as: UTF8.self), messages: UInt64(messages), hash: bytes,
      tick: tick)
  }

  private static func isHexadecimal(_ text: [UInt8], _ count: Int) -> Bool {
    text.count == count
      && Hexadecimal.bytes(String(decoding: text, as: UTF8.self))?.count == count / 2
  }
}

extension JSONValue {
  /// The bytes of a text: two names that only look alike must not be equal.
  fileprivate var utf8: [UInt8]? { string.map { Array($0.utf8) } }
}
