import Glibc
import PumpHAL
import PumpPlant
import Synchronization
import Testing

@testable import PumpSerial

/// A fake New Era pump on a pseudo-terminal, in real time, served by a thread.
private final class ServedFake: @unchecked Sendable {
  struct State {
    var pump = FakeNewEraPump()
    var address: UInt8 = 0
    /// What becomes of answers.
    var isMute = false
    var echoes = false
    /// Bytes sent before each answer.
    var noise: [UInt8] = []
    /// Answers are cut off after so many bytes.
    var cutAt = Int.max
    var isEnding = false
  }
  let terminal: PseudoTerminal
  let state: Mutex<State>
  private var thread = pthread_t()
  private var isJoined = false

  var path: String { terminal.path }

  init(_ change: (inout State) -> Void = { _ in }) throws {
    terminal = try PseudoTerminal(link: nil)
    var first = State()
    change(&first)
    state = Mutex(first)
    let context = Unmanaged.passRetained(self)
    pthread_create(
      &thread, nil,
      { raw in
        if let raw { Unmanaged<ServedFake>.fromOpaque(raw).takeRetainedValue().serve() }
        return nil
      }, context.toOpaque())
  }

  func end() {
    if isJoined { return }
    isJoined = true
    state.withLock { $0.isEnding = true }
    pthread_join(thread, nil)
  }

  var pump: FakeNewEraPump { state.withLock { $0.pump } }

  private func serve() {
    var decoder = NewEraCommandDecoder(framing: .basic)
    var last = Monotonic.nanoseconds()
    var buffer = [UInt8](repeating: 0, count: 256)
    while !state.withLock({ $0.isEnding }) {
      var polled = pollfd(fd: terminal.descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&polled, 1, 2)
      let now = Monotonic.nanoseconds()
      let ms = Double(now - last) / 1e6
      last = now
      let alarmed = state.withLock { $0.pump.pass(milliseconds: ms) && $0.pump.safeSeconds > 0 }
      if alarmed {
        state.withLock { state in
          if let alarm = state.pump.alarm {
            send(NewEraReply(address: state.address, state: .alarm(alarm)), state)
          }
        }
      }
      let count = read(terminal.descriptor, &buffer, buffer.count)
      guard count > 0 else {
        if count < 0, errno == EIO { usleep(2000) }
        continue
      }
      state.withLock { state in
        if state.echoes { write(Array(buffer[..<count])) }
        for byte in buffer[..<count] {
          decoder.framing = state.pump.safeSeconds > 0 ? .safe : .basic
          guard case .command(let payload, _)? = decoder.take(byte, at: now) else { continue }
          let addressed = NewEraAddressedCommand.split(payload)
          guard let one = addressed.first, one.address == nil || one.address == state.address,
            case .success(let command) = NewEraCommand.parse(one.text)
          else { continue }
          let reply = state.pump.answer(command, address: state.address)
          if !state.isMute { send(reply, state) }
        }
      }
    }
  }

  private func send(_ reply: NewEraReply, _ state: State) {
    let framing: NewEraFraming = state.pump.safeSeconds > 0 ? .safe : .basic
    let bytes = state.noise + NewEraFrame.reply(reply.payload, framing)
    write(Array(bytes.prefix(state.cutAt)))
  }

  private func write(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBufferPointer { Glibc.write(terminal.descriptor, $0.baseAddress, $0.count) }
  }
}

/// BD Plastipak 20 mL: bore 285.023 mm².
private let bore = 285_023_000.0

private func opened(_ fake: ServedFake, waived: Bool = false) throws -> NewEraPump {
  var options = NewEraPumpOptions(boreArea: bore)
  options.isDeadManWaived = waived
  return try NewEraPump.open(path: fake.path, options: options)
}

/// Runs the control loop's side at 100 Hz.
private func drive(
  _ pump: NewEraPump, milliseconds: Int, from begin: Int64 = 0, flow: UInt32 = 30_000_000,
  isPermitted: Bool = true, each: (SensorFrame) -> Void = { _ in }
) -> Int64 {
  var frame = ActuatorFrame()
  frame.isControllerPermitting = isPermitted
  frame.isMonitorPermitting = isPermitted
  frame.flowRate = isPermitted ? flow : 0
  var steps = Double(begin)
  for _ in 0..<(milliseconds / 10) {
    each(pump.sense())
    if isPermitted { steps += Double(flow) / 360_000 / 71.256 }
    frame.targetSteps = Int64(steps)
    pump.actuate(frame)
    usleep(10_000)
  }
  return Int64(steps)
}

@Suite(.serialized) struct NewEraPumpTests {
  @Test(
    "A pump in Basic mode is set to Safe mode with 1 s, delivers, stops at the end, is left as found"
  )
  func session() throws {
    let fake = try ServedFake { $0.pump.alarm = .reset }
    defer { fake.end() }
    let pump = try opened(fake)
    #expect(pump.version?.model == "NE1000" && pump.hasDeadMan)
    #expect(pump.alarmsAtOpening == ["reset or power interrupted (A?R)"])
    #expect(pump.capabilities.commanding == .rateCommanded)
    #expect(pump.capabilities.sensors == [.motion] && pump.capabilities.deadManMilliseconds == 1000)
    #expect(fake.pump.executed.contains("FUNSTP") && fake.pump.executed.contains("PF0"))
    #expect(abs(fake.pump.diameter.value - 19.05) < 0.01)
    try pump.begin()
    var ages: [UInt16] = []
    let steps = drive(pump, milliseconds: 1500) { frame in
      ages.append(frame.motionAge)
      #expect(frame.link == .up && frame.motionValidity == .valid)
      #expect(frame.encoderValidity == .absent && frame.force.validity == .absent)
      #expect(frame.battery.validity == .absent && frame.syringe.validity == .absent)
    }
    // 30 mL/h for 1.5 s are 12.5 µL, 175 microsteps of 71.26 nL.
    #expect((150...200).contains(steps))
    let shown = pump.sense().stepCount
    #expect(shown > 100 && shown <= steps + 40)
    #expect(fake.pump.safeSeconds == 1)
    pump.close()
    #expect(fake.pump.prompt == .stopped && fake.pump.safeSeconds == 0)
    let dispensed = pump.dispensed
    #expect(dispensed.least_uL <= fake.pump.dispensed_uL + 0.02)
    #expect(dispensed.most_uL >= fake.pump.dispensed_uL - 0.02)
    #expect(dispensed.most_uL - dispensed.least_uL < 0.5)
    // Half of them are no older than a poll and its exchange.
    ages.sort()
    #expect(ages[ages.count / 2] <= 12)
  }

  @Test("A host that falls silent for 250 ms finds the pump stopped, though the port goes on")
  func deadMan() throws {
    let fake = try ServedFake()
    defer { fake.end() }
    let pump = try opened(fake)
    defer { pump.close() }
    try pump.begin()
    _ = drive(pump, milliseconds: 600)
    #expect(fake.pump.prompt == .infusing)
    usleep(500_000)
    #expect(fake.pump.prompt != .infusing)
    #expect(pump.sense().faults.contains(.deadMan) && pump.sense().link == .up)
  }

  @Test(
    "A pump that falls silent is a lost link within 0.6 s; its readings grow old and are never zero"
  )
  func lost() throws {
    let fake = try ServedFake()
    defer { fake.end() }
    let pump = try opened(fake)
    defer { pump.close() }
    try pump.begin()
    let steps = drive(pump, milliseconds: 800)
    let before = pump.sense().stepCount
    fake.state.withLock { $0.isMute = true }
    var lostAfter: Int?
    var passed = 0
    _ = drive(pump, milliseconds: 1200, from: steps) { frame in
      passed += 10
      if frame.link == .lost, lostAfter == nil { lostAfter = passed }
    }
    #expect(lostAfter.map { (400...700).contains($0) } == true)
    let frame = pump.sense()
    #expect(frame.stepCount >= before && before > 0 && frame.motionAge > 50)
    fake.state.withLock { $0.isMute = false }
    usleep(300_000)
    #expect(pump.sense().link == .lost && fake.pump.prompt != .infusing)
    #expect(pump.lossReason?.contains("0.5 s") == true)
  }

  @Test("A port whose other end goes away is lost at once, and what may have gone out is stated")
  func unplugged() throws {
    var fake: ServedFake? = try ServedFake()
    let pump = try opened(try #require(fake))
    defer { pump.close() }
    try pump.begin()
    _ = drive(pump, milliseconds: 800)
    let really = try #require(fake).pump.dispensed_uL
    fake?.end()
    fake = nil
    _ = eventually(within: 1000) { pump.sense().link == .lost }
    #expect(pump.sense().link == .lost)
    #expect(pump.dispensed.least_uL <= really + 0.02 && pump.dispensed.most_uL > really)
    // 8.4 µL/s for 1.1 s after the last word, and what was not read before.
    #expect(pump.dispensed.most_uL - pump.dispensed.least_uL < 14)
  }

  @Test("Silence, echo, garbage, another address, another device, a pump that runs: each says so")
  func opening() throws {
    func failure(
      waived: Bool = false, _ change: (inout ServedFake.State) -> Void
    ) throws -> NewEraPumpError? {
      let fake = try ServedFake(change)
      defer { fake.end() }
      do {
        try opened(fake, waived: waived).close()
        return nil
      } catch { return error as? NewEraPumpError }
    }
    func heard(_ error: NewEraPumpError?) -> NewEraPumpError.Heard? {
      if case .noAnswer(_, _, _, let heard)? = error { return heard }
      return nil
    }
    #expect(heard(try failure { $0.isMute = true }) == .nothing)
    let echo = try failure {
      $0.isMute = true
      $0.echoes = true
    }
    #expect(heard(echo) == .echo)
    #expect(heard(try failure { $0.cutAt = 3 }) == .garbage)
    #expect(heard(try failure { $0.address = 7 }) == .nothing)
    let other = try failure { $0.pump.version = "NE9000V3.9" }
    #expect(other?.description.contains("NE9000") == true)
    let running = try failure {
      $0.pump.prompt = .infusing
      $0.pump.left_uL = .infinity
    }
    #expect(running?.description.contains("running") == true)
    let unsafe = try failure { $0.pump.knowsSafeMode = false }
    #expect(unsafe?.description.contains("--no-dead-man") == true)
    #expect(try failure(waived: true) { $0.pump.knowsSafeMode = false } == nil)
    // Stray characters before every frame, as some devices send them, and a pump left in Safe mode.
    #expect(try failure { $0.noise = [0x0D, 0x0A] } == nil)
    #expect(try failure { $0.pump.safeSeconds = 5 } == nil)
  }

  @Test("A pump at 9600 baud is driven at 9600 baud, and at 19200 the speed is named")
  func speed() throws {
    var world = EmulatedNewEraOptions(
      diameter: try #require(NewEraNumber(nearest: 19.05)), world: .standard.drivenByNewEra())
    world.baud = 9600
    let served = try ServedNewEra(world)
    defer { served.stop() }
    var options = NewEraPumpOptions(boreArea: bore)
    let error = try #require(throws: NewEraPumpError.self) {
      try NewEraPump.open(path: served.pump.path, options: options)
    }
    #expect(error.description.contains("19200 baud (--baud)"))
    options.baud = 9600
    let pump = try NewEraPump.open(path: served.pump.path, options: options)
    try pump.begin()
    _ = drive(pump, milliseconds: 600)
    #expect(pump.hasDeadMan && pump.lossReason == nil)
    pump.close()
    served.stop()
    #expect(served.pump.counted.infused > 2)
  }

  @Test("The pump is asked for the rates of a file before anything moves")
  func rates() throws {
    let fake = try ServedFake { $0.pump.rateMax_uLps = 5 }
    defer { fake.end() }
    let pump = try opened(fake)
    defer { pump.close() }
    #expect(try pump.takes(millilitresPerHour: 10))
    #expect(try !pump.takes(millilitresPerHour: 60))
    #expect(fake.pump.dispensed_uL == 0)
  }

  @Test("Without dead man a pump is driven in Basic mode, and says that it has none")
  func basic() throws {
    let fake = try ServedFake()
    defer { fake.end() }
    let pump = try opened(fake, waived: true)
    #expect(!pump.hasDeadMan && pump.capabilities.deadManMilliseconds == 0)
    try pump.begin()
    _ = drive(pump, milliseconds: 600)
    #expect(fake.pump.safeSeconds == 0 && fake.pump.dispensed_uL > 2)
    pump.close()
    #expect(fake.pump.prompt == .stopped)
  }

  @Test("Microsteps are travel: area and diameter of four digits are kept apart")
  func scale() {
    let scale = NewEraPumpScale(boreArea: bore, diameter: 19.05)
    // 285.023 mm² × 250 nm.
    #expect(abs(scale.volume(steps: 1_000_000) / scale.ratio - 71_255.75) < 0.01)
    #expect(scale.steps(microlitres: scale.volume(steps: 123_456)) == 123_456)
    #expect(scale.steps(microlitres: scale.volume(steps: 10) - 0.001) == 9)
    #expect(abs(scale.flow(nanolitresPerHour: 700_000) - 700 * scale.ratio) < 1e-9)
    #expect(abs(scale.ratio - 1) < 0.0006)
  }
}
