// A session's own state around the control loop, and one pass of it.

import Catalogue
import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import PumpPlant
import SessionFile
import SessionRecord
import Story
import Vocabulary

/// Runs a session on one hardware: powers on, passes tick by tick, keeps what happened, ends.
///
/// One pass is: what happens to the world, the script's command, `ControlLoop.tick`, the record,
/// what changed. Nothing in it allocates unless something happened or a sample is due.
struct SessionEngine {
  private(set) var tick: Int64 = 0
  private(set) var loop: ControlLoop
  var script: ScriptedInput
  private(set) var log = SessionLog()
  private(set) var meters = SessionMeters()
  private(set) var ledger = SessionLedger()
  /// The mode before the closing stop.
  private(set) var finalMode = PumpMode.selfTest
  /// The digests of the controllers that lost their power, and of the one that runs.
  private var pastDigests = StateDigest()
  private(set) var isPowered = true
  /// Whether the session is ending: nobody is listened to any more.
  private var isClosing = false
  private(set) var powerOns = 0
  /// What the memory restored at the last power-on.
  private(set) var restoredMemory: [JournalEntry] = []
  private let configuration: PumpConfiguration
  private var recorder: RecordWriter?
  private var unretainedRecorder: Unmanaged<RecordWriter>?
  private let control: SessionControl
  private let samplePeriod: Int64
  private var nextSample: Int64 = 0
  private let keepsCourse: Bool
  /// What had reached the tissue at every sample; empty where nobody asked.
  private(set) var course: [InfusedMoment] = []
  /// Whether something happened in this tick that a plot should show at its moment.
  private var isSampleWanted = false
  private var nextBlock: Int64 = 0
  private var rules: EndingRules
  private var hasReportedRecord = false
  private var recordedOccurrences = 0
  private var wire: WireRecorder?

  init<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware, plan: SessionPlan, recorder: RecordWriter?,
    control: SessionControl
  ) {
    configuration = plan.configuration
    script = plan.script
    rules = plan.rules
    samplePeriod = plan.samplePeriod
    keepsCourse = plan.keepsCourse
    self.recorder = recorder
    unretainedRecorder = recorder.map(Unmanaged.passUnretained)
    self.control = control
    if recorder != nil { wire = WireRecorder(hardware.wire, plan.wire) }
    let memory = hardware.restoreMemory()
    let powerOn = PowerOn(capabilities: hardware.capabilities, configuration: configuration)
    loop = ControlLoop(powerOn: powerOn, memory: memory)
    for confirmation in plan.confirmations { log.add(confirmation, at: 0) }
    didPowerOn(powerOn, memory)
    isPowered = hardware.isPowered
    // What is primed does not go into anybody: until the start, the needle is in the open.
    if plan.isPrimed, hardware.hasWorld {
      hardware.inject(.disconnection(site: .needle), lasting: 0)
    }
  }

  /// Runs to the end.
  mutating func run<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware, pacer: inout Pacer
  ) -> SessionEnding {
    var ending: SessionEnding?
    while ending == nil { ending = pass(&hardware, elapsed: pacer.wait()) }
    finalMode = isPowered ? loop.output.mode : .off
    stopPump(&hardware, pacer: &pacer, ending: ending ?? .complete)
    if let measured = hardware.measured { log.add(.measured(measured), at: tick) }
    meters.finish(truth: hardware.currentTruth())
    meters.sampled(hardware.currentTruth())
    sample(&hardware)
    takeWire()
    recordOccurrences()
    publish()
    return ending ?? .complete
  }

  /// One pass; gives the ending when the session is over.
  @inline(__always)
  mutating func pass<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware, elapsed: UInt16
  ) -> SessionEnding? {
    tick += Int64(elapsed)
    if elapsed != 1 { for _ in 1..<elapsed { hardware.elapse() } }
    var command = OperatorCommand.none
    var isCommanded = false
    if !control.isQuiet, !isClosing, let ending = attend() { return ending }
    if script.isDue(at: tick, mode: loop.output.mode) {
      command = script.next(at: tick, after: loop.output, isPowered: isPowered)
      if case .none = command.action {} else { isCommanded = true }
      while let change = script.takeWorldChange() { apply(change, &hardware) }
      recordOccurrences()
    }
    if hardware.isPowered != isPowered { powerChanged(&hardware, elapsed: elapsed) }
    if isPowered {
      if isCommanded { ledger.prepare(loop.controller.telemetry) }
      loop.tick(&hardware, elapsed: elapsed, command: command)
      // Unretained: `recorder` holds it, and two atomic counts a tick are a twentieth of the tick.
      if let unretainedRecorder {
        let isBlockDue = unretainedRecorder._withUnsafeGuaranteedRef { recorder in
          recorder.tick(loop.input, loop.output, loop.verdict)
          return recorder.isBlockDue
        }
        if wire != nil { takeWire() }
        if isBlockDue { closeBlock() }
      }
      if log.isNews(loop) { takeNews() }
      if meters.isWatching { watch(&hardware) }
    } else {
      hardware.elapse()
      if wire != nil { takeWire() }
    }
    hardware.awaitAnswer()
    if tick >= nextSample || isSampleWanted { sample(&hardware) }
    let link = loop.input.sensors.link
    guard EndingRules.isDue(at: tick, link: link) else { return nil }
    return rules.ending(
      at: tick, mode: isPowered ? loop.output.mode : .off, script: script, link: link)
  }

  /// Takes the key that was pressed, or the wish to end.
  private mutating func attend() -> SessionEnding? {
    if control.isStopRequested { return .interrupted }
    let key = control.takeKey()
    if key != .none { script.append(key.command) }
    return nil
  }

  private mutating func apply<Hardware: AttachedHardware & ~Copyable>(
    _ change: WorldChange, _ hardware: inout Hardware
  ) {
    isSampleWanted = true
    switch change {
    case .inject(let fault, let lasting):
      meters.injected(fault, last: loop.output)
      log.add(.faultInjected(fault, lasting: lasting), at: tick)
    case .end(let fault): ended(fault.selection, &hardware)
    case .clear(let selection): ended(selection, &hardware)
    case .connect: log.add(.connected, at: tick)
    case .fit(let change): log.add(.syringeFitted(change.syringe.id), at: tick)
    case .dispose(let disposal):
      log.add(.disposed(disposal, isRefused: isPowered && loop.output.isDelivering), at: tick)
    }
    // The meters above take what was the case before.
    guard let made = RecordedWorldChange(change) else { return }
    recorder?.worldChange(made, atTick: tick)
    made.apply(to: &hardware)
  }

  private mutating func ended<Hardware: AttachedHardware & ~Copyable>(
    _ selection: FaultSelection, _ hardware: inout Hardware
  ) {
    switch selection {
    case .named(.occlusion, _), .component(.line, _):
      meters.occlusionCleared(at: tick, truth: hardware.currentTruth())
    default: break
    }
    log.add(.faultCleared(selection), at: tick)
  }

  private mutating func takeNews() {
    if loop.input.elapsedTicks == 1 { isSampleWanted = true }
    let command = loop.input.command
    log.observe(loop, at: tick)
    if loop.output.result != .none {
      meters.commanded(command, loop.output.result, at: tick)
      let telemetry = loop.controller.telemetry
      ledger.settle(telemetry)
      ledger.commanded(command.action, loop.output.result, telemetry)
      rules.commanded(command, loop.output.result)
    }
    recordOccurrences()
  }

  private mutating func watch<Hardware: AttachedHardware & ~Copyable>(_ hardware: inout Hardware) {
    let truth =
      meters.needsTruth(loop.output, command: loop.input.command, at: tick)
      ? hardware.currentTruth() : nil
    meters.watch(loop.output, command: loop.input.command, at: tick, truth: truth)
  }

  // MARK: - Power

  private mutating func powerChanged<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware, elapsed: UInt16
  ) {
    if isPowered {
      sample(&hardware)
      closeBlock()
      losePower()
      recordOccurrences()
    } else {
      // The first tick of the new controller advances session time by `elapsed`.
      powerOn(&hardware, at: tick - Int64(elapsed))
    }
  }

  private mutating func losePower() {
    isPowered = false
    ledger.prepare(loop.controller.telemetry)
    pastDigests.combine(loop.digest)
    log.powerLost(at: tick)
  }

  private mutating func powerOn<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware, at when: Int64
  ) {
    isPowered = true
    let memory = hardware.restoreMemory()
    let powerOn = PowerOn(capabilities: hardware.capabilities, configuration: configuration)
    loop = ControlLoop(powerOn: powerOn, memory: memory)
    ledger.settle(loop.controller.telemetry)
    didPowerOn(powerOn, memory, at: when)
  }

  /// Takes the session up again where it was killed: a tick without power, then a new power-on, which
  /// opens the record of what follows.
  mutating func takeUp<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware, recorder: RecordWriter?
  ) {
    self.recorder = recorder
    unretainedRecorder = recorder.map(Unmanaged.passUnretained)
    recordedOccurrences = log.occurrences.count
    tick += 1
    script.takeUp(at: tick, from: loop.output.mode)
    losePower()
    hardware.interruptSupply()
    rules.beginAnew()
    powerOn(&hardware, at: tick)
    recordOccurrences()
  }

  private mutating func didPowerOn(_ powerOn: PowerOn, _ memory: [JournalEntry], at when: Int64 = 0)
  {
    powerOns += 1
    restoredMemory = memory
    recorder?.powerOn(powerOn, memory: memory, atTick: when)
    log.add(.powerOn(powerOns), at: when)
    // A pump that was off does not know any more that nobody writes down what it does.
    if hasReportedRecord { script.append(OperatorCommand(.recordFailed, by: .service)) }
  }

  /// What the hardware's own counter said at the end.
  var measured: MeasuredVolume? {
    for occurrence in log.occurrences.reversed() {
      if case .measured(let volume) = occurrence.kind { return volume }
    }
    return nil
  }

  /// The fingerprint of everything both channels have done, over every power-on.
  var stateDigest: UInt64 {
    if powerOns <= 1 { return loop.digest }
    var all = pastDigests
    all.combine(loop.digest)
    return all.value
  }

  // MARK: - The end

  /// Stops a pump that still moves through the tick, as an operator would, and lets it come to rest.
  private mutating func stopPump<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware, pacer: inout Pacer, ending: SessionEnding
  ) {
    guard isPowered, ending != .hardwareLost, loop.output.actuator.isControllerPermitting else {
      return
    }
    isClosing = true
    script.abandon()
    script.append(OperatorCommand(.stop, by: .nurse))
    // 0.3 s: longer than the dead man, so that on any hardware the motor stands afterwards.
    for _ in 0..<30 where isPowered { _ = pass(&hardware, elapsed: pacer.wait()) }
  }

  /// Raises "record failed" after the end, where the last bytes of the record are what failed.
  mutating func tellOfRecord<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware, pacer: inout Pacer, ending: SessionEnding
  ) {
    guard isPowered, ending != .hardwareLost, !hasReportedRecord else { return }
    hasReportedRecord = true
    isClosing = true
    script.abandon()
    script.append(OperatorCommand(.recordFailed, by: .service))
    for _ in 0..<30 where isPowered { _ = pass(&hardware, elapsed: pacer.wait()) }
    publish()
  }

  // MARK: - The record

  private mutating func closeBlock() {
    guard let recorder else { return }
    if recorder.isSnapshotDue {
      recorder.snapshot(controller: loop.controller, monitor: loop.monitor)
    }
    recorder.closeBlock(
      controllerDigest: loop.controller.digest.value, monitorDigest: loop.monitor.digest.value,
      isUrgent: recorder.isBlockUrgent)
    if recorder.failure != nil, !hasReportedRecord {
      hasReportedRecord = true
      script.append(OperatorCommand(.recordFailed, by: .service))
    }
  }

  private mutating func takeWire() {
    guard let recorder, wire != nil else { return }
    let leftOut =
      wire?.take(
        recorder, atTick: tick, signals: loop.signals, link: loop.input.sensors.link) ?? 0
    if leftOut > 0 { log.add(.wireLeftOut(bytes: leftOut), at: tick) }
  }

  private mutating func recordOccurrences() {
    guard let recorder else { return }
    while recordedOccurrences < log.occurrences.count {
      let occurrence = log.occurrences[recordedOccurrences]
      if let event = occurrence.recordEvent { recorder.event(event, atTick: occurrence.tick) }
      recordedOccurrences += 1
    }
  }

  private mutating func sample<Hardware: AttachedHardware & ~Copyable>(
    _ hardware: inout Hardware
  ) {
    if tick >= nextSample { nextSample = tick + samplePeriod }
    isSampleWanted = false
    let telemetry = loop.controller.telemetry
    ledger.prepare(telemetry)
    let truth = hardware.currentTruth()
    meters.sampled(truth)
    if keepsCourse, let truth {
      course.append(
        InfusedMoment(
          tick: tick, infused_uL: truth.infusedVolume,
          isPowerFailToneSounding: truth.isPowerFailToneSounding))
    }
    publish()
    guard let recorder, isPowered else { return }
    recorder.telemetry(
      TelemetrySample(telemetry, input: loop.input, signals: loop.signals), atTick: tick)
    if let truth { recorder.truth(TruthSample(truth), atTick: tick) }
  }

  private func publish() {
    control.publish(
      tick: tick, output: loop.output, alarms: loop.signals,
      dispensed: ledger.account.dispensedVolume)
  }
}
