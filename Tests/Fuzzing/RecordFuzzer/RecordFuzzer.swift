// What libFuzzer calls with any bytes: whoever opens a record must survive them.
//
// Built only with TRUMPET_FUZZ=1 (Scripts/fuzz). A trap, a hang, a leak or an access outside the
// bytes is a finding; a thrown error is an answer.

import SessionRecord

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ argumentCount: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

@main
enum RecordFuzzer {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = runDriver(&count, &arguments) { start, count in
      RecordFuzzer.one(Array(UnsafeBufferPointer(start: start, count: count)))
      return 0
    }
  }

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
