import TickCodec

/// What stands after each block: the hash of every message before it.
struct Seal: Equatable {
  enum Kind: UInt8 {
    /// After a block.
    case block = 0
    /// At the end of the session.
    case end = 1
  }

  var kind: Kind
  /// The number of the seal's own message: so many messages are covered.
  var messages: UInt64
  /// The hash of those messages, 32 bytes.
  var hash: [UInt8]
  /// The session tick that is sealed.
  var tick: Int64

  static let size = 49

  init(_ kind: Kind, _ chain: SealChain, tick: Int64) {
    self.kind = kind
    messages = chain.count
    hash = chain.hash
    self.tick = tick
  }

  /// The seal in a message; nil if it is not in this form.
  init?(_ data: UnsafeBufferPointer<UInt8>) {
    guard data.count == Self.size, let kind = Kind(rawValue: data[0]) else { return nil }
    var cursor = ByteCursor(data)
    _ = cursor.take(UInt8.self)
    self.kind = kind
    messages = cursor.take(UInt64.self)
    hash = Array(cursor.take(bytes: 32))
    tick = cursor.take(Int64.self)
  }

  func append(to buffer: inout ByteBuffer) {
    buffer.append(kind.rawValue)
    buffer.append(messages)
    buffer.append(hash)
    buffer.append(tick)
  }
}
