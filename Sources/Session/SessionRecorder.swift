// What a session writes into its record besides the ticks.

import Catalogue
import PumpFirmware
import PumpHAL
import PumpPlant
import SessionRecord
import Vocabulary

extension TelemetrySample {
  /// What the controller says of itself, in the units of people.
  init(_ telemetry: Telemetry, input: TickInput, signals: AlarmSet) {
    self.init()
    mode = telemetry.mode.name
    flowMillilitresPerHour = telemetry.flow.millilitresPerHour
    programmeFlowMillilitresPerHour = telemetry.programmeFlow.millilitresPerHour
    pressureMmHg = telemetry.pressure.map { Double($0.pascals) / 133.322 }
    let sensors = input.sensors
    if sensors.force.validity == .valid { forceNewtons = Double(sensors.force.value) / 1e6 }
    if sensors.motorCurrent.validity == .valid {
      motorCurrentMilliamperes = Double(sensors.motorCurrent.value)
    }
    if sensors.battery.validity == .valid {
      batteryVolts = Double(sensors.battery.value.millivolts) / 1000
    }
    dispensedMillilitres = telemetry.dispensedVolume.millilitres
    dispensedMilligrams = telemetry.dispensedMass.milligrams
    primedMillilitres = telemetry.primedVolume.millilitres
    retractedMillilitres = telemetry.retractedVolume.millilitres
    reservoirMillilitres = telemetry.reservoirVolume.millilitres
    programmeLeftSeconds = Double(telemetry.programmeLeft.count) / Double(ticksPerSecond)
    timeToAlarmSeconds = Double(telemetry.predictedTimeToAlarm)
    countedInHourMilligrams = telemetry.countedInHour.milligrams
    countedInFourHoursMilligrams = telemetry.countedInFourHours.milligrams
    countedInDayMilligrams = telemetry.countedInDay.milligrams
    if let account = telemetry.second {
      secondDispensedMilligrams = account.dispensed.milligrams
      secondCountedInHourMilligrams = account.countedInHour.milligrams
      secondCountedInFourHoursMilligrams = account.countedInFourHours.milligrams
      secondCountedInDayMilligrams = account.countedInDay.milligrams
    }
    lockoutLeftSeconds = Double(telemetry.lockoutLeft.count) / Double(ticksPerSecond)
    alarms = signals
  }
}

extension TruthSample {
  /// What is really the case, in the units of people.
  init(_ truth: PlantTruth) {
    self.init()
    infusedMillilitres = truth.infusedVolume / 1000
    infusedMilligrams = truth.infusedMass
    if truth.infusedSecondMass != 0 {
      infusedSecondMilligrams = truth.infusedSecondMass
      secondPlasmaNanogramsPerMillilitre = truth.secondPlasma
    }
    leakedMillilitres = truth.leakedVolume / 1000
    needleFlowMillilitresPerHour = truth.needleFlow * 3.6
    syringeMillilitres = truth.syringeVolume / 1000
    linePressureMmHg = truth.linePressure
    hubPressureMmHg = truth.hubPressure
    tissuePressureMmHg = truth.tissuePressure
    plasmaNanogramsPerMillilitre = truth.plasma
    charge = truth.stateOfCharge
    bubbleMicrolitres = truth.bubbleVolume
    plungerMillimetres = truth.plungerPosition
  }
}

extension Volume {
  /// The amount in mL, for people.
  var millilitres: Double { Double(picolitres) / 1e9 }
}

extension Mass {
  /// The amount in mg, for people.
  var milligrams: Double { Double(nanograms) / 1e6 }
}

extension FlowRate {
  /// The amount in mL/h, for people.
  public var millilitresPerHour: Double { Double(nanolitresPerHour) / 1e6 }
}
