// WireAttack SENDS [SEED]: so many actuator frames, and as many sense frames, each sent over a line
// that spoils it. Status 1 where one is taken that was not sent, or the receiver does not get back
// into step within two frames.

import Glibc

@main
enum WireAttackProgram {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
    guard (1...2).contains(arguments.count), let sends = arguments[arguments.startIndex],
      let seed = arguments.count > 1 ? arguments[arguments.startIndex + 1] : 1
    else {
      print("usage: WireAttack SENDS [SEED]")
      exit(64)
    }
    var isRight = true
    for isSense in [false, true] {
      var attack = CorruptedSends(seed: seed, isSense: isSense)
      for _ in 0..<sends { attack.send() }
      let report = attack.report
      print(isSense ? "sense frames" : "actuator frames", terminator: ": ")
      print(
        "\(report.sends) sent over a line that spoils them, \(report.undamaged) came as they were "
          + "sent, \(report.falselyTaken) taken that were not sent; back in step with the next frame "
          + "\(report.inStepAtOnce) times, with the one after it \(report.inStepLater) times, later "
          + "\(report.outOfStep) times")
      if report.falselyTaken > 0 || report.outOfStep > 0 { isRight = false }
    }
    if !isRight { exit(1) }
  }
}
