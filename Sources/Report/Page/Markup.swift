import Text

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
    mutating func appendInterpolation(_ text: String) { html += MarkupText.escaped(text) }
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
