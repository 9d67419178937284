// @relation(R-092, R-093, scope=file, role=Verification)
import Foundation
import PumpHAL
import PumpPlant
import Testing

@testable import TherapyAttack

/// Cells as they may be put into a pump.
enum CellKind: String, CaseIterable, Sendable {
  /// As the catalogue has them; five times the inner resistance; old stock, with half the charge and
  /// three times the resistance and polarisation.
  case good, resistive, aged

  func age(_ battery: inout BatteryParameters) {
    let factor = self == .good ? 1.0 : self == .resistive ? 5 : 3
    battery.resistanceFresh *= factor
    battery.resistanceEmpty *= factor
    if self != .aged { return }
    battery.capacity *= 0.5
    battery.polarisationResistance *= factor
  }
}

/// A battery near the level of its warning, and how much faster than real it falls.
///
/// Hours of decline pass in one or two, which is harder on the warnings than what is real.
struct NearlyLow: Sendable, CustomTestStringConvertible {
  var battery: FittedBattery
  var kind: CellKind
  var charge: Double
  var haste: Double
  /// °C.
  var ambient = 10.0

  var testDescription: String { "\(battery.rawValue), \(kind), \(ambient) °C" }

  static let all = [
    NearlyLow(battery: .twoAA, kind: .good, charge: 0.13, haste: 16),
    NearlyLow(battery: .twoAA, kind: .resistive, charge: 0.43, haste: 32, ambient: 22),
    NearlyLow(battery: .twoAA, kind: .aged, charge: 0.27, haste: 12),
    NearlyLow(battery: .nineVolt, kind: .good, charge: 0.36, haste: 8, ambient: 22),
    NearlyLow(battery: .nineVolt, kind: .resistive, charge: 0.785, haste: 5),
    NearlyLow(battery: .nineVolt, kind: .aged, charge: 0.665, haste: 4, ambient: 22),
  ]

  /// All of them at both temperatures, at a quarter of the haste.
  static let grid = all.flatMap { cells in
    [10.0, 22].map { ambient in
      var slower = cells
      slower.haste /= 4
      slower.ambient = ambient
      return slower
    }
  }
}

@Suite("Batteries of several kinds: told of before they fail")
struct BatteryTests {
  static let minute: Int64 = 6000
  static let isFull = ProcessInfo.processInfo.environment["TRUMPET_GRID"] != nil

  /// 0.83 mL/h from a 10 mL syringe, with a bolus of 0.2 mL at 60 mL/h now and then.
  private func world(
    _ battery: FittedBattery, _ kind: CellKind, charge: Double, haste: Double, ambient: Double
  ) -> TherapyWorld {
    var therapy = Therapy()
    therapy.syringe = .plastipak10
    therapy.battery = battery
    therapy.fill = 9.5
    therapy.bolus = 1.2
    therapy.phases = [Therapy.basal(4.98, seconds: 36_000)]
    var world = TherapyWorld(therapy)
    var parameters = therapy.hardware.plant
    parameters.fill = 9500
    parameters.environment.temperature = ambient
    kind.age(&parameters.battery)
    parameters.battery.capacity /= haste
    parameters.battery.charge = charge
    world.pump = SimulatedPump(parameters)
    #expect(world.setUp().isEmpty)
    world.give(.start)
    return world
  }

  @Test(
    "R-093: three kinds of two batteries warn 30 min and stop 5 min before power is lost",
    arguments: isFull ? NearlyLow.grid : NearlyLow.all)
  func warned(_ cells: NearlyLow) {
    var world = world(
      cells.battery, cells.kind, charge: cells.charge, haste: cells.haste, ambient: cells.ambient)
    #expect(!world.output.signals.contains(.batteryLow))
    var low: Int64?
    var depleted: Int64?
    var end: Int64 = .max
    while world.tick < min(end, 600 * Self.minute), world.pump.isPowered {
      if world.tick % (20 * Self.minute) == 0, world.output.mode == .infusing {
        world.give(.requestBolus, by: .patient)
      } else {
        world.pass()
      }
      if low == nil, world.output.signals.contains(.batteryLow) { low = world.tick }
      if depleted == nil, world.output.signals.contains(.batteryDepleted) {
        depleted = world.tick
        #expect(world.output.mode == .alarmStop && world.output.actuator.buzzer == .high)
        end = max(world.tick + 5 * Self.minute, (low ?? 0) + 30 * Self.minute)
      }
    }
    #expect(low != nil && depleted != nil, "\(cells) lost its power, or never ended")
    #expect(world.pump.isPowered, "lost at \(world.tick), low \(low ?? -1), \(depleted ?? -1)")
    #expect((depleted ?? 0) - (low ?? 0) >= 25 * Self.minute)
    #expect(world.verdict.objections.isEmpty)
  }

  /// Contacts that are open for 100 ms whenever the gauge is read, and in every second.
  private func bounce(_ world: inout TherapyWorld) {
    while world.last.input.sensors.tick % 100 != 94 { world.pass() }
    let bounce = ComponentFault(.batteryCells, .intermittent, amount: 0.1, period: 1)
    world.pump.inject(.component(bounce))
  }

  @Test("R-092, R-093: F29: open contacts whenever the gauge is read are no empty battery")
  func contacts() {
    var world = world(.twoAA, .good, charge: 0.9, haste: 1, ambient: 22)
    world.run(seconds: 100)
    let steps = world.truth.stepsDone
    bounce(&world)
    var sawNothing = false
    let ended = world.run(atMost: 700) {
      if $0.last.input.sensors.battery.value.millivolts == 0 { sawNothing = true }
      return $0.output.mode != .infusing || $0.output.signals.contains(.batteryDepleted)
    }
    #expect(sawNothing && ended == nil)
    #expect(world.output.signals.contains(.batteryLow) && world.verdict.objections.isEmpty)
    #expect(world.truth.stepsDone > steps)
    // 0.83 mL/h for 700 s are 0.161 mL.
    let volume = Double(world.truth.stepsDone - steps) * world.stepVolume
    #expect(abs(volume - 0.161) < 0.004, "\(volume)")
    world.pump.clear(.component(.batteryCells, nil))
    world.run(seconds: 125)
    #expect(!world.output.signals.contains(.batteryLow))
  }

  @Test("R-093: cells that are never seen for their contacts stop the pump after half an hour")
  func unseen() {
    var world = world(.twoAA, .good, charge: 0.9, haste: 1, ambient: 22)
    world.run(seconds: 100)
    bounce(&world)
    let ended = world.run(atMost: 32 * 60) { $0.output.mode != .infusing }
    #expect(ended.map { $0 > 28 * Self.minute } == true, "\(ended ?? -1)")
    #expect(world.output.signals.contains(.sensorImplausible))
    #expect(!world.output.signals.contains(.batteryDepleted))
  }

  @Test("R-093: cells that empty behind bouncing contacts are found depleted while there is power")
  func depletedBehindContacts() {
    var world = world(.twoAA, .resistive, charge: 0.28, haste: 32, ambient: 22)
    // Open for a quarter of every 1.7 s: at some of the readings.
    let bounce = ComponentFault(.batteryCells, .intermittent, amount: 0.25, period: 1.7)
    world.pump.inject(.component(bounce))
    let ended = world.run(atMost: 4 * 3600) { $0.output.mode != .infusing }
    #expect(ended != nil && world.pump.isPowered)
    #expect(world.output.signals.contains(.batteryDepleted))
    world.run(seconds: 300)
    #expect(world.pump.isPowered)
  }
}
