import PumpHAL

/// Lamp and buzzer: what they were told, what they do, and what the current through them shows.
///
/// Patterns are worked out when somebody asks, so that a tick in which nothing new is told costs one
/// comparison. The patterns are PumpHAL's (`SignalPatterns.swift`).
struct Annunciator: Sendable {
  private(set) var lamp = Lamp.off
  private(set) var buzzer = Buzzer.off
  private var lampSince: Int64 = 0
  private var buzzerSince: Int64 = 0
  /// A sound that is made once, and ends by itself whatever is told meanwhile.
  private var single = Buzzer.off
  private var singleSince: Int64 = 0

  // What is wrong with them.
  private var isLampDead = false
  private var isBuzzerDead = false
  private var stuckLamp: Lamp?
  private var stuckBuzzer: Buzzer?
  private var brightness = 1.0
  /// The share of the sound that gets out.
  private(set) var loudness = 1.0
  private var isBuzzerUnheard = false

  /// Whether lamp and buzzer were told just this already.
  @inline(__always) func isTold(_ lamp: Lamp, _ buzzer: Buzzer) -> Bool {
    lamp == self.lamp && buzzer == self.buzzer
  }

  /// Tells lamp and buzzer what to do from this tick on.
  mutating func tell(_ lamp: Lamp, _ buzzer: Buzzer, at tick: Int64) {
    if lamp != self.lamp {
      self.lamp = lamp
      lampSince = tick
    }
    if buzzer != self.buzzer {
      self.buzzer = buzzer
      buzzerSince = tick
      if buzzer == .click || buzzer == .denied {
        single = buzzer
        singleSince = tick
      } else if buzzer != .off {
        single = .off
      }
    }
  }

  /// Takes what is wrong at this tick.
  mutating func take(_ faults: inout FaultTable, at tick: Int64) {
    let isLampOut = faults.isFailing(.lamp, .intermittent, at: tick)
    isLampDead = isLampOut || faults.isFailing(.lamp, .off, at: tick)
    let isBuzzerOut = faults.isFailing(.buzzer, .intermittent, at: tick)
    isBuzzerDead = isBuzzerOut || faults.isFailing(.buzzer, .off, at: tick)
    if !faults.isFailing(.lamp, .stuck, at: tick) {
      stuckLamp = nil
    } else if stuckLamp == nil {
      stuckLamp = lamp
    }
    if !faults.isFailing(.buzzer, .stuck, at: tick) {
      stuckBuzzer = nil
    } else if stuckBuzzer == nil {
      stuckBuzzer = buzzer
    }
    brightness = 1 + faults.amount(of: .lamp, .gain, at: tick, isShareOfRest: true)
    loudness = 1 + faults.amount(of: .buzzer, .gain, at: tick, isShareOfRest: true)
    isBuzzerUnheard = faults.isFailing(.buzzer, .wrong, at: tick)
  }

  private var lampShown: Lamp { isLampDead ? .off : stuckLamp ?? lamp }
  private var buzzerShown: Buzzer { isBuzzerDead ? .off : stuckBuzzer ?? buzzer }

  /// Whether the hardware's test of both finds something: an open circuit, or no current where there
  /// should be one.
  var isFoundDefective: Bool { isLampDead || isBuzzerDead || isBuzzerUnheard }

  /// What the current through lamp and buzzer shows.
  ///
  /// A lamp at less than half shows none; a muffled buzzer draws what it always draws.
  var sensed: Annunciation {
    var bits: Annunciation = []
    if brightness >= 0.5 {
      switch lampShown {
      case .off, .infusing: break
      case .low, .medium: bits.insert(.lamp)
      case .high: bits.formUnion([.lamp, .highLamp])
      }
    }
    if !isBuzzerUnheard {
      switch buzzerShown {
      case .off, .click, .denied: break
      case .low, .medium: bits.insert(.sound)
      case .high: bits.formUnion([.sound, .highSound])
      }
    }
    return bits
  }

  /// Whether the lamp gives light at this tick.
  func isLit(at tick: Int64) -> Bool {
    guard brightness > 0, let pattern = lampShown.pattern else { return false }
    return pattern.isLit(afterMilliseconds: (tick - lampSince) * 10)
  }

  /// Whether the buzzer makes a sound at this tick.
  func isSounding(at tick: Int64) -> Bool {
    if loudness <= 0 || isBuzzerDead { return false }
    switch buzzerShown {
    case .off, .click, .denied:
      return single.pattern?.isSounding(afterMilliseconds: (tick - singleSince) * 10) ?? false
    case .low, .medium, .high:
      return buzzerShown.pattern?.isSounding(afterMilliseconds: (tick - buzzerSince) * 10) ?? false
    }
  }

  /// Power is gone: dark and silent.
  mutating func losePower(at tick: Int64) {
    tell(.off, .off, at: tick)
    single = .off
    stuckLamp = nil
    stuckBuzzer = nil
  }
}

extension Annunciator {
  func encodeState<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(lamp)
    sink.put(buzzer)
    sink.put(lampSince)
    sink.put(buzzerSince)
    sink.put(single)
    sink.put(singleSince)
    sink.put(isLampDead)
    sink.put(isBuzzerDead)
    sink.put(stuckLamp?.rawValue ?? 255)
    sink.put(stuckBuzzer?.rawValue ?? 255)
    sink.put(brightness)
    sink.put(loudness)
    sink.put(isBuzzerUnheard)
  }

  mutating func takeState<Source: CanonicalSource>(from source: inout Source) {
    lamp = source.takeCase(or: .off)
    buzzer = source.takeCase(or: .off)
    lampSince = source.takeInt64()
    buzzerSince = source.takeInt64()
    single = source.takeCase(or: .off)
    singleSince = source.takeInt64()
    isLampDead = source.takeBool()
    isBuzzerDead = source.takeBool()
    let stuck = (source.take8(), source.take8())
    stuckLamp = Lamp(rawValue: stuck.0)
    stuckBuzzer = Buzzer(rawValue: stuck.1)
    brightness = source.takeDouble()
    loudness = source.takeDouble()
    isBuzzerUnheard = source.takeBool()
    let areTicksSane =
      lampSince.magnitude < 1 << 50 && buzzerSince.magnitude < 1 << 50
      && singleSince.magnitude < 1 << 50
    let isSane =
      (stuckLamp != nil || stuck.0 == 255) && (stuckBuzzer != nil || stuck.1 == 255)
      && isPlausible(brightness) && isPlausible(loudness)
    if !areTicksSane || !isSane { source.fail() }
  }
}
