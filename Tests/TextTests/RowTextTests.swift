import Testing

@testable import Text

@Suite("Rows of CSV and JSON Lines")
struct RowTextTests {
  private func row(_ form: RowForm, _ put: (inout RowText) -> Void) -> String {
    var text = RowText(form: form, columns: ["a", "b"])
    text.header()
    text.begin()
    put(&text)
    text.end()
    return String(decoding: text.bytes, as: UTF8.self)
  }

  @Test("RFC 4180: commas, quotes and line ends are quoted, quotes doubled, lines end in CR LF")
  func csv() {
    #expect(
      row(.csv) {
        $0.put("say \"no\", twice")
        $0.put("two\nlines")
      } == "a,b\r\n\"say \"\"no\"\", twice\",\"two\nlines\"\r\n")
    #expect(
      row(.csv) {
        $0.skip()
        $0.put(Int64.min)
      } == "a,b\r\n,-9223372036854775808\r\n")
    #expect(
      row(.csv) {
        $0.put(bits: 1 << 1 | 1 << 10)
        $0.put(hundredths: -1205)
      } == "a,b\r\n1 10,-12.05\r\n")
  }

  @Test("JSON: texts are escaped, what is not known is left out")
  func json() {
    #expect(
      row(.jsonLines) {
        $0.put("say \"no\"\n\u{1}\\")
        $0.skip()
      } == "{\"a\":\"say \\\"no\\\"\\n\\u0001\\\\\"}\n")
    #expect(
      row(.jsonLines) {
        $0.put(["x", "y"])
        $0.put(bits: 6)
      } == "{\"a\":[\"x\",\"y\"],\"b\":[1,2]}\n")
  }
}
