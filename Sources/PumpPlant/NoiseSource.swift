/// Sensor noise out of integers: PCG32 (O'Neill, XSH-RR 64/32), the same on every machine.
struct NoiseSource: Sendable {
  private(set) var state: UInt64

  init(seed: UInt64) {
    state = 0
    _ = next()
    state = state &+ seed
    _ = next()
  }

  init(state: UInt64) { self.state = state }

  mutating func next() -> UInt32 {
    let old = state
    state = old &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let mixed = UInt32(truncatingIfNeeded: ((old >> 18) ^ old) >> 27)
    let turn = UInt32(truncatingIfNeeded: old >> 59)
    return (mixed >> turn) | (mixed << ((0 &- turn) & 31))
  }

  /// A number of mean 0 and variance 1: the sum of twelve uniform ones.
  mutating func normal() -> Double {
    var sum: Int64 = 0
    for _ in 0..<12 { sum += Int64(next()) }
    // 2^-32, a power of two: exact.
    return Double(sum - 6 << 32) * 0x1p-32
  }
}
