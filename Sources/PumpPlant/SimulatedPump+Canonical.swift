import PumpHAL

extension SimulatedPump: CanonicalCodable {
  /// Appends the whole state: world, sensors, supply and memory.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    plant.encode(to: &sink)
    memory.encode(to: &sink)
    sensors.encodeState(to: &sink)
    generator.encode(to: &sink)
    sink.put(lastTarget)
    sink.put(lastBound)
    sink.put(isMotionPermitted)
    sink.put(silentTicks)
    sink.put(hasDeadManTripped)
    sink.put(wasFrameRefused)
    sink.put(powerLossTicks)
    sink.put(isBrownedOut)
    sink.put(hasBrownedOut)
    sink.put(worldTick)
    annunciator.encodeState(to: &sink)
    faults.encodeState(to: &sink)
    supply.encodeState(to: &sink)
    sink.put(isMotorSupplied)
    sink.put(wasWriteRefused)
    linkFrame.encode(to: &sink)
    sink.put(linkFrameTick)
    sink.put(runawayCredit)
    sink.put(reportedDefects.rawValue)
    sink.put(faultsRunAt)
  }

  /// Reads a whole state; what follows goes on bit for bit.
  public init<Source: CanonicalSource>(from source: inout Source) {
    let plant = Plant(from: &source)
    self.init(plant.parameters)
    self.plant = plant
    memory = NonVolatileMemory(from: &source)
    sensors.takeState(from: &source)
    generator = StepGenerator(from: &source)
    lastTarget = source.takeInt64()
    lastBound = source.take32()
    isMotionPermitted = source.takeBool()
    silentTicks = source.takeInt32()
    hasDeadManTripped = source.takeBool()
    wasFrameRefused = source.takeBool()
    powerLossTicks = source.takeInt64()
    isBrownedOut = source.takeBool()
    hasBrownedOut = source.takeBool()
    worldTick = source.takeInt64()
    annunciator.takeState(from: &source)
    faults.takeState(from: &source)
    supply.takeState(from: &source)
    isMotorSupplied = source.takeBool()
    wasWriteRefused = source.takeBool()
    linkFrame = SensorFrame(from: &source)
    linkFrameTick = source.takeInt64()
    runawayCredit = source.takeDouble()
    reportedDefects = HardwareFaults(rawValue: source.take16())
    faultsRunAt = source.takeInt64()
    let isSane =
      powerLossTicks >= 0 && powerLossTicks < 1 << 40 && worldTick >= 0 && worldTick < 1 << 50
      && silentTicks >= 0 && silentTicks <= Self.deadManTicks
      && generator.commanded.magnitude < 1 << 62 && linkFrameTick >= 0
      && linkFrameTick < 1 << 50 && faultsRunAt >= 0 && faultsRunAt <= worldTick
      && runawayCredit > -1 && runawayCredit < 1
    if source.hasFailed || !isSane {
      source.fail()
      self.init(.standard)
      return
    }
    if faults.components != 0 { self.plant.restore(FaultEffects(&faults, at: faultsRunAt)) }
  }
}

extension Plant: CanonicalCodable {
  /// Appends the whole world.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    parameters.encode(to: &sink)
    drive.encodeState(to: &sink)
    fluid.encodeState(to: &sink)
    line.encode(to: &sink)
    patient.amounts.encode(to: &sink)
    secondPatient.amounts.encode(to: &sink)
    battery.encodeState(to: &sink)
    syringe.encode(to: &sink)
    sink.put(boreArea)
    concentration.encode(to: &sink)
    sink.put(syringeVolume)
    sink.put(plunger)
    sink.put(slip)
    sink.put(dwell)
    sink.put(isInContact)
    sink.put(sprung)
    sink.put(isSyringeOut)
    sink.put(tickOfSecond)
    sink.put(movingTicks)
    sink.put(motorCurrentSum)
    sink.put(loadHighest)
    sink.put(isAlarming)
    sink.put(isElectronicsOn)
    sink.put(secondToTissue)
    sink.put(secondFromHub)
    sink.put(secondFromLineEnd)
    sink.put(secondFromLine)
    sink.put(infusedVolume)
    infusedMass.encode(to: &sink)
    sink.put(leakedVolume)
    leakedMass.encode(to: &sink)
    sink.put(lastToTissue)
  }

  /// Reads a whole world; unusable parameters give the default world and a failed source.
  public init<Source: CanonicalSource>(from source: inout Source) {
    let parameters = PlantParameters(from: &source)
    if source.hasFailed || !parameters.isUsable {
      source.fail()
      self.init(.standard)
      return
    }
    self.init(parameters)
    drive.takeState(from: &source)
    fluid.takeState(from: &source)
    line = LineContent(from: &source)
    patient.amounts = Pharmacokinetics.Row(from: &source)
    secondPatient.amounts = Pharmacokinetics.Row(from: &source)
    battery.takeState(from: &source)
    syringe = SyringeParameters(from: &source)
    boreArea = source.takeDouble()
    concentration = MixtureAmount(from: &source)
    syringeVolume = source.takeDouble()
    plunger = source.takeDouble()
    slip = source.takeDouble()
    dwell = source.takeInt64()
    isInContact = source.takeBool()
    sprung = source.takeDouble()
    isSyringeOut = source.takeBool()
    tickOfSecond = source.takeInt32()
    movingTicks = source.takeInt32()
    motorCurrentSum = source.takeDouble()
    loadHighest = source.takeDouble()
    isAlarming = source.takeBool()
    isElectronicsOn = source.takeBool()
    secondToTissue = source.takeDouble()
    secondFromHub = source.takeDouble()
    secondFromLineEnd = source.takeDouble()
    secondFromLine = source.takeDouble()
    infusedVolume = source.takeDouble()
    infusedMass = MixtureAmount(from: &source)
    leakedVolume = source.takeDouble()
    leakedMass = MixtureAmount(from: &source)
    lastToTissue = source.takeDouble()
    let numbers = [
      drive.lossCredit, drive.nut, drive.carriage, drive.reversal, drive.lostShare,
      drive.slipped, syringeVolume, plunger, sprung, motorCurrentSum, loadHighest,
      secondToTissue, secondFromHub,
      secondFromLineEnd, secondFromLine, infusedVolume, leakedVolume,
      lastToTissue, battery.charge, battery.polarisation, battery.voltage, battery.lowest,
      battery.current, battery.temperature,
    ]
    for number in numbers where !isPlausible(number) { source.fail() }
    let isSane =
      syringe.isUsable && boreArea > 0 && tickOfSecond >= 0 && tickOfSecond < 100 && dwell >= 0
      && (slip == 0 || slip == 1 || slip == -1) && boreArea <= 1e5 && dwell < 1 << 50
      && drive.stepsDone.magnitude < 1 << 40 && movingTicks >= 0 && movingTicks <= 100
    if source.hasFailed || !isSane {
      source.fail()
      self.init(.standard)
      return
    }
    drive.prepare(effects)
    prepare()
  }
}

extension Pharmacokinetics.Row: CanonicalCodable {
  /// Appends the four states.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(depot)
    sink.put(central)
    sink.put(second)
    sink.put(third)
  }
  /// Reads four states, each of which must be plausible.
  public init<Source: CanonicalSource>(from source: inout Source) {
    depot = source.takeDouble()
    central = source.takeDouble()
    second = source.takeDouble()
    third = source.takeDouble()
    for amount in [depot, central, second, third] where !isPlausible(amount) { source.fail() }
  }
}

extension Drive {
  func encodeState<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(stepsDone)
    sink.put(lossCredit)
    sink.put(nut)
    sink.put(carriage)
    sink.put(reversal)
    sink.put(isJammed)
    sink.put(lostShare)
    sink.put(slipped)
  }
  mutating func takeState<Source: CanonicalSource>(from source: inout Source) {
    stepsDone = source.takeInt64()
    lossCredit = source.takeDouble()
    nut = source.takeDouble()
    carriage = source.takeDouble()
    reversal = source.takeDouble()
    isJammed = source.takeBool()
    lostShare = source.takeDouble()
    slipped = source.takeDouble()
  }
}

extension FluidPath {
  func encodeState<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(syringeCompliance)
    lineOpening.encode(to: &sink)
    needleOpening.encode(to: &sink)
    sink.put(lineLeak)
    sink.put(hubLeak)
    sink.put(isLineOff)
    sink.put(isNeedleOut)
    sink.put(siteFactor)
    sink.put(height)
    sink.put(air)
    addedPressure.encode(to: &sink)
    sink.put(storedLine)
    sink.put(storedHub)
    sink.put(storedTissue)
    sink.put(pressureLine)
    sink.put(pressureHub)
    sink.put(pressureTissue)
    sink.put(tissueConductance)
    sink.put(isValveOpen)
  }
  mutating func takeState<Source: CanonicalSource>(from source: inout Source) {
    syringeCompliance = source.takeDouble()
    lineOpening = Opening(from: &source)
    needleOpening = Opening(from: &source)
    lineLeak = source.takeDouble()
    hubLeak = source.takeDouble()
    isLineOff = source.takeBool()
    isNeedleOut = source.takeBool()
    siteFactor = source.takeDouble()
    height = source.takeDouble()
    air = source.takeDouble()
    addedPressure = Opening(from: &source)
    storedLine = source.takeDouble()
    storedHub = source.takeDouble()
    storedTissue = source.takeDouble()
    pressureLine = source.takeDouble()
    pressureHub = source.takeDouble()
    pressureTissue = source.takeDouble()
    tissueConductance = source.takeDouble()
    isValveOpen = source.takeBool()
    let numbers = [
      storedLine, storedHub, storedTissue, pressureLine, pressureHub, pressureTissue, height,
      lineOpening.perTick, needleOpening.perTick, addedPressure.share, addedPressure.target,
      addedPressure.perTick,
    ]
    let amounts = [
      lineLeak, hubLeak, siteFactor, air, tissueConductance, syringeCompliance,
      lineOpening.share, lineOpening.target, needleOpening.share, needleOpening.target,
    ]
    for number in numbers where !isPlausible(number) { source.fail() }
    for amount in amounts where !isPlausible(amount) || amount < 0 { source.fail() }
    if syringeCompliance == 0 { source.fail() }
  }
}

/// Whether a number read from an encoding can be a state of the world at all.
func isPlausible(_ number: Double) -> Bool { number > -1e12 && number < 1e12 }
