// What the control loop may ask of hardware beyond one tick: its world, where it has one.

import PumpHAL
import PumpPlant
import PumpSerial

/// Hardware as a session runs it: sensed and actuated a tick at a time, with or without a world
/// behind it in which faults can be put.
public protocol AttachedHardware: PumpHardware, ~Copyable {
  /// Whether faults can be put into the world behind the hardware, and its truth asked.
  var hasWorld: Bool { get }
  /// What goes over the wire to the hardware; nil where there is none.
  var wire: WireTap? { get }
  /// What the hardware's own counter says was dispensed; nil where it has none.
  var measured: MeasuredVolume? { get }
  /// Whether the controller has power.
  var isPowered: Bool { get }
  /// Lets one tick pass in which the hardware hears nothing.
  mutating func elapse()
  /// Makes something go wrong; it ends by itself after `seconds`, or lasts where they are 0.
  ///
  /// - Returns: false where too many faults last already; hardware that answers later says true.
  @discardableResult
  mutating func inject(_ fault: Fault, lasting seconds: Double) -> Bool
  /// Puts faults right again.
  mutating func clear(_ selection: FaultSelection)
  /// Fits another syringe, with so much fluid (µL) of so much of each drug of a mixture (mg/mL).
  mutating func changeSyringe(
    _ syringe: SyringeParameters, fill: Double, concentration: Double, second: Double)
  /// What is really the case; nil where nobody can know.
  mutating func currentTruth() -> PlantTruth?
  /// Waits until the hardware has answered the last actuator frame, where it is driven tick by tick;
  /// hardware that gives no answer shows in the state of its link.
  mutating func awaitAnswer()
  /// Cuts the supply for one tick, where the world is in process: what a kill is to a pump.
  ///
  /// Hardware has its own supply, which a kill of this program does not touch.
  mutating func interruptSupply()
}

extension AttachedHardware where Self: ~Copyable {
  /// Without a port there is no wire.
  @inline(__always) public var wire: WireTap? { nil }
  /// Most hardware counts steps and nothing else.
  @inline(__always) public var measured: MeasuredVolume? { nil }
}

extension SimulatedPump: AttachedHardware {
  /// There is always a world.
  public var hasWorld: Bool { true }
  /// What is really the case.
  public mutating func currentTruth() -> PlantTruth? { truth }
  /// A world in process has always answered.
  @inline(__always) public mutating func awaitAnswer() {}
  /// The shortest loss of power there is, and the tick in which it ends.
  public mutating func interruptSupply() {
    inject(.powerLoss(duration: 0.01))
    elapse()
  }
}
