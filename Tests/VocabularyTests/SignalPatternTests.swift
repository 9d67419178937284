// @relation(R-070, scope=file, role=Verification)
import PumpHAL
import Testing
import Vocabulary

@Suite("R-070: alarm signals keep the ranges of IEC 60601-1-8")
struct SignalPatternTests {
  @Test(
    "lamps have the colour, frequency and duty of their priority",
    arguments: [
      (Lamp.high, LampPattern.Colour.red, 1.4...2.8), (.medium, .yellow, 0.4...0.8),
    ])
  func flashing(_ lamp: Lamp, _ colour: LampPattern.Colour, _ hertz: ClosedRange<Double>) throws {
    let pattern = try #require(lamp.pattern)
    #expect(pattern.colour == colour)
    #expect(hertz.contains(1000 / Double(pattern.periodMilliseconds)))
    let duty = Double(pattern.onMilliseconds) / Double(pattern.periodMilliseconds)
    #expect((0.2...0.6).contains(duty))
  }

  @Test("a low-priority lamp is cyan and steady, and no alarm colour means infusing")
  func steady() throws {
    let low = try #require(Lamp.low.pattern)
    #expect(low.colour == .cyan)
    #expect(low.onMilliseconds == low.periodMilliseconds)
    #expect(Lamp.infusing.pattern?.colour == .green)
    #expect(Lamp.off.pattern == nil)
  }

  @Test(
    "bursts have the pulses, lengths and pauses of their priority",
    arguments: [
      (Buzzer.high, 10, 75...200, 50...125, 2500...15_000),
      (.medium, 3, 125...250, 125...250, 2500...30_000),
      (.low, 2, 125...250, 125...250, 15_001...60_000),
    ])
  func bursts(
    _ buzzer: Buzzer, _ count: Int, _ pulse: ClosedRange<Int>, _ gap: ClosedRange<Int>,
    _ burstGap: ClosedRange<Int>
  ) throws {
    let pattern = try #require(buzzer.pattern)
    #expect(Int(pattern.pulseCount) == count)
    #expect(pulse.contains(Int(pattern.pulseMilliseconds)))
    #expect(gap.contains(Int(pattern.gapMilliseconds(after: 0))))
    #expect(burstGap.contains(Int(pattern.burstGapMilliseconds)))
  }

  @Test("the high-priority burst is x x (2x + pulse) x, 0.35 to 1.30 s, and the same again")
  func highBurst() throws {
    let pattern = try #require(Buzzer.high.pattern)
    let gaps = (0..<pattern.pulseCount - 1).map { pattern.gapMilliseconds(after: $0) }
    let x = gaps[0]
    let half = [x, x, 2 * x + pattern.pulseMilliseconds, x]
    #expect(Array(gaps[0..<4]) == half)
    #expect(Array(gaps[5...]) == half)
    #expect((350...1300).contains(gaps[4]))
  }
}
