/// What a quantity measures, as a power of each kind of unit.
///
/// Mass of drug and mass of patient are kept apart, as are pressure, force, volume and length, so
/// that `mg/kg` does not cancel and no unit turns into another behind the writer's back.
public struct Dimension: Equatable, Hashable, Sendable {
  private var powers: SIMD16<Int8>

  private init(powers: SIMD16<Int8>) { self.powers = powers }

  private init(base index: Int) {
    powers = SIMD16(repeating: 0)
    powers[index] = 1
  }

  /// A plain number.
  public static let none = Dimension(powers: SIMD16(repeating: 0))
  /// Mass of a drug.
  public static let mass = Dimension(base: 0)
  /// Mass of a patient.
  public static let bodyMass = Dimension(base: 1)
  /// Volume.
  public static let volume = Dimension(base: 2)
  /// Time.
  public static let time = Dimension(base: 3)
  /// Pressure.
  public static let pressure = Dimension(base: 4)
  /// Force.
  public static let force = Dimension(base: 5)
  /// Length.
  public static let length = Dimension(base: 6)
  /// Temperature.
  public static let temperature = Dimension(base: 7)
  /// Share of a whole.
  public static let share = Dimension(base: 8)
  /// Electric charge.
  public static let charge = Dimension(base: 9)
  /// Voltage.
  public static let voltage = Dimension(base: 10)
  /// Electric current.
  public static let current = Dimension(base: 11)
  /// Electric resistance.
  public static let resistance = Dimension(base: 12)

  /// The dimension of a product.
  public static func * (a: Dimension, b: Dimension) -> Dimension {
    Dimension(powers: a.powers &+ b.powers)
  }
  /// The dimension of a quotient.
  public static func / (a: Dimension, b: Dimension) -> Dimension {
    Dimension(powers: a.powers &- b.powers)
  }

  /// Its name as a sentence needs it: "a volume", "a mass per time".
  public var name: String {
    Dimension.names[self] ?? "a combination of units that nothing here is measured in"
  }

  private static let names: [Dimension: String] = [
    .none: "a plain number",
    .mass: "a mass of drug",
    .bodyMass: "a body mass",
    .volume: "a volume",
    .time: "a time",
    .pressure: "a pressure",
    .force: "a force",
    .length: "a length",
    .temperature: "a temperature",
    .share: "a percentage",
    .charge: "an electric charge",
    .voltage: "a voltage",
    .current: "an electric current",
    .resistance: "an electric resistance",
    .mass / .time: "a mass per time",
    .mass / .bodyMass: "a mass per body mass",
    .mass / .bodyMass / .time: "a mass per body mass and time",
    .mass / .volume: "a concentration",
    .volume / .time: "a volume per time",
    .volume / .bodyMass: "a volume per body mass",
    .volume / .pressure: "a volume per pressure",
    .volume / .time / .pressure: "a flow per pressure",
    .pressure * .time / .volume: "a pressure per flow",
    .force / .length: "a force per length",
    .force * .time / .length: "a force per speed",
    .force / .time: "a force per time",
    .length * .length: "an area",
    .length / .time: "a speed",
    .none / .time: "a number per time",
    .volume / .time / .time: "a change of flow per time",
  ]

  /// A quantity of this kind as it is written, for errors.
  public var example: String { Dimension.examples[self] ?? "20 mL" }

  private static let examples: [Dimension: String] = [
    .mass: "2 mg",
    .bodyMass: "70 kg",
    .time: "36 min",
    .pressure: "540 mmHg",
    .force: "70 N",
    .length: "19.05 mm",
    .temperature: "22 °C",
    .share: "2 %",
    .charge: "2.5 Ah",
    .voltage: "1.8 V",
    .current: "0.65 A",
    .resistance: "0.15 Ω",
    .mass / .time: "4.2 mg/h",
    .mass / .bodyMass: "0.05 mg/kg",
    .mass / .bodyMass / .time: "0.06 mg/kg/h",
    .mass / .volume: "6 mg/mL",
    .volume / .time: "0.7 mL/h",
    .volume / .pressure: "0.5 µL/mmHg",
    .volume / .time / .pressure: "0.01 µL/s/mmHg",
    .pressure * .time / .volume: "0.44 mmHg per mL/h",
    .force / .length: "60 N/mm",
    .force * .time / .length: "2 N·s/mm",
    .force / .time: "0.02 N/h",
    .length * .length: "285.023 mm²",
    .none / .time: "2 per h",
    .volume / .time / .time: "1000 mL/h per s",
  ]
}
