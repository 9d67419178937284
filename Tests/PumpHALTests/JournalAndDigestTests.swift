import PumpHAL
import Testing

@Suite("Journal entries, checksums, digests")
struct JournalAndDigestTests {
  @Test("CRC-32C of 123456789 is E3069283")
  func checkValue() {
    var crc = CRC32C()
    for byte in "123456789".utf8 { crc.put(byte) }
    #expect(crc.value == 0xe306_9283)
  }

  @Test("An entry is 32 bytes, and any single changed bit makes it not whole")
  func entry() throws {
    let entry = JournalEntry(slot: 3, sequence: 9, word0: 1, word1: .max, word2: 0xffff_ffff_ffff)
    #expect(entry.isWhole)
    let encoded = bytes(of: entry)
    #expect(encoded.count == 32)
    for bit in 0..<256 {
      var damaged = encoded
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let decoded = try #require(decode(JournalEntry.self, from: damaged))
      #expect(!decoded.isWhole)
    }
  }

  @Test("A blank slot is not whole")
  func blank() { #expect(!JournalEntry.blank.isWhole) }

  @Test("A digest tells words, their order and their number apart")
  func digest() {
    func digest(_ words: [UInt64]) -> UInt64 {
      var digest = StateDigest()
      for word in words { digest.combine(word) }
      return digest.value
    }
    let all = [[], [0], [0, 0], [1], [0, 1], [1, 0], [1 << 63], [1, 1 << 63]].map(digest)
    #expect(Set(all).count == all.count)
    // The same on every target: worked out apart, from x = (x ^ w)·0x100000001b3; x ^= x >> 29.
    #expect(digest([1, 2, 3]) == 0x970b_2f56_ceb8_ddc7)
  }

  @Test("An alarm set holds each id apart")
  func alarmSet() {
    for id in AlarmID.allCases {
      var set = AlarmSet()
      set.insert(id)
      #expect(AlarmID.allCases.filter { set.contains($0) } == [id])
      set.remove(id)
      #expect(set.isEmpty)
    }
  }
}
