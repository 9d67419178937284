import BoardProtocol
import PumpHAL
import PumpPlant

/// A pump on a serial port that speaks the protocol of the open motor board.
///
/// In real time a thread of its own owns the port. In lockstep the caller's thread does: `actuate`
/// sends, `awaitFrame` waits for the answer, and the board's time stands still in between. One
/// thread at a time uses a pump.
///
/// - Requirements: @relation(R-115, scope=file)
public final class SerialPump: PumpHardware, @unchecked Sendable {
  /// What the board declared.
  public private(set) var capabilities = Capabilities()
  /// Who drives time: the board's clock, or this host tick by tick.
  public let mode: BoardMode
  /// Who the board says it is.
  public private(set) var identity = Identity()
  /// The board's name.
  public var name: String { identity.name }
  /// The path that was opened.
  public var path: String { line.link.path }

  private let line: BoardLine<SerialLink>
  private var view = HostView(Opened(mode: .realTime, boot: 0, tick: 0))
  private var realTime: RealTimeLink?
  private var memory: [JournalEntry]?
  /// The plant's truth as it was last told; real time only.
  var lastTruth: PlantTruth?
  private var awaited: UInt8?
  /// Ticks that have passed since the link was lost; lockstep only.
  private var ticksLost: UInt32 = 0
  private var isOpen = false

  /// Opens the board on `path` and begins a session.
  public static func open(path: String, mode: BoardMode) throws(SerialPumpError) -> SerialPump {
    let link: SerialLink
    do { link = try SerialLink.open(path: path, settings: .board) } catch { throw .link(error) }
    let pump = SerialPump(BoardLine(link), mode: mode)
    do {
      try pump.identify()
      try pump.begin()
    } catch {
      pump.close()
      throw error
    }
    return pump
  }

  private init(_ line: BoardLine<SerialLink>, mode: BoardMode) {
    self.line = line
    self.mode = mode
  }

  deinit { close() }

  /// Ends the session; the motor stops.
  public func close() {
    endSession()
    line.link.close()
  }

  /// Whether the board is emulated and has a world that can be changed.
  public var hasWorld: Bool { identity.abilities.contains(.world) }

  /// Whether the pump behind the board has power; always true on hardware.
  public var isPowered: Bool {
    realTime?.newest().isPowered ?? view.assembler.link.isPowered
  }

  /// What went over the link so far.
  public var statistics: LinkStatistics { realTime?.newest().statistics ?? line.statistics }

  /// What goes over the link, both ways, since it was opened.
  public var wire: WireTap { line.tap }

  // MARK: A tick

  /// The newest readings; never blocks.
  public func sense() -> SensorFrame {
    if let realTime { return realTime.sense() }
    var frame = view.frame
    // Readings of a lost link grow old; they never become zero.
    frame.tick &+= ticksLost
    frame.motionAge = UInt16(clamping: UInt32(frame.motionAge) + ticksLost)
    return frame
  }

  /// Takes what shall be done; never blocks.
  public func actuate(_ frame: ActuatorFrame) {
    if let realTime { return realTime.actuate(frame) }
    let payload = ActuatePayload(frame)
    sendStep(payload.type) { payload.encode(to: &$0) }
  }

  /// Lets a tick pass in which the motor hears nothing; in real time it passes by itself.
  public func elapse() {
    if realTime == nil { sendStep(.elapse) { _ in } }
  }

  /// Lockstep: waits for the answer to the last `actuate` or `elapse`; real time: returns at once.
  ///
  /// To be called by whoever paces, once a tick, after `actuate`. False when the link is lost.
  @discardableResult public func awaitFrame(withinMilliseconds limit: Int = 2000) -> Bool {
    if let realTime { return realTime.newest().latch == nil }
    if view.latch != nil {
      ticksLost += 1
      return false
    }
    guard var sequence = awaited else { return true }
    awaited = nil
    let end = Monotonic.nanoseconds() + UInt64(limit) * 1_000_000
    do {
      while true {
        let deadline = min(end, Monotonic.nanoseconds() + 100_000_000)
        while let header = try line.receive(by: deadline) {
          if !take(header, answering: sequence) { continue }
          if view.latch != nil || !view.hasGap { return view.latch == nil }
          // What a lost frame said is in no later one until it changes: ask for everything.
          view.hasGap = false
          sequence = try line.send(.refresh) { _ in }
        }
        if Monotonic.nanoseconds() >= end { break }
        try line.resend()
      }
    } catch {
      // A hang-up is a lost link like a silent one; what it was is of no use to the control loop.
    }
    view.latch(.lost)
    ticksLost += 1
    return false
  }

  private func sendStep(_ type: FrameType, _ payload: (inout CanonicalWriter) -> Void) {
    if view.latch != nil { return }
    do {
      awaited = try line.send(type, payload: payload)
    } catch {
      view.latch(.lost)
    }
  }

  /// Takes a frame; true when it completes the answer to `sequence`.
  private func take(_ header: FrameHeader, answering sequence: UInt8) -> Bool {
    switch header.type {
    case .sense:
      let isRight = view.take(header, from: line)
      let link = view.assembler.link
      return view.latch != nil || (isRight && link.answering == sequence && !link.moreFollows)
    case .refusal:
      if let refusal = line.payload({ Refusal(from: &$0) }) { view.take(refusal) }
      return view.latch != nil
    default: return false
    }
  }

  // MARK: Memory

  /// What the memory holds: the first copy, then the second.
  ///
  /// Memory that cannot be read any more because the link failed is given as slots that are not
  /// whole: unreadable is not empty.
  public func restoreMemory() -> [JournalEntry] {
    defer { memory = nil }
    if let memory { return memory }
    do {
      return try readMemory()
    } catch {
      if realTime == nil { view.latch(.lost) }
      return [JournalEntry](repeating: .unreadable, count: Int(MemorySlot.end))
    }
  }

  private func readMemory() throws(SerialPumpError) -> [JournalEntry] {
    var slots = [JournalEntry](repeating: .blank, count: Int(MemorySlot.end))
    var index: UInt16 = 0
    while index < MemorySlot.end {
      let slot = try ask(.readMemory, UInt16Bytes(index).bytes) { MemorySlot(from: &$0) }
      if slot.index < index { throw violation("it goes back in its memory") }
      if slot.index < MemorySlot.end { slots[Int(slot.index)] = slot.entry }
      index = slot.index + 1
    }
    return slots
  }

  // MARK: Session

  /// Finds out who is there.
  private func identify() throws(SerialPumpError) {
    line.discard()
    var answer: BoardRequest?
    do {
      try line.sendDelimiter()
      answer = try line.exchange(
        BoardRequest(.identify, CanonicalBytes.of(Identify())), tries: 8, milliseconds: 300)
    } catch {
      throw .link(error)
    }
    guard let answer, let bytes = answer.answer.first else {
      throw .noAnswer(path: path, sawOtherBytes: line.sawOtherBytes)
    }
    guard let identity = CanonicalBytes.read(bytes, { Identity(from: &$0) }) else {
      throw violation("its identity cannot be read")
    }
    if identity.version != FrameFormat.version {
      throw .wrongVersion(path: path, board: identity.version, host: FrameFormat.version)
    }
    if identity.dictionary != BoardDictionary.hash {
      throw .wrongDictionary(
        path: path, board: identity.dictionary, host: BoardDictionary.hash)
    }
    if mode == .lockstep && !identity.abilities.contains(.lockstep) {
      throw .noLockstep(path: path)
    }
    self.identity = identity
  }

  /// Reads capabilities and memory, and begins a session.
  private func begin() throws(SerialPumpError) {
    capabilities = try readCapabilities()
    memory = try readMemory()
    let opened = try ask(.open, [mode.rawValue]) { Opened(from: &$0) }
    if opened.mode != mode { throw violation("it opened another mode than it was asked for") }
    view = HostView(opened)
    lastTruth = nil
    ticksLost = 0
    isOpen = true
    try awaitReadings()
    if view.latch != nil { throw .boardReset(path: path) }
    if mode == .realTime {
      do { realTime = try RealTimeLink(line, view) } catch { throw .link(error) }
    }
  }

  /// Waits until every sensor has been heard of, asking again for what was lost.
  private func awaitReadings() throws(SerialPumpError) {
    let deadline = Monotonic.nanoseconds() + 2_000_000_000
    do {
      while !view.assembler.isComplete || view.assembler.link.moreFollows {
        let patience = Monotonic.nanoseconds() + 200_000_000
        while Monotonic.nanoseconds() < patience,
          !view.assembler.isComplete || view.assembler.link.moreFollows,
          let header = try line.receive(by: patience)
        {
          if header.type == .sense { _ = view.take(header, from: line) }
        }
        if view.assembler.isComplete && !view.assembler.link.moreFollows { return }
        if Monotonic.nanoseconds() >= deadline { break }
        try line.send(.refresh) { _ in }
      }
    } catch {
      throw .link(error)
    }
    if !view.assembler.isComplete { throw violation("it gives no complete readings within 2 s") }
  }

  private func endSession() {
    realTime?.stop()
    realTime = nil
    if isOpen { _ = try? line.exchange(BoardRequest(.close), tries: 2, milliseconds: 100) }
    isOpen = false
  }

  private func readCapabilities() throws(SerialPumpError) -> Capabilities {
    var block: [UInt8] = []
    repeat {
      let part = try ask(.readCapabilities, UInt16Bytes(UInt16(block.count)).bytes) { reader in
        let part = BlockPart(from: &reader)
        var bytes: [UInt8] = []
        while reader.remaining > 0 { bytes.append(reader.take8()) }
        return (part, bytes)
      }
      if Int(part.0.offset) != block.count || part.1.isEmpty {
        throw violation("its capabilities come out of order")
      }
      block += part.1
      if block.count >= Int(part.0.total) { break }
    } while true
    guard let capabilities = CanonicalBytes.read(block, { Capabilities(from: &$0) }) else {
      throw violation("its capabilities cannot be read")
    }
    return capabilities
  }

  // MARK: Questions

  /// Asks the board and reads its one-frame answer.
  private func ask<Value>(
    _ type: FrameType, _ payload: [UInt8], _ read: (inout CanonicalReader) -> Value
  ) throws(SerialPumpError) -> Value {
    let answer = try request(BoardRequest(type, payload))
    guard let bytes = answer.first, let value = CanonicalBytes.read(bytes, read) else {
      throw violation("its answer to frame type \(type.rawValue) cannot be read")
    }
    return value
  }

  /// Asks the board; the payloads of its answer.
  func request(_ question: BoardRequest) throws(SerialPumpError) -> [[UInt8]] {
    // One exchange at a time: a tick's answer that is still under way is taken first, or it would
    // be taken as part of this one and be waited for in vain.
    if awaited != nil { awaitFrame() }
    let answered: BoardRequest?
    do {
      if let realTime {
        answered = try realTime.request(question)
      } else {
        answered = try line.exchange(question) { header in
          if header.type == .sense { _ = view.take(header, from: line) }
        }
      }
    } catch {
      throw .link(error)
    }
    guard let answered else { throw .noAnswer(path: path, sawOtherBytes: false) }
    if let refusal = answered.refusal {
      if refusal.reason == .noSession { throw .boardReset(path: path) }
      throw .refused(
        path: path, what: "frame type \(question.type.rawValue)", why: refusal.reason.text)
    }
    return answered.answer
  }

  /// The newest answer to a question that is asked again and again; in real time it never holds up
  /// the control loop, and is nil where none has come yet.
  func newest(_ question: BoardRequest) throws(SerialPumpError) -> BoardRequest? {
    guard let realTime else { return nil }
    do { return try realTime.newest(question) } catch { throw .link(error) }
  }

  func violation(_ what: String) -> SerialPumpError { .protocolViolation(path: path, what: what) }

  /// Ends the session, lets `change` happen, and begins a new one.
  func betweenSessions(
    _ change: () throws(SerialPumpError) -> Void
  ) throws(SerialPumpError) {
    endSession()
    try change()
    try begin()
  }
}

extension RefusalReason {
  /// The reason in words.
  var text: String {
    switch self {
    case .noSession: "no session is open"
    case .malformed: "it cannot read the frame"
    case .sessionOpen: "a session is open"
    case .notSupported: "it cannot do this"
    case .badData: "it cannot read the data"
    }
  }
}

extension JournalEntry {
  /// An entry that is not whole, whatever it is compared with.
  static let unreadable: JournalEntry = {
    var entry = JournalEntry(slot: 0, sequence: .max, word0: .max, word1: .max, word2: 0)
    entry.checksum = ~entry.checksum
    return entry
  }()
}

/// A number as the two bytes of its canonical encoding.
private struct UInt16Bytes {
  let bytes: [UInt8]
  init(_ value: UInt16) { bytes = [UInt8(value & 255), UInt8(value >> 8)] }
}
