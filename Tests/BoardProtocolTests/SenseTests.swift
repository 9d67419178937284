// @relation(R-115, scope=file, role=Verification)
import BoardProtocol
import PumpHAL
import Testing

@Suite("Sense frames")
struct SenseTests {
  /// Sends one tick; the number of sense frames it took, nil where one was not taken.
  private func send(
    _ composer: inout SenseComposer, to assembler: inout SenseAssembler, isWhole: Bool
  ) -> Int? {
    var count = 0
    repeat {
      let bytes = wire(.sense, sequence: 0) { sink in
        composer.write(SenseLink(), isLast: !isWhole, to: &sink)
      }
      if bytes.count > FrameFormat.maximumWireSize { return nil }
      var decoder = FrameDecoder()
      var isTaken = false
      for byte in bytes {
        if case .frame = decoder.take(byte) {
          isTaken = decoder.withPayload { assembler.take(&$0) }
        }
      }
      if !isTaken { return nil }
      count += 1
    } while isWhole && composer.hasMore
    return count
  }

  @Test(
    "in lockstep the host has every field in the same tick, whatever changed", arguments: [1, 3])
  func wholeTick(rarity: Int) {
    var random = Random(seed: 10)
    var composer = SenseComposer()
    var assembler = SenseAssembler()
    var frame = SensorFrame()
    var most = 0
    for _ in 0..<3000 {
      random.change(&frame, rarity: rarity)
      composer.take(frame)
      guard let count = send(&composer, to: &assembler, isWhole: true) else {
        Issue.record("a sense frame was not taken")
        return
      }
      most = max(most, count)
      var expected = frame
      expected.link = .up
      #expect(assembler.frame == expected)
    }
    #expect(most <= SenseComposer.maximumFramesPerTick)
  }

  @Test("in real time a tick is one frame, and every group arrives within 128 ticks")
  func oneFrameATick() {
    var random = Random(seed: 11)
    var composer = SenseComposer()
    var frame = SensorFrame()
    random.change(&frame, rarity: 1)
    var assembler = SenseAssembler()
    composer.take(frame)
    for _ in 0..<4 { #expect(send(&composer, to: &assembler, isWhole: false) == 1) }
    #expect(assembler.isComplete)
    // A host that comes later hears everything too, though nothing changes any more.
    var late = SenseAssembler()
    for _ in 0..<Int(SenseComposer.refreshTicks) {
      frame.tick += 1
      composer.take(frame)
      #expect(send(&composer, to: &late, isWhole: false) == 1)
    }
    #expect(late.isComplete)
    #expect(late.frame.wallClock == frame.wallClock)
  }

  @Test("every sensor sampled in one tick at its usual rate fits one frame")
  func usualRates() {
    var composer = SenseComposer()
    var assembler = SenseAssembler()
    var frame = SensorFrame()
    composer.take(frame)
    _ = send(&composer, to: &assembler, isWhole: true)
    // The refresh of one group may come on top; tick 6000 would be the one with battery and clock.
    for tick in 1...5 as ClosedRange<UInt32> {
      frame.tick = tick * 10
      frame.carriage = Reading(Int32(tick), .valid, sampledAt: frame.tick)
      frame.force = Reading(Int32(tick), .valid, sampledAt: frame.tick)
      frame.motorCurrent = Reading(UInt16(tick), .valid, sampledAt: frame.tick)
      frame.battery = Reading(
        BatteryReading(millivolts: UInt16(tick), milliamperes: 0), .valid, sampledAt: frame.tick)
      frame.temperature = Reading(Int16(tick), .valid, sampledAt: frame.tick)
      frame.syringe.sampledAt = frame.tick
      frame.air = Reading(UInt16(tick), .valid, sampledAt: frame.tick)
      composer.take(frame)
      #expect(send(&composer, to: &assembler, isWhole: true) == 1)
    }
  }

  @Test("R-115: a malformed sense frame changes nothing")
  func malformed() {
    var random = Random(seed: 12)
    var assembler = SenseAssembler()
    var taken = 0
    for _ in 0..<100_000 {
      let bytes = (0..<random.below(56)).map { _ in random.byte() }
      let before = assembler.frame
      let isTaken = bytes.withUnsafeBufferPointer { buffer in
        var reader = CanonicalReader(buffer)
        return assembler.take(&reader)
      }
      if isTaken { taken += 1 } else { #expect(assembler.frame == before) }
    }
    // Some random payloads are well formed; most are not.
    #expect(taken < 5000)
  }
}
