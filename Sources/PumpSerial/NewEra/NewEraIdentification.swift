/// What a New Era pump says of itself when it is asked for its version.
public struct NewEraIdentification: Equatable, Sendable {
  /// Model and firmware.
  public var version: NewEraVersion
  /// The address that it answered with.
  public var address: UInt8
  /// What it was doing; an alarm, where it alarms even after one was acknowledged.
  public var state: NewEraReply.State
  /// The alarm that stood, and that asking has acknowledged.
  public var acknowledged: NewEraAlarm?

  /// Asks the pump on a port; nothing moves, but an alarm that stands is acknowledged.
  ///
  /// In Safe mode a valid packet starts the pump's time-out, after which it stops and alarms.
  public static func ask(
    path: String, settings: SerialSettings, address: UInt8, framing: NewEraFraming
  ) throws(NewEraIdentificationError) -> NewEraIdentification {
    let question = NewEraFrame.command(
      NewEraAddressedCommand(address: address, text: Array("VER".utf8)).payload, framing)
    var acknowledged: NewEraAlarm?
    var strange: [UInt8] = []
    do {
      let link = try SerialLink.open(path: path, settings: settings)
      defer { link.close() }
      // The first command after an alarm is answered by the alarm and not executed; and a pump that
      // was half told something before takes its first line for the end of that.
      for _ in 0..<3 {
        try question.withUnsafeBufferPointer { bytes throws(SerialLinkError) in
          try link.write(bytes, withinMilliseconds: 500)
        }
        guard let reply = try receive(link, &strange) else { continue }
        if let version = reply.version {
          return NewEraIdentification(
            version: version, address: reply.address, state: reply.state,
            acknowledged: acknowledged)
        }
        if let alarm = reply.alarm { acknowledged = acknowledged ?? alarm }
      }
    } catch {
      throw .link(error)
    }
    throw .noAnswer(path: path, settings: settings, received: strange)
  }

  /// The first reply in time; what came instead is kept in `strange`.
  private static func receive(
    _ link: SerialLink, _ strange: inout [UInt8]
  ) throws(SerialLinkError) -> NewEraReply? {
    var decoder = NewEraReplyDecoder()
    // Question and answer, some 25 characters, take 0.8 s at 300 baud.
    let deadline = Monotonic.nanoseconds() + 1_500_000_000
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let wait = Int(Monotonic.milliseconds(until: deadline))
      if wait == 0 { return nil }
      let count = try buffer.withUnsafeMutableBufferPointer { bytes throws(SerialLinkError) in
        try link.read(into: bytes, withinMilliseconds: wait)
      }
      if count == 0 { return nil }
      if strange.count < 16 { strange += buffer[..<min(count, 16)] }
      for event in decoder.take(buffer[..<count], at: Monotonic.nanoseconds()) {
        if case .reply(let reply, _) = event { return reply }
      }
    }
  }

  /// What the pump was doing, in words.
  public var stateText: String {
    switch state {
    case .prompt(let prompt): Self.words(prompt)
    case .alarm(let alarm): "alarm: " + Self.words(alarm)
    }
  }

  /// The alarm that asking has acknowledged, in words; nil where there was none.
  public var acknowledgedText: String? { acknowledged.map(Self.words) }
}

/// Why nobody could be identified as a New Era pump.
public enum NewEraIdentificationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The link below failed.
  case link(SerialLinkError)
  /// Nothing answered, or something that is no New Era pump; the first bytes of that.
  case noAnswer(path: String, settings: SerialSettings, received: [UInt8])

  /// What was wrong, where, and what to do.
  public var description: String {
    switch self {
    case .link(let error): return error.description
    case .noAnswer(let path, let settings, let received):
      let others = NewEraAddressing.bauds.filter { $0 != settings.baud }.sorted(by: >)
      let remedy =
        "Asked at \(settings); the pump may be set to "
        + others.map { "\($0)" }.joined(separator: ", ")
        + " (--baud), to another address (--address), or to Safe mode (--safe)."
      if received.isEmpty {
        return "\(path): no answer. Is a New Era pump attached and switched on? \(remedy)"
      }
      let bytes = received.prefix(16).map { byte in
        byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
      }
      return "\(path): something answers, but not as a New Era pump "
        + "(\(bytes.joined(separator: " "))). \(remedy)"
    }
  }
}

extension NewEraIdentification {
  private static func words(_ prompt: NewEraPrompt) -> String {
    switch prompt {
    case .infusing: "infusing"
    case .withdrawing: "withdrawing"
    case .stopped: "stopped"
    case .paused: "paused"
    case .timedPause: "in a timed pause"
    case .awaitingTrigger: "waiting for a trigger"
    case .purging: "purging"
    }
  }

  private static func words(_ alarm: NewEraAlarm) -> String {
    switch alarm {
    case .reset: "the pump was reset, or its power came back"
    case .stalled: "the motor stalled"
    case .timedOut: "nothing was heard in Safe mode"
    case .programError: "the program has an error"
    case .phaseOutOfRange: "a phase that is not there"
    }
  }
}
