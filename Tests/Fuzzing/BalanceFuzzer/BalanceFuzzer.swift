// What libFuzzer calls with any bytes: neither end of MT-SICS or SBI may stumble over them.
//
// Built only with TRUMPET_FUZZ=1 (Scripts/fuzz). The first byte of an input says what it is given to.

import FuzzDriver

@testable import PumpSerial

@main
enum BalanceFuzzer {
  static func main() { fuzz(one) }

  /// One input.
  static func one(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    switch first % 4 {
    case 0: serve(MTSICSServer(), bytes)
    case 1: serve(SBIServer(hasIdentification: first & 8 != 0, isAutomatic: first & 16 != 0), bytes)
    case 2: asLines(bytes)
    default: asLine(bytes)
    }
  }

  /// Bytes as a balance hears them, a second of its time between pieces.
  private static func serve(_ server: some BalanceServer, _ bytes: [UInt8]) {
    var server = server
    var model = BalanceModel(BalanceParameters())
    for start in stride(from: 0, to: bytes.count, by: 64) {
      let piece = Array(bytes[start..<min(start + 64, bytes.count)])
      piece.withUnsafeBufferPointer { server.take($0, &model) }
      server.elapse(&model)
      server.output.removeAll()
    }
    server.hostIsGone()
  }

  /// Bytes as a host hears them.
  private static func asLines(_ bytes: [UInt8]) {
    var lines = LineAssembler()
    for byte in bytes {
      if let line = lines.take(byte) { asLine(line) }
    }
  }

  private static func asLine(_ line: [UInt8]) {
    _ = MTSICSReply(line: line)
    _ = SBILine(line: line)
    _ = try? MTSICSCommand(line: line)
    _ = SBICommand(long: line)
    var reader = SBICommandReader()
    for byte in line { _ = reader.take(byte) }
    for unit in BalanceUnit.allCases { _ = DecimalMass(number: line, unit: unit) }
    _ = printable(line)
  }
}
