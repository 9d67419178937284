// The session file's therapy as the commands that enter it into the pump.

import Catalogue
import PumpHAL
import SessionFile
import Vocabulary

extension SessionDescription {
  /// The commands of a set-up, up to and with its confirmation, in the pump's order.
  ///
  /// - Parameter isNewPatient: whether dose history in the memory belongs to somebody else.
  func setUpCommands(isNewPatient: Bool) -> [OperatorCommand] {
    var actions: [OperatorAction] = [
      .beginSetUp(isNewPatient: isNewPatient),
      .setLibrary(version: owner.libraryVersion ?? pump.configuration.libraryVersion),
      .confirmSyringe(syringe.specification),
      .confirmInfusionSet(infusionSet.specification),
      .setFill(fill),
      .setDrug(index: 0, number: drug.number, concentration: concentration),
      hardLimits(of: indication, at: 0), softLimits(of: indication, at: 0),
      .setPatient(patientMass),
    ]
    for cap in limits.doseCaps {
      actions.append(.setDoseCap(index: 0, window: cap.window, cap: cap.cap))
    }
    if let second {
      actions.append(
        .setDrug(index: 1, number: second.drug.number, concentration: second.concentration))
      actions.append(hardLimits(of: second.indication, at: 1))
      actions.append(softLimits(of: second.indication, at: 1))
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
    let confirm = OperatorAction.confirm(phaseCount: UInt8(clamping: phases.count))
    if let override = override(for: confirm) { actions.append(override) }
    actions.append(confirm)
    return actions.map { OperatorCommand($0, by: .pharmacist) }
  }

  private func hardLimits(of indication: IndicationEntry, at index: UInt8) -> OperatorAction {
    .setDrugLimits(
      index: index, doseRate: indication.doseRate(for: patientMass).hard,
      bolus: indication.bolus(for: patientMass).hard,
      loading: indication.loading(for: patientMass).hard)
  }

  private func softLimits(of indication: IndicationEntry, at index: UInt8) -> OperatorAction {
    .setSoftLimits(
      index: index, doseRate: indication.doseRate(for: patientMass).soft,
      bolus: indication.bolus(for: patientMass).soft)
  }

  /// What is entered before an action that passes a soft limit which the file confirms: the number of
  /// the confirmation in the file, from 1, as the reason.
  func override(for action: OperatorAction) -> OperatorAction? {
    let limits: [SoftLimit] =
      switch action {
      case .confirm: [.doseRate, .bolus]
      case .clinicianBolus: [.bolus]
      default: []
      }
    guard let index = confirmations.firstIndex(where: { limits.contains($0.limit) }) else {
      return nil
    }
    return .overrideSoftLimit(reason: UInt8(clamping: index + 1))
  }

  /// What the operators of the file's own course enter before commands for which a code is asked.
  func withCode(_ commands: [OperatorCommand]) -> [OperatorCommand] {
    guard let first = commands.first, owner.codes[first.role] != 0 else { return commands }
    return [OperatorCommand(.enterCode(owner.codes[first.role]), by: first.role)] + commands
  }

  /// The commands of an event: the code that the file gives with it, what a confirmed soft limit
  /// needs, and the command itself.
  func commands(of event: SessionFile.SessionEvent, _ command: OperatorCommand)
    -> [OperatorCommand]
  {
    var commands = [command]
    if let override = override(for: command.action), command.role != .patient {
      commands.insert(OperatorCommand(override, by: command.role), at: 0)
    }
    if let code = event.code {
      commands.insert(OperatorCommand(.enterCode(code), by: command.role), at: 0)
    }
    return commands
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
