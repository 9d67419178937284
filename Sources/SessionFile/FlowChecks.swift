import Catalogue
import PumpHAL
import Vocabulary

// @relation(R-001, scope=file)
extension Reading {
  /// Every flow must be one that the pump can be set to and that the limits allow.
  func checkFlows(_ draft: Draft, _ course: SyringeCourse, _ pump: PumpEntry) {
    let configuration = pump.configuration
    let limit = draft.flowLimit ?? configuration.basalMaximum
    for (span, phase, _) in course.phases {
      let flow = span.prescription.flow(of: phase.value.dose, per: phase.value.per)
      if phase.value.kind == .loading {
        checkBolusFlow(flow, phase.place, "the loading dose", configuration)
      } else {
        checkBasalFlow(flow, phase.place, "the basal rate", configuration, limit)
      }
    }
    for event in draft.events ?? [] {
      guard case .operate(let command) = event.value.kind else { continue }
      let prescription = course.span(at: event.value.at).prescription
      switch command.action {
      case .clinicianBolus(let dose, let duration):
        checkBolusFlow(
          prescription.flow(of: dose, per: duration), event.place, "the bolus", configuration)
      case .titrate(let dose, let per):
        checkBasalFlow(
          prescription.flow(of: dose, per: per), event.place, "the new basal rate",
          configuration, limit)
      default: break
      }
    }
  }

  private func checkBasalFlow(
    _ flow: Ratio, _ place: Place, _ name: String, _ configuration: PumpConfiguration,
    _ limit: FlowRate
  ) {
    let shown = FlowRate(nanolitresPerHour: flow.floor).shown
    let minimum = configuration.basalMinimum
    let maximum = configuration.basalMaximum
    if flow.floor < minimum.nanolitresPerHour || flow.ceiling > maximum.nanolitresPerHour {
      note(
        place, "\(name) comes to \(shown)",
        "the pump gives \(minimum.shown) to \(maximum.shown); check dose and concentration")
    } else if flow.ceiling > limit.nanolitresPerHour {
      note(
        place, "\(name) comes to \(shown), the limit is \(limit.shown)",
        "write a lower dose, a higher concentration, or a higher `rate` under `limits`")
    }
  }

  private func checkBolusFlow(
    _ flow: Ratio, _ place: Place, _ name: String, _ configuration: PumpConfiguration
  ) {
    guard flow.ceiling > configuration.bolusMaximum.nanolitresPerHour else { return }
    note(
      place, "\(name) comes to \(FlowRate(nanolitresPerHour: flow.floor).shown)",
      "a bolus runs at most at \(configuration.bolusMaximum.shown); give it more time")
  }
}
