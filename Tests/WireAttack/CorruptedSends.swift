import BoardProtocol
import PumpHAL

/// Sends frames over a line that spoils every one of them, each followed by two that come whole.
///
/// The receiver is one decoder for all of them, as on a board. What it takes is compared byte by
/// byte with what was sent; checksums are not asked.
struct CorruptedSends {
  /// What became of the frames.
  struct Report {
    /// Frames that were spoilt.
    var sends = 0
    /// Of those, how many came as they were sent: only delimiters were hit, or damage undid itself.
    var undamaged = 0
    /// Frames that were taken and never sent.
    var falselyTaken = 0
    /// How often the first whole frame behind a spoilt one was taken.
    var inStepAtOnce = 0
    /// How often only the second was.
    var inStepLater = 0
    /// How often neither was.
    var outOfStep = 0
  }

  /// What became of the frames so far.
  private(set) var report = Report()
  private let isSense: Bool
  private let dictionary: UInt32
  private var dice: Dice
  private var decoder: FrameDecoder
  private var sequence: UInt8 = 0
  /// The spoilt frame, and the one whose end replaced its own: at times that one is whole again.
  private var candidates: [[UInt8]] = []

  /// - Parameters:
  ///   - seed: decides what is sent, and how it is spoilt.
  ///   - isSense: whether sense frames are sent to a host, instead of actuator frames to a board.
  init(seed: UInt64, isSense: Bool = false) {
    self.isSense = isSense
    dice = Dice(state: seed)
    decoder = FrameDecoder()
    dictionary = BoardDictionary.hash
  }

  /// Sends one spoilt frame and two whole ones.
  mutating func send() {
    report.sends += 1
    let sent = frame()
    candidates = [sent]
    let spoilt = spoil(sent)
    for taken in receive(spoilt) {
      if candidates.contains(taken) { report.undamaged += 1 } else { report.falselyTaken += 1 }
    }
    let first = frame()
    let second = frame()
    // The end of the spoilt frame may run into the first of these: then its damaged rest is part of
    // what is compared.
    let takenFirst = receive(first)
    let takenSecond = receive(second)
    for taken in takenFirst + takenSecond where taken != first && taken != second {
      if candidates.contains(taken) { report.undamaged += 1 } else { report.falselyTaken += 1 }
    }
    if takenFirst.contains(first) {
      report.inStepAtOnce += 1
    } else if takenSecond.contains(second) {
      report.inStepLater += 1
    }
    if !takenSecond.contains(second) { report.outOfStep += 1 }
  }

  /// One frame as it goes over the wire.
  private mutating func frame() -> [UInt8] {
    sequence &+= 1
    let type: FrameType = isSense ? .sense : dice.once(in: 2) ? .actuate : .actuateAndWrite
    let size = type == .actuate ? 23 : type == .actuateAndWrite ? 55 : 31 + dice.below(25)
    // Zeros often, as in real frames: they are what the stuffing is about.
    let payload = (0..<size).map { _ in dice.once(in: 2) ? 0 : dice.byte() }
    return bytes(type, sequence, payload)
  }

  private func bytes(_ type: FrameType, _ sequence: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: FrameFormat.maximumWireSize) { bytes, count in
      let header = FrameHeader(type, sequence: sequence)
      count = FrameEncoder.write(header, dictionary: dictionary, into: bytes) { sink in
        for byte in payload { sink.put(byte) }
      }
    }
  }

  /// What the decoder takes of these bytes, each frame written anew as it would have been sent.
  private mutating func receive(_ stream: [UInt8]) -> [[UInt8]] {
    var taken: [[UInt8]] = []
    for byte in stream {
      guard case .frame(let header) = decoder.take(byte) else { continue }
      let payload = decoder.withPayload { reader in
        var payload: [UInt8] = []
        while reader.remaining > 0 { payload.append(reader.take8()) }
        return payload
      }
      taken.append(bytes(header.type, header.sequence, payload))
    }
    return taken
  }

  /// What a line may do to a frame; never leaves it as it is.
  private mutating func spoil(_ frame: [UInt8]) -> [UInt8] {
    var bytes = frame
    let place = dice.below(bytes.count)
    switch dice.below(9) {
    case 0:  // Single bits.
      for _ in 0...dice.below(8) { bytes[dice.below(bytes.count)] ^= 1 << UInt8(dice.below(8)) }
    case 1:  // A burst of noise.
      let end = min(bytes.count, place + 1 + dice.below(12))
      for index in place..<end { bytes[index] = dice.byte() }
    case 2:  // Bytes that a receiver was too slow for.
      bytes.removeSubrange(place..<min(bytes.count, place + 1 + dice.below(6)))
    case 3:  // Bytes out of nowhere.
      for _ in 0...dice.below(6) { bytes.insert(dice.byte(), at: place) }
    case 4:  // The end is missing, delimiter and all.
      bytes.removeSubrange(place...)
    case 5:  // The beginning is missing.
      bytes.removeSubrange(...place)
    case 6:  // A piece comes twice.
      let end = min(bytes.count, place + 1 + dice.below(16))
      bytes.insert(contentsOf: bytes[place..<end], at: end)
    case 7:  // The beginning of this one and the end of another.
      let other = self.frame()
      candidates.append(other)
      bytes = bytes.prefix(place) + other.suffix(dice.below(other.count))
    default:  // A line that is stuck for a while.
      let end = min(bytes.count, place + 1 + dice.below(bytes.count))
      let stuck: UInt8 = dice.once(in: 2) ? 0 : 0xff
      for index in place..<end { bytes[index] = stuck }
    }
    if bytes == frame { bytes[place] ^= 1 }
    return bytes
  }
}

/// Random numbers that are the same in every run (SplitMix64).
private struct Dice {
  var state: UInt64

  mutating func word() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: word()) }
  mutating func below(_ bound: Int) -> Int { Int(word() % UInt64(bound)) }
  mutating func once(in bound: Int) -> Bool { below(bound) == 0 }
}
