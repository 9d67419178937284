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
    view.countedInHour = counted(history.oneHour)
    view.countedInFourHours = counted(history.fourHours)
    view.countedInDay = counted(history.day)
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

  private func counted(_ cap: DoseCap) -> Mass {
    Mass(nanograms: (cap.counted(history.total) + 65_535) / DoseHistory.unitsPerNanogram)
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
