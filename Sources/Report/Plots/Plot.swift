import Story
import PumpHAL

/// One plot of the page.
struct Plot {
  /// The name of its element.
  var id: String
  var title: String
  /// The quantity and unit of its axis.
  var unit: String
  /// Decimals in the values shown.
  var decimals: Int
  var series: [PlotSeries]
  /// What a person who cannot see it is told.
  var description: String
  /// Where the axis ends, if not at the highest value.
  var highest: Double?
  /// Names of lanes, from below, where the axis has no numbers.
  var lanes: [String] = []

  var isEmpty: Bool { series.allSatisfy(\.points.isEmpty) }
}

/// One line of a plot.
struct PlotSeries {
  enum Stroke {
    case solid
    case dashed
    case dotted
    /// A bar of a lane.
    case bar
    /// Single moments.
    case dots
  }

  var name: String
  var colour: String
  var stroke = Stroke.solid
  /// Whether a value holds until the next one.
  var isStep = false
  var points: [SeriesPoint]
}

/// Colours that stay apart for people with any kind of colour vision (Okabe and Ito), dark enough for
/// lines on white.
enum PlotColour {
  static let blue = "#0072b2"
  static let vermilion = "#d55e00"
  static let green = "#00805e"
  static let purple = "#a0517d"
  static let black = "#222222"
  static let grey = "#707070"
  static let sky = "#2f8fc4"
  static let amber = "#a86a00"
  static let red = "#b3122a"
}

extension Plot {
  /// The plot as the page's script reads it.
  var json: String {
    let parts = series.map { line -> String in
      let points = line.points.map { point -> String in
        let seconds = DecimalNumber.trimmed(
          Double(point.tick) / Double(ticksPerSecond), decimals: 2)
        guard let value = point.value, value.isFinite else { return "[\(seconds),\"gap\"]" }
        return "[\(seconds),\(DecimalNumber.trimmed(value, decimals: 6))]"
      }
      return "{\"name\":\(quoted(line.name)),\"colour\":\(quoted(line.colour)),"
        + "\"stroke\":\(quoted("\(line.stroke)")),\"step\":\(line.isStep),"
        + "\"points\":[\(points.joined(separator: ","))]}"
    }
    return "{\"id\":\(quoted(id)),\"unit\":\(quoted(unit)),\"decimals\":\(decimals),"
      + "\"highest\":\(highest.map { DecimalNumber.trimmed($0, decimals: 6) } ?? "null"),"
      + "\"lanes\":[\(lanes.map(quoted).joined(separator: ","))],"
      + "\"series\":[\(parts.joined(separator: ",\n"))]}"
  }
}

/// A JSON string that may stand in an element of a page.
func quoted(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case _
    where scalar.value < 0x20 || scalar == "<" || scalar == ">" || scalar == "&"
      || scalar.value == 0x2028 || scalar.value == 0x2029:
      let digits = String(scalar.value, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}
