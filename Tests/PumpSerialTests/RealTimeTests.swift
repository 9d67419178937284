import BoardProtocol
import Glibc
import PumpHAL
import PumpPlant
import Synchronization
import Testing

@testable import PumpSerial

@Suite("Real time over a pseudo-terminal", .serialized)
struct RealTimeTests {
  @Test("for a second the board's readings come in, its motor follows, time never runs back")
  func oneSecond() throws {
    let served = try ServedBoard()
    let pump = try SerialPump.open(path: served.board.path, mode: .realTime)
    var lastTick: UInt32 = 0
    for tick in 0..<100 as Range<Int64> {
      let frame = pump.sense()
      #expect(Int32(bitPattern: frame.tick &- lastTick) >= 0)
      lastTick = frame.tick
      // On a machine so busy that nothing ran for 250 ms the link is rightly lost.
      let wasStarved = pump.statistics.longestSilence > RealTimeLink.silenceLimit
      #expect(frame.link == (wasStarved ? .lost : .up))
      if wasStarved { return }
      #expect(frame.motionValidity == .valid)
      var actuator = delivering(tick)
      if tick % 10 == 0 { actuator.journal = entry(UInt16(tick / 10), UInt32(tick)) }
      pump.actuate(actuator)
      usleep(10_000)
    }
    #expect(pump.sense().stepCount > 0)
    #expect(try pump.readTruth().stepsDone > 0)
    let written = { pump.restoreMemory()[0..<10].map(\.sequence) }
    // The second copy follows a tick after the first; the last entry may still be on its way.
    _ = written()
    #expect(written() == (0..<10).map { UInt32($0 * 10) })
    try pump.inject(.stall)
    try pump.clear(.stall)
    pump.close()
    served.stop()
  }

  @Test("a host that goes away leaves the motor to the dead man, and the next host is answered")
  func hostGoesAway() throws {
    let served = try ServedBoard()
    let begin = Monotonic.nanoseconds()
    do {
      let link = try SerialLink.open(path: served.board.path, settings: .board)
      let line = BoardLine(link)
      _ = try line.exchange(BoardRequest(.open, [BoardMode.realTime.rawValue]))
      var frame = delivering(0)
      frame.targetSteps = 1_000_000
      let payload = ActuatePayload(frame)
      for _ in 0..<20 {
        try line.send(payload.type) { payload.encode(to: &$0) }
        usleep(10_000)
      }
      // Closed without a word, as when a host is killed.
      link.close()
    }
    let seconds = Double(Monotonic.nanoseconds() - begin) * 1e-9
    usleep(800_000)
    let pump = try SerialPump.open(path: served.board.path, mode: .lockstep)
    let stopped = pump.sense()
    #expect(stopped.stepCount > 0)
    #expect(stopped.faults.contains(.deadMan))
    // 400 steps a second while the host was there, and 0.25 s more; 0.1 s for a busy machine.
    #expect(Double(stopped.stepCount) <= (seconds + 0.35) * 400)
    pump.elapse()
    #expect(pump.awaitFrame())
    #expect(pump.sense().stepCount == stopped.stepCount)
    pump.close()
    served.stop()
  }

  @Test("a link that hangs up is lost for good, whatever comes later")
  func hangUp() throws {
    var served: ServedBoard? = try ServedBoard()
    let pump = try SerialPump.open(path: served?.board.path ?? "", mode: .realTime)
    pump.actuate(delivering(1))
    #expect(pump.sense().link == .up)
    served?.stop()
    served = nil
    #expect(eventually { pump.sense().link == .lost })
    let lost = pump.sense()
    #expect(eventually { pump.sense().motionAge > lost.motionAge })
    #expect(!pump.awaitFrame())
    #expect(throws: SerialPumpError.self) { try pump.inject(.stall) }
    // Memory that cannot be read is never given as memory that is empty.
    _ = pump.restoreMemory()
    let memory = pump.restoreMemory()
    #expect(memory.count == 1024 && memory.allSatisfy { !$0.isWhole && $0 != .blank })
    pump.close()
  }

  @Test("a link that falls silent is lost, and stays lost when the board is heard again")
  func silence() throws {
    let served = try ServedBoard()
    let relay = try Relay(to: served.board.path, perMille: 0)
    let pump = try SerialPump.open(path: relay.path, mode: .realTime)
    for tick in 0..<10 as Range<Int64> {
      pump.actuate(delivering(tick))
      usleep(10_000)
    }
    #expect(pump.sense().link == .up)
    relay.isMute.store(true, ordering: .relaxed)
    #expect(eventually { pump.sense().link == .lost })
    let lost = pump.sense()
    #expect(lost.motionAge >= 24 && lost.motionValidity == .valid)
    relay.isMute.store(false, ordering: .relaxed)
    usleep(100_000)
    #expect(pump.sense().link == .lost)
    let sent = pump.statistics.framesSent
    pump.actuate(delivering(11))
    usleep(100_000)
    #expect(pump.statistics.framesSent == sent)
    pump.close()
    relay.stop()
    served.stop()
  }

  @Test("a board that is reset in real time is latched as mismatched")
  func resetInRealTime() throws {
    let served = try ServedBoard()
    let pump = try SerialPump.open(path: served.board.path, mode: .realTime)
    served.board.reset()
    #expect(
      eventually {
        pump.actuate(delivering(1))
        usleep(5000)
        return pump.sense().link != .up
      })
    #expect(pump.sense().link == .mismatched)
    usleep(300_000)
    #expect(pump.sense().link == .mismatched)
    pump.close()
    served.stop()
  }
}
