import Vocabulary

/// What every entry of a catalogue has.
public protocol CatalogueEntry: Sendable, Equatable {
  /// The name by which files refer to it, in kebab case; never changes its meaning.
  var id: String { get }
  /// The number by which the pump and its records refer to it; unique in its catalogue, stable.
  var number: UInt16 { get }
  /// The name that a person reads.
  var name: String { get }
  /// Where its figures come from, and what of them does not.
  var source: String { get }
  /// Whether the figures were read in the source named; false where they have to be measured or,
  /// for a drug's limits, signed off by a prescriber before use.
  var isVerified: Bool { get }
  /// The keys whose figures are estimates although the entry as a whole is verified.
  var unverified: [String] { get }
}
