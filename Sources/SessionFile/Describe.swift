// Numbers as messages show them: with the unit, without trailing zeros.

import PumpHAL

/// `value` in units of 10^`digits`, with at most `shown` decimals, rounded to the nearest.
func decimal(_ value: Int64, digits: Int, shown: Int) -> String {
  var scaled = Int128(value)
  var decimals = digits
  while decimals > shown {
    let isUp = scaled.magnitude % 10 >= 5
    scaled = scaled / 10 + (isUp ? scaled.signum() : 0)
    decimals -= 1
  }
  var whole = String(scaled.magnitude)
  if whole.count <= decimals {
    whole = String(repeating: "0", count: decimals - whole.count + 1) + whole
  }
  let point = whole.index(whole.endIndex, offsetBy: -decimals)
  var fraction = String(whole[point...])
  while fraction.hasSuffix("0") { fraction.removeLast() }
  let sign = scaled < 0 ? "-" : ""
  return sign + whole[..<point] + (fraction.isEmpty ? "" : "." + fraction)
}

extension Mass {
  /// In mg, to 0.001 mg.
  var shown: String { decimal(rawValue, digits: 6, shown: 3) + " mg" }
}

extension Volume {
  /// In mL, to 0.001 mL.
  var shown: String { decimal(rawValue, digits: 9, shown: 3) + " mL" }
}

extension FlowRate {
  /// In mL/h, to 0.001 mL/h.
  var shown: String { decimal(rawValue, digits: 6, shown: 3) + " mL/h" }
}

extension DoseRate {
  /// In mg/h, to 0.001 mg/h.
  var shown: String { decimal(rawValue, digits: 6, shown: 3) + " mg/h" }
}

extension Concentration {
  /// In mg/mL, to 0.001 mg/mL.
  var shown: String { decimal(rawValue, digits: 6, shown: 3) + " mg/mL" }
}

extension Ticks {
  /// In days, hours, minutes and seconds.
  var shown: String {
    if rawValue < 0 { return "-" + Ticks(count: -rawValue).shown }
    let hours = rawValue / 360_000
    let minutes = rawValue % 360_000 / 6000
    let hundredths = rawValue % 6000
    var parts: [String] = []
    if hours > 0 { parts.append("\(hours) h") }
    if minutes > 0 { parts.append("\(minutes) min") }
    if hundredths > 0 || parts.isEmpty {
      parts.append(decimal(hundredths, digits: 2, shown: 2) + " s")
    }
    return parts.joined(separator: " ")
  }
}
