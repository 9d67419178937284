import PumpHAL
import PumpPlant
import Testing

@Suite("Non-volatile memory")
struct MemoryTests {
  private let old = JournalEntry(slot: 7, sequence: 1, word0: 11, word1: 1 << 40, word2: 13)
  private let new = JournalEntry(slot: 7, sequence: 2, word0: 21, word1: (1 << 41) + 5, word2: 23)

  private func write(_ entry: JournalEntry, to pump: inout SimulatedPump) {
    var frame = ActuatorFrame()
    frame.journal = entry
    pump.actuate(frame)
  }

  /// A pump whose slot 7 holds `old` in both copies.
  private func prepared() -> SimulatedPump {
    var pump = SimulatedPump(.standard)
    write(old, to: &pump)
    pump.elapse()
    return pump
  }

  @Test("A fresh memory is blank: two copies of 512 slots")
  func blank() {
    var pump = SimulatedPump(.standard)
    let memory = pump.restoreMemory()
    #expect(memory.count == 1024)
    #expect(memory.allSatisfy { $0 == .blank })
  }

  @Test("An entry is in the first copy at once and in the second a tick later")
  func copies() {
    var pump = prepared()
    write(new, to: &pump)
    #expect(pump.restoreMemory()[7] == new)
    #expect(pump.restoreMemory()[512 + 7] == old)
    pump.actuate(ActuatorFrame())
    #expect(pump.restoreMemory()[512 + 7] == new)
  }

  @Test("Entries in every tick all reach both copies")
  func everyTick() {
    var pump = SimulatedPump(.standard)
    for slot in 0..<512 as Range<UInt16> {
      write(
        JournalEntry(slot: slot, sequence: 9, word0: UInt64(slot), word1: 0, word2: 0), to: &pump)
    }
    pump.elapse()
    let memory = pump.restoreMemory()
    for index in 0..<1024 {
      #expect(memory[index].word0 == UInt64(index % 512) && memory[index].isWhole)
    }
  }

  @Test("Losing power between the copies leaves the new entry in one, the old in the other")
  func powerLoss() {
    var pump = prepared()
    write(new, to: &pump)
    pump.inject(.powerLoss(duration: 1))
    for _ in 0..<100 { pump.elapse() }
    #expect(pump.isPowered)
    let memory = pump.restoreMemory()
    #expect(memory[7] == new && memory[512 + 7] == old)
  }

  @Test("A torn write leaves half of its bytes in one copy; its checksum tells")
  func torn() {
    var pump = prepared()
    pump.tearNextWrite()
    write(new, to: &pump)
    pump.elapse()
    let memory = pump.restoreMemory()
    #expect(memory[7].sequence == 2 && memory[7].word0 == 21)
    let mixed: UInt64 = (1 << 40) + 5
    #expect(memory[7].word1 == mixed)
    #expect(memory[7].word2 == old.word2 && memory[7].checksum == old.checksum)
    #expect(!memory[7].isWhole)
    #expect(memory[512 + 7] == new)
  }

  @Test("A lost write leaves both copies as they were; the one after it arrives")
  func lost() {
    var pump = prepared()
    pump.loseNextWrite()
    write(new, to: &pump)
    pump.elapse()
    #expect(pump.restoreMemory()[7] == old && pump.restoreMemory()[512 + 7] == old)
    write(new, to: &pump)
    pump.elapse()
    #expect(pump.restoreMemory()[7] == new && pump.restoreMemory()[512 + 7] == new)
  }

  @Test("What one session left behind the next one finds")
  func carried() {
    var first = prepared()
    var second = SimulatedPump(.standard, memory: first.restoreMemory())
    #expect(second.restoreMemory()[7] == old)
  }

  @Test("An entry for a slot that is not there is refused and said so")
  func noSuchSlot() {
    var pump = prepared()
    var entry = new
    entry.slot = 512
    write(entry, to: &pump)
    #expect(pump.sense().faults.contains(.frameRefused))
    pump.elapse()
    #expect(pump.restoreMemory()[512] == .blank)
    pump.actuate(ActuatorFrame())
    #expect(!pump.sense().faults.contains(.frameRefused))
  }
}
