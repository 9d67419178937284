// What every frame of the open motor board has in common. `Docs/BoardProtocol.md` is the
// specification; this is the same in code.
import PumpHAL

/// What a frame is; an answer is its question with the upper bit set.
public enum FrameType: UInt8, Sendable, CaseIterable {
  /// Host: who are you? Layout and checksum of this one and of its answer never change.
  case identify = 0x01
  /// Host: give me your capabilities from this byte on.
  case readCapabilities = 0x02
  /// Host: begin a session.
  case open = 0x03
  /// Host: end the session; the motor stops.
  case close = 0x04
  /// Host: give me the next written memory slot from this one on.
  case readMemory = 0x05
  /// Host: an actuator frame without a journal entry.
  case actuate = 0x06
  /// Host: an actuator frame with a journal entry.
  case actuateAndWrite = 0x07
  /// Host, lockstep only: let a tick pass in which the motor hears nothing.
  case elapse = 0x08
  /// Host, emulated boards only: a request to the world behind the board.
  case world = 0x09
  /// Host: send every sensor group again, a sense frame was lost; no tick passes.
  case refresh = 0x0a
  /// Board: who it is.
  case identity = 0x81
  /// Board: part of its capabilities.
  case capabilities = 0x82
  /// Board: a session has begun.
  case opened = 0x83
  /// Board: the session has ended.
  case closed = 0x84
  /// Board: a memory slot, or that there are no more.
  case memory = 0x85
  /// Board: what the hardware senses.
  case sense = 0x86
  /// Board, emulated only: the world's answer.
  case worldAnswer = 0x89
  /// Board: a frame was understood and refused.
  case refusal = 0x8f

  /// Whether layout and checksum are the same in every version of the protocol.
  @inlinable public var isFrozen: Bool { self == .identify || self == .identity }
}

/// The fixed numbers of the protocol.
public enum FrameFormat {
  /// The version that this code speaks.
  public static let version: UInt8 = 1
  /// The must-understand flags that this code understands: none exist yet.
  public static let understoodFlags: UInt8 = 0
  /// The most bytes a frame takes on the wire, its delimiter included.
  public static let maximumWireSize = 64
  /// Bytes of the header: version and flags, type, sequence.
  public static let headerSize = 3
  /// Bytes of the checksum.
  public static let checksumSize = 4
  /// The most bytes of payload: 64 less delimiter, stuffing byte, header and checksum.
  public static let maximumPayloadSize = 55
  /// What begins the payload of `identify` and `identity`: "TRPB" read as a little-endian number.
  public static let magic: UInt32 = 0x4250_5254
}

/// What stands at the beginning of every frame.
public struct FrameHeader: Equatable, Sendable {
  /// Version of the protocol, 0 to 15.
  public var version: UInt8
  /// Flags that a receiver has to understand or refuse the frame, 0 to 15.
  public var flags: UInt8
  /// What the frame is.
  public var type: FrameType
  /// The host numbers its frames modulo 256; an answer repeats the number of its question; `sense`
  /// frames are numbered by the board.
  public var sequence: UInt8
  /// A header of this version without flags.
  public init(_ type: FrameType, sequence: UInt8) {
    version = FrameFormat.version
    flags = 0
    self.type = type
    self.sequence = sequence
  }
}

/// Why bytes between two delimiters are no frame.
public enum FrameError: UInt8, Error, Sendable, CaseIterable {
  /// Longer than a frame can be.
  case tooLong = 0
  /// Shorter than a frame can be.
  case tooShort = 1
  /// The byte stuffing contradicts itself.
  case stuffing = 2
  /// The checksum is wrong: garbled, or made with another dictionary.
  case checksum = 3
  /// Another version of the protocol.
  case version = 4
  /// A must-understand flag that is not understood.
  case flags = 5
  /// No such frame type.
  case type = 6
}

/// Why a board refuses a frame that it understood.
public enum RefusalReason: UInt8, Sendable, CaseIterable {
  /// No session is open: the board was reset, or the host never opened one.
  case noSession = 0
  /// The payload has the wrong length or an impossible value.
  case malformed = 1
  /// Not while a session is open.
  case sessionOpen = 2
  /// The board cannot do this: no lockstep, no world.
  case notSupported = 3
  /// The world was given data that it cannot read.
  case badData = 4
}
