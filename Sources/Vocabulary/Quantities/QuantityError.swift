/// Why a text is not the quantity that is needed: what is wrong, then what would be right.
public struct QuantityError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, without a full stop.
  public let what: String
  /// What would be right, without a full stop.
  public let remedy: String
  /// An error.
  public init(_ what: String, remedy: String) {
    self.what = what
    self.remedy = remedy
  }
  /// Both, as one line.
  public var description: String { "\(what); \(remedy)" }
}
