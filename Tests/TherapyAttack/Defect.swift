// One defect of the firmware, planted between the controller and everything else.

import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import PumpPlant

/// What the controller hears, sees or says wrongly.
struct Defect {
  /// What the controller hears instead.
  var hears: (OperatorCommand) -> OperatorCommand = { $0 }
  /// What the controller sees instead.
  var sees: (inout SensorFrame) -> Void = { _ in }
  /// What goes out to the hardware instead.
  var says: (inout ActuatorFrame, TickOutput) -> Void = { _, _ in }
  /// Whether the monitor is missing, so that the defect shows in full.
  var isMonitorMissing = true
  /// Whether the controller finds its part of the memory blank.
  var isMemoryBlank = false
}

/// The control loop with a defect in it.
struct DefectiveLoop {
  private(set) var controller: Controller
  private(set) var monitor: ProtectiveMonitor
  private let defect: Defect

  init(powerOn: PowerOn, memory: [JournalEntry], defect: Defect) {
    var own = memory
    if defect.isMemoryBlank {
      for index in own.indices where index % 256 < Int(JournalEntry.firstMonitorSlot) {
        own[index] = .blank
      }
    }
    controller = Controller(powerOn: powerOn, memory: own.span)
    monitor = ProtectiveMonitor(powerOn: powerOn, memory: memory.span)
    self.defect = defect
  }

  /// One tick, as the whole loop does it but for the defect.
  mutating func tick(
    _ pump: inout SimulatedPump, elapsed: UInt16, command: OperatorCommand
  ) -> Pass {
    let sensors = pump.sense()
    var seen = sensors
    defect.sees(&seen)
    let input = TickInput(elapsedTicks: elapsed, sensors: sensors, command: command)
    let output = controller.step(
      TickInput(elapsedTicks: elapsed, sensors: seen, command: defect.hears(command)))
    var verdict = monitor.step(input)
    if defect.isMonitorMissing {
      verdict = MonitorOutput()
      verdict.isPermitting = true
    }
    var frame = ActuatorFrame(controller: output, monitor: verdict)
    defect.says(&frame, output)
    pump.actuate(frame)
    return Pass(input: input, output: output, verdict: verdict, frame: frame)
  }
}
