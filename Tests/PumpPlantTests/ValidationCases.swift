import PumpHAL
import PumpPlant

/// The runs behind the checks V4 to V20; each gives the figure that the check is about.
enum ValidationCases {
  /// Seconds from a blocked needle to a pressure.
  static func timeToPressure(
    _ pressure: Double, flow: Double, lead: Double, _ parameters: PlantParameters
  ) -> Double {
    var pump = TestPump(parameters)
    pump.flow = flow
    pump.run(seconds: lead)
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    return pump.seconds(limit: 7200) { $0.linePressure >= pressure }
  }

  /// V4: 10 mL/h, 1.156 µL/mmHg, 1000 mmHg.
  static func joeSlow(substeps: Int32) -> Double {
    var parameters = PlantParameters.total(1.156, syringe: .bd(50), substeps: substeps)
    parameters.drive.stallForce = 120
    return timeToPressure(1000, flow: 10, lead: 120, parameters)
  }

  /// V6: 60 mL/h, 1000 mmHg.
  static func joeFast(compliance: Double, substeps: Int32) -> Double {
    var parameters = PlantParameters.total(compliance, syringe: .bd(50), substeps: substeps)
    parameters.drive.stallForce = 120
    return timeToPressure(1000, flow: 60, lead: 30, parameters)
  }

  /// V7: 5 mL/h, 0.253 µL/mmHg, 1650 mmHg.
  static func crono(substeps: Int32) -> Double {
    var parameters = PlantParameters()
    parameters.drive.initialGap = 0
    parameters.drive.stiffness = 200
    parameters.drive.stallForce = 120
    parameters.substeps = substeps
    let spring = 285.023 * 285.023 * 1.333224e-4 / 200
    parameters.syringe.compliance = 0.253 - spring - 0.10
    return timeToPressure(1650, flow: 5, lead: 300, parameters)
  }

  /// V8: stored volume at 540 mmHg with the default world, µL.
  static func storedVolume(flow: Double, substeps: Int32) -> Double {
    let parameters = PlantParameters.total(nil, syringe: .bd(20), substeps: substeps)
    let seconds = timeToPressure(540, flow: flow, lead: 1500 / flow, parameters)
    return seconds * flow / 3.6
  }

  /// V10: what is stored at 540 mmHg and what the tissue gets once the needle is free, µL.
  static func release(substeps: Int32) -> (stored: Double, released: Double) {
    var pump = TestPump(.total(nil, syringe: .bd(20), substeps: substeps))
    pump.flow = 5
    pump.run(seconds: 300)
    pump.pump.inject(.occlusion(site: .needle, remaining: 0, ramp: 0))
    let seconds = pump.seconds(limit: 3600) { $0.linePressure >= 540 }
    pump.flow = 0
    let before = pump.truth.infusedVolume
    pump.pump.clear(.occlusion)
    pump.run(seconds: 60)
    return (seconds * 5 / 3.6, pump.truth.infusedVolume - before)
  }

  /// V11 to V13: minutes without net delivery after the pump was lowered.
  static func zeroDelivery(
    compliance: Double, syringe: SyringeParameters, flow: Double, metres: Double, substeps: Int32
  ) -> Double {
    var parameters = PlantParameters.total(compliance, syringe: syringe, substeps: substeps)
    // The hub lies at the height of the site: lowering the pump does not reach what it stores, so
    // a compliance that was measured by lowering does not include it.
    parameters.syringe.compliance += parameters.line.hubCompliance
    var pump = TestPump(parameters)
    pump.flow = flow
    pump.run(seconds: 800 / flow)
    let before = pump.truth.infusedVolume
    pump.pump.inject(.height(metres: -metres))
    pump.run(seconds: 10)
    return (10 + pump.seconds(limit: 3600) { $0.infusedVolume >= before }) / 60
  }

  /// V15 to V17: minutes to first flow and to 90 % of the flow over half a minute.
  static func startUp(
    syringe: SyringeParameters, gap: Double, flow: Double, substeps: Int32
  ) -> (first: Double, steady: Double) {
    var pump = TestPump(.total(nil, syringe: syringe, gap: gap, substeps: substeps))
    pump.flow = flow
    let wanted = flow / 3.6
    let first = pump.seconds(limit: 7200) { $0.needleFlow > 0.1 * wanted }
    var before = pump.truth.infusedVolume
    while pump.ticks < 12_000 * 100 {
      pump.run(seconds: 30)
      let volume = pump.truth.infusedVolume
      if volume - before >= 0.9 * wanted * 30 { break }
      before = volume
    }
    return (first / 60, Double(pump.ticks) / 6000)
  }

  /// V18 to V20: largest and least error over windows of so many minutes in the second hour, %.
  static func trumpet(
    _ parameters: PlantParameters, flow: Double = 1
  ) -> [Int: (high: Double, low: Double)] {
    var pump = TestPump(parameters)
    pump.flow = flow
    pump.run(seconds: 3600)
    var volumes = [pump.truth.infusedVolume]
    for _ in 0..<120 {
      pump.run(seconds: 30)
      volumes.append(pump.truth.infusedVolume)
    }
    var result: [Int: (high: Double, low: Double)] = [:]
    for minutes in [2, 5, 11, 19, 31, 40] {
      let width = 2 * minutes
      var high = -1000.0
      var low = 1000.0
      for start in 0...(120 - width) {
        let got = volumes[start + width] - volumes[start]
        let wanted = flow / 3.6 * Double(minutes * 60)
        let error = 100 * (got / wanted - 1)
        high = max(high, error)
        low = min(low, error)
      }
      result[minutes] = (high, low)
    }
    return result
  }

  /// V18: the default world.
  static func standardTrumpet(substeps: Int32) -> PlantParameters {
    .total(nil, syringe: .bd(20), substeps: substeps)
  }

  /// V19: nothing but the screw's error.
  static func screwOnly(substeps: Int32) -> PlantParameters {
    var parameters = PlantParameters.total(nil, syringe: .bd(20), substeps: substeps)
    parameters.syringe.friction = 0
    return parameters
  }

  /// V20: a syringe that sticks.
  static func sticky(substeps: Int32) -> PlantParameters {
    var parameters = PlantParameters.total(nil, syringe: .bd(20), substeps: substeps)
    parameters.syringe.breakawayImmediate = 0.30
    return parameters
  }
}
