// @relation(R-111, scope=file, role=Verification)
import Catalogue
import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import PumpPlant
import SessionFile
import SessionRecord
import Story
import Testing
import Vocabulary

@testable import Session

/// Hardware that keeps what it gave to the loop.
private struct SpyPump: AttachedHardware {
  private var pump: SimulatedPump
  private(set) var frames: [SensorFrame] = []
  private(set) var memories: [[JournalEntry]] = []
  private(set) var changes: [RecordedWorldChange] = []

  init(_ pump: SimulatedPump) { self.pump = pump }

  var capabilities: Capabilities { pump.capabilities }
  var hasWorld: Bool { true }
  var isPowered: Bool { pump.isPowered }
  mutating func restoreMemory() -> [JournalEntry] {
    memories.append(pump.restoreMemory())
    return pump.restoreMemory()
  }
  mutating func sense() -> SensorFrame {
    frames.append(pump.sense())
    return pump.sense()
  }
  mutating func actuate(_ frame: ActuatorFrame) { pump.actuate(frame) }
  mutating func elapse() { pump.elapse() }
  mutating func inject(_ fault: Fault, lasting seconds: Double) -> Bool {
    changes.append(.inject(fault, lasting: seconds))
    return pump.inject(fault, lasting: seconds)
  }
  mutating func clear(_ selection: FaultSelection) {
    changes.append(.clear(selection))
    pump.clear(selection)
  }
  mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double
  ) {
    changes.append(.fit(syringe, fill: fill, concentration: concentration, second: second))
    pump.changeSyringe(syringe, fill: fill, concentration: concentration, second: second)
  }
  mutating func currentTruth() -> PlantTruth? { pump.truth }
  mutating func awaitAnswer() {}
  mutating func interruptSupply() { pump.interruptSupply() }
}

@Suite("The one door: nothing reaches a channel that the record does not hold")
struct OneDoorTests {
  @Test(
    "R-111: what the hardware gave, tick by tick and power-on by power-on, is what the tape holds")
  func behaviour() throws {
    try withTemporaryPath("a.mcap") { path in
      let text = sessionText(
        duration: "8 min",
        extra: """
          events:
            - { at: 1 min, operator: nurse, action: pause }
            - { at: 2 min, operator: nurse, action: start }
            - { at: 3 min, fault: force-offset, force: 3 N }
            - { at: 4 min, fault: power-loss, duration: 10 s }
            - { at: 5 min, operator: nurse, action: resume }
            - { at: 5 min 1 s, operator: nurse, action: acknowledge }
            - { at: 5 min 2 s, operator: nurse, action: start }
            - { at: 6 min, clear: force-offset }
          """)
      var options = SessionOptions()
      options.recordPath = path
      let session = try makeSession(text, options: options)
      var spy = SpyPump(session.simulatedPump())
      let writer = try #require(try session.openRecord(origin: .simulated))
      var engine = SessionEngine(
        &spy, plan: session.plan(), recorder: writer, control: SessionControl())
      // Some passes come late: their ticks have to be in the record too.
      var commands: [OperatorCommand] = []
      var elapsed: [UInt16] = []
      for pass in 0..<60_000 where engine.tick < 60_000 {
        let ticks: UInt16 = pass % 1_009 == 500 ? 3 : 1
        let before = spy.frames.count
        _ = engine.pass(&spy, elapsed: ticks)
        if spy.frames.count > before {
          commands.append(engine.loop.input.command)
          elapsed.append(ticks)
        }
      }
      try writer.close(
        controllerDigest: engine.loop.controller.digest.value,
        monitorDigest: engine.loop.monitor.digest.value)

      var tape = try RecordReader(path: path).tape()
      var (inputs, memories): ([TickInput], [[JournalEntry]]) = ([], [])
      var changes: [RecordedWorldChange] = []
      while true {
        let item = try tape.next()
        if item == .end { break }
        if item == .tick { inputs.append(tape.input) }
        if item == .powerOn { memories.append(tape.memory) }
        if item == .worldChange {
          changes.append(try #require(RecordedWorldChange(tape.worldChange)))
        }
      }
      let given = zip(zip(elapsed, spy.frames), commands).map {
        TickInput(elapsedTicks: $0.0, sensors: $0.1, command: $1)
      }
      #expect(inputs.count == given.count && spy.frames.count == given.count)
      let different = zip(inputs, given).enumerated().first { $1.0 != $1.1 }?.offset
      #expect(different == nil, "the tape differs from what the spy gave in pass \(different ?? 0)")
      #expect(commands.filter { $0 != .none }.count >= 20)
      #expect(memories == spy.memories && memories.count == 2)
      #expect(changes == spy.changes && changes.count == 3)
    }
  }

  @Test(
    "every field of an input, found by reflection, comes back from the record whatever its bits")
  func everyField() throws {
    let paths = leaves(of: TickInput(elapsedTicks: 1, sensors: SensorFrame(), command: .none))
    let known = Set(Field.all.map(\.path))
    // A new field of the input has to be given to the record, and to this list.
    #expect(Set(paths) == known, "not in this list: \(Set(paths).symmetricDifference(known))")
    try withTemporaryPath("a.mcap") { path in
      var noise = NoiseOfTests(seed: 11)
      var inputs: [TickInput] = []
      for round in 0..<40 {
        for field in Field.all {
          var input =
            inputs.last
            ?? TickInput(
              elapsedTicks: 1, sensors: SensorFrame(), command: .none)
          input.elapsedTicks = 1
          input.command = .none
          // Every fourth round everything changes at once.
          for other in Field.all where other.path == field.path || round % 4 == 3 {
            let bits = UInt64(noise.unit() * 0x1p53) &* 0x9e37_79b9_7f4a_7c15
            let extreme: [UInt64] = [0, .max, 1 << 63, bits, bits >> 32, bits >> 50]
            other.set(&input, extreme[Int(noise.unit() * 6)])
          }
          inputs.append(input)
        }
      }
      let writer = try RecordWriter(
        path: path, header: RecordHeader(library: "test", origin: .simulated))
      writer.powerOn(
        PowerOn(capabilities: Capabilities(), configuration: PumpConfiguration()), memory: [],
        atTick: 0)
      for input in inputs { writer.tick(input, TickOutput(), MonitorOutput()) }
      try writer.close(controllerDigest: 0, monitorDigest: 0)
      var tape = try RecordReader(path: path).tape()
      var index = 0
      while true {
        let item = try tape.next()
        if item == .end { break }
        guard item == .tick else { continue }
        if tape.input != inputs[index] {
          let fields = FieldDifference.between(inputs[index], tape.input, path: "input")
          Issue.record("input \(index) came back different in \(fields.map(\.field))")
          return
        }
        index += 1
      }
      #expect(index == inputs.count)
    }
  }

  /// The stored properties under a value that hold no others, by their paths.
  private func leaves(of value: Any, path: String = "") -> [String] {
    let mirror = Mirror(reflecting: value)
    // An option set's bits, a reading's value and an action are leaves: the list below fills them.
    guard mirror.displayStyle == .struct, !(value is any OptionSet) else { return [path] }
    return mirror.children.flatMap { child in
      leaves(
        of: child.value, path: path.isEmpty ? child.label ?? "?" : "\(path).\(child.label ?? "?")")
    }
  }
}

/// One field of an input, and how to fill it from random bits.
private struct Field: Sendable {
  let path: String
  let set: @Sendable (inout TickInput, UInt64) -> Void

  static let all: [Field] =
    [
      Field(path: "elapsedTicks") { $0.elapsedTicks = UInt16(truncatingIfNeeded: $1) | 1 },
      Field(path: "command.role") {
        $0.command.role = [.patient, .nurse, .pharmacist, .service][Int($1 & 3)]
        if $0.command.action == .none { $0.command = .none }
      },
      Field(path: "command.action") {
        let value = Int64(bitPattern: $1)
        let small = UInt8(truncatingIfNeeded: $1)
        let actions: [OperatorAction] = [
          .stop, .setFill(Volume(picolitres: value)), .setPatient(BodyMass(grams: value)),
          .setDoseCap(index: small, window: .day, cap: Mass(nanograms: value)),
          .clinicianBolus(dose: Dose(value, .volume), duration: Ticks(count: value)),
          .setDrug(
            index: small, number: UInt16(truncatingIfNeeded: $1),
            concentration: Concentration(nanogramsPerMillilitre: value)),
          .reportReaction(severity: small), .answerResume(isResuming: $1 & 1 == 1),
          .prime(volume: Volume(picolitres: value), isDisconnected: $1 & 1 == 1), .recordFailed,
        ]
        $0.command = OperatorCommand(actions[Int($1 >> 8 % 10)], by: $0.command.role)
      },
      Field(path: "sensors.tick") { $0.sensors.tick = UInt32(truncatingIfNeeded: $1) },
      Field(path: "sensors.stepCount") { $0.sensors.stepCount = Int64(bitPattern: $1) },
      Field(path: "sensors.encoderCount") {
        $0.sensors.encoderCount = Int32(truncatingIfNeeded: $1)
      },
      Field(path: "sensors.motionAge") { $0.sensors.motionAge = UInt16(truncatingIfNeeded: $1) },
      Field(path: "sensors.motionValidity") { $0.sensors.motionValidity = validity($1) },
      Field(path: "sensors.encoderValidity") { $0.sensors.encoderValidity = validity($1) },
      Field(path: "sensors.battery.value.millivolts") {
        $0.sensors.battery.value.millivolts = UInt16(truncatingIfNeeded: $1)
      },
      Field(path: "sensors.battery.value.milliamperes") {
        $0.sensors.battery.value.milliamperes = Int16(truncatingIfNeeded: $1)
      },
      Field(path: "sensors.syringe.value.isBarrelClamped") {
        $0.sensors.syringe.value.isBarrelClamped = $1 & 1 == 1
      },
      Field(path: "sensors.syringe.value.isFlangeSeated") {
        $0.sensors.syringe.value.isFlangeSeated = $1 & 1 == 1
      },
      Field(path: "sensors.syringe.value.isPlungerCaptured") {
        $0.sensors.syringe.value.isPlungerCaptured = $1 & 1 == 1
      },
      Field(path: "sensors.syringe.value.barrelDiameter") {
        $0.sensors.syringe.value.barrelDiameter = UInt16(truncatingIfNeeded: $1)
      },
      Field(path: "sensors.wallClock.value.unixMilliseconds") {
        $0.sensors.wallClock.value.unixMilliseconds = Int64(bitPattern: $1)
      },
      Field(path: "sensors.wallClock.value.isSet") {
        $0.sensors.wallClock.value.isSet = $1 & 1 == 1
      },
      Field(path: "sensors.carriage.value") {
        $0.sensors.carriage.value = Int32(truncatingIfNeeded: $1)
      },
      Field(path: "sensors.force.value") { $0.sensors.force.value = Int32(truncatingIfNeeded: $1) },
      Field(path: "sensors.motorCurrent.value") {
        $0.sensors.motorCurrent.value = UInt16(truncatingIfNeeded: $1)
      },
      Field(path: "sensors.temperature.value") {
        $0.sensors.temperature.value = Int16(truncatingIfNeeded: $1)
      },
      Field(path: "sensors.air.value") { $0.sensors.air.value = UInt16(truncatingIfNeeded: $1) },
      Field(path: "sensors.keys") {
        $0.sensors.keys = Keys(rawValue: UInt16(truncatingIfNeeded: $1))
      },
      Field(path: "sensors.link") {
        $0.sensors.link = [.inProcess, .up, .lost, .mismatched][Int($1 & 3)]
      },
      Field(path: "sensors.commandOutcome") {
        $0.sensors.commandOutcome = HardwareCommandOutcome(rawValue: UInt8($1 % 5)) ?? .none
      },
      Field(path: "sensors.annunciation") {
        $0.sensors.annunciation = Annunciation(rawValue: UInt8(truncatingIfNeeded: $1) & 15)
      },
      Field(path: "sensors.faults") {
        $0.sensors.faults = HardwareFaults(rawValue: UInt16(truncatingIfNeeded: $1))
      },
    ]
    + reading("carriage", \.carriage) + reading("force", \.force)
    + reading("motorCurrent", \.motorCurrent) + reading("battery", \.battery)
    + reading("temperature", \.temperature) + reading("syringe", \.syringe)
    + reading("air", \.air) + reading("wallClock", \.wallClock)

  private static func reading<Value>(
    _ name: String, _ key: any WritableKeyPath<SensorFrame, Reading<Value>> & Sendable
  ) -> [Field] {
    [
      Field(path: "sensors.\(name).validity") { $0.sensors[keyPath: key].validity = validity($1) },
      Field(path: "sensors.\(name).sampledAt") {
        $0.sensors[keyPath: key].sampledAt = UInt32(truncatingIfNeeded: $1)
      },
    ]
  }

  private static func validity(_ bits: UInt64) -> Validity {
    Validity(rawValue: UInt8(bits % 3)) ?? .absent
  }
}
