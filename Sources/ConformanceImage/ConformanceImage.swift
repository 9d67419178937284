// Runs the conformance session and prints its fingerprints, on the host and on a Cortex-M4 alike.

import CConformance
import Conformance
import PumpHAL

@main
struct ConformanceImage {
  static func main() {
    var session = ConformanceSession()
    for _ in 0..<ConformanceSession.seconds { session.runSecond() }
    line("controller", session.controllerDigest)
    line("monitor   ", session.monitorDigest)
    line("plant     ", session.plantDigest)
    line("conditions", session.conditions.bits)
    line("objections", session.objections.bits)
    line("refusals  ", UInt64(UInt32(bitPattern: session.refusals)))
    line("volume pL ", UInt64(bitPattern: session.deliveredVolume.picolitres))
    conformance_end()
  }

  /// One line: a name and 16 hexadecimal digits, without anything of the standard library.
  static func line(_ name: StaticString, _ value: UInt64) {
    name.withUTF8Buffer { buffer in
      for byte in buffer { conformance_put(byte) }
    }
    conformance_put(32)
    var shift: UInt64 = 64
    while shift > 0 {
      shift -= 4
      let digit = UInt8(truncatingIfNeeded: value >> shift & 15)
      conformance_put(digit < 10 ? 48 + digit : 87 + digit)
    }
    conformance_put(10)
  }
}
