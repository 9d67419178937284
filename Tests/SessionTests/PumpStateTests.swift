// @relation(R-030, scope=file, role=Verification)
import Foundation
import Host
import PumpHAL
import Testing

@testable import Session

func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

@Suite("Pump state")
struct PumpStateTests {
  private func memory() -> [JournalEntry] {
    var entries = [JournalEntry](repeating: .blank, count: 1024)
    entries[3] = JournalEntry(slot: 3, sequence: 9, word0: 1, word1: 2, word2: 3)
    entries[259] = entries[3]
    entries[259].word0 = 77  // torn: its checksum does not fit, and must survive as it is
    return entries
  }

  @Test("what is written is read back, torn entries as they are")
  func roundTrip() throws {
    try withTemporaryPath("state") { path in
      #expect(try PumpStateFile.read(path) == nil)
      try PumpStateFile.write(memory(), to: path)
      #expect(try PumpStateFile.read(path) == memory())
      try PumpStateFile.write([JournalEntry](repeating: .blank, count: 1024), to: path)
      #expect(try PumpStateFile.read(path)?.allSatisfy { $0 == .blank } == true)
    }
  }

  @Test("a damaged file, another file and a longer file are refused")
  func damaged() throws {
    try withTemporaryPath("state") { path in
      try PumpStateFile.write(memory(), to: path)
      let whole = try bytes(path)
      var flipped = whole
      flipped[5000] ^= 1
      for wrong in [flipped, Array("title: x\n".utf8), whole + [0], Array(whole.dropLast())] {
        try OutputFile.write(wrong, to: path)
        #expect(throws: PumpStateError.self) { try PumpStateFile.read(path) }
      }
    }
  }

  @Test("R-030: the memory carries the dose history from session to session: the cap counts both")
  func carriesHistory() throws {
    let text = sessionText(
      duration: "10 min",
      extra: """
        patientBolus: { dose: 1 mg, lockout: 15 min, maximum: 4 per h }
        limits: { rate: 5 mL/h, dose: [6 mg per 1 h, 30 mg per 4 h, 150 mg per 24 h], occlusion: 540 mmHg }
        events: [{ at: 1 min, operator: patient, action: bolus }]
        """)
    let first = try makeSession(text)
    var pump = AttachedPump.simulated(first.simulatedPump())
    let alone = try first.run(on: &pump)
    #expect(alone.account.bolusesGranted == 1)
    var options = SessionOptions()
    options.hasEarlierMemory = true
    let second = try makeSession(text, options: options)
    var next = AttachedPump.simulated(second.simulatedPump(memory: pump.memory()))
    let after = try second.run(on: &next)
    // 1.77 mg in the last twelve minutes; 1 mg more and 48 min of 4.2 mg/h would pass 6 mg.
    #expect(after.account.bolusesGranted == 0)
    #expect(after.account.bolusesDenied == 1)
    let dispensed = try #require(after.delivered.first).dispensed_mg
    // The account is this session's: 10 min × 4.2 mg/h, without the bolus of the first.
    #expect(abs(dispensed - 0.7) < 0.001)
  }
}
