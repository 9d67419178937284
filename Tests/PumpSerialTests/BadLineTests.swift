import BoardProtocol
import Glibc
import PumpHAL
import PumpPlant
import Testing

@testable import PumpSerial

@Suite("A line that loses and changes bytes", .serialized)
struct BadLineTests {
  @Test("in lockstep the outcome is the same as in process: nothing is skipped or done twice")
  func lockstep() throws {
    let served = try ServedBoard()
    let relay = try Relay(to: served.board.path, perMille: 15)
    let remote = try SerialPump.open(path: relay.path, mode: .lockstep)
    try remote.configure(.standard)
    var local = SimulatedPump(.standard)
    for tick in 0..<1200 as Range<Int64> {
      var there = remote.sense()
      there.link = .inProcess
      #expect(there == local.sense())
      if there != local.sense() { break }
      var frame = delivering(tick)
      if tick % 3 == 0 { frame.journal = entry(UInt16(tick % 384), UInt32(tick)) }
      remote.actuate(frame)
      local.actuate(frame)
      #expect(remote.awaitFrame(withinMilliseconds: 5000))
    }
    #expect(try remote.readStateDigest() == local.stateDigest.value)
    #expect(remote.statistics.framesResent > 0)
    remote.close()
    relay.stop()
    served.stop()
    #expect(relay.spoilt > 5)
  }

  @Test("in real time every journal entry gets there, and none overwrites a younger one")
  func journal() throws {
    let served = try ServedBoard()
    let relay = try Relay(to: served.board.path, perMille: 60)
    let pump = try SerialPump.open(path: relay.path, mode: .realTime)
    for tick in 0..<150 as Range<Int64> {
      var frame = delivering(tick)
      // Slot 0 again and again, and every slot once.
      if tick % 5 == 0 && tick < 100 {
        frame.journal = entry(tick % 10 == 0 ? 0 : UInt16(tick), UInt32(tick + 1))
      }
      pump.actuate(frame)
      usleep(10_000)
    }
    #expect(pump.sense().link == .up)
    let statistics = pump.statistics
    pump.close()
    relay.stop()
    served.stop()
    let memory = served.board.restoreMemory()
    #expect(memory[0].sequence == 91)
    for slot in stride(from: 5, to: 100, by: 10) {
      #expect(memory[slot].sequence == UInt32(slot + 1))
      #expect(memory[slot + 512] == memory[slot])
    }
    #expect(statistics.framesMissed + statistics.framesRejected > 0)
  }

  @Test("an entry that was lost goes again before younger ones, unless one replaces it")
  func tracker() {
    var tracker = JournalTracker()
    let entries = [entry(1, 1), entry(2, 2), entry(1, 3), entry(4, 4)]
    for entry in entries { tracker.add(entry) }
    for sequence in 10..<13 as Range<UInt8> { tracker.didSend(sequence) }
    // 12 was taken, 11 was not, 10 was not; 10 is replaced by 12, which was for the same slot.
    #expect(tracker.take(answering: 12, received: 0b00) == 2)
    #expect(tracker.next == entries[1])
    tracker.didSend(13)
    #expect(tracker.next == entries[3])
    tracker.didSend(14)
    #expect(tracker.take(answering: 14, received: 0b11) == 0)
    #expect(tracker.next == nil)
    // Past the sixteen that the board remembers, an entry counts as lost; sequences wrap.
    tracker.add(entry(9, 9))
    tracker.didSend(250)
    #expect(tracker.take(answering: 20, received: 0xffff) == 1)
    #expect(tracker.next == entry(9, 9))
  }
}
