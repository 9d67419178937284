import Catalogue
import PumpHAL
import PumpPlant

extension Reading {
  /// A fault needs what fails, and the plant holds only so many that last at once.
  func checkFaults(_ draft: Draft) {
    var lasting: [(fault: Fault, end: Ticks?)] = []
    for event in draft.events ?? [] {
      let now = event.value.at
      lasting.removeAll { $0.end.map { $0 <= now } ?? false }
      switch event.value.kind {
      case .clear(let selection): lasting.removeAll { selection.holds($0.fault) }
      case .inject(let fault, let time):
        if let failing = fault.failing {
          checkPresence(of: failing.component, at: event.place, draft)
        } else {
          lasting.removeAll { fault.selection.holds($0.fault) }
          if time == nil { continue }
        }
        lasting.append((fault, time.map { now + $0 }))
        guard lasting.count > SimulatedPump.faultCapacity else { continue }
        note(
          event.place,
          "more than \(SimulatedPump.faultCapacity) faults that the plant has to keep last at once",
          "clear some before this one, or let them end with `for`")
        return
      default: continue
      }
    }
  }

  private func checkPresence(of component: Component, at place: Place, _ draft: Draft) {
    switch component {
    case .airDetector:
      guard let pump = draft.pump, !pump.hasAirDetector else { return }
      let others = catalogue.pumps.filter(\.hasAirDetector).map(\.id)
      note(
        place, "the pump \(pump.id) has no air detector",
        others.isEmpty
          ? "leave this out" : "write `pump: \(others[0])`, which has one, or leave this out")
    case .encoder:
      guard let pump = draft.pump, pump.encoderCountsPerRevolution == 0 else { return }
      note(place, "the pump \(pump.id) has no encoder", "leave this out")
    case .valve:
      guard let set = draft.infusionSet, set.crackPressureMillimetresOfMercury == 0 else { return }
      let others = catalogue.infusionSets.filter { $0.crackPressureMillimetresOfMercury > 0 }
        .map(\.id)
      note(
        place, "the infusion set \(set.id) has no anti-siphon valve",
        others.isEmpty
          ? "leave this out"
          : "write `infusionSet: \(others[0])`, which has one, or leave this out")
    default: return
    }
  }
}
