import PumpHAL

/// What keeps the electronics alive when the battery does not, and cries when nothing does.
///
/// A capacitor behind the battery's contacts carries electronics and motor through a bounce of half a
/// second; the power-fail tone has a supply of its own.
///
/// - Requirements: @relation(R-092, scope=file)
@usableFromInline struct Supply: Sendable {
  /// Ticks that the full capacitor lasts: 0.6 s, so that a bounce of 0.5 s is ridden through.
  static let holdUpTicks: Int32 = 60
  /// Ticks that the full supply of the tone lasts: 180 s.
  static let toneTicks: Int64 = 18_000

  /// Ticks that the capacitor still lasts.
  private(set) var heldTicks = Supply.holdUpTicks
  /// Whether the capacitor ran out and the contacts are still open.
  @usableFromInline var isCutOff = false
  /// Ticks for which the tone can still sound, at `toneKnownAt`.
  private var toneLeft = Supply.toneTicks
  private var toneKnownAt: Int64 = 0
  /// Whether the tone is to sound: power failed and has not come back.
  private var isCrying = false

  /// Whether nothing has been drawn that has not been given back.
  @inline(__always) var isFull: Bool { heldTicks == Self.holdUpTicks }

  /// One tick with the contacts open or closed; true where the power failed in it.
  mutating func tick(isOpen: Bool) -> Bool {
    if isOpen {
      if heldTicks > 0 { heldTicks -= 1 }
      if heldTicks == 0 && !isCutOff {
        isCutOff = true
        return true
      }
    } else {
      isCutOff = false
      if heldTicks < Self.holdUpTicks { heldTicks += 1 }
    }
    return false
  }

  /// The power failed.
  mutating func fail(at tick: Int64) {
    if isCrying { return }
    // While there was power the tone's supply was charged, as fast as it is drawn.
    toneLeft = min(toneLeft + tick - toneKnownAt, Self.toneTicks)
    toneKnownAt = tick
    isCrying = true
  }

  /// The power is back.
  mutating func recover(at tick: Int64) {
    if !isCrying { return }
    toneLeft = max(toneLeft - (tick - toneKnownAt), 0)
    toneKnownAt = tick
    isCrying = false
  }

  /// Whether the tone has power and reason to sound.
  func isCrying(at tick: Int64) -> Bool { isCrying && tick - toneKnownAt < toneLeft }
}

extension Supply {
  func encodeState<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(heldTicks)
    sink.put(isCutOff)
    sink.put(toneLeft)
    sink.put(toneKnownAt)
    sink.put(isCrying)
  }

  mutating func takeState<Source: CanonicalSource>(from source: inout Source) {
    heldTicks = source.takeInt32()
    isCutOff = source.takeBool()
    toneLeft = source.takeInt64()
    toneKnownAt = source.takeInt64()
    isCrying = source.takeBool()
    let isSane =
      heldTicks >= 0 && heldTicks <= Self.holdUpTicks && toneLeft >= 0
      && toneLeft <= Self.toneTicks && toneKnownAt >= 0 && toneKnownAt < 1 << 50
    if !isSane { source.fail() }
  }
}
