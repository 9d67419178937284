// Requests to the world behind an emulated board. The protocol carries the data and does not know
// what is in them.
import PumpHAL

/// What is asked of the world behind an emulated board.
public enum WorldOperation: UInt8, Sendable, CaseIterable {
  /// Here is part of a block of data: offset, total, bytes.
  case load = 1
  /// Build a new world from the block that was loaded; not while a session is open.
  case configure = 2
  /// A fault, as its canonical encoding, and the seconds for which it lasts.
  case inject = 3
  /// Which faults end: the canonical encoding of a selection.
  case clear = 4
  /// The block that was loaded is another syringe, fitted by hand.
  case changeSyringe = 5
  /// The plant's truth, answered in as many frames as needed.
  case truth = 6
  /// The next write to the memory is torn (0) or lost (1).
  case memoryFault = 7
  /// The fingerprint of the whole state, eight bytes.
  case digest = 8
}

/// What became of a request to the world.
public enum WorldStatus: UInt8, Sendable {
  /// Done.
  case done = 0
  /// The data cannot be read, or are not complete.
  case badData = 1
  /// Not while a session is open, or there is no session.
  case notNow = 2
}

/// The head of a `worldAnswer`; its data follow.
public struct WorldAnswer: Equatable, Sendable, CanonicalCodable {
  /// What was asked.
  public var operation: WorldOperation
  /// What became of it.
  public var status: WorldStatus
  /// Where the data of this frame begin in the whole answer, bytes.
  public var offset: UInt16
  /// Bytes of the whole answer.
  public var total: UInt16
  /// Bytes of data that fit one frame.
  public static let maximumDataSize = FrameFormat.maximumPayloadSize - 6
  /// An answer.
  public init(_ operation: WorldOperation, _ status: WorldStatus, offset: UInt16, total: UInt16) {
    self.operation = operation
    self.status = status
    self.offset = offset
    self.total = total
  }
  /// Appends six bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(operation)
    sink.put(status)
    sink.put(offset)
    sink.put(total)
  }
  /// Reads six bytes.
  public init<Source: CanonicalSource>(from source: inout Source) {
    operation = source.takeCase(or: .load)
    status = source.takeCase(or: .badData)
    offset = source.take16()
    total = source.take16()
  }
}

/// The place of some bytes in a longer block, as `capabilities` and `WorldOperation.load` carry it.
public struct BlockPart: Equatable, Sendable, CanonicalCodable {
  /// Where the bytes that follow begin in the block.
  public var offset: UInt16
  /// Bytes of the whole block.
  public var total: UInt16
  /// Bytes that fit one frame behind this head and an operation byte.
  public static let maximumDataSize = FrameFormat.maximumPayloadSize - 5
  /// A part.
  public init(offset: UInt16, total: UInt16) {
    self.offset = offset
    self.total = total
  }
  /// Appends four bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(offset)
    sink.put(total)
  }
  /// Reads four bytes.
  public init<Source: CanonicalSource>(from source: inout Source) {
    offset = source.take16()
    total = source.take16()
  }
}
