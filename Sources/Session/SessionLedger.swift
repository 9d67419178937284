import PumpFirmware
import PumpHAL

/// The controller's account of this session, over new programmes and power-ons.
///
/// The controller's count goes back to what its memory holds, so what stood there when the session's
/// set-up was confirmed is taken off. Where a command or a power-on makes the count begin again,
/// what had been counted is put aside here, so that the account of the session stays whole.
struct SessionLedger {
  private var before: Telemetry?
  private var putAside = Telemetry()
  private var last = Telemetry()

  /// Takes the account before something that may begin it anew.
  mutating func prepare(_ telemetry: Telemetry) { last = telemetry }

  /// Takes the account after it; a count that went back to zero has begun anew.
  mutating func settle(_ telemetry: Telemetry) {
    if telemetry.dispensedVolume == .zero, last.dispensedVolume > .zero, before != nil {
      putAside.add(last)
    }
    last = telemetry
  }

  /// Takes down what an earlier session left, with the first command that makes delivery possible.
  mutating func commanded(_ action: OperatorAction, _ result: CommandResult, _ telemetry: Telemetry)
  {
    guard before == nil, result == .accepted else { return }
    switch action {
    case .confirm, .answerResume(isResuming: true): before = telemetry
    default: break
    }
  }

  /// The account of the whole session.
  var account: SessionAccount {
    guard let before else { return SessionAccount() }
    var whole = putAside
    whole.add(last)
    whole.subtract(before)
    var account = SessionAccount()
    account.dispensedVolume = whole.dispensedVolume
    account.dispensedMass = whole.dispensedMass
    account.loadingMass = whole.loadingMass
    account.basalMass = whole.basalMass
    account.bolusMass = whole.bolusMass
    account.secondMass = whole.second?.dispensed ?? .zero
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
    if let more = other.second {
      var account = second ?? DrugAccount()
      account.dispensed += more.dispensed
      second = account
    }
    primedVolume += other.primedVolume
    retractedVolume += other.retractedVolume
  }

  fileprivate mutating func subtract(_ other: Telemetry) {
    dispensedVolume -= other.dispensedVolume
    dispensedMass -= other.dispensedMass
    loadingMass -= other.loadingMass
    basalMass -= other.basalMass
    bolusMass -= other.bolusMass
    if let less = other.second { second?.dispensed -= less.dispensed }
    primedVolume -= other.primedVolume
    retractedVolume -= other.retractedVolume
  }
}
