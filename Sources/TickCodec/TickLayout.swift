// The bits of a coded tick; `Docs/SessionRecord.md` describes the layout in full.

/// Version of the block layout, the first byte of every block.
package let blockVersion: UInt8 = 1

/// What the low half of a tick's first byte says to follow.
enum TickParts {
  static let force: UInt8 = 1
  static let motorCurrent: UInt8 = 2
  static let motion: UInt8 = 4
  static let more: UInt8 = 8
}

/// What the sixteen bits after `TickParts.more` say to follow.
enum MoreParts {
  static let elapsed: UInt16 = 1 << 0
  static let hardwareTick: UInt16 = 1 << 1
  static let sampleTimes: UInt16 = 1 << 2
  static let slowSensors: UInt16 = 1 << 3
  static let status: UInt16 = 1 << 4
  static let command: UInt16 = 1 << 5
  static let drive: UInt16 = 1 << 6
  static let display: UInt16 = 1 << 7
  static let annunciation: UInt16 = 1 << 8
  static let journal: UInt16 = 1 << 9
  static let result: UInt16 = 1 << 10
  static let alarms: UInt16 = 1 << 11
  static let boundsAndPhase: UInt16 = 1 << 12
  static let timeToAlarm: UInt16 = 1 << 13
  static let monitor: UInt16 = 1 << 14
  static let monitorJournal: UInt16 = 1 << 15
}

/// What the byte after `MoreParts.slowSensors` says to follow.
enum SlowParts {
  static let carriage: UInt8 = 1 << 0
  static let battery: UInt8 = 1 << 1
  static let temperature: UInt8 = 1 << 2
  static let syringe: UInt8 = 1 << 3
  static let air: UInt8 = 1 << 4
  static let wallClock: UInt8 = 1 << 5
  static let validities: UInt8 = 1 << 6
  static let motionAge: UInt8 = 1 << 7
}

/// The byte that tells of steps, encoder and target.
enum MotionByte {
  /// Steps: as expected, one more, one fewer, or a number follows.
  static let stepsEscape: UInt8 = 3
  /// Encoder: as expected, +1, -1, +2, -2, +3, -3, or a number follows.
  static let encoderEscape: UInt8 = 7
  /// Target: unchanged, +1 to +4, -1, its last change again, or a number follows.
  static let targetRepeat: UInt8 = 6
  static let targetEscape: UInt8 = 7
}

/// What the byte after a first byte without parts says to follow.
enum MarkerKind {
  static let powerOn: UInt8 = 1
  static let worldChange: UInt8 = 2
}

/// How the memory of a power-on is written, run by run.
enum MemoryRun {
  /// Slots never written.
  static let blank: UInt8 = 0
  /// Slots as they are, 32 bytes each.
  static let plain: UInt8 = 1
  /// Slots equal to those of the first copy.
  static let sameAsFirstCopy: UInt8 = 2
}
