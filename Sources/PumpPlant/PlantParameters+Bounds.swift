extension PlantParameters {
  /// Whether a world can be made of these numbers: finite, and positive where they must be.
  public var isUsable: Bool {
    syringe.isUsable && drive.isUsable && line.isUsable && tissue.isUsable && environment.isUsable
      && forceCell.isUsable && battery.isUsable && drug.isUsable && secondDrug.isUsable
      && isWithin(fill, 0, 1e6) && substeps >= 1 && substeps <= 10
  }
}

extension SyringeParameters {
  /// Whether such a syringe can be: finite, and positive where it must be.
  public var isUsable: Bool {
    isWithin(boreArea, 0.01, 1e5) && isWithin(capacity, 1, 1e6) && isWithin(deadSpace, 0, 1e6)
      && isWithin(friction, 0, 1e4) && isWithin(breakawayImmediate, 0, 100)
      && isWithin(breakawayRest, 0, 100) && isWithin(breakawayTime, 1e-3, 1e9)
      && isWithin(compliance, 1e-6, 1e3)
  }
}

extension DriveParameters {
  fileprivate var isUsable: Bool {
    microstepTravel > 0 && microstepTravel <= 1_000_000 && microstepsPerRevolution > 0
      && microstepsPerRevolution <= 10_000_000 && encoderCountsPerRevolution >= 0
      && encoderCountsPerRevolution <= 10_000_000 && maximumStepRate <= 10_000_000
      && isWithin(leadError, 0, 1) && isWithin(backlash, 0, 100) && isWithin(initialGap, 0, 100)
      && isWithin(stiffness, 1e-3, 1e9) && isWithin(damping, 1e-6, 1e6)
      && isWithin(restickSpeed, 0, 10) && isWithin(stallForce, 0, 1e6)
      && isWithin(noLoadCurrent, 0, 1e4) && isWithin(currentPerThrust, 0, 1e3)
  }
}

extension LineParameters {
  fileprivate var isUsable: Bool {
    isWithin(volume, 0.1, 1e6) && isWithin(compliance, 0, 1e3) && isWithin(resistance, 1e-6, 1e6)
      && isWithin(needleResistance, 1e-6, 1e6) && isWithin(hubCompliance, 1e-6, 1e3)
      && isWithin(crackPressure, 0, 1e4)
  }
}

extension TissueParameters {
  fileprivate var isUsable: Bool {
    isWithin(compliance, 1e-3, 1e9) && isWithin(yieldPressure, 1e-3, 1e6)
      && isWithin(halfFlow, 1e-3, 1e6) && isWithin(restingPressure, -500, 500)
  }
}

extension EnvironmentParameters {
  fileprivate var isUsable: Bool {
    isWithin(height, -20, 20) && isWithin(airPressure, 20, 200) && isWithin(temperature, -60, 100)
  }
}

extension ForceCellParameters {
  fileprivate var isUsable: Bool {
    isWithin(fullScale, 1e-3, 2000) && bits >= 2 && bits <= 30 && isWithin(noise, 0, 100)
      && isWithin(drift, -100, 100) && isWithin(gainError, -1, 10) && isWithin(offset, -1e3, 1e3)
  }
}

extension BatteryParameters {
  fileprivate var isUsable: Bool {
    isWithin(capacity, 1e-6, 1e4) && isWithin(halfCurrent, 1e-6, 1e6)
      && isWithin(resistanceFresh, 0, 1e3) && isWithin(resistanceEmpty, 0, 1e3)
      && isWithin(polarisationResistance, 0, 1e3) && isWithin(polarisationTime, 1, 1e6)
      && cells >= 1 && cells <= 20 && isWithin(charge, 0, 1) && isWithin(quiescentCurrent, 0, 1e4)
      && isWithin(alarmCurrent, 0, 1e4) && isWithin(minimumVoltage, 0, 60)
  }
}

extension DrugParameters {
  fileprivate var isUsable: Bool {
    isWithin(concentration, 0, 1e4) && isWithin(bodyMass, 0.1, 1e3) && isWithin(clearance, 0, 1e4)
      && isWithin(centralVolume, 1e-3, 1e5) && isWithin(secondVolume, 0, 1e5)
      && isWithin(thirdVolume, 0, 1e5) && isWithin(secondExchange, 0, 1e5)
      && isWithin(thirdExchange, 0, 1e5) && isWithin(absorption, 1e-6, 1e4)
      && isWithin(bioavailability, 0, 1)
  }
}

/// False for a NaN as well.
private func isWithin(_ value: Double, _ low: Double, _ high: Double) -> Bool {
  value >= low && value <= high
}
