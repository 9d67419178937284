// The letters of the New Era protocol: prompts, alarms, errors, units and directions.

/// What the pump is doing, as every reply says.
public enum NewEraPrompt: UInt8, Sendable, CaseIterable {
  /// It infuses: `I`.
  case infusing = 0x49
  /// It withdraws: `W`.
  case withdrawing = 0x57
  /// The program is stopped: `S`.
  case stopped = 0x53
  /// The program is paused: `P`.
  case paused = 0x50
  /// It waits in a pause phase: `T`.
  case timedPause = 0x54
  /// It waits for the operational trigger: `U`.
  case awaitingTrigger = 0x55
  /// It purges: `X`; older pumps say `I` or `W`.
  case purging = 0x58

  /// Whether the motor is meant to move.
  public var isPumping: Bool { self == .infusing || self == .withdrawing || self == .purging }
}

/// What is wrong with the pump, said instead of a prompt as `A?` and a letter.
public enum NewEraAlarm: UInt8, Sendable, CaseIterable {
  /// The pump was reset, or its power came back: `R`.
  case reset = 0x52
  /// The motor has stalled: `S`.
  case stalled = 0x53
  /// In Safe mode nothing valid was heard in time: `T`.
  case timedOut = 0x54
  /// The program has an error: `E`.
  case programError = 0x45
  /// A phase that is not there: `O`.
  case phaseOutOfRange = 0x4F
}

/// Why the pump did not do what it was told.
public enum NewEraRefusal: String, Sendable, CaseIterable {
  /// The command is not known: `?`.
  case notRecognised = "?"
  /// Not now: `?NA`.
  case notApplicable = "?NA"
  /// The number is out of range: `?OOR`.
  case outOfRange = "?OOR"
  /// The packet was garbled: `?COM`.
  case invalidPacket = "?COM"
  /// A phase began at the same time: `?IGN`.
  case ignored = "?IGN"
}

/// The unit of a rate.
public enum NewEraRateUnit: String, Sendable, CaseIterable {
  /// Microlitres a minute.
  case microlitresPerMinute = "UM"
  /// Millilitres a minute.
  case millilitresPerMinute = "MM"
  /// Microlitres an hour.
  case microlitresPerHour = "UH"
  /// Millilitres an hour.
  case millilitresPerHour = "MH"

  /// Microlitres per second in one of it.
  public var microlitresPerSecond: Double {
    switch self {
    case .microlitresPerMinute: 1.0 / 60
    case .millilitresPerMinute: 1000.0 / 60
    case .microlitresPerHour: 1.0 / 3600
    case .millilitresPerHour: 1000.0 / 3600
    }
  }
}

/// The unit of a volume.
public enum NewEraVolumeUnit: String, Sendable, CaseIterable {
  /// Microlitres.
  case microlitres = "UL"
  /// Millilitres.
  case millilitres = "ML"

  /// Microlitres in one of it.
  public var microlitres: Double { self == .microlitres ? 1 : 1000 }

  /// What the pump chooses when it is told a diameter: microlitres up to 14.00 mm.
  public static func chosen(forDiameter millimetres: NewEraNumber) -> NewEraVolumeUnit {
    millimetres.tenThousandths <= 140_000 ? .microlitres : .millilitres
  }
}

/// Which way the plunger goes.
public enum NewEraDirection: String, Sendable, CaseIterable {
  /// Out of the syringe.
  case infuse = "INF"
  /// Into the syringe.
  case withdraw = "WDR"

  /// The other way.
  public var reversed: NewEraDirection { self == .infuse ? .withdraw : .infuse }
}

/// How frames are made: as text, or with length and checksum.
public enum NewEraFraming: Sendable, CaseIterable {
  /// Text: commands end in a carriage return, replies stand between STX and ETX.
  case basic
  /// Packets with a length and a CRC.
  case safe
}
