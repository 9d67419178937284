// The session file's therapy as the commands that enter it into the pump.

import Catalogue
import PumpHAL
import SessionFile

extension SessionDescription {
  /// The commands of a set-up, up to and with its confirmation, in the pump's order.
  ///
  /// - Parameter isNewPatient: whether dose history in the memory belongs to somebody else.
  func setUpCommands(isNewPatient: Bool) -> [OperatorCommand] {
    var actions: [OperatorAction] = [
      .beginSetUp(isNewPatient: isNewPatient),
      .confirmSyringe(syringe.specification),
      .confirmInfusionSet(infusionSet.specification),
      .setFill(fill),
      .setDrug(index: 0, number: drug.number, concentration: concentration),
      hardLimits(of: indication, at: 0),
      .setPatient(patientMass),
    ]
    for cap in limits.doseCaps {
      actions.append(.setDoseCap(index: 0, window: cap.window, cap: cap.cap))
    }
    if let second {
      actions.append(
        .setDrug(index: 1, number: second.drug.number, concentration: second.concentration))
      actions.append(hardLimits(of: second.indication, at: 1))
      for cap in second.doseCaps {
        actions.append(.setDoseCap(index: 1, window: cap.window, cap: cap.cap))
      }
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

  private func hardLimits(of indication: IndicationEntry, at index: UInt8) -> OperatorAction {
    .setDrugLimits(
      index: index, doseRate: indication.doseRate(for: patientMass).hard,
      bolus: indication.bolus(for: patientMass).hard,
      loading: indication.loading(for: patientMass).hard)
  }

  /// Priming, before the patient is connected; nil where the line is full already.
  var primeCommand: OperatorCommand? {
    prime.map { OperatorCommand(.prime(volume: $0, isDisconnected: true), by: .nurse) }
  }

  /// The commands that confirm another syringe and go on.
  func commandsToFit(_ change: SyringeChange) -> [OperatorCommand] {
    var actions: [OperatorAction] = [
      .confirmSyringe(change.syringe.specification),
      .setFill(change.fill),
      .setDrug(index: 0, number: drug.number, concentration: change.concentration),
    ]
    if let second {
      actions.append(
        .setDrug(
          index: 1, number: second.drug.number,
          concentration: change.secondConcentration ?? .zero))
    }
    actions += [.confirm(phaseCount: UInt8(clamping: phases.count)), .start]
    return actions.map { OperatorCommand($0, by: change.role) }
  }
}
