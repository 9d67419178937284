// The tolerances of the substance account, each with where it comes from.

import Catalogue
import PumpHAL
import Text

/// By how much the figures of an account may be off.
///
/// What the catalogue has is taken from there. The others are limits that standards or makers give for
/// parts of the kind, because a record cannot show how good the part in the pump was.
struct AccountTolerances {
  /// Of the volume a syringe delivers per travel: conforming syringes as pump makers rate them.
  static let bore = 0.02
  static let boreSource =
    "±2 % of the volume, as pump makers rate conforming syringes (Medfusion 3500 operator's manual); "
    + "ISO 7886-2 allows ±5 %"
  /// Of the volume a pump delivers, its own drive.
  static let drive = 0.02
  static let driveSource =
    "±2 % of the volume, accuracy of ambulatory and bench syringe pumps (Cané Crono Five user guide; "
    + "Medfusion 3500 operator's manual)"
  /// Of a drug's labelled content.
  ///
  /// General knowledge: pharmacopoeial assay limits of injections.
  static let content = 0.05
  static let contentSource =
    "±5 % of the label, the usual assay limits of pharmacopoeias for injections (general knowledge, "
    + "not looked up for this drug)"
  /// Of the capacity: half of a division where a scale has twenty.
  ///
  /// General knowledge.
  static let scale = 0.025
  static let scaleSource =
    "±1/40 of the capacity, half a division of a scale with twenty (general knowledge, not looked up "
    + "for this syringe)"
  /// What the pump's memory counts ahead of the motor, mL: a power loss may count it without its
  /// having been given.
  static let portion = 0.01
  static let portionSource = "the journal's mark runs up to 0.01 mL ahead of the motor"

  var pump: PumpEntry?
  var syringe: SyringeEntry?

  /// What is uncertain in the residual that a syringe should have.
  func components(
    _ use: SyringeUse, dispensed: Double, primed: Double, retracted: Double, measured: Double?,
    commanded: Double, powerLosses: Int, lastPressureMmHg: Double?
  ) -> [UncertaintyComponent] {
    let capacity = Double(use.syringe.capacity.picolitres) / 1e9
    let deadSpace = Double(use.syringe.deadSpace.picolitres) / 1e9
    let boreArea_mm2 = Double(use.syringe.boreArea.squareMicrometres) / 1e6
    let moved = dispensed + primed
    var all = [
      UncertaintyComponent(
        .fillReading, halfWidth: Self.scale * capacity,
        source: Self.scaleSource),
      UncertaintyComponent(
        .bore, halfWidth: Self.bore * moved,
        source: Self.boreSource + boreNote),
      UncertaintyComponent(
        .drive, halfWidth: Self.drive * moved, source: Self.driveSource),
      UncertaintyComponent(
        .deadSpace, halfWidth: deadSpace,
        source: "catalogue of syringes: \(milli(deadSpace)) mL at most"),
    ]
    if let pump {
      all.append(
        UncertaintyComponent(
          .leadScrew,
          halfWidth: pump.leadErrorMillimetres * boreArea_mm2 / 1000,
          source: "catalogue of pumps: ±\(milli(pump.leadErrorMillimetres)) mm a turn"))
      let backlash = Double(pump.backlash.nanometres) / 1e6
      let gap = Double(pump.unpurgedGap.nanometres) / 1e6
      if primed > 0 {
        all.append(
          UncertaintyComponent(
            .unpurgedGap, halfWidth: gap * boreArea_mm2 / 1000,
            source: "catalogue of pumps: up to \(milli(gap)) mm before a purge"))
      }
      let reversals = retracted > 0.001 ? 3.0 : 1.0
      all.append(
        UncertaintyComponent(
          .lostMotion, halfWidth: reversals * backlash * boreArea_mm2 / 1000,
          source: "catalogue of pumps: \(milli(backlash)) mm; three times where the pump drew back")
      )
    }
    if powerLosses > 0 {
      all.append(
        UncertaintyComponent(
          .powerLosses(powerLosses), halfWidth: Double(powerLosses) * Self.portion,
          source: Self.portionSource))
    }
    let apart = measured.map { max(abs(moved - $0), abs(commanded + primed - $0)) }
    if let apart {
      all.append(
        UncertaintyComponent(
          .disagreement, halfWidth: apart,
          source: "this record: the largest difference between the three"))
    }
    if let pressure = lastPressureMmHg, pressure > 20 {
      all.append(
        UncertaintyComponent(
          .storedVolume, halfWidth: stored(use, at: pressure),
          source: "compliance of the syringe (catalogue) and drive train at "
            + "\(Int(pressure.rounded())) mmHg"))
    }
    return all
  }

  private var boreNote: String {
    guard let syringe else { return "" }
    return syringe.unverified.contains("boreArea") || !syringe.isVerified
      ? "; the bore in the catalogue is an estimate" : "; bore as in the catalogue"
  }

  /// What stopper, barrel and drive store at a pressure, mL.
  private func stored(_ use: SyringeUse, at pressure: Double) -> Double {
    // fL/Pa; 10^12 fL are a millilitre.
    let stopper = Double(use.syringe.compliance) * pressure * pascalsPerMmHg / 1e12
    let area = Double(use.syringe.boreArea.squareMicrometres) / 1e12
    let stiffness = pump.map { Double($0.stiffness.newtonsPerMetre) } ?? 0
    let drive = stiffness > 0 ? area * area * pressure * pascalsPerMmHg / stiffness * 1e6 : 0
    return stopper + drive
  }
}

/// To three decimals, without those that say nothing.
private func milli(_ value: Double) -> String { DecimalText.trimmed(value, decimals: 3) }
