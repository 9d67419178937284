/// A mass that a balance has sent.
public struct BalanceReading: Equatable, Sendable {
  /// The net mass, µg.
  public var micrograms: Int64
  /// What one unit of the last digit is worth, µg.
  public var digitMicrograms: Double
  /// Whether the balance calls the mass stable.
  public var isStable: Bool
  /// When the balance was asked, on the clock of `Balance.now`, ns; for a reading that came unasked,
  /// the same as `receivedAt`.
  public var askedAt: UInt64
  /// When the end of the reading came, on the clock of `Balance.now`, ns.
  public var receivedAt: UInt64

  /// A reading.
  public init(
    micrograms: Int64, digitMicrograms: Double, isStable: Bool, askedAt: UInt64, receivedAt: UInt64
  ) {
    self.micrograms = micrograms
    self.digitMicrograms = digitMicrograms
    self.isStable = isStable
    self.askedAt = askedAt
    self.receivedAt = receivedAt
  }

  init(_ mass: DecimalMass, isStable: Bool, askedAt: UInt64, receivedAt: UInt64) {
    let half: Int64 = mass.nanograms < 0 ? -500 : 500
    self.init(
      micrograms: (mass.nanograms + half) / 1000,
      digitMicrograms: Double(mass.digitNanograms) / 1000, isStable: isStable, askedAt: askedAt,
      receivedAt: receivedAt)
  }
}

/// What a balance says now.
///
/// A mass is only here while it is fresh; a balance that cannot tell or that is not heard has none.
public enum BalanceState: Equatable, Sendable {
  /// Nothing has been said yet.
  case waiting
  /// A mass, at most `Balance.silenceLimit` old.
  case reading(BalanceReading)
  /// More on the pan than can be weighed.
  case overload
  /// Less on the pan than can be weighed, or no pan.
  case underload
  /// Adjusting itself, or busy with another command.
  case busy
  /// A number without a unit, and no unit is known yet; stable readings bring one.
  case unitUnknown
  /// The balance reports a fault of its own.
  case fault(String)
  /// Not heard for `Balance.silenceLimit`, unplugged, or no longer a balance: latched.
  case lost(BalanceError)
}

/// What a balance tells about itself.
public struct BalanceIdentity: Equatable, Sendable {
  /// The protocol it answered in.
  public var spoken: BalanceProtocol
  /// Model, and with MT-SICS its capacity, as it says it; empty where it says nothing.
  public var model: String
  /// Serial number as it says it; empty where it says nothing.
  public var serialNumber: String
  /// Version of its software as it says it; empty where it says nothing.
  public var software: String

  /// An identity.
  public init(
    spoken: BalanceProtocol, model: String = "", serialNumber: String = "", software: String = ""
  ) {
    self.spoken = spoken
    self.model = model
    self.serialNumber = serialNumber
    self.software = software
  }
}
