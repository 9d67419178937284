import Catalogue
import PumpHAL
import Vocabulary

/// What an operator can do at an event, as a file names it.
enum ActionName: String, CaseIterable {
  case start
  case stop
  case pause
  case acknowledge
  case audioPause = "audio-pause"
  case bolus
  case clinicianBolus = "clinician-bolus"
  case titrate
  case confirm
  case cancel
  case reportReaction = "report-reaction"
  case resume
  case newProgramme = "new-programme"
  case changeSyringe = "change-syringe"
  case powerOff = "power-off"
  case overrideSoftLimit = "override-soft-limit"
  case dispose

  /// Whether a code may be entered with it: not where the pump is not asked, or asked after a while.
  var takesCode: Bool { self != .dispose && self != .changeSyringe }

  /// The keys that its event has besides `at`, `operator`, `action` and `code`.
  var parameters: [String] {
    switch self {
    case .clinicianBolus: ["dose", "over"]
    case .titrate: ["to"]
    case .reportReaction: ["severity"]
    case .changeSyringe: ["syringe", "fill", "concentration", "after"]
    case .dispose: ["found", "witnesses"]
    case .overrideSoftLimit: ["reason"]
    default: []
    }
  }
}

extension Reading {
  /// What somebody does at a time.
  func actionEvent(_ tree: Tree, _ entries: [Tree.Entry]) -> (Ticks, SessionEventKind)? {
    guard let value = entries.first(where: { $0.key == "action" })?.value,
      let name = choice(value, "action", among: ActionName.allCases.map { ($0.rawValue, $0) }),
      let section = section(
        tree, "the action `\(name.rawValue)`",
        keys: FormatKeys.action + name.parameters
          + (name.takesCode ? [FormatKeys.code] : []),
        example: "{ at: 7 h, operator: nurse, action: \(name.rawValue) }")
    else { return nil }
    let at = section.required("at", example: "at: 6 h").flatMap {
      quantity(
        $0, "the time of the event", in: .zero...Ticks(count: 259_200_000), ends: "0 s to 30 d",
        example: "6 h 30 min")
    }
    let role = section.required("operator", example: "operator: nurse").flatMap { self.role($0) }
    if name == .changeSyringe {
      let change = syringeChange(section, role: role)
      guard let at, let change else { return nil }
      return (at, .changeSyringe(change))
    }
    if name == .dispose {
      let disposal = disposal(section, by: role)
      guard let at, let disposal else { return nil }
      return (at, .dispose(disposal))
    }
    let action = action(name, section)
    guard let at, let role, let action else { return nil }
    return (at, .operate(OperatorCommand(action, by: role)))
  }

  private func action(_ name: ActionName, _ section: Section) -> OperatorAction? {
    switch name {
    case .start: .start
    case .stop: .stop
    case .pause: .pause
    case .acknowledge: .acknowledge
    case .audioPause: .audioPause
    case .bolus: .requestBolus
    case .clinicianBolus: clinicianBolus(section)
    case .titrate: titration(section)
    // The number of phases is filled in once the programme is known.
    case .confirm: .confirm(phaseCount: 0)
    case .cancel: .cancel
    case .reportReaction: reaction(section)
    case .resume: .answerResume(isResuming: true)
    case .newProgramme: .answerResume(isResuming: false)
    case .powerOff: .powerOff
    case .overrideSoftLimit:
      section.required("reason", example: "reason: 1").flatMap {
        wholeNumber($0, "the reason", in: 1...255, example: "reason: 1")
      }.map { .overrideSoftLimit(reason: UInt8($0)) }
    case .changeSyringe, .dispose: nil
    }
  }

  private func clinicianBolus(_ section: Section) -> OperatorAction? {
    let dose = section.required("dose", example: "dose: 5 mg").flatMap {
      self.dose($0, "the dose of the bolus", example: "5 mg")
    }
    let duration = section.required("over", example: "over: 5 min").flatMap {
      quantity(
        $0, "the time of the bolus", in: Ticks(count: 100)...Ticks(count: 2_160_000),
        ends: "1 s to 6 h", example: "5 min")
    }
    guard let dose, let duration else { return nil }
    return .clinicianBolus(dose: dose, duration: duration)
  }

  private func titration(_ section: Section) -> OperatorAction? {
    section.required("to", example: "to: 0.08 mg/kg/h").flatMap {
      prescribedRate($0, "the new basal rate", example: "0.08 mg/kg/h")
    }.map { .titrate(dose: $0.dose, per: $0.per) }
  }

  private func reaction(_ section: Section) -> OperatorAction? {
    section.required("severity", example: "severity: moderate").flatMap {
      choice(
        $0, "severity", among: [("mild", UInt8(1)), ("moderate", 2), ("severe", 3)])
    }.map { .reportReaction(severity: $0) }
  }
}
