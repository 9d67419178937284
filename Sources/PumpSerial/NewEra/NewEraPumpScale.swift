// Between the control loop's microsteps and flows and the pump's microlitres.

/// Converts between microsteps of the fitted syringe and what the pump calls microlitres.
///
/// The pump reckons with the diameter it was told, which has four digits; the session with the bore
/// area of the catalogue. Travel is what both mean, so volumes are scaled by the ratio of the areas.
struct NewEraPumpScale: Equatable, Sendable {
  /// Travel of one microstep, nm: the pump does not tell its own, so that it is a unit of account.
  static let microstepTravel_nm: Int64 = 250

  /// The pump's microlitres in one microstep.
  private let microlitresPerStep: Double
  /// The pump's microlitres in one of the session's.
  let ratio: Double

  /// - Parameters:
  ///   - boreArea: of the fitted syringe, µm².
  ///   - diameter: what the pump was told, mm.
  init(boreArea: Double, diameter: Double) {
    let pumpArea = Double.pi / 4 * diameter * diameter * 1e6
    ratio = boreArea > 0 ? pumpArea / boreArea : 1
    // µm² × µm is fL: 10^-9 µL.
    microlitresPerStep = pumpArea * Double(Self.microstepTravel_nm) / 1000 * 1e-9
  }

  /// Whole microsteps in a volume that the pump has dispensed, µL; what is begun is not done.
  func steps(microlitres: Double) -> Int64 {
    let steps = microlitres / microlitresPerStep
    return Int64((steps + 1e-6).rounded(.down))
  }

  /// The pump's microlitres in so many microsteps.
  func volume(steps: Int64) -> Double { Double(steps) * microlitresPerStep }

  /// The pump's µL/h at a flow of the session.
  func flow(nanolitresPerHour flow: UInt32) -> Double { Double(flow) / 1000 * ratio }
}
