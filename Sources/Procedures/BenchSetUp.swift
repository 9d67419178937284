// How the pump is set up for a procedure, and the session file that says so.

import Catalogue
import PumpHAL
import SessionFile
import Story
import Text
import Vocabulary

/// What is in the pump while it is measured: written as a session file, so that every check of session
/// files applies and the record holds what was run.
public struct BenchSetUp: Equatable, Sendable {
  /// The pump's id in the catalogue.
  public var pump = "trumpet-1"
  /// The syringe's id; nil for the smallest of `usualSyringes` that holds enough.
  public var syringe: String?
  /// The infusion set's id.
  public var infusionSet = "winged-25g-100cm"
  /// The occlusion limit, mmHg: 225, 540 or 750.
  public var occlusionLimitMmHg = 540
  /// The seed of the modelled sensors' noise.
  public var seed: UInt64 = 1
  /// The usual set-up.
  public init() {}

  /// Syringes that are tried where none is named.
  static let usualSyringes = ["bd-plastipak-20", "bd-plastipak-30", "bd-plastipak-50"]
  /// Fluid that stays in the syringe, so that no near-end alarm comes in between, mL.
  static let reserveMillilitres = 1.5
  /// The solution: thin enough that the drug library has nothing against 10 mL/h of it.
  static let milligramsPerMillilitre = 2.0

  /// The catalogue's pump.
  public func pumpEntry() throws(ProcedureError) -> PumpEntry {
    guard let entry = HardwareCatalogue.builtIn.pump(pump) else {
      throw .usage(unknown("pump", pump, .pumps))
    }
    return entry
  }

  /// The catalogue's infusion set.
  public func infusionSetEntry() throws(ProcedureError) -> InfusionSetEntry {
    guard let entry = HardwareCatalogue.builtIn.infusionSet(infusionSet) else {
      throw .usage(unknown("infusion set", infusionSet, .infusionSets))
    }
    return entry
  }

  /// The syringe for so much fluid, mL.
  public func syringeEntry(for volume: Double) throws(ProcedureError) -> SyringeEntry {
    let catalogue = HardwareCatalogue.builtIn
    let named = syringe.map { [$0] } ?? Self.usualSyringes
    var largest: SyringeEntry?
    for id in named {
      guard let entry = catalogue.syringe(id) else {
        throw .usage(unknown("syringe", id, .syringes))
      }
      if Self.usable(entry) >= volume { return entry }
      largest = entry
    }
    let room = largest.map(Self.usable) ?? 0
    throw .usage(
      "the measurement takes \(plain(volume, 2)) mL, and \(largest?.id ?? "the syringe") gives "
        + "\(plain(room, 2)) mL at the most; measure for a shorter time, slower, or with a larger syringe"
    )
  }

  /// What a syringe can give in a measurement, mL.
  private static func usable(_ entry: SyringeEntry) -> Double {
    Double(entry.capacity.picolitres - entry.deadSpace.picolitres) / 1e9 - reserveMillilitres
  }

  private func unknown(_ what: String, _ id: String, _ kind: CatalogueKind) -> String {
    let near = HardwareCatalogue.builtIn.nearest(to: id, in: kind).map { "did you mean \($0)? " }
    return "there is no \(what) '\(id)' in the catalogue; \(near ?? "")"
      + "`trumpet catalogue` lists what there is"
  }

  /// The session file of a measurement.
  ///
  /// - Parameters:
  ///   - title: its title.
  ///   - volume: what it takes, mL.
  ///   - programme: its steps, without indentation.
  ///   - further: other keys, lines as they stand in the file.
  func description(
    _ title: String, volume: Double, programme: [String], further: [String] = []
  ) throws(ProcedureError) -> SessionDescription {
    let syringe = try syringeEntry(for: volume)
    _ = try pumpEntry()
    _ = try infusionSetEntry()
    var lines = [
      "title: \(title)", "pump: \(pump)", "patient: { mass: 70 kg }",
      "drug: { name: ketamine, indication: cancer-pain, concentration: "
        + "\(plain(Self.milligramsPerMillilitre, 1)) mg/mL }",
      "reservoir: { syringe: \(syringe.id), fill: \(plain(Double(syringe.capacity.picolitres) / 1e9, 3)) mL }",
      "infusionSet: \(infusionSet)", "programme:",
    ]
    lines += programme.map { "  - \($0)" }
    lines.append("limits: { occlusion: \(occlusionLimitMmHg) mmHg }")
    lines += further
    lines.append("seed: \(seed)")
    do throws(SessionFileError) {
      return try SessionDescription(
        bytes: Array((lines.joined(separator: "\n") + "\n").utf8), name: "bench session")
    } catch {
      throw .setUp("\(error)")
    }
  }
}

/// A number with at most so many decimals.
func plain(_ value: Double, _ decimals: Int) -> String {
  DecimalText.trimmed(value, decimals: decimals)
}

/// A length of time in a session file: whole hundredths of a second.
func fileTime(minutes: Double) -> String { "\(plain(minutes * 60, 2)) s" }

extension SessionDescription {
  /// The longest basal phase of the programme: its flow, mL/h, and its length, min.
  public var longestBasal: (millilitresPerHour: Double, minutes: Double)? {
    var longest: (millilitresPerHour: Double, minutes: Double)?
    for phase in phases where phase.kind == .basal && phase.per.count > 0 {
      let minutes = Double(phase.duration.count) / Double(60 * ticksPerSecond)
      if let longest, longest.minutes >= minutes { continue }
      let perHour = Double(3600 * ticksPerSecond) / Double(phase.per.count)
      let millilitres: Double
      switch phase.dose.basis {
      case .volume: millilitres = Double(phase.dose.amount) / 1e9
      case .mass:
        millilitres = Double(phase.dose.amount) / Double(concentration.nanogramsPerMillilitre)
      case .massPerKilogram:
        millilitres =
          Double(phase.dose.amount) * Double(patientMass.grams) / 1000
          / Double(concentration.nanogramsPerMillilitre)
      }
      longest = (millilitres * perHour, minutes)
    }
    return longest
  }
}
