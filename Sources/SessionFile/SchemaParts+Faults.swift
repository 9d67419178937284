import PumpPlant
import Text
import Vocabulary

extension SchemaParts {
  /// One schema for each fault that has a name of its own.
  static let faults: [JSONValue] = FaultKind.named.map { kind in
    mapping(
      keys: FormatKeys.fault + kind.parameters, required: FormatKeys.fault + kind.required
    ) { key in
      key == "fault" ? ["const": .string(kind.name)] : eventProperty(key)
    }
  }

  /// One schema for each component.
  static let components: [JSONValue] = Component.allCases.map { component in
    mapping(
      keys: FormatKeys.component, required: ["at", "component", "kind"]
    ) { key in
      switch key {
      case "component": ["const": .string(component.name)]
      case "kind": ["enum": .strings(component.kinds.map(\.name))]
      case "amount": amounts(of: component)
      case "ramp", "period": reference("time")
      default: eventProperty(key)
      }
    }
  }

  /// What the amounts of a component's failures look like.
  private static func amounts(of component: Component) -> JSONValue {
    let units = FaultUnit.allCases.filter { unit in
      unit != .none && component.kinds.contains { component.amount(of: $0)?.unit == unit }
    }
    return ["anyOf": .array(units.isEmpty ? [["not": .object([])]] : units.map(amount))]
  }

  private static func amount(in unit: FaultUnit) -> JSONValue {
    switch unit {
    case .none: .object([])
    case .share: reference("signedShare")
    case .newton: reference("force")
    case .millimetre: reference("length")
    case .microlitre: reference("volume")
    case .milliampere: reference("current")
    case .volt: reference("voltage")
    case .celsius: reference("temperature")
    case .second: reference("signedTime")
    }
  }

  /// What ends: a fault by its name, or a component.
  static let clears: [JSONValue] = [
    mapping(keys: FormatKeys.clear, required: ["at", "clear"]) { key in
      switch key {
      case "at": at
      case "site": eventProperty(key)
      default: ["enum": .strings(FaultKind.named.filter(\.isClearable).map(\.name))]
      }
    },
    mapping(keys: FormatKeys.clearComponent, required: ["at", "clear"]) { key in
      switch key {
      case "at": at
      case "kind": ["enum": .strings(FailureKind.allCases.map(\.name))]
      default: ["enum": .strings(Component.allCases.map(\.name))]
      }
    },
  ]
}

extension FaultKind {
  /// Those of its parameters that have no default.
  var required: [String] {
    switch self {
    case .occlusion, .disconnection: []
    case .leak: ["conductance"]
    default: parameters.filter { $0 != "for" && $0 != "over" }
    }
  }
}
