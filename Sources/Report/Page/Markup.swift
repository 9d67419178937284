/// HTML that can be put into a page: what is interpolated into it is escaped unless it is markup itself.
///
/// ```swift
/// let row: Markup = "<td>\(title)</td>"  // a title of <script> shows as text
/// ```
struct Markup: ExpressibleByStringInterpolation, Sendable {
  let html: String

  init(stringLiteral value: String) { html = value }
  init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

  /// Text that is HTML already, such as a style sheet; never anything out of a record.
  init(trusted html: String) { self.html = html }

  struct StringInterpolation: StringInterpolationProtocol {
    var html = ""

    init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { html += literal }
    mutating func appendInterpolation(_ text: String) { html += escaped(text) }
    mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
    mutating func appendInterpolation(_ markups: [Markup]) {
      for markup in markups { html += markup.html }
    }
    mutating func appendInterpolation(_ number: Int) { html += String(number) }
    mutating func appendInterpolation(_ number: Int64) { html += String(number) }
  }

  static let empty: Markup = ""

  static func + (a: Markup, b: Markup) -> Markup { Markup(trusted: a.html + b.html) }
}

/// Text as HTML shows it, in an element or in a quoted attribute.
///
/// Control characters, and those that change the direction of writing, show as the replacement character:
/// what a page shows is what the record holds, in its order.
func escaped(_ text: String) -> String {
  var out = ""
  out.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "'": out += "&#39;"
    case "\n", "\t": out.unicodeScalars.append(scalar)
    case _ where scalar.isHidden: out += "\u{fffd}"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out
}

extension Unicode.Scalar {
  fileprivate var isHidden: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}

/// A table: a caption, heads, rows.
func table(
  _ caption: String, _ heads: [String], _ rows: [[Markup]], kind: String = "plain"
) -> Markup {
  let head = heads.map { "<th scope=\"col\">\($0)</th>" as Markup }
  let body = rows.map { row -> Markup in
    let cells = row.enumerated().map { index, cell -> Markup in
      index == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
    }
    return "<tr>\(cells)</tr>\n"
  }
  return """
    <div class="scroll"><table class="\(kind)"><caption>\(caption)</caption>
    <thead><tr>\(head)</tr></thead>
    <tbody>\(body)</tbody></table></div>

    """
}

/// A text as markup.
func cell(_ text: String) -> Markup { "\(text)" }
