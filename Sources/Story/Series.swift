import PumpHAL

/// A value at a tick.
public struct SeriesPoint: Equatable, Sendable {
  /// Session tick.
  public var tick: Int64
  /// The value, in the unit of its series; nil where the series is interrupted.
  public var value: Double?
  /// A point.
  public init(tick: Int64, value: Double?) {
    self.tick = tick
    self.value = value
  }
}

/// A quantity over session time, thinned so that no extreme is lost.
///
/// Takes any number of points in the order of time and keeps at most `bucketMaximum` buckets. A bucket
/// keeps its lowest, its highest and its last point; when there are too many, two neighbours become
/// one. So memory is bounded, and every lowest and highest value is still there, at its own tick.
public struct Series: Equatable, Sendable {
  /// The most buckets that are kept.
  public static let bucketMaximum = 1024

  fileprivate struct Bucket: Equatable, Sendable {
    var lowest: SeriesPoint
    var highest: SeriesPoint
    var last: SeriesPoint
    /// The last interruption in it, if there is one.
    var gap: SeriesPoint?
  }

  private var buckets: [Bucket] = []
  private var width: Int64 = 1
  /// How many points it was given.
  public private(set) var count = 0

  /// A series without points.
  public init() {}

  /// A series without points whose buckets begin so many ticks wide.
  public init(bucketWidth: Int64) { width = max(1, bucketWidth) }

  /// Whether points were left out.
  public var isThinned: Bool { count > points.count }
  /// The last point.
  public var last: SeriesPoint? { buckets.last?.last }
  /// Whether there is no value in it.
  public var isEmpty: Bool { !buckets.contains { $0.lowest.value != nil } }

  /// Adds a point that is no earlier than the last one.
  public mutating func append(_ value: Double?, at tick: Int64) {
    count += 1
    let point = SeriesPoint(tick: tick, value: value)
    if let index = buckets.indices.last, buckets[index].last.tick / width == tick / width {
      buckets[index].take(point)
      return
    }
    buckets.append(
      Bucket(lowest: point, highest: point, last: point, gap: value == nil ? point : nil))
    while buckets.count > Series.bucketMaximum { merge() }
  }

  private mutating func merge() {
    width *= 2
    var merged: [Bucket] = []
    merged.reserveCapacity(buckets.count)
    for bucket in buckets {
      if let index = merged.indices.last,
        merged[index].last.tick / width == bucket.last.tick / width
      {
        for point in bucket.points { merged[index].take(point) }
      } else {
        merged.append(bucket)
      }
    }
    buckets = merged
  }

  /// What is kept, in order of time.
  public var points: [SeriesPoint] { buckets.flatMap(\.points) }

  /// The lowest and the highest value from one tick to another.
  public func range(from: Int64, to: Int64) -> ClosedRange<Double>? {
    var found: ClosedRange<Double>?
    for point in points where point.tick >= from && point.tick <= to {
      guard let value = point.value else { continue }
      found = found.map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
    }
    return found
  }

  /// The last value at or before a tick.
  public func value(at tick: Int64) -> Double? {
    points.last { $0.tick <= tick && $0.value != nil }?.value
  }
}

extension Series.Bucket {
  fileprivate mutating func take(_ point: SeriesPoint) {
    last = point
    guard let value = point.value else {
      gap = point
      return
    }
    if lowest.value.map({ value < $0 }) ?? true { lowest = point }
    if highest.value.map({ value > $0 }) ?? true { highest = point }
  }

  fileprivate var points: [SeriesPoint] {
    var all = [lowest]
    for point in [highest, gap, last] {
      if let point, !all.contains(point) { all.append(point) }
    }
    return all.sorted { $0.tick < $1.tick }
  }
}
