// @relation(R-103, scope=file, role=Verification)
import Foundation
import PumpFirmware
import PumpHAL
import Testing
import Vocabulary

@Suite("Docs/Roles.md")
struct RoleTableTests {
  /// Every action once; the compiler has no list of them, so a name that is missing here is missing
  /// on the page as well and is found by `allNames`.
  private static let actions: [(name: String, action: OperatorAction)] = [
    ("`begin-set-up`, same patient", .beginSetUp(isNewPatient: false)),
    ("`begin-set-up`, new patient", .beginSetUp(isNewPatient: true)),
    ("`resume`", .answerResume(isResuming: true)),
    ("`new-programme`", .answerResume(isResuming: false)),
  ]

  /// One action of each kind, decoded from its number: whatever number there is.
  private static var everyKind: [OperatorAction] {
    (1...255).compactMap { number in
      // Zeros are a value of every part of an action.
      let bytes = [UInt8(number)] + [UInt8](repeating: 0, count: 64)
      return bytes.withUnsafeBufferPointer { buffer in
        var reader = CanonicalReader(buffer)
        let action = OperatorAction(from: &reader)
        return action == .none ? nil : action
      }
    }
  }

  @Test("R-103: the table is the one of the code, every action with every role")
  func table() throws {
    let page = try String(
      contentsOf: URL(filePath: #filePath).appending(path: "../../../Docs/Roles.md").standardized,
      encoding: .utf8)
    let named = Set(Self.actions.map(\.action.name))
    let others = Self.everyKind.filter { !named.contains($0.name) }.map { ("`\($0.name)`", $0) }
    #expect(others.count >= 29)
    for (name, action) in Self.actions + others {
      let cells = Role.allCases.map { role in
        switch role.permission(for: action) {
        case .never: "—"
        case .unlocked: "code"
        case .always: "always"
        }
      }
      let row = "| \(name) | \(cells.joined(separator: " | ")) |"
      #expect(page.contains(row), "\(row)")
    }
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    #expect(rows.count == Self.actions.count + others.count, "a row of the page is of no action")
  }

  @Test("R-103: nobody is refused a stop or a pause, and the patient changes nothing")
  func extremes() {
    for role in Role.allCases {
      #expect(role.permission(for: .stop) == .always)
      #expect(role.permission(for: .pause) == .always)
    }
    let patient = Self.everyKind.filter { Role.patient.permission(for: $0) != .never }.map(\.name)
    #expect(
      Set(patient) == [
        "stop", "pause", "audio-pause", "bolus", "report-reaction", "record-failed",
      ])
  }
}
