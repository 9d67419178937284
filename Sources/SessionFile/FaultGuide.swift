// What can go wrong in the world, as people look it up: `trumpet catalogue faults`.

import Catalogue
import PumpPlant
import Vocabulary

/// One fault of the vocabulary: what it is, what belongs to it, and a line that puts it in.
public struct FaultGuide: Equatable, Sendable {
  /// The name of the fault, or the component.
  public var name: String
  /// The kind of failure; nil for a fault with a name of its own.
  public var kind: FailureKind?
  /// What it is, in a sentence.
  public var meaning: String
  /// The numbers of the fault list in `Docs/Faults.md` for which it stands.
  public var ids: [String]
  /// Its keys besides the time, each with what it takes.
  public var keys: [(name: String, takes: String)] { zip(keyNames, keyTexts).map { ($0, $1) } }
  /// An event that puts it in, as a session file writes it.
  public var example: String
  private var keyNames: [String]
  private var keyTexts: [String]

  init(
    name: String, kind: FailureKind?, meaning: String, ids: [String],
    keys: [(String, String)], example: String
  ) {
    self.name = name
    self.kind = kind
    self.meaning = meaning
    self.ids = ids
    keyNames = keys.map(\.0)
    keyTexts = keys.map(\.1)
    self.example = example
  }

  /// Every fault that a session file can put in: those with names, then components by kind.
  public static let all: [FaultGuide] =
    FaultKind.named.map { FaultGuide($0) }
    + Component.allCases.flatMap { component in
      component.kinds.compactMap { FaultGuide(component, $0) }
    }

  /// The names under which faults can be looked up.
  public static let names: [String] = FaultKind.named.map(\.name) + Component.allCases.map(\.name)
}

extension FaultGuide {
  /// A failing component; nil where it cannot fail so.
  init?(_ component: Component, _ kind: FailureKind) {
    guard let allowed = component.amount(of: kind) else { return nil }
    var keys: [(String, String)] = []
    var example = "component: \(component.name), kind: \(kind.name)"
    if allowed.unit != .none {
      keys.append(("amount", allowed.ends))
      example += ", amount: \(component.exampleAmount(of: kind) ?? allowed.example)"
    }
    if component.takesRamp(kind) { keys.append(("ramp", "0 s to 10 d (at once)")) }
    if component.usesPeriod(kind) {
      keys.append(("period", "20 ms to 24 h (1 s)"))
      example += ", period: 2 s"
    }
    keys.append(("for", "10 ms to 30 d (until it is cleared)"))
    self.init(
      name: component.name, kind: kind, meaning: component.meaning(of: kind),
      ids: component.ids(of: kind), keys: keys, example: "{ at: 1 min, \(example), for: 10 min }")
  }

  /// A fault with a name of its own.
  init(_ kind: FaultKind) {
    let site = ("site", "needle or line (needle)")
    var keys: [(String, String)]
    var example: String
    switch kind {
    case .occlusion:
      keys = [
        site, ("remaining", "0 % to 100 % of the flow (0 %)"), ("over", "0 s to 24 h (at once)"),
      ]
      example = "site: needle, remaining: 5 %, over: 5 min"
    case .disconnection: (keys, example) = ([site], "site: needle")
    case .leak:
      keys = [site, ("conductance", "0 to 100 µL/s/mmHg")]
      example = "site: line, conductance: 0.01 µL/s/mmHg"
    case .bubble: (keys, example) = ([("volume", "0 µL to 5 mL")], "volume: 100 µL")
    case .lostSteps: (keys, example) = ([("fraction", "0 % to 100 %")], "fraction: 5 %")
    case .wrongSyringe: (keys, example) = ([("syringe", "id of a syringe")], "syringe: terumo-20")
    case .forceOffset: (keys, example) = ([("force", "-100 N to 100 N")], "force: 2 N")
    case .battery: (keys, example) = ([("charge", "0 % to 100 %")], "charge: 5 %")
    case .powerLoss: (keys, example) = ([("duration", "10 ms to 24 h")], "duration: 10 s")
    case .sitePressed: (keys, example) = ([("factor", "1 to 100")], "factor: 5")
    case .height: (keys, example) = ([("height", "-2 m to 2 m")], "height: 30 cm")
    case .tissuePressure:
      keys = [("pressure", "-700 mmHg to 700 mmHg"), ("over", "0 s to 24 h (at once)")]
      example = "pressure: 200 mmHg, over: 5 min"
    case .stall, .forceStuck, .encoderLoss, .syringeRemoved, .component: (keys, example) = ([], "")
    }
    if kind.canEnd {
      keys.append(("for", "10 ms to 30 d (until it is cleared)"))
      example += example.isEmpty ? "for: 10 min" : ", for: 10 min"
    }
    self.init(
      name: kind.name, kind: nil, meaning: kind.meaning, ids: kind.ids, keys: keys,
      example: "{ at: 1 min, fault: \(kind.name), \(example) }")
  }
}

extension FaultKind {
  fileprivate var meaning: String {
    switch self {
    case .occlusion: "flow is blocked, at once or little by little"
    case .disconnection: "the line has come off, or the needle is out of the skin"
    case .leak: "fluid runs to the outside"
    case .bubble: "air in the line, where it begins"
    case .stall: "the motor does no step"
    case .lostSteps: "a share of the motor's steps is not done"
    case .wrongSyringe: "another syringe is fitted than was confirmed"
    case .forceOffset: "the force cell reads too much or too little"
    case .forceStuck: "the force cell repeats its last value"
    case .encoderLoss: "the encoder gives no counts and looks well"
    case .battery: "the battery has so much charge left; cleared, it is a fresh one"
    case .powerLoss: "the controller has no power for a time"
    case .sitePressed: "somebody leans on the site"
    case .height: "the pump hangs above the site, or below it"
    case .tissuePressure: "the tissue is under pressure, or under suction"
    case .syringeRemoved: "the syringe is taken out, its line still on it"
    case .component: "a component fails"
    }
  }

  fileprivate var ids: [String] {
    switch self {
    case .occlusion: ["F01", "F02", "F05"]
    case .disconnection: ["F10"]
    case .leak: ["F25"]
    case .bubble: ["F09"]
    case .stall: ["F14"]
    case .lostSteps: ["F16"]
    case .wrongSyringe: ["F04", "F19", "F20"]
    case .forceOffset: ["F07"]
    case .forceStuck: ["F08"]
    case .encoderLoss, .component: []
    case .battery: ["F31"]
    case .powerLoss: ["F32"]
    case .sitePressed: ["F11"]
    case .height: ["F12"]
    case .tissuePressure: ["F06", "F11"]
    case .syringeRemoved: ["F24"]
    }
  }
}
