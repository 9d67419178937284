import PumpHAL
import PumpPlant

extension FaultRow {
  /// The row of a failing component; nil where it cannot fail so.
  public static func failing(_ component: Component, _ kind: FailureKind) -> FaultRow? {
    guard let allowed = component.amount(of: kind) else { return nil }
    var keys: [FaultKey] = []
    if let unit = allowed.unit.physicalUnit {
      keys.append(
        FaultKey(
          "amount", .amount,
          .quantity(unit, range: allowed.least...allowed.most, ends: allowed.ends),
          "the amount of \(component.name) \(kind.name)",
          example: component.exampleAmount(of: kind) ?? allowed.example,
          FaultKey.Phrase(
            allowed.unit.symbol, scale: allowed.unit.writtenPerUnit,
            isSigned: allowed.least < 0 && kind != .wrong)))
    }
    if component.usesPeriod(kind) { keys.append(.period) }
    if component.takesRamp(kind) { keys.append(.ramp) }
    return FaultRow(component, kind, component.meaning(of: kind), component.ids(of: kind), keys)
  }
}

extension Component {
  /// What this failure is, in a sentence.
  fileprivate func meaning(of kind: FailureKind) -> String {
    switch self {
    case .forceCell, .carriageSensor, .motorCurrent, .batteryGauge, .thermometer: reading(kind)
    case .encoder, .stepCounter: counting(kind)
    case .barrelClamp, .flangeSensor, .plungerSensor: contact(kind)
    case .sizer, .airDetector, .wallClock: special(kind)
    case .clockCell: "flat: the clock is not set after the next loss of power"
    case .powerFailTone: "silent when the power fails"
    case .stopKey, .bolusKey, .audioKey:
      switch kind {
      case .off: "does not answer when it is pressed"
      case .stuck: "held down"
      default: "bounces: down in this share of each period"
      }
    case .motor, .nut, .plunger, .line, .valve: moving(kind)
    case .batteryCells: cells(kind)
    case .lamp, .buzzer: signalling(kind)
    case .display: kind == .off ? "dark" : kind == .stuck ? "frozen" : "flickers"
    case .memory: remembering(kind)
    case .processor: "the check of processor, RAM and programme memory fails"
    case .link: linking(kind)
    case .ambient: "the air around the pump is so much warmer"
    case .interference: "spikes on force, current, encoder and keys, about one in each period"
    }
  }

  private func reading(_ kind: FailureKind) -> String {
    switch kind {
    case .off: "gives no reading"
    case .stuck: "repeats its last reading"
    case .offset: "reads so much too much"
    case .gain: "reads a share too much"
    case .noise: "reads with so much noise (rms) on top"
    case .slow: "follows with this time constant"
    case .delayed: "gives a reading only every so often, and that late"
    case .intermittent: "gives no reading in this share of each period"
    case .wrong: "reads this, whatever is the case"
    }
  }

  private func counting(_ kind: FailureKind) -> String {
    switch kind {
    case .off: "gives no count, and is known not to"
    case .stuck: "counts nothing and looks well"
    case .offset: "has counted so much carriage travel too much"
    case .gain: "counts a share too much"
    case .intermittent: "counts nothing in this share of each period"
    default: "counts backwards"
    }
  }

  private func contact(_ kind: FailureKind) -> String {
    switch kind {
    case .off: self == .barrelClamp ? "open: the clamp is, or seems to be" : "open"
    case .stuck: "says what it said last"
    case .wrong: "says the opposite"
    default: "opens in this share of each period"
    }
  }

  private func special(_ kind: FailureKind) -> String {
    switch (self, kind) {
    case (.sizer, .off): "measures nothing"
    case (.sizer, .wrong): "measures this diameter, whatever is in the clamp"
    case (.airDetector, .offset): "has seen so much air that was not there"
    case (.airDetector, .gain): "sees a share too much, or misses one"
    case (.airDetector, .stuck): "sees no more air and looks well"
    case (.wallClock, .off): "gives no time"
    case (.wallClock, .stuck): "stands still"
    case (.wallClock, .offset): "has jumped"
    case (.wallClock, .gain): "runs at another rate"
    default: reading(kind)
    }
  }

  private func moving(_ kind: FailureKind) -> String {
    switch (self, kind) {
    case (.motor, .off): "no current, no motion"
    case (.motor, .stuck): "jammed, and draws what a stalled motor draws"
    case (.motor, .gain): "loses a share of its steps"
    case (.motor, .intermittent): "does nothing in this share of each period"
    case (.motor, .wrong):
      "turns by itself at this share of its highest speed while the monitor permits its supply"
    case (.nut, .off): "slips wholly: the motor turns, the carriage does not move"
    case (.nut, .gain): "slips by a share"
    case (.nut, .intermittent): "slips wholly in this share of each period"
    case (.plunger, .off): "its head is not held: the drive can push and cannot pull"
    case (.plunger, .stuck): "jammed in its barrel"
    case (.plunger, .offset): "a spring lets go and pushes so much out"
    case (.plunger, .gain): "moves with more friction"
    case (.plunger, .noise): "sticks and jumps: break-away takes this share of its friction more"
    case (.line, .off): "closed by a clamp"
    case (.line, .gain): "has lost a share of its conductance"
    case (.line, .intermittent): "kinked in this share of each period"
    case (.valve, .off): "lets everything through"
    default: "lets nothing through"
    }
  }

  private func cells(_ kind: FailureKind) -> String {
    switch kind {
    case .off: "the battery is out"
    case .offset: "corroded contacts take so much of the voltage"
    case .gain: "the inner resistance is a share higher"
    case .wrong: "the cells collapse at this charge"
    default: "the contacts bounce: open in this share of each period"
    }
  }

  private func signalling(_ kind: FailureKind) -> String {
    switch kind {
    case .off: self == .lamp ? "dark" : "silent"
    case .stuck: self == .lamp ? "goes on showing what it shows" : "goes on sounding what it sounds"
    case .gain: self == .lamp ? "dimmer by a share" : "muffled by a share"
    case .wrong: "sounds, but its test finds it silent"
    default:
      self == .lamp ? "dark in this share of each period" : "silent in this share of each period"
    }
  }

  private func remembering(_ kind: FailureKind) -> String {
    switch kind {
    case .off: "does not answer a write"
    case .stuck: "keeps what it holds and does not say so"
    case .noise: "one bit is turned over in this share of all slots, once"
    case .wrong: "every write is torn in the middle"
    default: "writes are lost in this share of each period"
    }
  }

  private func linking(_ kind: FailureKind) -> String {
    switch kind {
    case .off: "nothing comes and nothing goes"
    case .stuck: "the same frame comes again and again; what goes, arrives"
    case .delayed: "a frame comes only every so often"
    default: "nothing comes and nothing goes in this share of each period"
    }
  }
}

extension Component {
  /// The numbers of the fault list for which this failure stands.
  fileprivate func ids(of kind: FailureKind) -> [String] {
    switch (self, kind) {
    case (.forceCell, .offset): ["F07"]
    case (.forceCell, .stuck), (.forceCell, .gain), (.forceCell, .off): ["F08"]
    case (.forceCell, .noise), (.interference, _): ["F52"]
    case (.line, .off), (.line, .gain): ["F02"]
    case (.line, .intermittent): ["F03"]
    case (.nut, _): ["F13"]
    case (.motor, .off), (.motor, .stuck): ["F14"]
    case (.motor, .wrong): ["F15"]
    case (.motor, .gain), (.motor, .intermittent): ["F16"]
    case (.plunger, .offset): ["F17"]
    case (.plunger, .gain), (.plunger, .noise): ["F18"]
    case (.sizer, _): ["F19"]
    case (.barrelClamp, _): ["F21"]
    case (.plunger, .off), (.plungerSensor, _): ["F22"]
    case (.flangeSensor, _): ["F23"]
    case (.batteryCells, .gain), (.batteryCells, .offset): ["F26", "F31"]
    case (.batteryCells, .wrong): ["F27"]
    case (.batteryGauge, .stuck), (.batteryGauge, .offset): ["F28"]
    case (.batteryCells, .intermittent): ["F29"]
    case (.batteryCells, .off): ["F32"]
    case (.clockCell, _): ["F30"]
    case (.buzzer, .gain): ["F54"]
    case (.buzzer, _): ["F33"]
    case (.display, _): ["F35"]
    case (.bolusKey, .intermittent), (.bolusKey, .stuck): ["F36", "F48"]
    case (.stopKey, _), (.bolusKey, _), (.audioKey, _): ["F36"]
    case (.processor, _): ["F39"]
    case (.wallClock, _): ["F40"]
    case (.memory, .wrong), (.memory, .intermittent): ["F43"]
    case (.memory, .noise): ["F47", "F57"]
    case (.memory, .stuck), (.memory, .off): ["F58"]
    case (.link, _): ["F50"]
    case (.ambient, _): ["F51"]
    default: []
    }
  }

  /// An amount that shows something; nil where any does.
  fileprivate func exampleAmount(of kind: FailureKind) -> String? {
    switch (self, kind) {
    case (.forceCell, .gain): "-30 %"
    case (.forceCell, .noise): "500 mN"
    case (.carriageSensor, .noise): "0.1 mm"
    case (.thermometer, .wrong): "60 °C"
    case (.sizer, .wrong): "26.5 mm"
    case (.wallClock, .offset): "86400 s"
    case (.plunger, .offset): "500 µL"
    case (.batteryCells, .gain): "300 %"
    case (.ambient, .offset): "20 °C"
    case (.memory, .noise): "5 %"
    case (.motor, .wrong): "100 %"
    default: nil
    }
  }
}

extension FaultAmount {
  /// A number of its unit as people write it.
  private func shown(_ value: Double) -> String {
    let written = value * unit.writtenPerUnit
    let isWhole = written == written.rounded(.towardZero) && abs(written) < 1e15
    return (isWhole ? "\(Int64(written))" : "\(written)") + " " + (unit.symbol ?? "")
  }

  /// From the least to the most, as people write it.
  var ends: String { "\(shown(least)) to \(shown(most))" }

  /// An amount as one might write it: a tenth of the way, on the side that has more room.
  var example: String {
    let far = abs(least) > abs(most) ? least : most
    let near = far == most ? max(least, 0) : min(most, 0)
    // 0.1 is not a binary number: whole units where there are any.
    let value = near + (far - near) / 10
    let whole = (value * unit.writtenPerUnit).rounded(.towardZero) / unit.writtenPerUnit
    return shown(whole == near ? value : whole)
  }
}
