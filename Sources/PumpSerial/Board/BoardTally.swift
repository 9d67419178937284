/// What an emulated board saw of the line, from its end: the second opinion on a record.
public struct BoardTally: Equatable, Sendable {
  /// Sense frames that it sent, whether or not they went through.
  public var senseFramesSent: UInt64 = 0
  /// Actuator frames that it took.
  public var actuatorFramesTaken: UInt64 = 0
  /// Pieces between delimiters that were no frames.
  public var framesRejected: UInt64 = 0
  /// Times at which ticks of its own clock passed more than a tick late.
  public var ticksLate: UInt64 = 0
  /// The latest that a tick passed, ns.
  public var latenessMax: UInt64 = 0
  /// What the line did to frames for the host; nil where nothing was wrong with it.
  public var toHost: WireFaultCounts?
  /// What the line did to frames for the board; nil where nothing was wrong with it.
  public var toDevice: WireFaultCounts?
  /// Resets that the line's faults asked for.
  public var resets: UInt64 = 0
  /// Nothing seen.
  public init() {}

  /// The counts as one JSON object.
  public var json: String {
    var fields = [
      "\"sense_frames_sent\": \(senseFramesSent)",
      "\"actuator_frames_taken\": \(actuatorFramesTaken)",
      "\"frames_rejected\": \(framesRejected)", "\"ticks_late\": \(ticksLate)",
      "\"lateness_max_us\": \(latenessMax / 1000)", "\"resets\": \(resets)",
    ]
    fields.append("\"to_host\": \(toHost?.json ?? "null")")
    fields.append("\"to_device\": \(toDevice?.json ?? "null")")
    return "{ \(fields.joined(separator: ", ")) }"
  }
}

extension WireFaultCounts {
  /// The counts as one JSON object.
  public var json: String {
    "{ \"messages\": \(messages), \"lost\": \(lost), \"silenced\": \(silenced), "
      + "\"duplicated\": \(duplicated), \"corrupted\": \(corrupted), "
      + "\"truncated\": \(truncated), \"overflown\": \(overflown) }"
  }
}
