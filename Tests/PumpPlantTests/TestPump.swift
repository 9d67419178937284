import PumpHAL
import PumpPlant

/// A simulated pump that is given a flow, the way the tests speak.
struct TestPump {
  var pump: SimulatedPump
  /// Flow asked for, mL/h.
  var flow = 0.0
  private(set) var ticks: Int64 = 0
  private var target = 0.0
  private let microstepVolume: Double

  init(_ parameters: PlantParameters = .standard) {
    pump = SimulatedPump(parameters)
    microstepVolume =
      parameters.syringe.boreArea * Double(parameters.drive.microstepTravel) * 1e-6
  }

  var truth: PlantTruth { pump.truth }

  /// One tick with both permits.
  mutating func tick(journal: JournalEntry? = nil) {
    target += flow / 3.6 / 100 / microstepVolume
    var frame = ActuatorFrame()
    frame.isControllerPermitting = true
    frame.isMonitorPermitting = true
    frame.stepRateBound = 4000
    frame.targetSteps = Int64(target)
    frame.journal = journal
    pump.actuate(frame)
    ticks += 1
  }

  mutating func run(seconds: Double) {
    for _ in 0..<Int64(seconds * 100 + 0.5) { tick() }
  }

  /// Seconds until `condition` holds, at most `limit`.
  mutating func seconds(limit: Double, until condition: (PlantTruth) -> Bool) -> Double {
    let start = ticks
    while Double(ticks - start) < limit * 100 {
      tick()
      if condition(pump.truth) { break }
    }
    return Double(ticks - start) / 100
  }
}

extension SyringeParameters {
  /// A BD Plastipak syringe of the table in the plant's documentation.
  static func bd(_ millilitres: Int) -> SyringeParameters {
    var syringe = SyringeParameters()
    switch millilitres {
    case 10:
      syringe.boreArea = 163.539
      syringe.capacity = 10_000
      syringe.friction = 3
      syringe.compliance = 0.30
      syringe.deadSpace = 100
    case 50:
      syringe.boreArea = 554.046
      syringe.capacity = 50_000
      syringe.friction = 7
      syringe.compliance = 1.00
      syringe.deadSpace = 200
    default: break
    }
    return syringe
  }
}

extension PlantParameters {
  /// A full syringe with a total compliance of `compliance` µL/mmHg, lost motion taken up.
  static func total(
    _ compliance: Double?, syringe: SyringeParameters, gap: Double = 0, substeps: Int32 = 1
  ) -> PlantParameters {
    var parameters = PlantParameters()
    parameters.syringe = syringe
    parameters.fill = syringe.capacity
    parameters.drive.initialGap = gap
    parameters.substeps = substeps
    if let compliance {
      let spring =
        syringe.boreArea * syringe.boreArea * 1.333224e-4 / parameters.drive.stiffness
      parameters.syringe.compliance =
        compliance - spring - parameters.line.compliance - parameters.line.hubCompliance
    }
    return parameters
  }
}
