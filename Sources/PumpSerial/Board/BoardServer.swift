import BoardProtocol
import PumpHAL
import PumpPlant

/// The board's side of the protocol, with the plant behind it: bytes in, bytes out, ticks between.
///
/// Knows neither files nor clocks, so that whoever calls it decides what a tick is.
struct BoardServer {
  /// The pump behind the board.
  var pump: SimulatedPump
  /// Who drives time, while a session is open.
  private(set) var session: BoardMode?
  /// Bytes for the host; whoever sends them empties it.
  var output: [UInt8] = []
  /// Whether the board offers lockstep.
  let canRunFasterThanRealTime: Bool
  /// The pan of an emulated balance into whose vessel the pump delivers.
  var pan: WeighingPan?
  /// Parts of a block that the host loads.
  var loaded: [UInt8] = []
  /// Bytes of the whole block that the host loads.
  var loadedTotal = 0

  private var decoder = FrameDecoder()
  private var composer = SenseComposer()
  /// What the pump sensed in this tick.
  private var sensed = SensorFrame()
  private var memory: [JournalEntry] = []
  private var boot: UInt16
  private var senseSequence: UInt8 = 0
  /// Time in the world begins with the first session, so that what happens is not up to the moment
  /// at which a host happens to come.
  private var hasBegun = false

  // What was taken from the host in this session.
  private var answering: UInt8 = 0
  private var received: UInt16 = 0
  /// The newest actuator frame of this tick.
  private var pending: ActuatorFrame?
  /// Journal entries that wait for a tick of their own.
  private var journals: [JournalEntry] = []
  /// The last answer to a frame that changes something, to be repeated when it is asked again.
  private var answered: (type: FrameType, sequence: UInt8, framesSince: Int, bytes: [UInt8])?

  /// The most journal entries that wait.
  private static let journalCapacity = 64

  /// A board that was just reset.
  ///
  /// - Parameter boot: differs from that of the reset before.
  init(pump: SimulatedPump, boot: UInt16, canRunFasterThanRealTime: Bool) {
    self.pump = pump
    self.boot = boot
    self.canRunFasterThanRealTime = canRunFasterThanRealTime
    output.reserveCapacity(4096)
    journals.reserveCapacity(Self.journalCapacity)
  }

  /// What the board declares: the pump's own capabilities, as emulated.
  var capabilities: Capabilities {
    var capabilities = pump.capabilities
    capabilities.origin = .emulated
    capabilities.canRunFasterThanRealTime = canRunFasterThanRealTime
    return capabilities
  }

  // MARK: Time

  /// One tick of the board's own clock.
  mutating func tick() {
    if !hasBegun { pan?.tick() }
    if !hasBegun || session == .lockstep { return }
    advance()
    weigh()
    sense()
    if session == .realTime { sendSense(isWholeTick: false) }
  }

  /// The host went away: the session ends, the dead man does the rest.
  mutating func hostIsGone() {
    session = nil
    pending = nil
    decoder = FrameDecoder()
    output.removeAll(keepingCapacity: true)
  }

  /// A reset as a brown-out or a watchdog makes it: the session and the step counter are lost.
  mutating func reset() {
    hostIsGone()
    boot &+= 1
    // As long as it takes to count from zero again; the world and the memory stay as they are.
    pump.inject(.powerLoss(duration: 0.01))
    pump.elapse()
    weigh()
    sense()
    journals.removeAll(keepingCapacity: true)
    composer = SenseComposer()
    answered = nil
  }

  /// Puts another world behind the board; its time begins with the next session.
  mutating func replaceWorld(_ new: SimulatedPump) {
    pump = new
    pan?.beginWorld()
    hasBegun = false
    journals.removeAll(keepingCapacity: true)
    composer = SenseComposer()
    sense()
  }

  /// Tells the host of a change of the world that may show in this very tick.
  mutating func worldDidChange() {
    sense()
    if session == .lockstep { sendSense(isWholeTick: true) }
  }

  /// Asks the pump once a tick, as the control loop of a simulated pump does.
  private mutating func sense() {
    sensed = pump.sense()
    composer.take(sensed)
  }

  /// What the pump has delivered runs into the vessel, with every tick of its world.
  private func weigh() { pan?.tick(delivered: pump.truth.infusedVolume) }

  private mutating func advance() {
    guard var frame = pending else {
      pump.elapse()
      return
    }
    pending = nil
    frame.journal = journals.isEmpty ? nil : journals.removeFirst()
    pump.actuate(frame)
  }

  // MARK: Bytes

  /// Takes bytes from the host.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes {
      if case .frame(let header) = decoder.take(byte) { take(header) }
    }
  }

  private mutating func take(_ header: FrameHeader) {
    switch header.type {
    case .identify: identify(header)
    case .readCapabilities: readCapabilities(header)
    case .open: open(header)
    case .close: close(header)
    case .readMemory: readMemory(header)
    case .actuate, .actuateAndWrite: actuate(header)
    case .elapse: elapse(header)
    case .refresh: refresh(header)
    case .world: answerOnce(header) { server, header in server.world(header) }
    // Frames that only a board sends: an echo of our own, or two boards on one line.
    case .identity, .capabilities, .opened, .closed, .memory, .sense, .worldAnswer, .refusal:
      break
    }
  }

  /// Reads the payload; nil, and a refusal sent, where it is malformed.
  mutating func payload<Value>(
    _ header: FrameHeader, _ read: (inout CanonicalReader) -> Value
  ) -> Value? {
    let (value, isRight) = decoder.withPayload { reader in
      let value = read(&reader)
      return (value, !reader.hasFailed && reader.remaining == 0)
    }
    if isRight { return value }
    refuse(header, .malformed)
    return nil
  }

  /// Takes what is left of a payload whose head `read` reads; nil where the head is malformed.
  mutating func payloadWithTail<Head>(
    _ header: FrameHeader, _ read: (inout CanonicalReader) -> Head
  ) -> (head: Head, tail: [UInt8])? {
    payload(header) { reader in
      let head = read(&reader)
      var tail: [UInt8] = []
      while !reader.hasFailed && reader.remaining > 0 { tail.append(reader.take8()) }
      return (head, tail)
    }
  }

  /// Appends one frame to the output.
  mutating func send(_ header: FrameHeader, _ payload: (inout CanonicalWriter) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FrameFormat.maximumWireSize) { bytes in
      let count = FrameEncoder.write(header, into: bytes, payload: payload)
      output.append(contentsOf: bytes[0..<count])
    }
  }

  /// Appends a refusal of the frame with `header`.
  mutating func refuse(_ header: FrameHeader, _ reason: RefusalReason) {
    let boot = boot
    send(FrameHeader(.refusal, sequence: header.sequence)) { sink in
      Refusal(type: header.type, reason: reason, boot: boot).encode(to: &sink)
    }
  }

  // MARK: Frames

  private mutating func identify(_ header: FrameHeader) {
    guard payload(header, { Identify(from: &$0) }) != nil else { return }
    var identity = Identity()
    identity.boot = boot
    identity.tick = sensed.tick
    identity.abilities = canRunFasterThanRealTime ? [.lockstep, .world] : [.world]
    (identity.name0, identity.name1) = Identity.name("trumpet emulated")
    // A host that asks has forgotten every session it had.
    session = nil
    pending = nil
    send(FrameHeader(.identity, sequence: header.sequence)) { identity.encode(to: &$0) }
  }

  private mutating func readCapabilities(_ header: FrameHeader) {
    guard let offset = payload(header, { $0.take16() }) else { return }
    if session != nil { _ = note(header.sequence) }
    let block = CanonicalBytes.of(capabilities)
    if Int(offset) >= block.count { return refuse(header, .malformed) }
    let part = block.dropFirst(Int(offset)).prefix(BlockPart.maximumDataSize)
    send(FrameHeader(.capabilities, sequence: header.sequence)) { sink in
      BlockPart(offset: offset, total: UInt16(block.count)).encode(to: &sink)
      for byte in part { sink.put(byte) }
    }
  }

  private mutating func open(_ header: FrameHeader) {
    guard let mode = payload(header, { $0.takeCase(or: BoardMode.realTime) }) else { return }
    if mode == .lockstep && !canRunFasterThanRealTime { return refuse(header, .notSupported) }
    session = mode
    hasBegun = true
    answering = header.sequence
    received = 0
    pending = nil
    answered = nil
    sense()
    let opened = Opened(mode: mode, boot: boot, tick: sensed.tick)
    send(FrameHeader(.opened, sequence: header.sequence)) { opened.encode(to: &$0) }
    composer.owesEverything()
    sendSense(isWholeTick: true)
  }

  private mutating func close(_ header: FrameHeader) {
    guard payload(header, { _ in }) != nil else { return }
    session = nil
    // A frame that permits nothing stops the motor now, not when the dead man notices.
    if hasBegun {
      var halt = ActuatorFrame()
      halt.targetSteps = sensed.stepCount
      pump.actuate(halt)
      weigh()
    }
    send(FrameHeader(.closed, sequence: header.sequence)) { _ in }
  }

  private mutating func readMemory(_ header: FrameHeader) {
    guard let first = payload(header, { $0.take16() }) else { return }
    // A long reading between two ticks goes more than half way round the numbers.
    if session != nil { _ = note(header.sequence) }
    // One image for the whole reading: a host begins with slot 0.
    if first == 0 || memory.isEmpty { memory = pump.restoreMemory() }
    let next = memory.indices.dropFirst(Int(first)).first { memory[$0] != .blank }
    let slot = MemorySlot(
      index: next.map { UInt16($0) } ?? MemorySlot.end, entry: next.map { memory[$0] } ?? .blank)
    send(FrameHeader(.memory, sequence: header.sequence)) { slot.encode(to: &$0) }
  }

  private mutating func actuate(_ header: FrameHeader) {
    let type = header.type
    guard
      let frame = payload(header, { ActuatePayload(type: type, from: &$0).frame })
    else { return }
    switch session {
    case nil: refuse(header, .noSession)
    case .lockstep:
      answerOnce(header) { server, _ in
        server.pump.actuate(frame)
        server.weigh()
        server.sense()
        server.sendSense(isWholeTick: true)
      }
    case .realTime:
      // A frame whose entry cannot be kept is not taken at all, so that the host sends it again.
      if frame.journal != nil && journals.count >= Self.journalCapacity { return }
      // Stale or doubled: whatever it said has been said.
      if !note(header.sequence) { return }
      pending = frame
      if let entry = frame.journal { journals.append(entry) }
    }
  }

  private mutating func elapse(_ header: FrameHeader) {
    guard payload(header, { _ in }) != nil else { return }
    if session == nil { return refuse(header, .noSession) }
    if session == .realTime { return refuse(header, .notSupported) }
    answerOnce(header) { server, _ in
      server.pump.elapse()
      server.weigh()
      server.sense()
      server.sendSense(isWholeTick: true)
    }
  }

  private mutating func refresh(_ header: FrameHeader) {
    guard payload(header, { _ in }) != nil else { return }
    if session == nil { return refuse(header, .noSession) }
    _ = note(header.sequence)
    composer.owesEverything()
    // On its own clock the board sends the groups with the ticks that follow.
    if session == .lockstep { sendSense(isWholeTick: true) }
  }

  /// Does what a frame asks once, and repeats the answer when the same frame comes again.
  private mutating func answerOnce(
    _ header: FrameHeader, _ work: (inout BoardServer, FrameHeader) -> Void
  ) {
    if let answered, answered.type == header.type, answered.sequence == header.sequence,
      answered.framesSince < 100
    {
      output.append(contentsOf: answered.bytes)
      return
    }
    if session != nil { _ = note(header.sequence) }
    let start = output.count
    work(&self, header)
    answered = (header.type, header.sequence, 0, Array(output[start...]))
  }

  /// Notes that the frame with this sequence was taken; false where it is not newer than the last.
  private mutating func note(_ sequence: UInt8) -> Bool {
    let ahead = Int8(bitPattern: sequence &- answering)
    if ahead <= 0 { return false }
    received = ahead > 16 ? 0 : received << UInt16(ahead) | 1 << UInt16(ahead - 1)
    answering = sequence
    answered?.framesSince += 1
    return true
  }

  /// Appends the sense frames of this tick: all of them, or one and the rest in later ticks.
  private mutating func sendSense(isWholeTick: Bool) {
    var link = SenseLink()
    link.boot = boot
    link.answering = answering
    link.received = received
    link.isPowered = pump.isPowered
    repeat {
      senseSequence &+= 1
      let header = FrameHeader(.sense, sequence: senseSequence)
      withUnsafeTemporaryAllocation(
        of: UInt8.self, capacity: FrameFormat.maximumWireSize
      ) { bytes in
        let count = FrameEncoder.write(header, into: bytes) { sink in
          composer.write(link, isLast: !isWholeTick, to: &sink)
        }
        output.append(contentsOf: bytes[0..<count])
      }
    } while isWholeTick && composer.hasMore
  }
}
