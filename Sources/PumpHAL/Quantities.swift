// Storage types: one type a quantity, one unit a type. There are no conversions here on purpose:
// the controller and the protective monitor each write their own, so that an error in one is not
// an error in both.

/// A physical quantity stored as a whole number of one fixed unit.
public protocol Quantity: Comparable, CanonicalCodable, Sendable {
  /// The number of units.
  var rawValue: Int64 { get set }
  /// A quantity of so many units.
  init(rawValue: Int64)
}

extension Quantity {
  /// None of it.
  @inlinable public static var zero: Self { Self(rawValue: 0) }
  /// Orders by amount.
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  /// Adds; traps on overflow.
  @inlinable public static func + (a: Self, b: Self) -> Self {
    Self(rawValue: a.rawValue + b.rawValue)
  }
  /// Subtracts; traps on overflow.
  @inlinable public static func - (a: Self, b: Self) -> Self {
    Self(rawValue: a.rawValue - b.rawValue)
  }
  /// Adds in place; traps on overflow.
  @inlinable public static func += (a: inout Self, b: Self) { a.rawValue += b.rawValue }
  /// Subtracts in place; traps on overflow.
  @inlinable public static func -= (a: inout Self, b: Self) { a.rawValue -= b.rawValue }
  /// Appends eight bytes.
  @inlinable public func encode<Sink: CanonicalSink>(to sink: inout Sink) { sink.put(rawValue) }
  /// Reads eight bytes.
  @inlinable public init<Source: CanonicalSource>(from source: inout Source) {
    self.init(rawValue: source.takeInt64())
  }
}

/// Mass of a drug, in ng.
public struct Mass: Quantity {
  /// The number of units (ng).
  public var rawValue: Int64
  /// So many ng.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many ng.
  @inlinable public init(nanograms: Int64) { rawValue = nanograms }
  /// The amount in ng.
  @inlinable public var nanograms: Int64 { rawValue }
}

/// Mass of a patient, in g.
public struct BodyMass: Quantity {
  /// The number of units (g).
  public var rawValue: Int64
  /// So many g.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many g.
  @inlinable public init(grams: Int64) { rawValue = grams }
  /// The amount in g.
  @inlinable public var grams: Int64 { rawValue }
}

/// Volume of fluid, in pL.
public struct Volume: Quantity {
  /// The number of units (pL).
  public var rawValue: Int64
  /// So many pL.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many pL.
  @inlinable public init(picolitres: Int64) { rawValue = picolitres }
  /// The amount in pL.
  @inlinable public var picolitres: Int64 { rawValue }
}

/// Volume flow, in nL/h; 0.01 mL/h is 10 000.
public struct FlowRate: Quantity {
  /// The number of units (nL/h).
  public var rawValue: Int64
  /// So many nL/h.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many nL/h.
  @inlinable public init(nanolitresPerHour: Int64) { rawValue = nanolitresPerHour }
  /// The amount in nL/h.
  @inlinable public var nanolitresPerHour: Int64 { rawValue }
}

/// Mass flow of a drug, in ng/h.
public struct DoseRate: Quantity {
  /// The number of units (ng/h).
  public var rawValue: Int64
  /// So many ng/h.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many ng/h.
  @inlinable public init(nanogramsPerHour: Int64) { rawValue = nanogramsPerHour }
  /// The amount in ng/h.
  @inlinable public var nanogramsPerHour: Int64 { rawValue }
}

/// Mass of a drug per volume of solution, in ng/mL.
public struct Concentration: Quantity {
  /// The number of units (ng/mL).
  public var rawValue: Int64
  /// So many ng/mL.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many ng/mL.
  @inlinable public init(nanogramsPerMillilitre: Int64) { rawValue = nanogramsPerMillilitre }
  /// The amount in ng/mL.
  @inlinable public var nanogramsPerMillilitre: Int64 { rawValue }
}

/// Gauge pressure, in Pa; 1 mmHg is 133.322 Pa.
public struct Pressure: Quantity {
  /// The number of units (Pa).
  public var rawValue: Int64
  /// So many Pa.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many Pa.
  @inlinable public init(pascals: Int64) { rawValue = pascals }
  /// The amount in Pa.
  @inlinable public var pascals: Int64 { rawValue }
}

/// Force along the plunger, positive when it pushes, in µN.
public struct Force: Quantity {
  /// The number of units (µN).
  public var rawValue: Int64
  /// So many µN.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many µN.
  @inlinable public init(micronewtons: Int64) { rawValue = micronewtons }
  /// The amount in µN.
  @inlinable public var micronewtons: Int64 { rawValue }
}

/// Travel or position along the screw, in nm.
public struct Length: Quantity {
  /// The number of units (nm).
  public var rawValue: Int64
  /// So many nm.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many nm.
  @inlinable public init(nanometres: Int64) { rawValue = nanometres }
  /// The amount in nm.
  @inlinable public var nanometres: Int64 { rawValue }
}

/// Bore area of a syringe, in µm².
public struct Area: Quantity {
  /// The number of units (µm²).
  public var rawValue: Int64
  /// So many µm².
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many µm².
  @inlinable public init(squareMicrometres: Int64) { rawValue = squareMicrometres }
  /// The amount in µm².
  @inlinable public var squareMicrometres: Int64 { rawValue }
}

/// Volume stored per pressure, in fL/Pa; 1 µL/mmHg is 7 500 616 fL/Pa.
public struct Compliance: Quantity {
  /// The number of units (fL/Pa).
  public var rawValue: Int64
  /// So many fL/Pa.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many fL/Pa.
  @inlinable public init(femtolitresPerPascal: Int64) { rawValue = femtolitresPerPascal }
  /// The amount in fL/Pa.
  @inlinable public var femtolitresPerPascal: Int64 { rawValue }
}

/// Stiffness of the drive train, in N/m.
public struct Stiffness: Quantity {
  /// The number of units (N/m).
  public var rawValue: Int64
  /// So many N/m.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many N/m.
  @inlinable public init(newtonsPerMetre: Int64) { rawValue = newtonsPerMetre }
  /// The amount in N/m.
  @inlinable public var newtonsPerMetre: Int64 { rawValue }
}

/// Time, in passes of the control loop, in ticks of 10 ms; one hour is 360 000.
public struct Ticks: Quantity {
  /// The number of units (ticks of 10 ms).
  public var rawValue: Int64
  /// So many ticks of 10 ms.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
  /// So many ticks of 10 ms.
  @inlinable public init(count: Int64) { rawValue = count }
  /// The amount in ticks of 10 ms.
  @inlinable public var count: Int64 { rawValue }
}
