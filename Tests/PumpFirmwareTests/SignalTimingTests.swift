import PumpHAL
import Testing

@testable import PumpFirmware

/// What lamp and buzzer do over time, rendered at 10 ms from the frames that they are told.
///
/// A pattern begins anew when another id is told, as hardware does it.
private struct Rendering {
  var lit: [Bool] = []
  var colours: [LampPattern.Colour?] = []
  var sounding: [Bool] = []
  private var lamp = Lamp.off
  private var buzzer = Buzzer.off
  private var lampAge: Int64 = 0
  private var buzzerAge: Int64 = 0

  mutating func take(_ told: ActuatorFrame) {
    if told.lamp != lamp {
      lamp = told.lamp
      lampAge = 0
    }
    if told.buzzer != buzzer {
      buzzer = told.buzzer
      buzzerAge = 0
    }
    lit.append(lamp.pattern?.isLit(afterMilliseconds: lampAge) ?? false)
    colours.append(lamp.pattern?.colour)
    sounding.append(buzzer.pattern?.isSounding(afterMilliseconds: buzzerAge) ?? false)
    lampAge += 10
    buzzerAge += 10
  }
}

/// Lengths of the runs of a rendering, ms: on or off, without the first and the last, which may be cut.
private func runs(_ states: [Bool]) -> [(isOn: Bool, milliseconds: Int)] {
  var runs: [(Bool, Int)] = []
  for state in states {
    if let last = runs.last, last.0 == state {
      runs[runs.count - 1].1 += 10
    } else {
      runs.append((state, 10))
    }
  }
  return runs.dropFirst().dropLast().map { ($0.0, $0.1) }
}

/// The ranges of IEC 60601-1-8 as safety §3 gives them, written here on their own.
@Suite("R-070: lamp and buzzer over time keep the ranges of IEC 60601-1-8")
struct SignalTimingTests {
  /// Two minutes of a pump that alarms with this priority.
  private func render(_ priority: AlarmPriority) -> Rendering {
    var rig = Rig.infusing()
    switch priority {
    case .high: rig.frame.syringe.value.isPlungerCaptured = false
    case .medium: rig.frame.temperature.value = 4600
    default: rig.tick(.pause, by: .nurse)
    }
    let isTold = { (output: TickOutput) in output.actuator.lamp.rawValue >= Lamp.low.rawValue }
    rig.run(atMost: 20_000, until: isTold)
    var rendering = Rendering()
    for _ in 0..<11_000 {
      rendering.take(rig.last.actuator)
      rig.tick()
    }
    return rendering
  }

  @Test(
    "High and medium flash in their colour, at their frequency, 20 to 60 % of the time",
    arguments: [
      (AlarmPriority.high, LampPattern.Colour.red, 1.4...2.8),
      (.medium, .yellow, 0.4...0.8),
    ])
  func flashing(
    _ priority: AlarmPriority, _ colour: LampPattern.Colour, _ hertz: ClosedRange<Double>
  ) {
    let rendering = render(priority)
    #expect(rendering.colours.allSatisfy { $0 == colour })
    let flashes = runs(rendering.lit)
    #expect(flashes.count > 40)
    for (on, off) in zip(flashes, flashes.dropFirst()) where on.isOn {
      let period = on.milliseconds + off.milliseconds
      #expect(hertz.contains(1000 / Double(period)))
      #expect((0.2...0.6).contains(Double(on.milliseconds) / Double(period)))
    }
  }

  @Test("Low is steady, cyan or yellow")
  func low() {
    let rendering = render(.low)
    #expect(rendering.lit.allSatisfy { $0 })
    #expect(rendering.colours.allSatisfy { $0 == .cyan || $0 == .yellow })
  }

  @Test("A high burst is ten pulses in two groups of five, again after 2.5 to 15 s")
  func highBursts() {
    let pulses = runs(render(.high).sounding)
    let bursts = split(pulses, pauseFrom: 2500)
    #expect(bursts.count > 10)
    for burst in bursts {
      let on = burst.filter(\.isOn).map(\.milliseconds)
      let gaps = burst.filter { !$0.isOn }.map(\.milliseconds)
      #expect(on.count == 10 && on.allSatisfy { (75...200).contains($0) && $0 == on[0] })
      guard gaps.count == 9 else {
        Issue.record("\(gaps.count) gaps")
        continue
      }
      let x = gaps[0]
      #expect((50...125).contains(x))
      let group = [x, x, 2 * x + on[0], x]
      #expect(Array(gaps[0..<4]) == group && Array(gaps[5...]) == group)
      #expect((350...1300).contains(gaps[4]))
    }
    #expect(pauses(pulses, from: 2500).allSatisfy { (2500...15_000).contains($0) })
  }

  @Test("A medium burst is three pulses, again after 2.5 to 30 s")
  func mediumBursts() {
    let pulses = runs(render(.medium).sounding)
    let bursts = split(pulses, pauseFrom: 2500)
    #expect(bursts.count > 10)
    for burst in bursts {
      #expect(burst.filter(\.isOn).count == 3)
      #expect(burst.allSatisfy { (125...250).contains($0.milliseconds) })
    }
    #expect(pauses(pulses, from: 2500).allSatisfy { (2500...30_000).contains($0) })
  }

  @Test("A low burst is one or two pulses, again after more than 15 s")
  func lowBursts() {
    let pulses = runs(render(.low).sounding)
    let bursts = split(pulses, pauseFrom: 2500)
    #expect(bursts.count > 3)
    for burst in bursts {
      #expect((1...2).contains(burst.filter(\.isOn).count))
      #expect(burst.allSatisfy { (125...250).contains($0.milliseconds) })
    }
    #expect(pauses(pulses, from: 2500).allSatisfy { $0 > 15_000 })
  }

  private func pauses(_ pulses: [(isOn: Bool, milliseconds: Int)], from: Int) -> [Int] {
    pulses.filter { !$0.isOn && $0.milliseconds >= from }.map(\.milliseconds)
  }

  /// The whole bursts between two pauses.
  private func split(
    _ pulses: [(isOn: Bool, milliseconds: Int)], pauseFrom: Int
  ) -> [[(isOn: Bool, milliseconds: Int)]] {
    var bursts: [[(isOn: Bool, milliseconds: Int)]] = [[]]
    for pulse in pulses {
      if !pulse.isOn, pulse.milliseconds >= pauseFrom {
        bursts.append([])
      } else {
        bursts[bursts.count - 1].append(pulse)
      }
    }
    return bursts.dropFirst().dropLast().map { $0 }
  }
}
