import Testing

@testable import Text

@Suite("JSON, written and read")
struct JSONTests {
  /// Numbers that look random and are the same in every run.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private static func text(_ dice: inout Dice) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &dice) {
      let bounds: [UInt32] = [0x30, 0x100, 0x2100, 0x11_0000]
      let bound = bounds[Int.random(in: 0..<4, using: &dice)]
      if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &dice)) {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static func value(_ dice: inout Dice, depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0...(depth < 6 ? 7 : 4), using: &dice) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &dice))
    case 2: return .integer(Int64.random(in: Int64.min...Int64.max, using: &dice))
    case 3: return .number("\(Double.random(in: -1e9...1e9, using: &dice))")
    case 4: return .string(text(&dice))
    case 5:
      return .array(
        (0..<Int.random(in: 0...5, using: &dice)).map { _ in value(&dice, depth: depth + 1) })
    default:
      let count = Int.random(in: 0...5, using: &dice)
      return .object(
        (0..<count).map { ("\($0)" + text(&dice), value(&dice, depth: depth + 1)) })
    }
  }

  @Test("What is written is read back the same, on one line and on many; every cut is refused")
  func roundTrip() throws {
    var dice = Dice(state: 7)
    for _ in 0..<3000 {
      let value = Self.value(&dice)
      #expect(try JSONReader.read(value.text) == value)
      #expect(try JSONReader.read(value.line) == value)
      // No proper beginning of a list or an object is one.
      guard case .object = value else { continue }
      let bytes = Array(value.line.utf8)
      let cut = Int.random(in: 0..<bytes.count, using: &dice)
      #expect(throws: JSONError.self) { try JSONReader.read(Array(bytes[..<cut])) }
    }
  }

  @Test("Bytes of any kind are read or refused, and what is read is written and read the same")
  func spoilt() throws {
    var dice = Dice(state: 11)
    var readable = 0
    for _ in 0..<20_000 {
      var bytes = Array(Self.value(&dice).line.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &dice) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8.random(
          in: 0...255, using: &dice)
      }
      guard let value = try? JSONReader.read(bytes) else { continue }
      readable += 1
      #expect(try JSONReader.read(value.text) == value)
    }
    // Some spoilt texts are JSON still: the loop is not empty.
    #expect(readable > 100)
  }

  @Test(
    "What is no JSON is refused at the byte where it stops being JSON",
    arguments: [
      ("", 0), ("{", 1), ("{}x", 2), ("{\"a\":1,\"a\":2}", 7), ("[1,]", 3), ("01", 0), ("1.", 2),
      ("\"\u{1}\"", 1), ("\"\\ud800\"", 1), ("\"\\ud800\\u0041\"", 1), ("\"\\udc00\"", 1),
      ("nul", 0), ("{\"a\" 1}", 5), ("\"\\x\"", 1), ("-", 1), ("1e", 2), ("+1", 0), ("[1 2]", 3),
      ("{\"a\":--1}", 6), ("{\"a\":\"\\u12\"}", 10), ("\"a", 2), ("{a:1}", 1), ("tru", 0),
      ("NaN", 0), ("'a'", 0), ("[1]\u{a0}", 3), ("\u{feff}[]", 0),
      (String(repeating: "[", count: 100_000), JSONReader.depthMaximum),
    ])
  func refused(text: String, position: Int) throws {
    let error = #expect(throws: JSONError.self) { try JSONReader.read(text) }
    #expect(error?.position == position, "\(error?.description ?? "")")
  }

  @Test("A text that is not UTF-8 is refused, in keys and in values")
  func invalidUTF8() {
    for bytes in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x80]] as [[UInt8]] {
      let quoted = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
      #expect(throws: JSONError.self) { try JSONReader.read(quoted) }
      #expect(throws: JSONError.self) {
        try JSONReader.read([UInt8(ascii: "{")] + quoted + Array(":1}".utf8))
      }
    }
  }

  @Test("Keys that only look alike are two; a hundred thousand keys take no time in their square")
  func keys() throws {
    let value = try JSONReader.read(#"{"\u00e9":1,"e\u0301":2}"#)
    #expect(value["\u{e9}"]?.integer == 1 && value["e\u{301}"]?.integer == 2)
    let members = (0..<100_000).map { "\"k\($0)\":\($0)" }
    let many = try JSONReader.read("{" + members.joined(separator: ",") + "}")
    #expect(many["k99999"]?.integer == 99_999)
    #expect(throws: JSONError.self) {
      try JSONReader.read("{" + members.joined(separator: ",") + ",\"k5\":0}")
    }
  }

  @Test("Texts, whole numbers, other numbers and nesting are given as they are")
  func accessors() throws {
    let root = try JSONReader.read(
      #" {"a":[1,-2,9223372036854775807,1.5,1e3],"b":{"c":null},"d":"\u00fc\ud83d\ude00\n\/"} "#)
    #expect(root["a"]?.array?.map(\.integer) == [1, -2, .max, nil, nil])
    #expect(root["a"]?.array?.suffix(2).map(\.double) == [1.5, 1000])
    #expect(root["b"]?["c"] == .null && root["b"]?["d"] == nil)
    #expect(root["d"]?.string == "ü😀\n/")
    #expect(try JSONReader.read("1e999").double == nil)
    #expect(try JSONReader.read("9223372036854775808").integer == nil)
    #expect(try JSONReader.read(#"["x",1,"y"]"#).strings == ["x", "y"])
  }

  @Test(
    "Every character that can come from a file is written so that no reader and no terminal errs")
  func escapes() {
    #expect(JSONValue.string("a\"b\\c\n\u{1}é").line == #""a\"b\\c\n\u0001é""#)
    #expect(
      JSONValue.string("\u{1b}[2J\u{9b}\u{202e}\u{7f}😀").line == #""\u001b[2J\u009b\u202e\u007f😀""#)
    #expect(JSONValue.decimal(.nan, decimals: 2).line == "null")
    #expect(JSONValue.decimal(nil, decimals: 2).line == "null")
    var page = JSONWriter(isForPage: true)
    page.value("</script>&")
    #expect(page.text == #""\u003c/script\u003e\u0026""#)
  }

  @Test("For people: two spaces a level, plain lists and flat objects of a list on one line")
  func layout() {
    let value: JSONValue = [
      "a": [1, "b"], "c": [["d": 1, "e": true], ["f": ["g": 2]]], "h": [:], "i": [],
    ]
    #expect(
      value.text == """
        {
          "a": [1, "b"],
          "c": [
            {"d": 1, "e": true},
            {
              "f": {
                "g": 2
              }
            }
          ],
          "h": {},
          "i": []
        }
        """)
  }

  @Test("A message is written value by value, compact, and read back")
  func writer() throws {
    var json = JSONWriter()
    for _ in 0..<2 {
      json.clear()
      json.beginObject()
      json.key("t_s")
      json.value(1.250_04, decimals: 3)
      json.key("big")
      json.value(Double.infinity, decimals: 3)
      json.key("bits")
      json.value(bits: 1 | 1 << 63)
      json.key("no")
      json.value([] as [String])
      json.key("k\"")
      json.beginArray()
      json.beginObject()
      json.endObject()
      json.value(UInt64.max)
      json.value(false)
      json.endArray()
      json.endObject()
    }
    #expect(
      json.text
        == #"{"t_s":1.25,"big":null,"bits":[0,63],"no":[],"k\"":[{},9223372036854775807,false]}"#)
    #expect(try JSONReader.read(json.bytes)["t_s"]?.double == 1.25)
  }
}
