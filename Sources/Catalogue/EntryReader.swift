import PumpHAL
import Vocabulary
import Yams

/// What is wrong in a catalogue, where, and what would be right.
public struct CatalogueError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Name of the catalogue's file.
  public let file: String
  /// Line in it, from 1.
  public let line: Int
  /// What is wrong.
  public let what: String
  /// What would be right.
  public let remedy: String
  /// Both, after file and line.
  public var description: String { "\(file):\(line): \(what); \(remedy)" }
}

/// Reads the keys of one mapping of a catalogue, each once, and knows which were not read.
struct EntryReader {
  let file: String
  let line: Int
  private let fields: [String: Node]
  private var unread: Set<String>

  init(_ node: Node, in file: String) throws(CatalogueError) {
    self.file = file
    line = node.mark?.line ?? 1
    guard case .mapping(let mapping) = node else {
      throw CatalogueError(
        file: file, line: line, what: "not a mapping", remedy: "write keys and values")
    }
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string, fields.updateValue(value, forKey: name) == nil else {
        throw CatalogueError(
          file: file, line: key.mark?.line ?? line, what: "a key that is no word or comes twice",
          remedy: "write each key once")
      }
    }
    self.fields = fields
    unread = Set(fields.keys)
  }

  func error(_ what: String, remedy: String, at node: Node? = nil) -> CatalogueError {
    CatalogueError(file: file, line: node?.mark?.line ?? line, what: what, remedy: remedy)
  }

  func has(_ key: String) -> Bool { fields[key] != nil }

  mutating func node(_ key: String) throws(CatalogueError) -> Node {
    guard let node = fields[key] else {
      throw error("the key '\(key)' is missing", remedy: "write '\(key): …'")
    }
    unread.remove(key)
    return node
  }

  func scalar(_ node: Node, _ key: String) throws(CatalogueError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty else {
      throw error("'\(key)' is not a single value", remedy: "write '\(key): …'", at: node)
    }
    return text
  }

  mutating func text(_ key: String) throws(CatalogueError) -> String {
    let node = try node(key)
    return try scalar(node, key)
  }

  mutating func bool(_ key: String) throws(CatalogueError) -> Bool {
    let node = try node(key)
    switch try scalar(node, key) {
    case "true": return true
    case "false": return false
    case let other:
      throw error("'\(key)' is \(other)", remedy: "write true or false", at: node)
    }
  }

  mutating func integer<Value: FixedWidthInteger>(
    _ key: String, _ type: Value.Type = Value.self
  ) throws(CatalogueError) -> Value {
    let node = try node(key)
    let text = try scalar(node, key)
    guard let value = Value(text), value >= 0 else {
      throw error(
        "'\(key)' is \(text)", remedy: "write a whole number, 0 to \(Value.max)", at: node)
    }
    return value
  }

  mutating func quantity<Q: ConvertibleQuantity>(
    _ key: String, _ type: Q.Type = Q.self
  ) throws(CatalogueError) -> Q {
    let node = try node(key)
    return try quantity(node, key)
  }

  func quantity<Q: ConvertibleQuantity>(
    _ node: Node, _ key: String, _ type: Q.Type = Q.self
  ) throws(CatalogueError) -> Q {
    let text = try scalar(node, key)
    do {
      return try Q(text)
    } catch {
      throw self.error("'\(key)': \(error.what)", remedy: error.remedy, at: node)
    }
  }

  mutating func value(_ key: String, in unit: PhysicalUnit) throws(CatalogueError) -> Double {
    let node = try node(key)
    return try value(node, key, in: unit)
  }

  func value(_ node: Node, _ key: String, in unit: PhysicalUnit) throws(CatalogueError) -> Double {
    let text = try scalar(node, key)
    do {
      return try WrittenQuantity(text, example: unit.dimension.example).value(in: unit)
    } catch {
      throw self.error("'\(key)': \(error.what)", remedy: error.remedy, at: node)
    }
  }

  /// A whole number of `unit`.
  mutating func whole<Value: FixedWidthInteger>(
    _ key: String, in unit: PhysicalUnit
  ) throws(CatalogueError) -> Value {
    let node = try node(key)
    let text = try scalar(node, key)
    let whole: Int64
    do {
      whole = try WrittenQuantity(text, example: unit.dimension.example).whole(in: unit)
    } catch {
      throw self.error("'\(key)': \(error.what)", remedy: error.remedy, at: node)
    }
    guard let value = Value(exactly: whole) else {
      throw error("'\(key)': \(text) is too large", remedy: "check number and unit", at: node)
    }
    return value
  }

  mutating func group(_ key: String) throws(CatalogueError) -> EntryReader {
    let node = try node(key)
    return try EntryReader(node, in: file)
  }

  mutating func list(_ key: String, count: Int? = nil) throws(CatalogueError) -> [Node] {
    let node = try node(key)
    guard case .sequence(let sequence) = node, count == nil || sequence.count == count else {
      let size = count.map { " of \($0)" } ?? ""
      throw error("'\(key)' is not a list\(size)", remedy: "write '\(key): […]'", at: node)
    }
    return Array(sequence)
  }

  mutating func words(_ key: String) throws(CatalogueError) -> [String] {
    var words: [String] = []
    for node in try list(key) { words.append(try scalar(node, key)) }
    return words
  }

  /// Refuses keys that nobody asked for.
  func finish() throws(CatalogueError) {
    guard let key = unread.min() else { return }
    throw error(
      "the key '\(key)' is not known here", remedy: "correct or remove it", at: fields[key])
  }
}

/// The keys that every entry begins with.
struct EntryHeading {
  let id: String
  let number: UInt16
  let name: String
  let source: String
  let isVerified: Bool

  init(_ reader: inout EntryReader) throws(CatalogueError) {
    id = try reader.text("id")
    number = try reader.integer("number")
    name = try reader.text("name")
    source = try reader.text("source")
    isVerified = try reader.bool("verified")
    guard number > 0 else {
      throw reader.error("the number of '\(id)' is 0", remedy: "write a number above 0")
    }
    guard id.allSatisfy({ ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" })
    else {
      throw reader.error("the id '\(id)'", remedy: "write small letters, digits and hyphens")
    }
  }
}
