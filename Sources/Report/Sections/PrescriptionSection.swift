// The prescription, as it was entered into the pump.

import Catalogue
import PumpHAL
import Story
import Text
import Vocabulary

extension ReportDocument {
  var prescriptionSection: Markup {
    guard let prescription = story.prescription else {
      return """
        <section id="prescription"><h2>Prescription</h2>
        <p>No prescription was confirmed in this record.</p></section>

        """
    }
    let phases = prescription.phases.enumerated().map { index, phase -> [Markup] in
      [cell(String(index + 1))] + phaseCells(phase, prescription)
    }
    let source: Markup =
      story.facts.sessionFile.map {
        """
        <details class="screen-only"><summary>The session file attached to the record</summary>
        <pre>\($0)</pre></details>

        """
      } ?? .empty
    return """
      <section id="prescription"><h2>Prescription</h2>
      <p>As entered into the pump and confirmed at session time \(time(prescription.confirmedTick)), taken \
      from the recorded commands.</p>
      \(table("Patient, drug and limits", ["", ""], prescriptionRows(prescription), kind: "facts"))
      \(table("Programme", ["phase", "what", "as prescribed", "mass", "rate", "for"], phases))
      \(source)</section>

      """
  }

  private func prescriptionRows(_ prescription: EnteredPrescription) -> [[Markup]] {
    var rows: [[Markup]] = [
      ["patient's mass", cell("\(trimmed(Double(prescription.patient.grams) / 1000)) kg")],
      ["drug", cell(drug?.name ?? "number \(prescription.drugNumber)")],
    ]
    if let schedules = drug?.schedules, !schedules.isEmpty {
      rows.append(["controlled substance", cell(schedules.joined(separator: ", "))])
    }
    if let number = prescription.secondDrugNumber {
      rows.append(["second drug", cell(secondDrug?.name ?? "number \(number)")])
      if let schedules = secondDrug?.schedules, !schedules.isEmpty {
        rows.append(["controlled substance", cell(schedules.joined(separator: ", "))])
      }
    }
    for (index, syringe) in story.syringes.enumerated() {
      let name =
        catalogue.syringes.first { $0.number == syringe.syringe.number }?.name
        ?? "number \(syringe.syringe.number)"
      rows.append([
        cell(story.syringes.count > 1 ? "syringe \(index + 1)" : "syringe"),
        cell(
          "\(name), \(millilitres(Double(syringe.fill.picolitres) / 1e9)) at "
            + "\(trimmed(syringe.milligramsPerMillilitre)) mg/mL\(secondText(syringe)), confirmed at "
            + time(syringe.confirmedTick)),
      ])
    }
    if let set = prescription.infusionSet {
      let name =
        catalogue.infusionSets.first { $0.number == set.number }?.name ?? "number \(set.number)"
      rows.append([
        "infusion set",
        cell("\(name), holds \(millilitres(Double(set.primingVolume.picolitres) / 1e9))"),
      ])
    }
    if let bolus = prescription.patientBolus {
      rows.append([
        "patient bolus",
        cell(
          "\(doseText(bolus.dose)), lockout \(bolus.lockout.text), at most \(bolus.maximumPerHour) "
            + "per h, delivered at \(trimmed(Double(bolus.flow.nanolitresPerHour) / 1e6)) mL/h"),
      ])
    } else {
      rows.append(["patient bolus", "none"])
    }
    for cap in prescription.caps {
      rows.append([
        "dose cap per \(cap.window.name)", cell("\(trimmed(Double(cap.cap.nanograms) / 1e6)) mg"),
      ])
    }
    for cap in prescription.secondCaps {
      rows.append([
        cell("dose cap per \(cap.window.name), second drug"),
        cell("\(trimmed(Double(cap.cap.nanograms) / 1e6)) mg"),
      ])
    }
    rows.append([
      "limit of continuous flow",
      cell("\(trimmed(Double(prescription.flowLimit.nanolitresPerHour) / 1e6)) mL/h"),
    ])
    rows.append([
      "occlusion limit",
      cell("\(DecimalText.fixed(prescription.occlusionLimitMmHg, decimals: 0)) mmHg"),
    ])
    rows.append([
      "keep-open rate",
      cell(
        prescription.keepOpen.nanolitresPerHour == 0
          ? "off" : "\(trimmed(Double(prescription.keepOpen.nanolitresPerHour) / 1e6)) mL/h"),
    ])
    rows.append([
      "a reported reaction",
      cell(prescription.reactionOrder == .stop ? "stops delivery" : "halves the basal rate"),
    ])
    return rows
  }

  /// The second drug's concentration, where there is any of it in the syringe.
  private func secondText(_ syringe: SyringeUse) -> String {
    syringe.secondMilligramsPerMillilitre > 0
      ? " and \(trimmed(syringe.secondMilligramsPerMillilitre)) mg/mL" : ""
  }

  private func phaseCells(
    _ phase: ProgrammePhase, _ prescription: EnteredPrescription
  ) -> [Markup] {
    if phase.kind == .syringeChange { return ["change of syringe", "", "", "", ""] }
    let concentration = story.syringes.first?.milligramsPerMillilitre ?? 0
    let mass = prescription.milligrams(phase.dose, milligramsPerMillilitre: concentration)
    let times = phase.per.count > 0 ? Double(phase.duration.count) / Double(phase.per.count) : 0
    let isLoading = phase.kind == .loading
    return [
      isLoading ? "loading dose" : "basal",
      cell(
        isLoading
          ? "\(doseText(phase.dose)) over \(phase.duration.text)"
          : rateText(PrescribedRateStory(dose: phase.dose, per: phase.per))),
      cell(milligrams(mass * times)),
      cell(massRateText(PrescribedRateStory(dose: phase.dose, per: phase.per))),
      cell(phase.duration.text),
    ]
  }

  /// A dose as it was prescribed.
  func doseText(_ dose: Dose) -> String {
    switch dose.basis {
    case .mass: "\(trimmed(Double(dose.amount) / 1e6)) mg"
    case .massPerKilogram: "\(trimmed(Double(dose.amount) / 1e6)) mg/kg"
    case .volume: "\(trimmed(Double(dose.amount) / 1e9)) mL"
    }
  }

  /// A rate as it was prescribed.
  func rateText(_ rate: PrescribedRateStory) -> String {
    rate.per.count == 360_000
      ? "\(doseText(rate.dose))/h" : "\(doseText(rate.dose)) per \(rate.per.text)"
  }

  /// A rate in mg/h.
  func massRateText(_ rate: PrescribedRateStory) -> String {
    guard let prescription = story.prescription, rate.per.count > 0 else { return "" }
    let concentration = story.syringes.last?.milligramsPerMillilitre ?? 0
    let mass = prescription.milligrams(rate.dose, milligramsPerMillilitre: concentration)
    return "\(trimmed(mass * 360_000 / Double(rate.per.count), decimals: 3)) mg/h"
  }

  func trimmed(_ value: Double, decimals: Int = 6) -> String {
    DecimalText.trimmed(value, decimals: decimals)
  }
}
