import PumpHAL

/// Whether what an occlusion stored was drawn back, so that a start does not add to its release.
///
/// Armed when thrust reaches the prescribed limit; over when a share of what syringe, line and drive
/// store by the catalogue was drawn back, or when the force says that pressure has gone.
///
/// - Requirements: R-043.
struct RetractionWatch: Sendable {
  /// Whether the line may be under occlusion pressure and nothing was drawn back yet.
  private(set) var isArmed = false
  /// Whether it was left so: nothing goes forward before it is gone or a pharmacist has seen to it.
  var isHeld = false
  /// Drawn back since it was armed.
  private var drawn = Attolitres.zero
  /// Ticks since the last step.
  private(set) var rest: Int64 = 0
  /// What has to be drawn back, lost motion included.
  private var enough = Attolitres.zero
  /// Lost motion alone.
  private var lost = Attolitres.zero
  /// Thrust at which pressure has gone: with the plunger pushed last, and with it drawn last, µN.
  private var pushedThrust: Int64 = 0
  private var drawnThrust: Int64 = 0

  init() {}

  /// Computes the bounds for syringe, line and prescribed limit.
  mutating func fit(_ prescription: Prescription, _ powerOn: PowerOn) {
    let limit = Prescription.cut(prescription.occlusion, to: 1_000_000)
    let area = prescription.area
    let stiffness = powerOn.capabilities.stiffness.newtonsPerMetre
    let friction = Int64(Swift.max(0, prescription.friction))
    let stored = prescription.stored(at: limit, powerOn)
    let backlash = Prescription.cut(powerOn.capabilities.backlash.nanometres, to: 5_000_000)
    // µN over N/m is µm.
    let elastic = stiffness > 0 ? Prescription.cut(2000 * friction / stiffness, to: 5_000_000) : 0
    lost = Attolitres(area: area, travel: backlash + elastic)
    enough = lost + Attolitres(rawValue: stored.rawValue / MonitorLimits.retractionDivisor)
    drawnThrust = area * (limit / 4) / 1_000_000
    pushedThrust = drawnThrust + friction + friction / 4
  }

  /// Begins to watch.
  mutating func arm() {
    guard !isArmed else { return }
    isArmed = true
    drawn = .zero
    rest = 0
  }

  /// Nothing is stored any more, or nothing that is known of.
  mutating func disarm() {
    isArmed = false
    drawn = .zero
  }

  /// Whether the force says that pressure has gone.
  func isGone(at force: Int64?) -> Bool {
    guard let force else { return false }
    return force <= (drawn > lost ? drawnThrust : pushedThrust)
  }

  /// Takes one tick's motion; true once the line has been left under pressure for `bound` ticks.
  mutating func isForgotten(
    _ volume: Attolitres, steps: Int64, ticks: Int64, force: Int64?, bound: Int64
  ) -> Bool {
    drawn = Attolitres.largest(.zero, drawn - volume)
    rest = steps == 0 ? Swift.min(rest + ticks, 1_000_000) : 0
    if drawn >= enough || isGone(at: force) {
      disarm()
      return false
    }
    return rest > bound
  }
}

extension RetractionWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(isArmed)
    sink.put(isHeld)
    drawn.encode(to: &sink)
    sink.put(rest)
    enough.encode(to: &sink)
    lost.encode(to: &sink)
    sink.put(pushedThrust)
    sink.put(drawnThrust)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    isArmed = source.takeBool()
    isHeld = source.takeBool()
    drawn = Attolitres(from: &source)
    rest = source.takeInt64()
    enough = Attolitres(from: &source)
    lost = Attolitres(from: &source)
    pushedThrust = source.takeInt64()
    drawnThrust = source.takeInt64()
  }
}
