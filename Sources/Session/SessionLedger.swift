import PumpFirmware
import PumpHAL

/// The controller's account, carried over new programmes and power-ons.
///
/// A controller counts from the beginning of its programme. Where a command or a power-on makes its
/// count begin again, what it had counted is put aside here, so that a session's account is whole.
struct SessionLedger {
  private var putAside = Telemetry()
  private var last = Telemetry()

  /// Takes the account before something that may begin it anew.
  mutating func prepare(_ telemetry: Telemetry) { last = telemetry }

  /// Takes the account after it; a count that went back to zero has begun anew.
  mutating func settle(_ telemetry: Telemetry) {
    if telemetry.dispensedVolume == .zero, last.dispensedVolume > .zero {
      putAside.add(last)
    }
    last = telemetry
  }

  /// The account of the whole session.
  var account: SessionAccount {
    var whole = putAside
    whole.add(last)
    var account = SessionAccount()
    account.dispensedVolume = whole.dispensedVolume
    account.dispensedMass = whole.dispensedMass
    account.loadingMass = whole.loadingMass
    account.basalMass = whole.basalMass
    account.bolusMass = whole.bolusMass
    account.primedVolume = whole.primedVolume
    account.retractedVolume = whole.retractedVolume
    return account
  }
}

extension Telemetry {
  fileprivate mutating func add(_ other: Telemetry) {
    dispensedVolume += other.dispensedVolume
    dispensedMass += other.dispensedMass
    loadingMass += other.loadingMass
    basalMass += other.basalMass
    bolusMass += other.bolusMass
    primedVolume += other.primedVolume
    retractedVolume += other.retractedVolume
  }
}
