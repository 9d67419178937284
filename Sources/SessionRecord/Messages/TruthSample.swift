/// What really happens in the simulated world: one message on `/trumpet/truth`.
public struct TruthSample: Equatable, Sendable {
  /// Volume that reached the tissue, mL.
  public var infusedMillilitres = 0.0
  /// Mass of drug 0 that reached the tissue, mg.
  public var infusedMilligrams = 0.0
  /// Volume that leaked to the outside, mL.
  public var leakedMillilitres = 0.0
  /// Flow through the needle, mL/h.
  public var needleFlowMillilitresPerHour = 0.0
  /// Volume left in the syringe, mL.
  public var syringeMillilitres = 0.0
  /// Pressure in syringe and line, mmHg.
  public var linePressureMmHg = 0.0
  /// Pressure at the needle's hub, mmHg.
  public var hubPressureMmHg = 0.0
  /// Pressure in the tissue, mmHg.
  public var tissuePressureMmHg = 0.0
  /// Plasma concentration of drug 0, ng/mL.
  public var plasmaNanogramsPerMillilitre = 0.0
  /// Charge left in the battery, 0 to 1.
  public var charge = 0.0
  /// Air in the line, µL at ambient pressure.
  public var bubbleMicrolitres = 0.0
  /// Position of the plunger, mm.
  public var plungerMillimetres = 0.0
  /// Mass of the second drug of a mixture that reached the tissue, mg; nil where none did.
  public var infusedSecondMilligrams: Double?
  /// Plasma concentration of the second drug, ng/mL; nil where none of it reached the tissue.
  public var secondPlasmaNanogramsPerMillilitre: Double?
  /// A sample of nothing.
  public init() {}
}

extension TruthSample: RecordMessageContent {
  /// The title of its schema.
  public static var schemaTitle: String { "trumpet.Truth" }
  /// Its fields.
  public static let fields: [MessageField<TruthSample>] = [
    .init("infused_mL", "reached the tissue", .number(\.infusedMillilitres, decimals: 6)),
    .init("infused_mg", "reached the tissue, drug 0", .number(\.infusedMilligrams, decimals: 6)),
    .init("leaked_mL", "leaked to the outside", .number(\.leakedMillilitres, decimals: 6)),
    .init(
      "needle_mL_h", "flow through the needle",
      .number(\.needleFlowMillilitresPerHour, decimals: 6)),
    .init("syringe_mL", "left in the syringe", .number(\.syringeMillilitres, decimals: 6)),
    .init("line_mmHg", "pressure in syringe and line", .number(\.linePressureMmHg, decimals: 3)),
    .init("hub_mmHg", "pressure at the needle's hub", .number(\.hubPressureMmHg, decimals: 3)),
    .init("tissue_mmHg", "pressure in the tissue", .number(\.tissuePressureMmHg, decimals: 3)),
    .init(
      "plasma_ng_mL", "plasma concentration, drug 0",
      .number(\.plasmaNanogramsPerMillilitre, decimals: 4)),
    .init("charge", "charge left in the battery, 0 to 1", .number(\.charge, decimals: 6)),
    .init(
      "bubble_uL", "air in the line at ambient pressure",
      .number(\.bubbleMicrolitres, decimals: 3)),
    .init("plunger_mm", "position of the plunger", .number(\.plungerMillimetres, decimals: 6)),
    .init(
      "second_infused_mg", "reached the tissue, drug 1; only with a mixture",
      .optionalNumber(\.infusedSecondMilligrams, decimals: 6)),
    .init(
      "second_plasma_ng_mL", "plasma concentration, drug 1; only with a mixture",
      .optionalNumber(\.secondPlasmaNanogramsPerMillilitre, decimals: 4)),
  ]
}
