import PumpHAL

/// Which roles have entered their codes, and which may not try again yet.
///
/// The rules are those of `OperatorAction.enterCode`.
///
/// - Requirements.
struct AccessControl: Equatable, Sendable {
  /// What is known of one role.
  struct Lock: Equatable, Sendable {
    /// Tick from which it is locked again.
    var unlockedUntil: Int64 = 0
    /// Tick from which its codes are read again.
    var lockedOutUntil: Int64 = 0
    /// Wrong codes in a row, since the last right one or the last lock-out.
    var wrongCodes: UInt8 = 0
    /// Lock-outs since the last right code.
    var lockOuts: UInt8 = 0

    /// How long the lock-out lasts that begins now.
    var lockOutTicks: Int64 {
      let doubled = AccessRules.firstLockOutTicks << Int64(min(lockOuts, 10))
      return min(doubled, AccessRules.longestLockOutTicks)
    }
  }

  var nurse = Lock()
  var pharmacist = Lock()
  var service = Lock()

  /// The lock of a role; the patient has none.
  subscript(role: Role) -> Lock {
    get {
      switch role {
      case .patient: Lock()
      case .nurse: nurse
      case .pharmacist: pharmacist
      case .service: service
      }
    }
    set {
      switch role {
      case .patient: break
      case .nurse: nurse = newValue
      case .pharmacist: pharmacist = newValue
      case .service: service = newValue
      }
    }
  }

  /// Whether a role may do at `now` what its code is asked for.
  func isUnlocked(_ role: Role, codes: RoleCodes, now: Int64) -> Bool {
    codes[role] == 0 || now < self[role].unlockedUntil
  }

  /// Takes a command of a role: while it is unlocked its time begins anew.
  mutating func note(_ role: Role, now: Int64) {
    guard now < self[role].unlockedUntil else { return }
    self[role].unlockedUntil = now + AccessRules.unlockedTicks
  }

  /// Takes a code.
  mutating func enter(_ code: UInt32, by role: Role, codes: RoleCodes, now: Int64) -> CommandResult
  {
    guard role != .patient else { return .refusedRole }
    guard codes[role] != 0 else { return .accepted }
    if now < self[role].lockedOutUntil { return .refusedLocked }
    if code == codes[role] {
      self[role] = Lock(unlockedUntil: now + AccessRules.unlockedTicks)
      return .accepted
    }
    self[role].wrongCodes += 1
    if self[role].wrongCodes >= AccessRules.wrongCodes {
      self[role].wrongCodes = 0
      self[role].unlockedUntil = 0
      self[role].lockedOutUntil = now + self[role].lockOutTicks
      self[role].lockOuts = min(self[role].lockOuts + 1, 15)
    }
    return .refusedCode
  }

  /// The tick at which the last lock-out ends; in the past where none runs.
  var lockedOutUntil: Int64 {
    max(nurse.lockedOutUntil, pharmacist.lockedOutUntil, service.lockedOutUntil)
  }

  /// The tick from which every role is locked again; in the past where all are.
  var unlockedUntil: Int64 {
    max(nurse.unlockedUntil, pharmacist.unlockedUntil, service.unlockedUntil)
  }
}

extension AccessControl.Lock {
  // Three of them share one journal slot, of which the last word has 48 bits.

  /// What survives a loss of power, in 48 bits: the end of the lock-out (36 bits, 21 years), wrong
  /// codes, lock-outs.
  var packed: UInt64 {
    UInt64(clamping: min(lockedOutUntil, 1 << 36 - 1)) | UInt64(wrongCodes & 15) << 36
      | UInt64(lockOuts & 15) << 40
  }

  init(packed: UInt64) {
    lockedOutUntil = Int64(packed & (1 << 36 - 1))
    wrongCodes = UInt8(packed >> 36 & 15)
    lockOuts = UInt8(packed >> 40 & 15)
  }
}

extension AccessControl: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    nurse.encode(to: &sink)
    pharmacist.encode(to: &sink)
    service.encode(to: &sink)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    nurse = Lock(from: &source)
    pharmacist = Lock(from: &source)
    service = Lock(from: &source)
  }
}

extension AccessControl.Lock: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(unlockedUntil)
    sink.put(lockedOutUntil)
    sink.put(wrongCodes)
    sink.put(lockOuts)
  }
  init<Source: CanonicalSource>(from source: inout Source) {
    unlockedUntil = source.takeInt64()
    lockedOutUntil = source.takeInt64()
    wrongCodes = source.take8()
    lockOuts = source.take8()
  }
}
