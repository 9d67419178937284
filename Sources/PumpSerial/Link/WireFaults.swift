// A bad line, for every emulated device: bytes go in, and those that come out at the other end come
// out when they would.

/// What a bad line did in one direction, counted in messages.
public struct WireFaultCounts: Equatable, Sendable {
  /// Messages that were sent.
  public var messages: UInt64 = 0
  /// Messages that never came, by loss.
  public var lost: UInt64 = 0
  /// Messages that never came, by silence.
  public var silenced: UInt64 = 0
  /// Messages that came twice.
  public var duplicated: UInt64 = 0
  /// Messages that came with other bytes than were sent.
  public var corrupted: UInt64 = 0
  /// Messages that came without their end.
  public var truncated: UInt64 = 0
  /// Messages for which the line had no room, because it is too slow.
  public var overflown: UInt64 = 0
  /// Nothing sent.
  public init() {}
}

/// A line between a host and an emulated device on which things go wrong.
///
/// Whoever serves the device puts in what either end sends, takes out what is due, and sleeps no
/// longer than `nextDue`. Knows no clock: every moment is given in nanoseconds of the caller's. The
/// same seed and the same messages meet the same fate. A message is what one of `messageEnds` ends,
/// or what is put in at a time where that comes first.
public struct WireFaults: Sendable {
  /// What was done to the bytes for the host.
  public var toHost: WireFaultCounts { host.counts }
  /// What was done to the bytes for the device.
  public var toDevice: WireFaultCounts { device.counts }
  /// Resets that were due.
  public private(set) var resets: UInt64 = 0

  private let faults: [WireFault]
  private let messageEnds: [UInt8]
  private let seed: UInt64
  private var host: FaultyLine
  private var device: FaultyLine
  private var startedAt: UInt64?
  /// When the resets are that are still to come, earliest first.
  private var resetsAhead: [UInt64]

  /// A line with these faults.
  ///
  /// - Parameters:
  ///   - faults: what is wrong, each for its time; several of a kind act one after the other.
  ///   - seed: decides which messages are hit.
  ///   - messageEnds: bytes that end a message, such as the delimiter of the board's frames.
  public init(_ faults: [WireFault], seed: UInt64 = 1, messageEnds: [UInt8]) {
    self.faults = faults
    self.seed = seed
    self.messageEnds = messageEnds
    host = FaultyLine(seed: seed &* 2)
    device = FaultyLine(seed: seed &* 2 &+ 1)
    resetsAhead = []
    rewind()
  }

  /// Forgets what is under way, and counts time from the next host's first byte.
  public mutating func hostLeft() {
    host = FaultyLine(seed: seed &* 2, counts: host.counts)
    device = FaultyLine(seed: seed &* 2 &+ 1, counts: device.counts)
    startedAt = nil
    rewind()
  }

  private mutating func rewind() {
    resetsAhead = faults.filter { $0.kind == .reset }.map(\.from).sorted()
  }

  /// Takes what one end sends at `now`.
  public mutating func put(
    _ bytes: UnsafeBufferPointer<UInt8>, to direction: WireFault.Direction, at now: UInt64
  ) {
    if direction == .toDevice && startedAt == nil && !bytes.isEmpty { startedAt = now }
    let elapsed = startedAt.map { now >= $0 ? now - $0 : 0 } ?? 0
    let conditions = LineConditions(faults, direction, at: elapsed)
    var start = 0
    for index in bytes.indices
    where messageEnds.contains(bytes[index]) || index == bytes.count - 1 {
      let message = UnsafeBufferPointer(rebasing: bytes[start...index])
      start = index + 1
      if direction == .toHost {
        host.put(message, conditions, at: now)
      } else {
        device.put(message, conditions, at: now)
      }
    }
  }

  /// Gives what comes out at one end by `now`, in order.
  public mutating func take(_ direction: WireFault.Direction, at now: UInt64) -> [UInt8] {
    direction == .toHost ? host.take(at: now) : device.take(at: now)
  }

  /// Whether the device is to be reset by `now`; true once a reset.
  public mutating func isResetDue(at now: UInt64) -> Bool {
    guard let startedAt, let next = resetsAhead.first, now >= startedAt + next else { return false }
    resetsAhead.removeFirst()
    resets += 1
    return true
  }

  /// The moment at which something is due next, in either direction; nil where nothing is.
  public var nextDue: UInt64? {
    var next = [host.nextDue, device.nextDue].compactMap(\.self).min()
    if let startedAt, let reset = resetsAhead.first {
      next = min(next ?? .max, startedAt + reset)
    }
    return next
  }
}

/// What is wrong with one direction at one moment.
private struct LineConditions {
  var delay: UInt64 = 0
  var jitter: UInt64 = 0
  var loss = 0.0
  var duplication = 0.0
  var corruption = 0.0
  var truncation = 0.0
  var isSilent = false
  /// Nanoseconds a byte; 0 where they come at once.
  var byteTime: UInt64 = 0

  init(_ faults: [WireFault], _ direction: WireFault.Direction, at elapsed: UInt64) {
    for fault in faults where fault.acts(on: direction, at: elapsed) {
      switch fault.kind {
      case .delay(let nanoseconds): delay += nanoseconds
      case .jitter(let nanoseconds): jitter += nanoseconds
      case .loss(let probability): loss = Self.either(loss, probability)
      case .duplication(let probability): duplication = Self.either(duplication, probability)
      case .corruption(let probability): corruption = Self.either(corruption, probability)
      case .truncation(let probability): truncation = Self.either(truncation, probability)
      case .silence: isSilent = true
      case .baud(let baud): byteTime = max(byteTime, 10_000_000_000 / UInt64(baud))
      case .reset: break
      }
    }
  }

  /// The probability that at least one of two independent things happens.
  private static func either(_ a: Double, _ b: Double) -> Double { 1 - (1 - a) * (1 - b) }
}

/// One direction: what is under way, and the dice.
private struct FaultyLine: Sendable {
  private(set) var counts: WireFaultCounts
  private var random: UInt64
  private var pieces: [(due: UInt64, bytes: [UInt8])] = []
  private var queued = 0
  /// When the last piece so far comes out: nothing overtakes.
  private var lastDue: UInt64 = 0

  /// Bytes that a line takes before it loses more: the buffer of a serial driver.
  private static let capacity = 4096
  /// Bytes come out in lumps of up to a millisecond, as a USB adapter hands them on.
  private static let lump: UInt64 = 1_000_000

  init(seed: UInt64, counts: WireFaultCounts = WireFaultCounts()) {
    random = seed
    self.counts = counts
  }

  var nextDue: UInt64? { pieces.first?.due }

  /// SplitMix64.
  private mutating func word() -> UInt64 {
    random &+= 0x9e37_79b9_7f4a_7c15
    var z = random
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// At least 0 and below 1.
  private mutating func fraction() -> Double { Double(word() >> 11) * 0x1p-53 }

  private mutating func below(_ bound: Int) -> Int { Int(word() % UInt64(bound)) }

  mutating func put(
    _ message: UnsafeBufferPointer<UInt8>, _ now: LineConditions, at moment: UInt64
  ) {
    counts.messages += 1
    // As many throws for every message, so that one fault does not move another.
    let isLost = fraction() < now.loss
    let isDoubled = fraction() < now.duplication
    let isCorrupted = fraction() < now.corruption
    let isTruncated = fraction() < now.truncation
    let late = UInt64(Double(now.jitter) * fraction())
    let keptCount = below(message.count)
    let changes = (0...below(3)).map { _ in (place: word(), change: word()) }
    if now.isSilent {
      counts.silenced += 1
      return
    }
    if isLost {
      counts.lost += 1
      return
    }
    var bytes = Array(message)
    if isCorrupted {
      counts.corrupted += 1
      var touched: [Int] = []
      for (place, change) in changes {
        let index = Int(place % UInt64(bytes.count))
        // Twice the same byte might undo itself.
        if touched.contains(index) { continue }
        touched.append(index)
        bytes[index] ^= UInt8(1 + change % 255)
      }
    }
    if isTruncated {
      counts.truncated += 1
      bytes.removeSubrange(keptCount...)
    }
    if isDoubled {
      counts.duplicated += 1
      bytes += bytes
    }
    if queued + bytes.count > Self.capacity {
      counts.overflown += 1
      return
    }
    enqueue(bytes, at: moment + now.delay + late, byteTime: now.byteTime)
  }

  private mutating func enqueue(_ bytes: [UInt8], at moment: UInt64, byteTime: UInt64) {
    var due = max(moment, lastDue)
    let size = byteTime == 0 ? bytes.count : Int(max(1, Self.lump / byteTime))
    var start = 0
    while start < bytes.count {
      let end = min(start + size, bytes.count)
      due += byteTime * UInt64(end - start)
      pieces.append((due, Array(bytes[start..<end])))
      start = end
    }
    queued += bytes.count
    lastDue = due
  }

  mutating func take(at now: UInt64) -> [UInt8] {
    let count = pieces.firstIndex { $0.due > now } ?? pieces.count
    if count == 0 { return [] }
    let bytes = pieces[..<count].flatMap(\.bytes)
    pieces.removeFirst(count)
    queued -= bytes.count
    return bytes
  }
}
