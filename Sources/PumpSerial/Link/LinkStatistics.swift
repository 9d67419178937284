/// What went over a link, counted.
public struct LinkStatistics: Equatable, Sendable {
  /// Frames sent.
  public var framesSent: UInt64 = 0
  /// Frames taken.
  public var framesReceived: UInt64 = 0
  /// Pieces between delimiters that were no frames.
  public var framesRejected: UInt64 = 0
  /// Frames sent again because no answer came.
  public var framesResent: UInt64 = 0
  /// Sense frames that the board sent and that never came.
  public var framesMissed: UInt64 = 0
  /// Sense frames that came more than 20 ms after the one before; real time only.
  public var framesLate: UInt64 = 0
  /// Journal entries sent again because the board had not taken them.
  public var journalsResent: UInt64 = 0
  /// The longest silence of the board, ns; real time only.
  public var longestSilence: UInt64 = 0
  /// A link that was not used.
  public init() {}
}
