import PumpHAL

/// Which roles are unlocked, as the monitor heard their codes entered.
///
/// A locked role is heard as the patient, so that nothing is allowed that the controller refuses for
/// lack of a code.
struct RoleAccess: Sendable {
  private var nurse = RoleLock()
  private var pharmacist = RoleLock()
  private var service = RoleLock()

  init() {}

  /// The role with which a command counts; a code among them is read.
  mutating func admit(_ command: OperatorCommand, codes: RoleCodes, now: Int64) -> Role {
    let role = command.role
    let code = codes[role]
    guard code != 0, role != .patient else { return role }
    var lock = self[role]
    if case .enterCode(let entered) = command.action {
      lock.enter(isRight: entered == code, now: now)
    } else {
      lock.use(now: now)
    }
    self[role] = lock
    return lock.isOpen(at: now) ? role : .patient
  }

  private subscript(role: Role) -> RoleLock {
    get {
      switch role {
      case .patient, .nurse: nurse
      case .pharmacist: pharmacist
      case .service: service
      }
    }
    set {
      switch role {
      case .patient, .nurse: nurse = newValue
      case .pharmacist: pharmacist = newValue
      case .service: service = newValue
      }
    }
  }

  /// Writes what survives a loss of power.
  func put(_ bits: inout JournalBits, now: Int64) {
    nurse.put(&bits, now: now)
    pharmacist.put(&bits, now: now)
    service.put(&bits, now: now)
  }

  /// Reads it again.
  mutating func take(_ bits: inout JournalBits) {
    nurse.take(&bits)
    pharmacist.take(&bits)
    service.take(&bits)
  }
}

/// The lock of one role.
struct RoleLock: Sendable {
  /// Unlocked before this tick.
  private var openUntil: Int64 = 0
  /// No code is read before this tick.
  private var closedUntil: Int64 = 0
  /// Wrong codes in a row, and how often they closed it.
  private var wrong: UInt8 = 0
  private var closings: UInt8 = 0

  init() {}

  func isOpen(at now: Int64) -> Bool { now < openUntil }

  /// A command is given, whatever becomes of it.
  mutating func use(now: Int64) {
    if now < openUntil { openUntil = now + AccessRules.unlockedTicks }
  }

  /// A code is entered.
  mutating func enter(isRight: Bool, now: Int64) {
    guard now >= closedUntil else {
      use(now: now)
      return
    }
    if isRight {
      wrong = 0
      closings = 0
      openUntil = now + AccessRules.unlockedTicks
      return
    }
    use(now: now)
    wrong += 1
    guard wrong >= AccessRules.wrongCodes else { return }
    wrong = 0
    openUntil = now
    let length = AccessRules.firstLockOutTicks << Int64(closings)
    closedUntil = now + Swift.min(length, AccessRules.longestLockOutTicks)
    closings = Swift.min(closings + 1, 8)
  }

  func put(_ bits: inout JournalBits, now: Int64) {
    bits.put(Int64(wrong), bits: 2)
    bits.put(Int64(closings), bits: 4)
    bits.put(closedUntil - now, bits: 17)
  }

  mutating func take(_ bits: inout JournalBits) {
    wrong = UInt8(truncatingIfNeeded: Swift.min(bits.take(bits: 2), 2))
    closings = UInt8(truncatingIfNeeded: Swift.min(bits.take(bits: 4), 8))
    closedUntil = bits.take(bits: 17)
  }
}

extension RoleAccess: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    nurse.encode(to: &sink)
    pharmacist.encode(to: &sink)
    service.encode(to: &sink)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    nurse = RoleLock(from: &source)
    pharmacist = RoleLock(from: &source)
    service = RoleLock(from: &source)
  }
}

extension RoleLock: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(openUntil)
    sink.put(closedUntil)
    sink.put(wrong)
    sink.put(closings)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    openUntil = source.takeInt64()
    closedUntil = source.takeInt64()
    wrong = source.take8()
    closings = source.take8()
    if closings > 8 { source.fail() }
  }
}
