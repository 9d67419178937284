import PumpHAL

/// Whether a role may ask something of the pump.
public enum Permission: UInt8, Sendable {
  /// Never.
  case never
  /// While the role is unlocked, or where it has no code.
  case unlocked
  /// Always.
  case always
}

extension Role {
  /// Who may do what: the one table of it, which `Docs/Roles.md` shows.
  ///
  /// A stop or a pause is never refused to anybody, and whatever the patient may do a locked
  /// role may do too.
  ///
  /// - Requirements.
  public func permission(for action: OperatorAction) -> Permission {
    switch action {
    case .none, .stop, .pause, .audioPause, .requestBolus, .reportReaction, .recordFailed:
      .always
    case .enterCode:
      self == .patient ? .never : .always
    case .titrate, .clinicianBolus, .beginSetUp(isNewPatient: true):
      self == .pharmacist ? .unlocked : .never
    case .overrideSoftLimit:
      self == .nurse || self == .pharmacist ? .unlocked : .never
    default:
      self == .patient ? .never : .unlocked
    }
  }
}
