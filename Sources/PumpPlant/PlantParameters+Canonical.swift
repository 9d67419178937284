import PumpHAL

extension SyringeParameters: CanonicalCodable {
  /// Appends the syringe parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(boreArea)
    sink.put(capacity)
    sink.put(deadSpace)
    sink.put(friction)
    sink.put(breakawayImmediate)
    sink.put(breakawayRest)
    sink.put(breakawayTime)
    sink.put(compliance)
    sink.put(barrelDiameter)
    sink.put(isPlungerCaptured)
  }
  /// Reads syringe parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    boreArea = source.takeDouble()
    capacity = source.takeDouble()
    deadSpace = source.takeDouble()
    friction = source.takeDouble()
    breakawayImmediate = source.takeDouble()
    breakawayRest = source.takeDouble()
    breakawayTime = source.takeDouble()
    compliance = source.takeDouble()
    barrelDiameter = source.take16()
    isPlungerCaptured = source.takeBool()
  }
}

extension DriveParameters: CanonicalCodable {
  /// Appends the drive parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(microstepTravel)
    sink.put(microstepsPerRevolution)
    sink.put(leadError)
    sink.put(backlash)
    sink.put(initialGap)
    sink.put(stiffness)
    sink.put(damping)
    sink.put(restickSpeed)
    sink.put(stallForce)
    sink.put(encoderCountsPerRevolution)
    sink.put(maximumStepRate)
    sink.put(noLoadCurrent)
    sink.put(currentPerThrust)
  }
  /// Reads drive parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    microstepTravel = source.takeInt32()
    microstepsPerRevolution = source.takeInt32()
    leadError = source.takeDouble()
    backlash = source.takeDouble()
    initialGap = source.takeDouble()
    stiffness = source.takeDouble()
    damping = source.takeDouble()
    restickSpeed = source.takeDouble()
    stallForce = source.takeDouble()
    encoderCountsPerRevolution = source.takeInt32()
    maximumStepRate = source.take32()
    noLoadCurrent = source.takeDouble()
    currentPerThrust = source.takeDouble()
  }
}

extension LineParameters: CanonicalCodable {
  /// Appends the line parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(volume)
    sink.put(compliance)
    sink.put(resistance)
    sink.put(needleResistance)
    sink.put(hubCompliance)
    sink.put(crackPressure)
    sink.put(isPrimed)
  }
  /// Reads line parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    volume = source.takeDouble()
    compliance = source.takeDouble()
    resistance = source.takeDouble()
    needleResistance = source.takeDouble()
    hubCompliance = source.takeDouble()
    crackPressure = source.takeDouble()
    isPrimed = source.takeBool()
  }
}

extension TissueParameters: CanonicalCodable {
  /// Appends the tissue parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(compliance)
    sink.put(yieldPressure)
    sink.put(halfFlow)
    sink.put(restingPressure)
  }
  /// Reads tissue parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    compliance = source.takeDouble()
    yieldPressure = source.takeDouble()
    halfFlow = source.takeDouble()
    restingPressure = source.takeDouble()
  }
}

extension EnvironmentParameters: CanonicalCodable {
  /// Appends the environment parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(height)
    sink.put(airPressure)
    sink.put(temperature)
  }
  /// Reads environment parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    height = source.takeDouble()
    airPressure = source.takeDouble()
    temperature = source.takeDouble()
  }
}

extension ForceCellParameters: CanonicalCodable {
  /// Appends the force cell parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(fullScale)
    sink.put(bits)
    sink.put(noise)
    sink.put(drift)
    sink.put(gainError)
    sink.put(offset)
  }
  /// Reads force cell parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    fullScale = source.takeDouble()
    bits = source.takeInt32()
    noise = source.takeDouble()
    drift = source.takeDouble()
    gainError = source.takeDouble()
    offset = source.takeDouble()
  }
}

extension BatteryParameters: CanonicalCodable {
  /// Appends the battery parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(capacity)
    sink.put(halfCurrent)
    sink.put(resistanceFresh)
    sink.put(resistanceEmpty)
    sink.put(polarisationResistance)
    sink.put(polarisationTime)
    sink.put(cells)
    sink.put(chemistry)
    sink.put(charge)
    sink.put(quiescentCurrent)
    sink.put(alarmCurrent)
    sink.put(minimumVoltage)
  }
  /// Reads battery parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    capacity = source.takeDouble()
    halfCurrent = source.takeDouble()
    resistanceFresh = source.takeDouble()
    resistanceEmpty = source.takeDouble()
    polarisationResistance = source.takeDouble()
    polarisationTime = source.takeDouble()
    cells = source.takeInt32()
    chemistry = source.takeCase(or: .alkaline)
    charge = source.takeDouble()
    quiescentCurrent = source.takeDouble()
    alarmCurrent = source.takeDouble()
    minimumVoltage = source.takeDouble()
  }
}

extension DrugParameters: CanonicalCodable {
  /// Appends the drug parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(concentration)
    sink.put(bodyMass)
    sink.put(clearance)
    sink.put(centralVolume)
    sink.put(secondVolume)
    sink.put(thirdVolume)
    sink.put(secondExchange)
    sink.put(thirdExchange)
    sink.put(absorption)
    sink.put(bioavailability)
    sink.put(isAllometric)
  }
  /// Reads drug parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    concentration = source.takeDouble()
    bodyMass = source.takeDouble()
    clearance = source.takeDouble()
    centralVolume = source.takeDouble()
    secondVolume = source.takeDouble()
    thirdVolume = source.takeDouble()
    secondExchange = source.takeDouble()
    thirdExchange = source.takeDouble()
    absorption = source.takeDouble()
    bioavailability = source.takeDouble()
    isAllometric = source.takeBool()
  }
}

extension PlantParameters: CanonicalCodable {
  /// Appends the plant parameters.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    syringe.encode(to: &sink)
    drive.encode(to: &sink)
    line.encode(to: &sink)
    tissue.encode(to: &sink)
    environment.encode(to: &sink)
    forceCell.encode(to: &sink)
    battery.encode(to: &sink)
    drug.encode(to: &sink)
    secondDrug.encode(to: &sink)
    sink.put(fill)
    sink.put(seed)
    sink.put(wallClockStart)
    sink.put(hasAirDetector)
    sink.put(substeps)
  }
  /// Reads plant parameters.
  public init<Source: CanonicalSource>(from source: inout Source) {
    self.init()
    syringe = SyringeParameters(from: &source)
    drive = DriveParameters(from: &source)
    line = LineParameters(from: &source)
    tissue = TissueParameters(from: &source)
    environment = EnvironmentParameters(from: &source)
    forceCell = ForceCellParameters(from: &source)
    battery = BatteryParameters(from: &source)
    drug = DrugParameters(from: &source)
    secondDrug = DrugParameters(from: &source)
    fill = source.takeDouble()
    seed = source.take64()
    wallClockStart = source.takeInt64()
    hasAirDetector = source.takeBool()
    substeps = source.takeInt32()
  }
}
