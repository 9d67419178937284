import TickCodec

/// The head of a block: what of it the seals vouch for without decoding its ticks.
struct BlockHead {
  var number: UInt64
  /// That of the last tick before the block.
  var firstTick: Int64
  var tickCount: UInt64

  /// Reads the head; nil where it does not decode.
  init?(_ data: Slice) {
    var cursor = ByteCursor(data)
    let layout = cursor.take(UInt8.self)
    let flags = cursor.take(UInt8.self)
    number = cursor.takeVarint()
    firstTick = cursor.takeZigzag()
    tickCount = cursor.takeVarint()
    if flags & BlockFlags.restart != 0 {
      _ = cursor.takeZigzag()
      _ = cursor.takeZigzag()
    }
    guard !cursor.hasFailed, layout == blockVersion, flags <= BlockFlags.restart,
      tickCount <= RecordTape.tickLimit, cursor.remaining >= 16
    else { return nil }
  }
}

/// The log time of a tick, ns; nil for one that has none.
func exactLogTime(_ tick: Int64) -> UInt64? {
  let (time, isTooLate) = tick.multipliedReportingOverflow(by: nanosecondsPerTick)
  return isTooLate || time < 0 ? nil : UInt64(time)
}
