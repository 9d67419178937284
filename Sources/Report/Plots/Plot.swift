import PumpHAL
import Story
import Text

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
    var json = JSONWriter(capacity: 1 << 16, isForPage: true)
    json.beginObject()
    json.key("id")
    json.value(id)
    json.key("unit")
    json.value(unit)
    json.key("decimals")
    json.value(decimals)
    json.key("highest")
    if let highest { json.value(highest, decimals: 6) } else { json.null() }
    json.key("lanes")
    json.value(lanes)
    json.key("series")
    json.beginArray()
    for line in series { line.write(to: &json) }
    json.endArray()
    json.endObject()
    return json.text
  }
}

extension PlotSeries {
  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.key("name")
    json.value(name)
    json.key("colour")
    json.value(colour)
    json.key("stroke")
    json.value("\(stroke)")
    json.key("step")
    json.value(isStep)
    json.key("points")
    json.beginArray()
    for point in points {
      json.beginArray()
      json.value(Double(point.tick) / Double(ticksPerSecond), decimals: 2)
      if let value = point.value, value.isFinite {
        json.value(value, decimals: 6)
      } else {
        json.value("gap")
      }
      json.endArray()
    }
    json.endArray()
    json.endObject()
  }
}
