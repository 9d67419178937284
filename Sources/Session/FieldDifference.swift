import PumpHAL
import Vocabulary

/// One field in which two values of the same type differ.
public struct FieldDifference: Equatable, Sendable {
  /// The path of the field, such as `output.actuator.targetSteps`.
  public var field: String
  /// What the record holds.
  public var recorded: String
  /// What came out now.
  public var replayed: String

  /// The fields in which two values differ, in declaration order; `path` names the whole value.
  ///
  /// Walks the two with reflection: this runs once, after the first tick that differs.
  public static func between<Value>(
    _ recorded: Value, _ replayed: Value, path: String
  ) -> [FieldDifference] {
    var found: [FieldDifference] = []
    compare(recorded, replayed, path, into: &found)
    return found
  }

  private static func compare(
    _ a: Any, _ b: Any, _ path: String, into found: inout [FieldDifference]
  ) {
    let left = Mirror(reflecting: a)
    let right = Mirror(reflecting: b)
    let bothStructures = left.displayStyle == .struct && right.displayStyle == .struct
    if bothStructures, left.children.count == right.children.count, !left.children.isEmpty,
      !isLeaf(a)
    {
      for (one, other) in zip(left.children, right.children) {
        compare(one.value, other.value, "\(path).\(one.label ?? "?")", into: &found)
      }
      return
    }
    if let one = wrapped(left), let other = wrapped(right) {
      compare(one, other, path, into: &found)
      return
    }
    let recorded = describe(a)
    let replayed = describe(b)
    if recorded != replayed {
      found.append(FieldDifference(field: path, recorded: recorded, replayed: replayed))
    }
  }

  /// Sets are shown whole: a bit pattern would tell nobody anything.
  private static func isLeaf(_ value: Any) -> Bool { value is AlarmSet }

  /// What an optional holds; nil for an empty one and for what is none.
  private static func wrapped(_ mirror: Mirror) -> Any? {
    mirror.displayStyle == .optional ? mirror.children.first?.value : nil
  }

  private static func describe(_ value: Any) -> String {
    if let alarms = value as? AlarmSet { return alarms.listing }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return wrapped(mirror).map(describe) ?? "none"
    case .struct where !mirror.children.isEmpty:
      return mirror.children.map { "\($0.label ?? "?") \(describe($0.value))" }
        .joined(separator: ", ")
    default: return String(describing: value)
    }
  }
}

extension AlarmSet {
  /// The conditions in it by name, or `none`; a bit without a name shows as its number.
  var listing: String {
    let known = AlarmID.allCases.reduce(UInt64(0)) { $0 | 1 << UInt64($1.rawValue) }
    let unnamed = (0..<64).filter { bits & ~known & (1 << UInt64($0)) != 0 }.map { "#\($0)" }
    let all = names + unnamed
    return all.isEmpty ? "none" : all.joined(separator: " ")
  }
}
