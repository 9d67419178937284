// What a New Era pump says it has dispensed, added up over every time its counter was cleared.

/// The volume that a pump's own counter shows, since the pump was opened, and how well it is known.
///
/// The counter has four digits, so what it shows is right within one of its last digit. It is
/// cleared between two portions before it comes to 1000 µL, which keeps that digit at 0.1 µL or
/// finer and costs one digit of doubt each time. All volumes are in µL by the pump's own reckoning.
struct NewEraPumpCounter: Equatable, Sendable {
  /// What was dispensed since the pump was opened, less what was withdrawn, µL.
  private(set) var dispensed_uL = 0.0
  /// What the last digits may hide: the one that shows now, and those that were cleared, µL.
  var resolution_uL: Double { lastDigit_uL + cleared_uL }
  /// What the last digit that shows is worth, µL.
  private(set) var lastDigit_uL = 0.0
  /// When it was read last, ns.
  private(set) var readAt: UInt64 = 0
  /// Whether it has been read.
  private(set) var isRead = false

  private var infused_uL = 0.0
  private var withdrawn_uL = 0.0
  private var cleared_uL = 0.0
  /// Whether the counter may have been cleared since it was read last: its next reading tells.
  private var mayBeCleared = false

  /// From here on the last digit is a whole microlitre.
  static let full_uL = 1000.0

  /// Whether it should be cleared before a portion of so many µL.
  func isFull(before portion_uL: Double) -> Bool {
    infused_uL > 0 && infused_uL + portion_uL >= Self.full_uL
  }

  /// The counter is told to clear itself; whether it did, its next reading tells.
  mutating func willClear() { mayBeCleared = true }

  /// Takes a reading; false where the counter ran back although nobody cleared it.
  mutating func take(_ shown: NewEraDispensed, at now: UInt64) -> Bool {
    let infused = shown.infused.value * shown.unit.microlitres
    let withdrawn = shown.withdrawn.value * shown.unit.microlitres
    defer {
      infused_uL = infused
      withdrawn_uL = withdrawn
      lastDigit_uL = Self.lastDigit(of: shown.infused) * shown.unit.microlitres
      readAt = now
      isRead = true
    }
    guard isRead else { return true }
    let margin = lastDigit_uL / 2
    let isExpected = mayBeCleared
    mayBeCleared = false
    if isExpected, infused < infused_uL - margin {
      // What it showed stays counted; what it hid below its last digit is doubt from now on.
      cleared_uL += lastDigit_uL
      dispensed_uL += infused + withdrawn_uL - withdrawn
      return true
    }
    if infused < infused_uL - margin || withdrawn < withdrawn_uL - margin { return false }
    dispensed_uL += infused - infused_uL - (withdrawn - withdrawn_uL)
    return true
  }

  /// The value of the last of four digits, in the number's own unit.
  static func lastDigit(of number: NewEraNumber) -> Double {
    switch number.value {
    case ..<10: 0.001
    case ..<100: 0.01
    case ..<1000: 0.1
    default: 1
    }
  }
}
