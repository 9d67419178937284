// The MCAP container, format version 1 (https://mcap.dev/spec): records of one byte that says
// which, eight that say how long, and the content.

/// The kinds of record that the specification names.
enum Opcode {
  static let header: UInt8 = 0x01
  static let footer: UInt8 = 0x02
  static let schema: UInt8 = 0x03
  static let channel: UInt8 = 0x04
  static let message: UInt8 = 0x05
  static let chunk: UInt8 = 0x06
  static let messageIndex: UInt8 = 0x07
  static let chunkIndex: UInt8 = 0x08
  static let attachment: UInt8 = 0x09
  static let attachmentIndex: UInt8 = 0x0a
  static let statistics: UInt8 = 0x0b
  static let metadata: UInt8 = 0x0c
  static let metadataIndex: UInt8 = 0x0d
  static let summaryOffset: UInt8 = 0x0e
  static let dataEnd: UInt8 = 0x0f
}

/// The eight bytes at either end of the file; the sixth is the version.
let containerMagic: [UInt8] = [0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]

/// The channels of a session record; the number is the channel's id in the records we write.
enum RecordChannel: UInt16, CaseIterable {
  case blocks = 1
  case events = 2
  case telemetry = 3
  case truth = 4
  case manifest = 5
  case seals = 6
  case checkpoints = 7
  case snapshots = 8
  case wireSent = 9
  case wireReceived = 10

  var topic: String {
    switch self {
    case .blocks: "/trumpet/blocks"
    case .events: "/trumpet/events"
    case .telemetry: "/trumpet/telemetry"
    case .truth: "/trumpet/truth"
    case .manifest: "/trumpet/manifest"
    case .seals: "/trumpet/seals"
    case .checkpoints: "/trumpet/checkpoints"
    case .snapshots: "/trumpet/snapshots"
    case .wireSent: "/trumpet/wire/sent"
    case .wireReceived: "/trumpet/wire/received"
    }
  }

  var messageEncoding: String {
    switch self {
    case .blocks: blockEncoding
    case .events, .telemetry, .truth, .manifest: "json"
    case .seals: "trumpet.seal.v1"
    case .checkpoints: "trumpet.checkpoint.v1"
    case .snapshots: "trumpet.snapshot.v1"
    case .wireSent, .wireReceived: "trumpet.wire.v1"
    }
  }
}

/// The message encoding of `/trumpet/blocks`; its version is that of the block layout.
let blockEncoding = "trumpet.block.v1"

/// Nanoseconds of session time in one tick.
let nanosecondsPerTick: Int64 = 10_000_000

/// The time stamp of a session tick.
func logTime(_ tick: Int64) -> UInt64 { UInt64(max(tick, 0) &* nanosecondsPerTick) }
