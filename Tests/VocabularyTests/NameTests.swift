// @relation(R-070, scope=file, role=Verification)
import Foundation
import PumpHAL
import PumpPlant
import Testing
import Vocabulary

@testable import PumpFirmware

@Suite("Names")
struct NameTests {
  private static func isKebab(_ name: String) -> Bool {
    name.allSatisfy { ("a"..."z").contains($0) || $0 == "-" } && !name.hasPrefix("-")
      && !name.hasSuffix("-") && !name.isEmpty
  }

  private func check<Value: CaseIterable & Equatable>(
    _ type: Value.Type, _ name: (Value) -> String, _ reading: (String) -> Value?
  ) {
    var seen: Set<String> = []
    for value in Value.allCases {
      #expect(NameTests.isKebab(name(value)))
      #expect(seen.insert(name(value)).inserted)
      #expect(reading(name(value)) == value)
    }
    #expect(reading("no-such-name") == nil)
  }

  @Test("every name is kebab case, unique, and reads back")
  func namesReadBack() {
    check(AlarmID.self, \.name) { AlarmID(name: $0) }
    check(PumpMode.self, \.name) { PumpMode(name: $0) }
    check(Role.self, \.name) { Role(name: $0) }
    check(FaultKind.self, \.name) { FaultKind(name: $0) }
    check(Component.self, \.name) { Component(name: $0) }
    check(FailureKind.self, \.name) { FailureKind(name: $0) }
    check(FluidSite.self, \.name) { FluidSite(name: $0) }
    for result in CommandResult.allCases {
      #expect(NameTests.isKebab(result.name))
      #expect(!result.text.isEmpty)
    }
    #expect(Set(CommandResult.allCases.map(\.name)).count == CommandResult.allCases.count)
    for name in ["none", "information", "low", "medium", "high"] {
      #expect(AlarmPriority(name: name)?.name == name)
    }
  }

  @Test("names that session files use are those of the design")
  func designNames() {
    #expect(AlarmID.downstreamOcclusion.name == "downstream-occlusion")
    #expect(AlarmID.downstreamOcclusion.code == "ALM01")
    #expect(AlarmID.unacknowledged.code == "ALM32")
    #expect(FaultKind.occlusion.name == "occlusion")
    #expect(FluidSite.needle.name == "needle")
    #expect(Role.nurse.name == "nurse")
    #expect(OperatorAction.requestBolus.name == "bolus")
    #expect(OperatorAction.answerResume(isResuming: true).name == "resume")
    #expect(OperatorAction.answerResume(isResuming: false).name == "new-programme")
    #expect(OperatorAction.reportReaction(severity: 2).name == "report-reaction")
  }

  @Test("a set of alarms or bounds names what is in it, in order")
  func sets() {
    var set = AlarmSet()
    set.insert(.batteryLow)
    set.insert(.downstreamOcclusion)
    #expect(set.names == ["downstream-occlusion", "battery-low"])
    let bounds: RateBounds = [.doseCap, .library]
    #expect(bounds.names == ["drug-library", "dose-cap"])
    #expect(RateBounds.named.reduce(0) { $0 | $1.bound.rawValue } == 0b11_1111)
  }

  @Test("the windows of a dose cap are 1 h, 4 h and 24 h, and read back")
  func windows() throws {
    for window in CapWindow.allCases {
      #expect(try Ticks(window.name) == window.length)
      #expect(CapWindow(length: window.length) == window)
    }
    #expect(CapWindow(length: Ticks(count: 1)) == nil)
  }

  @Test(
    "R-070: priorities, latching and stopping are those of the controller",
    arguments: AlarmID.allCases)
  func asInTheController(_ id: AlarmID) {
    var manager = AlarmManager()
    #expect(id.rule.priority == manager.priority(of: id))
    manager.escalated.insert(id)
    manager.urgent.insert(id)
    #expect(id.rule.urgent == manager.priority(of: id))
    #expect(id.rule.isLatching == AlarmSet.latching.contains(id))
    // The occlusion retracts before it stops; the end of infusion and a wrong library stop by mode.
    let stops = AlarmSet.stopping.contains(id)
    switch id {
    case .downstreamOcclusion, .endOfInfusion: #expect(id.rule.action == .stop && !stops)
    case .libraryInvalid: #expect(id.rule.action == .noStart && stops)
    default: #expect((id.rule.action == .stop) == stops)
    }
  }

  @Test("every alarm says what is wrong and what to do", arguments: AlarmID.allCases)
  func texts(_ id: AlarmID) {
    #expect(id.text.count > 10)
    #expect(id.remedy.hasSuffix("."))
    #expect(id.rule.urgent >= id.rule.risen && id.rule.risen >= id.rule.priority)
  }
}

@Suite("Docs/Alarms.md")
struct AlarmPageTests {
  @Test("R-070: its table has every alarm as the code has it")
  func table() throws {
    let page = try String(contentsOf: repository.appending(path: "Docs/Alarms.md"), encoding: .utf8)
    for id in AlarmID.allCases {
      let rule = id.rule
      let priority =
        rule.priority == rule.urgent
        ? rule.priority.name : "\(rule.priority.name) → \(rule.urgent.name)"
      let row =
        "| \(id.code) | `\(id.name)` | \(priority) | \(rule.isLatching ? "yes" : "no") "
        + "| \(rule.action.name) | \(id.text) |"
      #expect(page.contains(row), "\(row)")
    }
    for (name, lamp) in [("high", Lamp.high), ("medium", .medium), ("infusing", .infusing)] {
      let pattern = try #require(lamp.pattern)
      let row =
        "| \(name) | \(pattern.colour) | \(pattern.onMilliseconds) ms "
        + "| \(pattern.periodMilliseconds) ms |"
      #expect(page.contains(row), "\(row)")
    }
    for (name, buzzer) in [("high", Buzzer.high), ("medium", .medium), ("low", .low)] {
      let pattern = try #require(buzzer.pattern)
      #expect(
        page.contains("| \(name) | \(pattern.pulseCount) | \(pattern.pulseMilliseconds) ms |"))
      #expect(page.contains("| \(pattern.burstGapMilliseconds / 1000) s |"))
    }
  }

  private var repository: URL {
    URL(filePath: #filePath).appending(path: "../../..").standardized
  }
}
