// What was done to a therapy, so that a session in which something did not hold can be run again and
// made as small as it can be.

import PumpFirmware
import PumpHAL
import PumpPlant

/// One thing done from outside in one tick.
enum Blow {
  case command(OperatorCommand)
  /// The pass comes late, after so many ticks.
  case late(UInt16)
  case fault(Fault)
  case clear(FaultKind)
  case tearNextWrite
  case loseNextWrite
  /// Another syringe: fill in mL, concentration in mg/mL.
  case fit(FittedSyringe, fill: Double, concentration: Double)

  /// Does it, but for what belongs to the pass itself.
  func land(on world: inout TherapyWorld) {
    switch self {
    case .command, .late: break
    case .fault(let fault): world.pump.inject(fault)
    case .clear(let kind): world.pump.clear(kind)
    case .tearNextWrite: world.pump.tearNextWrite()
    case .loseNextWrite: world.pump.loseNextWrite()
    case .fit(let syringe, let fill, let concentration):
      world.pump.changeSyringe(
        syringe.parameters, fill: fill * 1000, concentration: concentration)
    }
  }
}

/// What must hold and did not.
struct Violation {
  let seed: UInt64
  let kind: AttackKind
  let property: Property
  let text: String
  let tick: Int64
}

/// A session of an attacker, as it was.
struct AttackRecording {
  let kind: AttackKind
  let seed: UInt64
  var therapy = Therapy()
  var blows: [(tick: Int64, blow: Blow)] = []

  init(kind: AttackKind, seed: UInt64) {
    self.kind = kind
    self.seed = seed
  }

  /// The world before anything was done.
  func world(defect: Defect? = nil) -> TherapyWorld {
    var world = TherapyWorld(therapy, seed: seed, defect: defect)
    world.properties = TherapyProperties(
      isFaultFree: kind == .therapy,
      // Faults are found within 0.02 mL; without them only the encoder's resolution counts.
      slackVolume: kind == .therapy ? 0 : 0.02)
    return world
  }

  /// Comes to rest, compares the account, and says what did not hold.
  func finish(_ world: inout TherapyWorld) -> Violation? {
    world.pass(OperatorCommand(.stop, by: .nurse))
    world.run(seconds: 1)
    if let violated = world.properties?.violated {
      return violation(
        violated.property, world.properties?.violation ?? "", at: violated.tick)
    }
    if let text = account(world) { return violation(.account, text, at: world.tick) }
    return nil
  }

  func violation(_ property: Property, _ text: String, at tick: Int64) -> Violation {
    Violation(seed: seed, kind: kind, property: property, text: text, tick: tick)
  }

  /// Runs it again up to a tick.
  func run(to end: Int64, defect: Defect? = nil) -> Violation? {
    var world = world(defect: defect)
    world.setUp()
    var next = 0
    var waiting: [OperatorCommand] = []
    while world.tick < end, world.properties?.violated == nil {
      var elapsed: UInt16 = 1
      while next < blows.count, blows[next].tick <= world.tick {
        switch blows[next].blow {
        case .command(let command): waiting.append(command)
        case .late(let ticks): elapsed = ticks
        default: blows[next].blow.land(on: &world)
        }
        next += 1
      }
      let command = waiting.isEmpty ? OperatorCommand.none : waiting.removeFirst()
      world.pass(command, elapsed: elapsed)
    }
    return finish(&world)
  }

  /// The shortest recording found in which the same property does not hold in the same tick: cut off
  /// after the violation, then without whatever it does not need.
  ///
  /// The same tick, because what is left out may break something else.
  func shrunk(_ violation: Violation, defect: Defect? = nil) -> AttackRecording {
    var best = self
    best.blows.removeAll { $0.tick > violation.tick }
    func fails(_ recording: AttackRecording) -> Bool {
      let again = recording.run(to: violation.tick, defect: defect)
      return again?.property == violation.property && again?.tick == violation.tick
    }
    guard fails(best) else { return self }
    var size = max(1, best.blows.count / 2)
    while true {
      var start = 0
      while start < best.blows.count {
        var shorter = best
        shorter.blows.removeSubrange(start..<min(start + size, best.blows.count))
        if fails(shorter) {
          best = shorter
        } else {
          start += size
        }
      }
      if size == 1 { return best }
      size /= 2
    }
  }

  /// Whether the account agrees with itself and with the motor.
  private func account(_ world: TherapyWorld) -> String? {
    guard kind == .therapy, let properties = world.properties else { return nil }
    let view = world.controller.telemetry
    let parts = view.loadingMass + view.basalMass + view.bolusMass
    if parts != view.dispensedMass { return "parts do not add up" }
    // One solution throughout, else volume and mass say different things.
    guard !properties.hasOtherSolution else { return nil }
    let mass = Double(view.dispensedVolume.picolitres) / 1e9 * world.therapy.concentration * 1e6
    // Three parts are rounded to 1 ng, once more at every change of syringe.
    let rounding = Double(2 + 2 * properties.confirmations)
    if abs(mass - Double(view.dispensedMass.nanograms)) > rounding + mass * 1e-9 {
      return "\(view.dispensedMass) for \(view.dispensedVolume)"
    }
    // What was under way when a stop came is lost: a tick's steps each time.
    let volume = Double(view.dispensedVolume.picolitres) / 1e9
    if properties.confirmations == 1, abs(volume - properties.delivered) > 0.01 {
      return "\(volume) mL accounted for, \(properties.delivered) mL delivered"
    }
    return nil
  }
}

extension AttackRecording: CustomStringConvertible {
  var description: String {
    let lines = blows.map { "  tick \($0.tick): \($0.blow)" }
    return "\(therapy)\n" + lines.joined(separator: "\n")
  }
}
