import PumpHAL

extension Controller {
  /// What a display or a record shows a person; not part of a tick.
  public var telemetry: Telemetry {
    var view = Telemetry()
    view.mode = mode
    view.flow = FlowRate(
      nanolitresPerHour: conversions.microstepVolume > 0 ? conversions.flow(at: limiter.last) : 0)
    if occlusion.hasPressure { view.pressure = occlusion.pressure }
    view.predictedTimeToAlarm = output.predictedTimeToAlarm
    view.lockoutLeft = Ticks(count: max(0, bolus.lockoutEnd - now))
    view.bolusesGranted = bolus.granted
    view.bolusesDenied = bolus.denied
    view.correctedSteps = drive.correction
    view.countedInHour = history.countedMass(in: history.oneHour)
    view.countedInFourHours = history.countedMass(in: history.fourHours)
    view.countedInDay = history.countedMass(in: history.day)
    if secondHistory.drug != 0 { view.second = secondAccount }
    view.needsPharmacist = detectors.restarts.needsPharmacist
    if mode == .failed, !detectors.selfTest.isComplete {
      view.failedPart = detectors.selfTest.part
    }
    guard conversions.microstepVolume > 0 else { return view }
    addLimits(to: &view)
    if programme.phase < prescription.phaseCount {
      view.programmeFlow = FlowRate(nanolitresPerHour: conversions.flow(at: programme.rate))
    }
    addAccount(to: &view)
    view.reservoirVolume =
      Volume(picolitres: conversions.picolitres(in: reservoirLeft)) + prescription.syringe.deadSpace
    view.programmeLeft = Ticks(count: programmeTicksLeft())
    view.storedVolume = Volume(
      picolitres: conversions.picolitres(in: StepAmount(whole: occlusion.storedSteps)))
    return view
  }

  /// How urgent an alarm is at present: some become more urgent as they last.
  public func priority(of id: AlarmID) -> AlarmPriority { alarms.priority(of: id) }

  private var secondAccount: DrugAccount {
    var view = DrugAccount()
    view.countedInHour = secondHistory.countedMass(in: secondHistory.oneHour)
    view.countedInFourHours = secondHistory.countedMass(in: secondHistory.fourHours)
    view.countedInDay = secondHistory.countedMass(in: secondHistory.day)
    view.loading.rawValue = account.earlierSecondLoading
    view.basal.rawValue = account.earlierSecondBasal
    view.bolus.rawValue = account.earlierSecondBolus
    if conversions.microstepVolume > 0 {
      let basal = account.basal + account.keepOpen - account.retracted
      view.loading.rawValue += conversions.nanograms(in: account.loading, of: .second)
      view.basal.rawValue += conversions.nanograms(in: basal, of: .second)
      view.bolus.rawValue += conversions.nanograms(in: account.bolus, of: .second)
    }
    view.dispensed = view.loading + view.basal + view.bolus
    return view
  }

  /// What cannot be seen with this syringe and set, worked out from their figures.
  private func addLimits(to view: inout Telemetry) {
    guard isConfirmed else { return }
    let flow = detectors.lineOpen.lowestFlow
    if flow <= configuration.bolusMaximum.rawValue {
      view.lineOpenFlow = FlowRate(nanolitresPerHour: flow)
    }
    if capabilities.sensors.contains(.motorCurrent) {
      let force = CurrentCheck.tolerance(at: Int64(prescription.syringe.friction), now: now)
      view.pressureDoubt = Pressure(
        pascals: force * 1_000_000 / max(1, prescription.syringe.boreArea.rawValue))
    }
    if detectors.carriage.isAvailable {
      // nm × µm² is 10^-6 pL.
      view.slipVolume = Volume(
        picolitres: detectors.carriage.slipTravel / 1000
          * (prescription.syringe.boreArea.rawValue / 1000))
    }
  }

  private func addAccount(to view: inout Telemetry) {
    let loading = account.earlierLoading + conversions.nanograms(in: account.loading)
    let basal =
      account.earlierBasal
      + conversions.nanograms(in: account.basal + account.keepOpen - account.retracted)
    let boluses = account.earlierBolus + conversions.nanograms(in: account.bolus)
    view.loadingMass = Mass(nanograms: loading)
    view.basalMass = Mass(nanograms: basal)
    view.bolusMass = Mass(nanograms: boluses)
    view.dispensedMass = Mass(nanograms: loading + basal + boluses)
    view.dispensedVolume = Volume(
      picolitres: account.earlierVolume + conversions.picolitres(in: account.delivered))
    view.primedVolume = Volume(
      picolitres: account.earlierPrimed + conversions.picolitres(in: account.primed))
    view.retractedVolume = Volume(
      picolitres: account.earlierRetracted + conversions.picolitres(in: account.retracted))
  }
}

extension DoseHistory {
  /// Mass counted in one of its windows, rounded up.
  func countedMass(in window: DoseCap) -> Mass {
    Mass(nanograms: (window.counted(total) + 65_535) / DoseHistory.unitsPerNanogram)
  }
}
