// Pumps, syringes, infusion sets and batteries, as the catalogue has them.

import PumpHAL
import PumpPlant
import Vocabulary
import Yams

extension PumpEntry {
  init(_ reader: inout EntryReader, libraryVersion: UInt32) throws(CatalogueError) {
    let heading = try EntryHeading(&reader)
    (id, number, name) = (heading.id, heading.number, heading.name)
    (source, isVerified) = (heading.source, heading.isVerified)
    unverified = try reader.words("unverified")
    battery = try reader.text("battery")

    var drive = try reader.group("drive")
    microstepTravel = try drive.quantity("microstep")
    microstepsPerRevolution = try drive.integer("microstepsPerRevolution")
    lead = try drive.quantity("lead")
    leadErrorMillimetres = try drive.value("leadError", in: .millimetre)
    encoderCountsPerRevolution = try drive.integer("encoderCountsPerRevolution")
    maximumStepRate = try drive.whole("maximumStepRate", in: .one / .second)
    stallForce = try drive.quantity("stallForce")
    stiffness = try drive.quantity("stiffness")
    dampingNewtonSecondsPerMillimetre = try drive.value(
      "damping", in: .newton * .second / .millimetre)
    backlash = try drive.quantity("backlash")
    unpurgedGap = try drive.quantity("unpurgedGap")
    try drive.finish()
    let turn = Int128(microstepTravel.nanometres) * Int128(microstepsPerRevolution)
    guard turn == Int128(lead.nanometres) else {
      throw drive.error(
        "microstep × microstepsPerRevolution is not the lead", remedy: "correct one of the three")
    }
    guard lead > .zero, maximumStepRate > 0, stallForce > .zero, stiffness > .zero else {
      throw drive.error(
        "a drive without travel, speed, thrust or stiffness", remedy: "write each above 0")
    }

    var sensors = try reader.group("sensors")
    forceFullScale = try sensors.quantity("forceFullScale")
    forceBits = try sensors.integer("forceBits")
    forceNoiseNewtons = try sensors.value("forceNoise", in: .newton)
    forceDriftNewtonsPerHour = try sensors.value("forceDrift", in: .newton / .hour)
    forceGainError = try sensors.value("forceGainError", in: .whole)
    carriageResolutionMicrometres = try sensors.whole("carriageResolution", in: .micrometre)
    hasAirDetector = try sensors.bool("airDetector")
    try sensors.finish()

    var control = try reader.group("control")
    deadManMilliseconds = try control.whole("deadMan", in: PhysicalUnit(.time, 1, 10))
    configuration = try PumpConfiguration(
      &control, pumpNumber: heading.number, libraryVersion: libraryVersion)
    try control.finish()
  }
}

extension PumpConfiguration {
  fileprivate init(
    _ reader: inout EntryReader, pumpNumber: UInt16, libraryVersion: UInt32
  ) throws(CatalogueError) {
    self.init()
    self.pumpNumber = pumpNumber
    self.libraryVersion = libraryVersion
    let basal = try reader.list("basal", count: 2)
    basalMinimum = try reader.quantity(basal[0], "basal")
    basalMaximum = try reader.quantity(basal[1], "basal")
    bolusMaximum = try reader.quantity("bolusMaximum")
    slew = FlowRate(
      nanolitresPerHour: try reader.whole("slew", in: FlowRate.storageUnit / .tick))
    selfTest = try reader.quantity("selfTest")
    audioPause = try reader.quantity("audioPause")
    primeMaximum = try reader.quantity("primeMaximum")
    nearEndVolume = try reader.quantity("nearEndVolume")
    nearEndTime = try reader.quantity("nearEndTime")
    pressureCeiling = try reader.quantity("pressureCeiling")
    switch try reader.text("whenBasalReachesCap") {
    case "stop": capPolicy = .stop
    case "keep-open": capPolicy = .keepOpen
    case let other:
      throw reader.error(
        "'whenBasalReachesCap' is \(other)", remedy: "write stop or keep-open")
    }
    guard basalMinimum < basalMaximum, basalMaximum <= bolusMaximum else {
      throw reader.error(
        "the rates are not in order", remedy: "basal minimum < basal maximum ≤ bolus maximum")
    }
  }
}

extension SyringeEntry {
  init(_ reader: inout EntryReader) throws(CatalogueError) {
    let heading = try EntryHeading(&reader)
    (id, number, name) = (heading.id, heading.number, heading.name)
    (source, isVerified) = (heading.source, heading.isVerified)
    unverified = try reader.words("unverified")
    capacity = try reader.quantity("capacity")
    boreDiameter = try reader.quantity("boreDiameter")
    boreArea = try reader.quantity("boreArea")
    barrelDiameter = try reader.quantity("barrelDiameter")
    deadSpace = try reader.quantity("deadSpace")
    friction = try reader.quantity("friction")
    guard boreArea > .zero, capacity > deadSpace else {
      throw reader.error(
        "a syringe without bore, or with more dead space than capacity",
        remedy: "check number and unit")
    }
    let node = try reader.node("compliance")
    compliance = try reader.quantity(node, "compliance")
    complianceMicrolitresPerMillimetreOfMercury = try reader.value(
      node, "compliance", in: .microlitrePerMillimetreOfMercury)
  }
}

extension InfusionSetEntry {
  init(_ reader: inout EntryReader) throws(CatalogueError) {
    let heading = try EntryHeading(&reader)
    (id, number, name) = (heading.id, heading.number, heading.name)
    (source, isVerified) = (heading.source, heading.isVerified)
    unverified = try reader.words("unverified")
    lineLength = try reader.quantity("lineLength")
    lineBore = try reader.quantity("lineBore")
    needleLength = try reader.quantity("needleLength")
    needleBore = try reader.quantity("needleBore")
    lineComplianceMicrolitresPerMillimetreOfMercury = try reader.value(
      "lineCompliance", in: .microlitrePerMillimetreOfMercury)
    hubComplianceMicrolitresPerMillimetreOfMercury = try reader.value(
      "hubCompliance", in: .microlitrePerMillimetreOfMercury)
    crackPressureMillimetresOfMercury =
      reader.has("crackPressure")
      ? try reader.value("crackPressure", in: .millimetreOfMercury) : 0
    let bores = Length(nanometres: 50_000)...Length(nanometres: 10_000_000)
    guard bores.contains(lineBore), bores.contains(needleBore) else {
      throw reader.error(
        "a bore outside 0.05 to 10 mm", remedy: "write the inside diameter, e.g. 0.26 mm")
    }
    guard max(lineLength, needleLength) <= Length(nanometres: 10_000_000_000),
      complianceMicrolitresPerMillimetreOfMercury <= 100,
      crackPressureMillimetresOfMercury <= 500
    else {
      throw reader.error(
        "a line longer than 10 m or softer than 100 µL/mmHg, or a valve above 500 mmHg",
        remedy: "check number and unit")
    }
  }
}

extension BatteryEntry {
  init(_ reader: inout EntryReader) throws(CatalogueError) {
    let heading = try EntryHeading(&reader)
    (id, number, name) = (heading.id, heading.number, heading.name)
    (source, isVerified) = (heading.source, heading.isVerified)
    unverified = try reader.words("unverified")
    switch try reader.text("chemistry") {
    case "alkaline": chemistry = .alkaline
    case "lithium": chemistry = .lithium
    case let other:
      throw reader.error("'chemistry' is \(other)", remedy: "write alkaline or lithium")
    }
    cells = try reader.integer("cells")
    capacityAmpereHours = try reader.value("capacity", in: .ampereHour)
    halfCapacityAmperes = try reader.value("halfCapacityCurrent", in: .ampere)
    freshResistanceOhms = try reader.value("freshResistance", in: .ohm)
    emptyResistanceOhms = try reader.value("emptyResistance", in: .ohm)
    lowMillivolts = try reader.whole("low", in: PhysicalUnit(.voltage, 1))
    depletedMillivolts = try reader.whole("depleted", in: PhysicalUnit(.voltage, 1))
    cutOffVolts = try reader.value("cutOff", in: .volt)
    guard cutOffVolts * 1000 <= Double(depletedMillivolts), depletedMillivolts <= lowMillivolts
    else {
      throw reader.error(
        "the voltages are not in order", remedy: "write cutOff ≤ depleted ≤ low")
    }
    guard cells > 0, capacityAmpereHours > 0, halfCapacityAmperes > 0 else {
      throw reader.error("a battery of nothing", remedy: "write cells and charges above 0")
    }
  }
}
