import PumpHAL
import Testing

@testable import Story

@Suite("Series")
struct SeriesTests {
  @Test("However many points, few are kept, and the one spike is among them at its own tick")
  func thinning() {
    var series = Series()
    for tick in Int64(0)..<200_000 {
      let value = tick == 123_457 ? 500.0 : tick == 40_001 ? -77.0 : Double(tick % 10)
      series.append(value, at: tick)
    }
    #expect(series.count == 200_000)
    #expect(series.points.count <= 4 * Series.bucketMaximum)
    #expect(series.points.contains(SeriesPoint(tick: 123_457, value: 500)))
    #expect(series.points.contains(SeriesPoint(tick: 40_001, value: -77)))
    #expect(series.points.last == SeriesPoint(tick: 199_999, value: 9))
    #expect(series.isThinned)
    #expect(zip(series.points, series.points.dropFirst()).allSatisfy { $0.tick <= $1.tick })
    #expect(series.range(from: 0, to: 200_000) == -77...500)
  }

  @Test("A short series is kept as it is, gaps included")
  func short() {
    var series = Series()
    for (tick, value) in [(0, 1.0), (10, nil), (20, 3.0)] as [(Int64, Double?)] {
      series.append(value, at: tick)
    }
    #expect(!series.isThinned)
    #expect(series.points.map(\.value) == [1, nil, 3])
    #expect(series.value(at: 15) == 1)
    #expect(series.value(at: -1) == nil)
  }

  @Test("A gap among many points stays a gap")
  func gap() {
    var series = Series(bucketWidth: 100)
    for tick in Int64(0)..<100 { series.append(tick == 50 ? nil : 1, at: tick) }
    #expect(series.points.contains(SeriesPoint(tick: 50, value: nil)))
  }
}

@Suite("JSON of a record's messages")
struct FlatJSONTests {
  @Test("Members read as they were written")
  func members() throws {
    let text =
      #"{"t_s":1.5,"name":"a \"b\" \u00e9\n","alarms":[1,10],"who":["x","y"],"no":null,"is":true}"#
    let members = try #require(JSONMembers(Array(text.utf8)))
    #expect(members.number("t_s") == 1.5)
    #expect(members.text("name") == "a \"b\" é\n")
    #expect(members["alarms"] == .list([.number(1), .number(10)]))
    #expect(members.texts("who") == ["x", "y"])
    #expect(members["no"] == .nothing && members["is"] == .truth(true))
    #expect(members.number("name") == nil && members["other"] == nil)
  }

  @Test(
    "What is no JSON object is refused, however it is broken",
    arguments: [
      "", "{", "[]", "{\"a\":}", "{\"a\":1", "{\"a\":1}x", "{\"a\" 1}", "{\"a\":\"b}",
      "{\"a\":tru}",
      "{\"a\":--1}", "{\"a\":\"\\u12\"}", String(repeating: "{\"a\":", count: 100_000),
      String(repeating: "[", count: 10),
    ])
  func malformed(text: String) {
    #expect(JSONMembers(Array(text.utf8)) == nil)
  }
}
