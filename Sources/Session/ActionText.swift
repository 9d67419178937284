// What an action or a fault carries, in the units in which people write it.

import Catalogue
import PumpHAL
import PumpPlant
import Text
import Vocabulary

extension OperatorAction {
  /// What was entered with the action, with its units; nil where it carries nothing.
  var details: String? {
    switch self {
    case .beginSetUp(let isNewPatient): isNewPatient ? "new patient" : "same patient"
    case .confirmSyringe(let syringe): "\(syringe.number), \(syringe.capacity.text)"
    case .confirmInfusionSet(let set): "\(set.number), \(set.primingVolume.text)"
    case .setFill(let volume): volume.text
    case .setDrug(let index, let number, let concentration):
      "\(place(index))\(number), \(milligrams(concentration.nanogramsPerMillilitre)) mg/mL"
    case .setDrugLimits(let index, let doseRate, let bolus, let loading):
      "\(place(index))\(milligrams(doseRate.nanogramsPerHour)) mg/h, bolus \(bolus.text), loading \(loading.text)"
    case .setPatient(let mass): "\(DecimalText.trimmed(Double(mass.grams) / 1000, decimals: 3)) kg"
    case .setDoseCap(let index, let window, let cap):
      "\(place(index))\(cap.text) per \(window.name)"
    case .setLimits(let flow, let occlusion, let keepOpen):
      "\(flow.text), \(whole(occlusion.millimetresOfMercury)) mmHg, keep-open \(keepOpen.text)"
    case .setPhase(let index, let phase): "\(index): \(phase.text)"
    case .setPatientBolus(let dose, let lockout, let maximum, let flow):
      "\(dose.text), lockout \(lockout.text), \(maximum) per h, \(flow.text)"
    case .setReactionOrder(let order): order == .stop ? "stop" : "halve"
    case .prime(let volume, _): volume.text
    case .clinicianBolus(let dose, let duration): "\(dose.text) over \(duration.text)"
    case .titrate(let dose, let per): "to \(dose.text) per \(per.text)"
    case .reportReaction(let severity):
      severity <= 1 ? "mild" : severity == 2 ? "moderate" : "severe"
    case .setLibrary(let version): version == 0 ? "none" : "version \(version)"
    case .setSoftLimits(_, let doseRate, let bolus):
      "\(milligrams(doseRate.nanogramsPerHour)) mg/h, bolus \(bolus.text)"
    case .overrideSoftLimit(let reason): "reason \(reason)"
    // The digits are nobody's business but the pump's; the recorded input has them.
    case .enterCode: nil
    case .confirm, .none, .cancel, .start, .stop, .pause, .acknowledge, .audioPause, .requestBolus,
      .answerResume, .recordFailed, .powerOff:
      nil
    }
  }
}

extension Fault {
  /// How much of it there is, with its units; nil where it is just there.
  var details: String? { details { DecimalText.trimmed($0, decimals: $1) } }
}

extension Dose {
  /// The dose as a session file writes it.
  var text: String {
    switch basis {
    case .mass: "\(milligrams(amount)) mg"
    case .massPerKilogram: "\(milligrams(amount)) mg/kg"
    case .volume: Volume(picolitres: amount).text
    }
  }
}

extension ProgrammePhase {
  /// The phase as a session file writes it.
  var text: String {
    switch kind {
    case .loading: "loading \(dose.text) over \(duration.text)"
    case .basal: "basal \(dose.text) per \(per.text) for \(duration.text)"
    case .syringeChange: "change of syringe"
    }
  }
}

extension Volume {
  fileprivate var text: String { "\(DecimalText.trimmed(millilitres, decimals: 6)) mL" }
}

extension Mass {
  fileprivate var text: String { "\(DecimalText.trimmed(milligrams, decimals: 6)) mg" }
}

extension FlowRate {
  fileprivate var text: String { "\(DecimalText.trimmed(millilitresPerHour, decimals: 6)) mL/h" }
}

extension Pressure {
  /// The amount in mmHg, for people.
  var millimetresOfMercury: Double { Double(pascals) / 133.322 }
}

/// Which drug of a mixture a value is of; nothing for the leading one.
private func place(_ index: UInt8) -> String { index == 0 ? "" : "second drug: " }

/// Nanograms as milligrams.
private func milligrams(_ nanograms: Int64) -> String {
  DecimalText.trimmed(Double(nanograms) / 1e6, decimals: 6)
}

private func whole(_ value: Double) -> String { DecimalText.fixed(value, decimals: 0) }

private func plain(_ value: Double) -> String { DecimalText.trimmed(value, decimals: 6) }
