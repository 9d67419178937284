import PumpHAL

/// Syringe, line, hub and tissue as three stores of fluid, solved implicitly.
///
/// The stored volumes are the state and pressures follow from them, so whatever the step and
/// however the air in the line is compressed, no fluid appears or vanishes.
struct FluidPath: Sendable {
  /// µL/s for one mL/h.
  static let microlitresPerSecond = 1.0 / 3.6
  /// mmHg for one metre of 0.9 % saline (1004.6 kg/m³ · 9.80665 m/s² / 133.3224 Pa).
  static let headPerMetre = 73.895
  /// mmHg for one kPa.
  static let mmHgPerKilopascal = 1000.0 / 133.3224

  // What it is made of; µL, s and mmHg throughout.
  /// Length of one step of the integrator, s.
  let step: Double
  var syringeCompliance: Double
  let lineCompliance: Double
  let hubCompliance: Double
  let tissueCompliance: Double
  let lineConductance: Double
  let needleConductance: Double
  let crackPressureWhenSound: Double
  private(set) var crackPressure: Double
  let halfFlow: Double
  let yieldPressure: Double
  let soundRestingPressure: Double
  private var restingPressure: Double
  let airPressure: Double

  // What is wrong or was changed.
  var lineOpening = Opening()
  var needleOpening = Opening()
  var lineLeak = 0.0
  var hubLeak = 0.0
  var isLineOff = false
  var isNeedleOut = false
  var siteFactor = 1.0
  /// Height of the pump above the site, m.
  var height: Double
  /// What the tissue at rest has more, mmHg.
  var addedPressure = Opening(0)
  /// Air in the line at ambient pressure, µL.
  var air = 0.0
  /// The share of the line's conductance that a failing line leaves.
  private var lineShare = 1.0
  /// How much thinner the fluid is than water at 20 °C.
  private var fluidity = 1.0
  private var isValveShut = false

  // State.
  var storedLine: Double
  var storedHub: Double
  var storedTissue: Double
  var pressureLine: Double
  var pressureHub: Double
  var pressureTissue: Double
  var tissueConductance: Double
  var isValveOpen: Bool

  // Volumes moved in the last step, µL.
  var movedToTissue = 0.0
  var movedFromHub = 0.0
  var movedFromLineEnd = 0.0
  var movedFromLine = 0.0

  // Derived: what one step needs, without a division.
  private(set) var toHub = 0.0
  private(set) var toOpenEnd = 0.0
  private(set) var toTissue = 0.0
  private(set) var fromHub = 0.0
  private(set) var fromLine = 0.0
  private(set) var tissueDrain = 0.0
  private(set) var tissueDrainAtRest = 0.0
  private(set) var head = 0.0
  private(set) var headToHub = 0.0
  private(set) var headFromLine = 0.0
  private(set) var tissueShare = 0.0
  private(set) var hubShare = 0.0
  private(set) var inverseTissue = 0.0
  private(set) var inverseHub = 0.0
  private(set) var inverseLineStuck = 0.0
  private(set) var inverseLineSlipping = 0.0
  private(set) var hasOutsidePath = false
  /// Whether something is opening, closing or rising.
  private(set) var isRamping = false

  init(_ parameters: PlantParameters) {
    step = 0.01 / Double(parameters.substeps)
    let line = parameters.line
    let tissue = parameters.tissue
    syringeCompliance = parameters.syringe.compliance
    lineCompliance = line.compliance
    hubCompliance = line.hubCompliance
    tissueCompliance = tissue.compliance
    lineConductance = Self.microlitresPerSecond / line.resistance
    needleConductance = Self.microlitresPerSecond / line.needleResistance
    crackPressureWhenSound = line.crackPressure
    crackPressure = line.crackPressure
    halfFlow = tissue.halfFlow * Self.microlitresPerSecond
    yieldPressure = tissue.yieldPressure
    soundRestingPressure = tissue.restingPressure
    restingPressure = tissue.restingPressure
    airPressure = parameters.environment.airPressure * Self.mmHgPerKilopascal
    height = parameters.environment.height
    fluidity = Self.fluidity(at: parameters.environment.temperature)
    tissueConductance = halfFlow / yieldPressure
    // At rest: the hub is at the tissue's pressure, the syringe at what head and valve leave.
    pressureTissue = tissue.restingPressure
    pressureHub = tissue.restingPressure
    pressureLine = tissue.restingPressure - height * Self.headPerMetre
    if crackPressure > 0 { pressureLine = 0 }
    isValveOpen = crackPressure == 0
    storedTissue = tissueCompliance * pressureTissue
    storedHub = hubCompliance * pressureHub
    storedLine = (syringeCompliance + lineCompliance) * pressureLine
  }

  /// Recomputes what a step needs; `plungerStore` is what the moving plunger adds to the
  /// compliance of the first node (A²κ / (b/h + K), µL/mmHg).
  mutating func prepare(plungerStore: Double) {
    restingPressure = soundRestingPressure + addedPressure.share
    isRamping = lineOpening.isMoving || needleOpening.isMoving || addedPressure.isMoving
    let throughLine =
      isValveOpen && !isValveShut
      ? step * (lineConductance * fluidity) * (lineOpening.share * lineShare) : 0
    toHub = isLineOff ? 0 : throughLine
    toOpenEnd = isLineOff ? throughLine : 0
    let throughNeedle = step * (needleConductance * fluidity) * needleOpening.share
    toTissue = isNeedleOut ? 0 : throughNeedle
    fromHub = step * hubLeak + (isNeedleOut ? throughNeedle : 0)
    fromLine = step * lineLeak
    hasOutsidePath = toOpenEnd > 0 || fromHub > 0 || fromLine > 0
    tissueDrain = step * tissueConductance
    tissueDrainAtRest = tissueDrain * restingPressure
    head = height * Self.headPerMetre - crackPressure
    headToHub = toHub * head
    headFromLine = (toHub + toOpenEnd) * head
    inverseTissue = 1 / (tissueCompliance + toTissue + tissueDrain)
    tissueShare = toTissue * inverseTissue
    inverseHub = 1 / (hubCompliance + toHub + toTissue + fromHub - toTissue * tissueShare)
    hubShare = toHub * inverseHub
    let line =
      syringeCompliance + lineCompliance + airCompliance + toHub + toOpenEnd + fromLine
      - toHub * hubShare
    inverseLineStuck = 1 / line
    inverseLineSlipping = 1 / (line + plungerStore)
  }

  /// What the air in the line adds to the compliance at the present pressure (Boyle), µL/mmHg.
  private var airCompliance: Double {
    if air == 0 { return 0 }
    let absolute = max(airPressure + pressureLine, 50)
    return air * airPressure / (absolute * absolute)
  }

  /// What the air corrects in the balance of the first node, µL: its compression is not linear.
  private var airCorrection: Double {
    let absolute = max(airPressure + pressureLine, 50)
    return airCompliance * pressureLine - air * pressureLine / absolute
  }

  /// What the first node holds before the step, with all that hub and tissue contribute.
  @inline(__always) var lineBalance: Double {
    var balance = storedLine - headFromLine
    if air != 0 { balance += airCorrection }
    let tissue = storedTissue + tissueDrainAtRest
    let hub = storedHub + headToHub + tissueShare * tissue
    return balance + hubShare * hub
  }

  /// Ends a step: the syringe is at `pressure`, the plunger pushed `displaced` µL into it.
  @inline(__always) mutating func finish(pressure: Double, displaced: Double) {
    let tissue = storedTissue + tissueDrainAtRest
    let hub = storedHub + headToHub + tissueShare * tissue
    pressureLine = pressure
    pressureHub = (hub + toHub * pressure) * inverseHub
    pressureTissue = (tissue + toTissue * pressureHub) * inverseTissue
    let throughLine = toHub * (pressureLine - pressureHub + head)
    movedToTissue = toTissue * (pressureHub - pressureTissue)
    var line = storedLine + (displaced - throughLine)
    var hubStore = storedHub + (throughLine - movedToTissue)
    if hasOutsidePath {
      movedFromLineEnd = toOpenEnd * (pressureLine + head)
      movedFromLine = fromLine * pressureLine
      movedFromHub = fromHub * pressureHub
      line -= movedFromLineEnd + movedFromLine
      hubStore -= movedFromHub
    }
    storedLine = line
    storedHub = hubStore
    storedTissue += movedToTissue - (tissueDrain * pressureTissue - tissueDrainAtRest)
  }

  /// One tick of everything that opens, closes or rises; `prepare` has to follow.
  mutating func advanceRamps() {
    lineOpening.advance()
    needleOpening.advance()
    addedPressure.advance()
  }

  /// Takes what failing components do, and the temperature around, °C; `prepare` has to follow.
  mutating func take(_ effects: FaultEffects, ambient: Double) {
    lineShare = effects.lineShare
    isValveShut = effects.isValveShut
    crackPressure = effects.isValveOpen ? 0 : crackPressureWhenSound
    if effects.isValveOpen { isValveOpen = true }
    fluidity = Self.fluidity(at: ambient)
  }

  /// How much thinner water is at a temperature than at 20 °C.
  ///
  /// A parabola through 5, 20 and 40 °C of the table of the viscosity of water (1.519, 1.002,
  /// 0.653 mPa·s); at 10, 30 and 50 °C it is less than 0.3 % off.
  static func fluidity(at celsius: Double) -> Double {
    let warmer = min(max(celsius, 0), 60) - 20
    return 1 + warmer * (0.024417 + warmer * 0.0001154)
  }

  /// Opens or closes the anti-siphon valve; true if that changed it.
  @inline(__always) mutating func moveValve() -> Bool {
    if crackPressure == 0 { return false }
    let beyond = isLineOff ? 0 : pressureHub
    let shouldBeOpen = pressureLine - beyond + head > 0
    if shouldBeOpen == isValveOpen { return false }
    isValveOpen = shouldBeOpen
    return true
  }

  /// Sets the tissue's conductance by the flow that it drains now.
  mutating func yieldTissue() {
    let drained = tissueConductance * (pressureTissue - restingPressure)
    tissueConductance = (halfFlow + max(drained, 0)) / (yieldPressure * siteFactor)
  }
}

/// How far something is open, and how it is closing.
struct Opening: Sendable {
  /// The share of the conductance that is left.
  var share = 1.0
  /// Where the ramp ends.
  var target = 1.0
  /// Change per tick while the ramp runs.
  var perTick = 0.0

  /// Fully open.
  init() {}

  /// At `share`, and to stay there.
  init(_ share: Double) {
    self.share = share
    target = share
  }

  /// Whether a ramp runs.
  var isMoving: Bool { perTick != 0 }

  /// Goes to `target` within `ramp` seconds.
  mutating func go(to target: Double, ramp: Double) {
    self.target = target
    perTick = ramp > 0 ? (target - share) / (ramp * 100) : 0
    if perTick == 0 { share = target }
  }

  /// One tick of the ramp.
  mutating func advance() {
    share += perTick
    if perTick < 0 ? share <= target : share >= target {
      share = target
      perTick = 0
    }
  }
}

extension Opening: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(share)
    sink.put(target)
    sink.put(perTick)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    share = source.takeDouble()
    target = source.takeDouble()
    perTick = source.takeDouble()
  }
}
