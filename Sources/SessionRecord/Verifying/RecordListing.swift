import Text
import TickCodec

/// What a record is made of besides its messages, as the file has it or as the manifest lists it:
/// each part with a description that differs if anything about it does.
struct RecordListing {
  enum Kind: CaseIterable {
    case header, schema, channel, metadata, attachment

    var word: String {
      switch self {
      case .header: "header"
      case .schema: "schema"
      case .channel: "channel"
      case .metadata: "metadata record"
      case .attachment: "attachment"
      }
    }
  }

  struct Part: Hashable {
    var kind: Kind
    var name: [UInt8]

    /// The part in words, for people.
    var words: String {
      kind == .header ? "header" : "\(kind.word) \(quoted(name))"
    }
  }

  /// Fields that tell one from another; what cannot be listed at all has none.
  typealias Description = [[UInt8]]

  /// The parts in the order in which they came.
  private(set) var parts: [Part] = []
  private var descriptions: [Part: Description] = [:]

  /// Adds a part; false if there is one of its name already, described in another way.
  mutating func add(_ kind: Kind, _ name: [UInt8], _ description: Description) -> Bool {
    let part = Part(kind: kind, name: name)
    if let earlier = descriptions[part] { return earlier == description }
    descriptions[part] = description
    parts.append(part)
    return true
  }

  func contains(_ kind: Kind, _ name: [UInt8]) -> Bool { self[Part(kind: kind, name: name)] != nil }

  subscript(part: Part) -> Description? { descriptions[part] }
}

extension RecordListing {
  static func schema(_ fields: SchemaFields) -> Description {
    [fields.encoding, Array(Hexadecimal.text(sha256(fields.text)).utf8)]
  }

  /// - Parameter schema: the name of the channel's schema; nil if there is none.
  static func channel(_ fields: ChannelFields, schema: [UInt8]?) -> Description {
    // A manifest lists no channel without schema, nor metadata of a channel.
    guard let schema, fields.pairs.isEmpty else { return [] }
    return [fields.messageEncoding, schema]
  }

  static func metadata(_ fields: MetadataFields) -> Description {
    if fields.hasDoubleKey { return [] }
    var covered = ByteBuffer(capacity: 1 << 10)
    for pair in fields.pairs.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      for text in [pair.key, pair.value] {
        covered.append(UInt32(text.count))
        covered.append(text)
      }
    }
    return [Array(Hexadecimal.text(sha256(covered.bytes)).utf8)]
  }

  static func attachment(_ fields: AttachmentFields) -> Description {
    guard fields.logTime == 0, fields.createTime == 0 else { return [] }
    return [
      fields.mediaType, Array(String(fields.data.count).utf8),
      Array(Hexadecimal.text(sha256(fields.data)).utf8),
    ]
  }
}

/// Text of a file in a message for people: short, and without anything that moves a terminal's
/// cursor.
func quoted(_ text: [UInt8]) -> String {
  let plain = TerminalText.escapedLine(String(decoding: text.prefix(80), as: UTF8.self))
  return "\"\(plain)" + (text.count > 80 ? "…\"" : "\"")
}
