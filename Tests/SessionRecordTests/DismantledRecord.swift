import Foundation
import Text
import TickCodec

@testable import SessionRecord

/// A record taken apart, so that any of it can be changed and all of it put together again, with a
/// container in perfect order: what somebody does who knows the format and wants to deceive.
struct DismantledRecord {
  struct Message: Equatable {
    var channel: UInt16
    var sequence: UInt32
    var logTime: UInt64
    var publishTime: UInt64
    var data: [UInt8]

    var topic: String { RecordChannel(rawValue: channel)?.topic ?? "" }
    var isSeal: Bool { channel == RecordChannel.seals.rawValue }
    var isBlock: Bool { channel == RecordChannel.blocks.rawValue }
    var isCheckpoint: Bool { channel == RecordChannel.checkpoints.rawValue }
  }

  struct Chunk {
    var messages: [Message]
    var isIndexed: Bool
  }

  /// Who signs the checkpoints of a record that is sealed anew.
  enum Signing {
    case key(SigningKey)
    /// The signatures that were there stay, whatever they are worth.
    case kept
    case nobody
  }

  var library = ""
  var schemas: [(id: UInt16, name: String, encoding: String, text: String)] = []
  var channels: [(id: UInt16, schema: UInt16, topic: String, encoding: String)] = []
  var metadata: [(name: String, pairs: [(key: String, value: String)])] = []
  var attachments: [RecordAttachment] = []
  var attachmentTime: UInt64 = 0
  var chunks: [Chunk] = []

  init(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { dismantle($0) }
  }

  private mutating func dismantle(_ bytes: Slice) {
    let contents = ChunkContents()
    var cursor = ByteCursor(bytes)
    _ = cursor.take(bytes: 8)
    while !cursor.isAtEnd && !cursor.hasFailed {
      let opcode = cursor.take(UInt8.self)
      let content = cursor.take(bytes: cursor.take(UInt64.self))
      func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
      switch opcode {
      case Opcode.dataEnd: return
      case Opcode.header: library = HeaderFields(content).map { text($0.library) } ?? ""
      case Opcode.schema:
        guard let fields = SchemaFields(content) else { continue }
        schemas.append(
          (fields.id, text(fields.name), text(fields.encoding), text(Array(fields.text))))
      case Opcode.channel:
        guard let fields = ChannelFields(content) else { continue }
        channels.append(
          (fields.id, fields.schema, text(fields.topic), text(fields.messageEncoding)))
      case Opcode.metadata:
        guard let fields = MetadataFields(content) else { continue }
        metadata.append(
          (text(fields.name), fields.pairs.map { (text($0.key), text($0.value)) }))
      case Opcode.attachment:
        guard let fields = AttachmentFields(content) else { continue }
        attachments.append(
          RecordAttachment(
            name: text(fields.name), mediaType: text(fields.mediaType), data: Array(fields.data)))
      case Opcode.chunk:
        guard let fields = ChunkFields(content), let records = contents.records(of: fields) else {
          continue
        }
        chunks.append(Chunk(messages: Self.messages(records), isIndexed: false))
      case Opcode.messageIndex: chunks[chunks.count - 1].isIndexed = true
      default: continue
      }
    }
  }

  private static func messages(_ records: Slice) -> [Message] {
    var cursor = ByteCursor(records)
    var found: [Message] = []
    while !cursor.isAtEnd {
      _ = cursor.take(UInt8.self)
      guard let fields = MessageFields(cursor.take(bytes: cursor.take(UInt64.self))) else { break }
      found.append(
        Message(
          channel: fields.channel, sequence: fields.sequence, logTime: fields.logTime,
          publishTime: fields.publishTime, data: Array(fields.data)))
    }
    return found
  }

  /// The record, its container in order: checksums, indexes and summary fit what is in it.
  ///
  /// - Parameter isClosed: whether data end and summary are there; without, it looks like a kill.
  func assembled(isClosed: Bool = true) -> [UInt8] {
    var container = ContainerWriter(library: library)
    for schema in schemas {
      container.schema(
        id: schema.id, name: schema.name, encoding: schema.encoding, text: schema.text)
    }
    for channel in channels {
      container.channel(
        id: channel.id, schema: channel.schema, topic: channel.topic,
        messageEncoding: channel.encoding)
    }
    for record in metadata { container.metadata(name: record.name, record.pairs) }
    for attachment in attachments { container.attachment(attachment, time: attachmentTime) }
    for chunk in chunks {
      var records = ByteBuffer(capacity: 1 << 12)
      var places: [MessagePlace] = []
      for message in chunk.messages {
        places.append(
          MessagePlace(channel: message.channel, time: message.logTime, offset: records.count))
        let start = records.openMessage(
          channel: message.channel, sequence: message.sequence, logTime: message.logTime,
          publishTime: message.publishTime)
        records.append(message.data)
        records.closeRecord(start)
      }
      container.chunk(records.bytes, places, isIndexed: chunk.isIndexed)
    }
    if isClosed { container.finish() }
    return Array(container.pending.bytes)
  }

  /// Computes chain, seals and checkpoints anew, as somebody can who has no key.
  mutating func seal(_ signing: Signing) {
    var chain = SealChain()
    var session = ""
    var tick: Int64 = 0
    for (place, index) in places {
      var message = chunks[place].messages[index]
      if chain.count == 0, let root = try? JSONReader.read(message.data) {
        session = root["session"]?.string ?? ""
      } else if message.isSeal, let old = message.data.withUnsafeBufferPointer({ Seal($0) }) {
        tick = old.tick
        var buffer = ByteBuffer(capacity: 64)
        Seal(old.kind, chain, tick: tick).append(to: &buffer)
        message.data = Array(buffer.bytes)
      } else if message.isCheckpoint {
        message.data = checkpoint(message.data, session, chain, tick, signing)
      }
      chunks[place].messages[index] = message
      message.data.withUnsafeBufferPointer {
        chain.add(
          topic: message.topic, sequence: message.sequence, logTime: message.logTime,
          publishTime: message.publishTime, data: $0)
      }
    }
  }

  private func checkpoint(
    _ old: [UInt8], _ session: String, _ chain: SealChain, _ tick: Int64, _ signing: Signing
  ) -> [UInt8] {
    let body = Checkpoint.body(
      session: session, messages: chain.count, hash: chain.hash, tick: tick)
    var note = SignedNote(body: body)
    switch signing {
    case .key(let key): note.sign(with: key)
    case .nobody: break
    case .kept:
      let text = String(decoding: old, as: UTF8.self)
      let signature = text.range(of: "\n\n").map { String(text[$0.upperBound...]) } ?? ""
      return Array((body + "\n" + signature).utf8)
    }
    return Array(note.text.utf8)
  }

  /// Where each message stands, in file order.
  var places: [(chunk: Int, message: Int)] {
    chunks.indices.flatMap { chunk in chunks[chunk].messages.indices.map { (chunk, $0) } }
  }

  /// Changes text in the manifest.
  mutating func replaceInManifest(_ old: String, with new: String) {
    let text = String(decoding: chunks[0].messages[0].data, as: UTF8.self)
    precondition(text.contains(old), "\(old) is not in \(text)")
    chunks[0].messages[0].data = Array(text.replacingOccurrences(of: old, with: new).utf8)
  }

  /// The places of the chunks that hold a block.
  var blockChunks: [Int] {
    chunks.indices.filter { chunks[$0].messages.contains { $0.isBlock } }
  }
}
