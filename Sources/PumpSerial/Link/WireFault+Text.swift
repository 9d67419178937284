// Wire faults as people write them: `delay=20ms,loss=1%,to=host,from=10s,until=20s`.

/// Why a text names no wire faults.
public struct WireFaultError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was wrong, where, and what would be right.
  public let description: String
}

extension WireFault {
  /// Reads the faults that share a direction and a time.
  ///
  /// Entries, parted by commas: `delay=`, `jitter=` (time); `loss=`, `duplication=`, `corruption=`,
  /// `truncation=` (`1%` or `0.01`); `baud=` (bits a second); `silence`; `to=host|device|both`;
  /// `from=`, `until=` (time); and `reset=` (time), which stands alone.
  public static func list(_ text: String) throws(WireFaultError) -> [WireFault] {
    var kinds: [Kind] = []
    var direction = Direction.both
    var from: UInt64 = 0
    var until: UInt64?
    var resets: [UInt64] = []
    var isScheduled = false
    for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = parts[0]
      let value = parts.count > 1 ? parts[1] : ""
      switch key {
      case "delay": kinds.append(.delay(nanoseconds: try time(key, value)))
      case "jitter": kinds.append(.jitter(nanoseconds: try time(key, value)))
      case "loss": kinds.append(.loss(probability: try probability(key, value)))
      case "duplication": kinds.append(.duplication(probability: try probability(key, value)))
      case "corruption": kinds.append(.corruption(probability: try probability(key, value)))
      case "truncation": kinds.append(.truncation(probability: try probability(key, value)))
      case "baud": kinds.append(.baud(try baud(value)))
      case "silence" where parts.count == 1: kinds.append(.silence)
      case "reset": resets.append(try time(key, value))
      case "to": direction = try self.direction(value)
      case "from": from = try time(key, value)
      case "until": until = try time(key, value)
      default:
        throw WireFaultError(
          description: "wire fault '\(entry)': not known. Known are delay=20ms, jitter=10ms, "
            + "loss=1%, duplication=1%, corruption=1%, truncation=1%, baud=19200, silence, "
            + "reset=30s, and to=host, from=10s, until=20s")
      }
      if key == "to" || key == "from" || key == "until" { isScheduled = true }
    }
    if kinds.isEmpty && resets.isEmpty {
      throw WireFaultError(description: "wire fault '\(text)': says when or where, but not what")
    }
    if !resets.isEmpty && isScheduled {
      throw WireFaultError(
        description: "wire fault '\(text)': a reset has its own time and no direction; give it in "
          + "an option of its own")
    }
    if let until, until <= from {
      throw WireFaultError(description: "wire fault '\(text)': until has to be later than from")
    }
    return kinds.map { WireFault($0, to: direction, from: from, until: until) }
      + resets.map { WireFault(.reset, from: $0) }
  }

  private static func direction(_ value: Substring) throws(WireFaultError) -> Direction {
    switch value {
    case "host": return .toHost
    case "device": return .toDevice
    case "both": return .both
    default:
      throw WireFaultError(description: "to=\(value): not known; host, device or both would be")
    }
  }

  /// A day is longer than any of these makes sense for.
  private static let timeLimit_s = 86_400.0

  private static func time(_ key: Substring, _ value: Substring) throws(WireFaultError) -> UInt64 {
    let units: [(String, Double)] = [("ms", 0.001), ("min", 60), ("s", 1), ("h", 3600)]
    for (unit, seconds) in units where value.hasSuffix(unit) {
      if let number = Double(value.dropLast(unit.count)), number >= 0,
        number * seconds <= timeLimit_s
      {
        return UInt64(number * seconds * 1e9)
      }
      break
    }
    throw WireFaultError(
      description: "\(key)=\(value): not a time up to 24 h; write it with its unit, such as 20ms, "
        + "1.5s or 2min")
  }

  private static func probability(
    _ key: Substring, _ value: Substring
  ) throws(WireFaultError) -> Double {
    let isPercent = value.hasSuffix("%")
    if let number = Double(isPercent ? value.dropLast() : value) {
      let probability = isPercent ? number / 100 : number
      if probability >= 0 && probability <= 1 { return probability }
    }
    throw WireFaultError(
      description: "\(key)=\(value): not a probability; write 1% or 0.01, at most 100%")
  }

  private static func baud(_ value: Substring) throws(WireFaultError) -> UInt32 {
    if let baud = UInt32(value), baud >= 300, baud <= 1_000_000 { return baud }
    throw WireFaultError(
      description: "baud=\(value): not a speed from 300 to 1000000 bits a second")
  }
}
