// The catch-up itself: the engine runs over a recorded session with its recording off.

import PumpFirmware
import PumpHAL
import PumpLoop
import PumpPlant
import SessionRecord

/// Hardware that goes through a recorded session once more.
protocol RecallingHardware: AttachedHardware {
  /// Takes the frame that was recorded for the tick to come.
  mutating func recall(_ frame: SensorFrame)
  /// Takes the recorded power-on that comes next, and that until then there is no power.
  mutating func recallPowerOn(_ powerOn: PowerOn, memory: [JournalEntry])
  /// The moment of that power-on has come.
  mutating func recallPower()
}

/// The world, built anew: what it senses is its own, and is compared.
struct RecalledWorld: RecallingHardware {
  private(set) var pump: SimulatedPump

  init(_ pump: SimulatedPump) { self.pump = pump }

  var capabilities: Capabilities { pump.capabilities }
  var hasWorld: Bool { true }
  var isPowered: Bool { pump.isPowered }
  mutating func recall(_ frame: SensorFrame) {}
  mutating func recallPowerOn(_ powerOn: PowerOn, memory: [JournalEntry]) {}
  mutating func recallPower() {}
  mutating func restoreMemory() -> [JournalEntry] { pump.restoreMemory() }
  mutating func sense() -> SensorFrame { pump.sense() }
  mutating func actuate(_ frame: ActuatorFrame) { pump.actuate(frame) }
  mutating func elapse() { pump.elapse() }
  mutating func inject(_ fault: Fault, lasting seconds: Double) -> Bool {
    pump.inject(fault, lasting: seconds)
  }
  mutating func clear(_ selection: FaultSelection) { pump.clear(selection) }
  mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double
  ) { pump.changeSyringe(syringe, fill: fill, concentration: concentration, second: second) }
  mutating func currentTruth() -> PlantTruth? { pump.truth }
  mutating func awaitAnswer() {}
  mutating func interruptSupply() { pump.interruptSupply() }
}

extension RecordedPump: RecallingHardware {
  mutating func recall(_ frame: SensorFrame) { load(frame) }
  mutating func recallPowerOn(_ powerOn: PowerOn, memory: [JournalEntry]) {
    isPowered = false
    load(powerOn, memory: memory)
  }
  mutating func recallPower() { isPowered = true }
}

/// Runs the engine over the records of a session and compares on the way.
struct Recall<Hardware: RecallingHardware> {
  private let session: Session
  private let control: SessionControl
  private(set) var hardware: Hardware

  init(_ session: Session, hardware: Hardware, control: SessionControl) {
    self.session = session
    self.hardware = hardware
    self.control = control
  }

  /// The engine as it was at the last tick of the last record.
  mutating func run(_ segments: [Segment]) throws(ResumeError) -> SessionEngine {
    var engine = SessionEngine(&hardware, plan: session.plan(), recorder: nil, control: control)
    for (index, segment) in segments.enumerated() {
      var tape = try segment.tape()
      try run(&engine, over: &tape, of: segment, isFirst: index == 0)
    }
    return engine
  }

  private mutating func run(
    _ engine: inout SessionEngine, over tape: inout RecordTape, of segment: Segment, isFirst: Bool
  ) throws(ResumeError) {
    var hasBegun = false
    while true {
      switch try segment.advance(&tape) {
      case .powerOn:
        hardware.recallPowerOn(tape.powerOn, memory: tape.memory)
        if hasBegun {
          while engine.tick < tape.sessionTick { _ = engine.pass(&hardware, elapsed: 1) }
          hardware.recallPower()
        } else {
          hardware.recallPower()
          if !isFirst { engine.takeUp(&hardware, recorder: nil) }
          try compare(engine, tape, segment, powerOnTick: engine.tick)
        }
        hasBegun = true
      case .tick:
        try pass(&engine, over: &tape, of: segment)
      case .blockEnd:
        if let difference = Replay.digests(engine.loop, tape) {
          throw segment.different(difference)
        }
      case .worldChange: continue
      case .end:
        guard tape.sessionTick == segment.end.tick else {
          throw .mismatch(
            path: segment.path, what: "it holds ticks that no seal covers",
            remedy: "a session goes on only from records that verify")
        }
        return
      }
    }
  }

  private mutating func pass(
    _ engine: inout SessionEngine, over tape: inout RecordTape, of segment: Segment
  ) throws(ResumeError) {
    let input = tape.takeInput()
    let powerOns = engine.powerOns
    if input.command != .none { engine.foresee(input.command, elapsed: input.elapsedTicks) }
    hardware.recall(input.sensors)
    _ = engine.pass(&hardware, elapsed: input.elapsedTicks)
    if engine.powerOns != powerOns {
      try compare(
        engine, tape, segment, powerOnTick: engine.tick - Int64(input.elapsedTicks),
        isBeforeTick: true)
    }
    guard engine.isPowered, engine.tick == tape.sessionTick, engine.loop.input == input,
      tape.holds(engine.loop.output, engine.loop.verdict)
    else { throw segment.different(difference(engine, tape)) }
  }

  private func difference(
    _ engine: SessionEngine, _ tape: borrowing RecordTape
  ) -> FirstDifference {
    var fields: [FieldDifference] = []
    func compare(_ field: String, _ recorded: String, _ now: String) {
      guard recorded != now else { return }
      fields.append(FieldDifference(field: field, recorded: recorded, replayed: now))
    }
    compare("power", "on", engine.isPowered ? "on" : "off")
    compare("tick", "\(tape.sessionTick)", "\(engine.tick)")
    fields += FieldDifference.between(tape.input, engine.loop.input, path: "input")
    fields += FieldDifference.between(tape.output, engine.loop.output, path: "output")
    fields += FieldDifference.between(tape.monitor, engine.loop.verdict, path: "monitor")
    return FirstDifference(tick: tape.sessionTick, fields: fields)
  }

  /// A power-on: what the hardware is, how the pump is configured, what its memory restored.
  private func compare(
    _ engine: SessionEngine, _ tape: borrowing RecordTape, _ segment: Segment, powerOnTick: Int64,
    isBeforeTick: Bool = false
  ) throws(ResumeError) {
    let recordedTick =
      isBeforeTick ? tape.sessionTick - Int64(tape.input.elapsedTicks) : tape.sessionTick
    var fields: [FieldDifference] = []
    if recordedTick != powerOnTick {
      fields.append(
        FieldDifference(
          field: "powerOn.tick", recorded: "\(recordedTick)", replayed: "\(powerOnTick)"))
    }
    let powerOn = PowerOn(
      capabilities: hardware.capabilities, configuration: session.plan().configuration)
    fields += FieldDifference.between(tape.powerOn, powerOn, path: "powerOn")
    let (recorded, restored) = (tape.memory, engine.restoredMemory)
    if let slot = zip(recorded, restored).enumerated().first(where: { $1.0 != $1.1 }) {
      fields += FieldDifference.between(
        slot.element.0, slot.element.1, path: "memory[\(slot.offset)]")
    }
    if !fields.isEmpty {
      throw segment.different(FirstDifference(tick: recordedTick, fields: fields))
    }
  }
}

extension Segment {
  /// The next item of its tape.
  fileprivate func advance(_ tape: inout RecordTape) throws(ResumeError) -> RecordTape.Item {
    do { return try tape.next() } catch { throw .record(error) }
  }

  fileprivate func different(_ difference: FirstDifference) -> ResumeError {
    .different(path: path, difference, recordedBy: reader.library)
  }
}

extension SessionEngine {
  /// Sees to it that the tick to come has the command that it had: one that the script would not
  /// give was a key that somebody pressed.
  mutating func foresee(_ command: OperatorCommand, elapsed: UInt16) {
    let coming = tick + Int64(elapsed)
    var trial = script
    let expected =
      trial.isDue(at: coming, mode: loop.output.mode)
      ? trial.next(at: coming, after: loop.output, isPowered: isPowered) : .none
    if expected != command, command.isFromOutside { script.insertFirst(command) }
  }
}

extension OperatorCommand {
  /// Whether a live key stands for it, or the session itself gives it.
  fileprivate var isFromOutside: Bool {
    self == OperatorCommand(.recordFailed, by: .service)
      || LiveKey.allCases.contains { $0 != .none && $0.command == self }
  }
}
