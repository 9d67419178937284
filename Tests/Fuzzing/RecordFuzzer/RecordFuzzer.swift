// What libFuzzer calls with any bytes: whoever opens a record must survive them.
//
// Built only with TRUMPET_FUZZ=1 (Scripts/fuzz).

import FuzzDriver
import SessionRecord

@main
enum RecordFuzzer {
  static func main() { fuzz(one) }

  /// One input: read as a record from front to back, and verified.
  static func one(_ bytes: [UInt8]) {
    do {
      let reader = try RecordReader(bytes: bytes, name: "input")
      for topic in reader.messageCounts.keys.sorted() { _ = try reader.messages(on: topic) }
      try play(reader)
    } catch {
      // It was refused, which is what most inputs deserve.
    }
    _ = try? RecordVerifier.verify(bytes: bytes, name: "input")
  }

  private static func play(_ reader: RecordReader) throws {
    var tape = try reader.tape()
    // A block may claim 2^24 ticks in three bytes; a reader that plays them is slow, not wrong.
    for _ in 0..<100_000 {
      switch try tape.next() {
      case .end: return
      default: continue
      }
    }
  }
}
