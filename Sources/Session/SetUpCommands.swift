// The session file's therapy as the commands that enter it into the pump.

import Catalogue
import PumpHAL
import SessionFile

extension SessionDescription {
  /// The commands of a set-up, up to and with its confirmation, in the pump's order.
  ///
  /// - Parameter isNewPatient: whether dose history in the memory belongs to somebody else.
  func setUpCommands(isNewPatient: Bool) -> [OperatorCommand] {
    let hardRate = indication.doseRate(for: patientMass).hard
    let hardBolus = indication.bolus(for: patientMass).hard
    var actions: [OperatorAction] = [
      .beginSetUp(isNewPatient: isNewPatient),
      .confirmSyringe(syringe.specification),
      .confirmInfusionSet(infusionSet.specification),
      .setFill(fill),
      .setDrug(index: 0, number: drug.number, concentration: concentration),
      .setDrugLimits(
        index: 0, doseRate: hardRate, bolus: hardBolus,
        loading: indication.loading(for: patientMass).hard),
      .setPatient(patientMass),
    ]
    for cap in limits.doseCaps {
      actions.append(.setDoseCap(index: 0, window: cap.window, cap: cap.cap))
    }
    actions.append(
      .setLimits(flow: limits.flow, occlusion: limits.occlusion, keepOpen: limits.keepOpen))
    let phases = phases
    for (index, phase) in phases.enumerated() {
      actions.append(.setPhase(index: UInt8(clamping: index), phase))
    }
    if let order = patientBolus {
      actions.append(
        .setPatientBolus(
          dose: order.dose, lockout: order.lockout, maximumPerHour: order.maximumPerHour,
          flow: order.flow))
    }
    actions.append(.setReactionOrder(reactionOrder))
    actions.append(.confirm(phaseCount: UInt8(clamping: phases.count)))
    return actions.map { OperatorCommand($0, by: .pharmacist) }
  }

  /// Priming, before the patient is connected; nil where the line is full already.
  var primeCommand: OperatorCommand? {
    prime.map { OperatorCommand(.prime(volume: $0, isDisconnected: true), by: .nurse) }
  }

  /// The commands that confirm another syringe and go on.
  func commandsToFit(_ change: SyringeChange) -> [OperatorCommand] {
    let actions: [OperatorAction] = [
      .confirmSyringe(change.syringe.specification),
      .setFill(change.fill),
      .setDrug(index: 0, number: drug.number, concentration: change.concentration),
      .confirm(phaseCount: UInt8(clamping: phases.count)),
      .start,
    ]
    return actions.map { OperatorCommand($0, by: change.role) }
  }
}
