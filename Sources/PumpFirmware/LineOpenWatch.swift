import PumpHAL

/// Watches for pressure that falls away at a steady flow: a line that came off.
///
/// Force is all there is to see it by, and it changes by itself as the plunger sticks and slips and
/// as the patient stands up. What a fall has to exceed is worked out from the syringe, and with it
/// the lowest flow at which a healthy line holds enough pressure; below that there is no detection,
/// and telemetry says so.
///
/// - Requirements: @relation(R-048, R-078, scope=file)
struct LineOpenWatch: Equatable, Sendable {
  /// The least fall that is neither friction nor posture, Pa.
  var leastFall: Int64 = .max
  /// The least pressure of which 60 % are that much, Pa.
  var leastBaseline: Int64 = .max
  /// The flow at which line and needle alone hold that pressure, nL/h; the largest number where none does.
  var lowestFlow: Int64 = .max
  /// Flow in the last sample, nL/h; another one begins anew.
  var flow: UInt32 = 0
  /// Samples still to pass before pressure has followed the flow.
  var settling: Int32 = 0
  /// Lowest and highest pressure of the half second that runs, Pa, and its samples.
  var low: Int64 = .max
  var high: Int64 = .min
  var samples: UInt8 = 0
  /// Pressure held for half a second, at most, in the 5 s that run and in the 5 s before.
  var peak: Int64 = .min
  var earlierPeak: Int64 = .min
  var halfSeconds: UInt8 = 0

  /// Share of its friction by which a plunger that has rested needs more to move (physics §1.3), %.
  static let stickSlip: Int64 = 65
  /// What the noise of the cell can do between two half seconds, µN: 20 times 5 mN.
  static let noise: Int64 = 100_000
  /// Pump and site pass each other by ±0.8 m of saline: 118 mmHg.
  static let posture: Int64 = 15_763
  /// Samples at 10 Hz for which the flow has to be steady: a minute.
  static let settlingSamples: Int32 = 600

  /// Takes over a confirmed syringe and set.
  mutating func configure(_ prescription: Prescription) {
    let friction = Int64(prescription.syringe.friction)
    let area = max(1, prescription.syringe.boreArea.rawValue)
    let force = friction * LineOpenWatch.stickSlip / 100 + LineOpenWatch.noise
    // µN × 10^6 / µm² is Pa.
    leastFall = force * 1_000_000 / area + LineOpenWatch.posture
    leastBaseline = leastFall * 10 / 6
    let resistance = Int64(prescription.infusionSet.resistance)
    lowestFlow = resistance > 0 ? leastBaseline * 1_000_000 / resistance : .max
    begin()
  }

  /// Delivery or another flow begins: what was seen before means nothing.
  mutating func begin() {
    settling = LineOpenWatch.settlingSamples
    low = .max
    high = .min
    samples = 0
    peak = .min
    earlierPeak = .min
    halfSeconds = 0
  }

  /// Takes in a pressure at 10 Hz; true where 60 % and more have gone within 10 s.
  mutating func sample(_ pressure: Int64, flow: UInt32) -> Bool {
    if flow != self.flow {
      self.flow = flow
      begin()
    }
    if settling > 0 {
      settling -= 1
      return false
    }
    low = min(low, pressure)
    high = max(high, pressure)
    samples += 1
    if samples < 5 { return false }
    let before = max(peak, earlierPeak)
    let isFallen =
      before >= leastBaseline && before - high >= leastFall && high * 10 <= before * 4
    peak = max(peak, low)
    halfSeconds += 1
    if halfSeconds == 10 {
      earlierPeak = peak
      peak = low
      halfSeconds = 0
    }
    samples = 0
    low = .max
    high = .min
    if isFallen { begin() }
    return isFallen
  }
}

extension LineOpenWatch: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(leastFall)
    sink.put(leastBaseline)
    sink.put(lowestFlow)
    sink.put(flow)
    sink.put(settling)
    sink.put(low)
    sink.put(high)
    sink.put(samples)
    sink.put(peak)
    sink.put(earlierPeak)
    sink.put(halfSeconds)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    leastFall = source.takeInt64()
    leastBaseline = source.takeInt64()
    lowestFlow = source.takeInt64()
    flow = source.take32()
    settling = source.takeInt32()
    low = source.takeInt64()
    high = source.takeInt64()
    samples = source.take8()
    peak = source.takeInt64()
    earlierPeak = source.takeInt64()
    halfSeconds = source.take8()
  }
}
