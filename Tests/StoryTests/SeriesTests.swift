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
