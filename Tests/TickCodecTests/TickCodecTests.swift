import PumpHAL
import SyntheticTicks
import Testing

@testable import TickCodec

@Suite("Coding of the tick stream")
struct TickCodecTests {
  /// Codes `ticks` in blocks of `blockLength` and checks that they come back.
  private func roundTrip(_ ticks: [RecordedTick], blockLength: Int) {
    var encoder = TickEncoder(capacity: 64)
    var decoder = TickDecoder()
    var position = 0
    while position < ticks.count {
      let isRestart = position / blockLength % 3 == 0
      let block = ticks[position..<min(position + blockLength, ticks.count)]
      encoder.begin(isRestart: isRestart)
      for tick in block { encoder.tick(tick.input, tick.output, tick.monitor) }
      #expect(encoder.tickCount == UInt64(block.count))
      if isRestart { decoder.restart(microstepsPerRevolution: 0, encoderCountsPerRevolution: 0) }
      decoder.begin(encoder.bytes.bytes, tickCount: encoder.tickCount)
      for (offset, tick) in block.enumerated() {
        guard case .tick = decoder.next() else {
          Issue.record("no tick at \(position + offset)")
          return
        }
        let state = decoder.expected.pointee
        let decoded = RecordedTick(
          input: state.input, output: state.output, monitor: state.monitor)
        if decoded != tick {
          Issue.record("tick \(position + offset) came back as \(decoded), was \(tick)")
          return
        }
      }
      guard case .end = decoder.next() else {
        Issue.record("the block goes on after its last tick")
        return
      }
      position += block.count
    }
  }

  @Test(
    "Any sequence of ticks comes back exactly as it was", arguments: 1...20 as ClosedRange<UInt64>)
  func wildTicksComeBack(seed: UInt64) {
    var wild = WildTicks(seed: seed)
    let ticks = (0..<2000).map { _ in wild.next() }
    roundTrip(ticks, blockLength: [1, 7, 100, 2000][Int(seed % 4)])
  }

  @Test("A quiet infusion comes back exactly as it was")
  func quietTicksComeBack() {
    var infusion = SyntheticInfusion(seed: 1)
    let ticks = (0..<20_000).map { _ in
      infusion.advance()
      return RecordedTick(
        input: infusion.input, output: infusion.output, monitor: infusion.monitor)
    }
    roundTrip(ticks, blockLength: 6000)
  }

  @Test("Ticks exactly as expected cost no byte")
  func expectedTicksAreFree() {
    var encoder = TickEncoder(capacity: 64)
    encoder.begin(isRestart: true)
    var input = TickInput(elapsedTicks: 1, sensors: SensorFrame(), command: .none)
    for tick in 1...100_000 as ClosedRange<UInt32> {
      input.sensors.tick = tick
      encoder.tick(input, TickOutput(), MonitorOutput())
    }
    #expect(encoder.bytes.count == 0)
    #expect(encoder.tickCount == 100_000)
  }

  @Test("A power-on comes back with its whole memory, also a torn one")
  func powerOnComesBack() {
    var numbers = SeededNumbers(seed: 5)
    var memory = [JournalEntry](repeating: .blank, count: 1024)
    for slot in [0, 1, 2, 50, 383, 400] as [UInt16] {
      let entry = JournalEntry(
        slot: slot, sequence: 9, word0: numbers.next(), word1: 7, word2: 1 << 47)
      memory[Int(slot)] = entry
      memory[Int(slot) + 512] = entry
    }
    memory[50 + 512].word1 = 1
    memory[300].checksum = 3
    var powerOn = SyntheticInfusion.powerOn
    powerOn.configuration.libraryVersion = 77

    var encoder = TickEncoder(capacity: 64)
    encoder.begin(isRestart: true)
    encoder.powerOn(powerOn, memory: memory, atTick: -3)
    var decoder = TickDecoder()
    decoder.begin(encoder.bytes.bytes, tickCount: 0)
    guard case .powerOn = decoder.next() else {
      Issue.record("no power-on")
      return
    }
    #expect(decoder.powerOn == powerOn)
    #expect(decoder.memory == memory)
    #expect(decoder.powerOnTick == -3)
    // Capabilities and configuration take 176 bytes, nine plain slots 32 each.
    #expect(encoder.bytes.count < 176 + 9 * 32 + 60)
  }

  @Test("Encodings are as long as Docs/CanonicalEncoding.md says")
  func encodingsAreAsLongAsDescribed() {
    func length(_ value: some CanonicalCodable) -> Int32 {
      var count = CanonicalByteCount()
      value.encode(to: &count)
      return count.bytes
    }
    #expect(length(SensorFrame()) == 88)
    #expect(length(ActuatorFrame()) == 25)
    #expect(length(TickOutput()) == 48)
    #expect(length(MonitorOutput()) == 10)
    #expect(length(JournalEntry.blank) == 32)
    #expect(length(Capabilities()) == 61)
    #expect(length(SyntheticInfusion.powerOn) == 176)
  }

  @Test(
    "Damaged blocks never crash the decoder, and never give more ticks than they promise",
    arguments: 1...200 as ClosedRange<UInt64>)
  func damagedBlocksAreHarmless(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var wild = WildTicks(seed: seed)
    var encoder = TickEncoder(capacity: 64)
    encoder.begin(isRestart: true)
    for index in 0..<100 {
      if index % 40 == 20 {
        encoder.powerOn(SyntheticInfusion.powerOn, memory: [.blank, .blank], atTick: 9)
      }
      let tick = wild.next()
      encoder.tick(tick.input, tick.output, tick.monitor)
    }
    var bytes = Array(encoder.bytes.bytes)
    for _ in 0...seed % 4 {
      let position = Int(numbers.next() % UInt64(bytes.count))
      bytes[position] = UInt8(truncatingIfNeeded: numbers.next())
    }
    bytes.withUnsafeBufferPointer { buffer in
      var decoder = TickDecoder()
      decoder.begin(buffer, tickCount: 100)
      var ticks = 0
      decoding: while true {
        switch decoder.next() {
        case .failure, .end: break decoding
        case .tick: ticks += 1
        case .powerOn, .worldChange: continue
        }
      }
      #expect(ticks <= 100)
    }
  }

  @Test("A block says that it is nearly full before a tick would need more memory")
  func fullBlocksAreTold() {
    var encoder = TickEncoder(capacity: 4096)
    encoder.begin(isRestart: true)
    var wild = WildTicks(seed: 3)
    while !encoder.isNearlyFull {
      let tick = wild.next()
      encoder.tick(tick.input, tick.output, tick.monitor)
      #expect(encoder.bytes.capacity == 4096)
    }
    #expect(encoder.bytes.count > 2048)
  }
}
