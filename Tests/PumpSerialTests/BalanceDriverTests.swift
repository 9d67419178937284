import Glibc
import Synchronization
import Testing

@testable import PumpSerial

@Suite("A balance on a port")
struct BalanceDriverTests {
  static let faces: [(EmulatedBalance.Face, BalanceProtocol)] = [
    (.mtSICS, .mtSICS), (.sbi(hasIdentification: true), .sbi),
    (.sbi(hasIdentification: false), .sbi),
  ]

  /// A balance's readings come this often here, ms.
  private let fast = Balance.Mode.polling(milliseconds: 50)

  private func micrograms(_ balance: Balance) -> Int64? {
    if case .reading(let reading) = balance.state { reading.micrograms } else { nil }
  }

  @Test(
    "it tells what it is, and its masses are read with stability, digit and time", arguments: faces)
  func read(_ face: EmulatedBalance.Face, _ spoken: BalanceProtocol) throws {
    let served = try ServedBalance(face)
    let balance = try Balance.open(path: served.balance.path, protocol: spoken, mode: fast)
    #expect(balance.identity.serialNumber == "0000000001")
    #expect(balance.identity.model.uppercased().hasPrefix("TRUMPET"))
    #expect(balance.identity.spoken == spoken)
    served.put(12.3456)
    let begun = Balance.now
    let stable = try balance.stableReading(withinMilliseconds: 5000)
    #expect(stable.isStable && stable.digitMicrograms == 100)
    #expect(stable.askedAt >= begun && stable.receivedAt >= stable.askedAt)
    #expect(eventually { micrograms(balance) == 12_345_600 })
    // On the way to another mass it is not stable.
    served.put(23.4567)
    var readings: [BalanceReading] = []
    let isComplete = eventually {
      readings += balance.takeReadings()
      return readings.count > 3 && readings.contains { !$0.isStable }
    }
    #expect(isComplete, "\(readings)")
    #expect(zip(readings, readings.dropFirst()).allSatisfy { $0.receivedAt < $1.receivedAt })
    #expect(balance.statistics.framesRejected == 0)
    balance.close()
  }

  @Test("tare and zero leave the balance at zero, and the next mass is net", arguments: faces)
  func tare(_ face: EmulatedBalance.Face, _ spoken: BalanceProtocol) throws {
    let served = try ServedBalance(face)
    let balance = try Balance.open(path: served.balance.path, protocol: spoken, mode: fast)
    served.put(3)
    #expect(eventually { micrograms(balance) == 3_000_000 })
    let tared = try balance.tare(withinMilliseconds: 5000)
    #expect(tared.micrograms == 0)
    #expect((served.pan.model.tareMass - 3e6).magnitude < 1)
    served.put(0.5)
    #expect(eventually { micrograms(balance) == 500_000 })
    #expect(try balance.zero(withinMilliseconds: 5000).micrograms == 0)
    #expect(served.pan.model.tareMass == 0)
    balance.close()
  }

  @Test("with a flow that never lets it be stable, tare waits in vain, and does without at once")
  func unstable() throws {
    // 10 mL/h: 28 digits a second.
    let served = try ServedBalance(flow: 10 / 3.6)
    let balance = try Balance.open(path: served.balance.path, protocol: .mtSICS, mode: fast)
    usleep(500_000)
    #expect(throws: BalanceError.notStable(path: balance.path, milliseconds: 600)) {
      try balance.tare(withinMilliseconds: 600)
    }
    let tared = try balance.tare(immediately: true, withinMilliseconds: 3000)
    #expect(!tared.isStable && tared.micrograms < 5000)
    balance.close()
  }

  @Test("a stream is read, interrupted by a tare, goes on after it, and ends with the port")
  func stream() throws {
    let served = try ServedBalance()
    let balance = try Balance.open(path: served.balance.path, protocol: .mtSICS, mode: .streaming)
    #expect(eventually { balance.statistics.framesReceived > 4 })
    served.put(1)
    #expect(eventually { micrograms(balance) == 1_000_000 })
    #expect(try balance.tare(withinMilliseconds: 5000).micrograms == 0)
    let before = balance.statistics
    #expect(eventually { balance.statistics.framesReceived > before.framesReceived + 4 })
    #expect(balance.statistics.framesSent <= before.framesSent + 1)
    balance.close()
    // Whoever comes next is not spoken to unasked.
    let link = try SerialLink.open(path: served.balance.path, settings: SerialSettings(baud: 9600))
    link.discardBuffers()
    var bytes = [UInt8](repeating: 0, count: 8)
    #expect(
      try bytes.withUnsafeMutableBufferPointer {
        try link.read(into: $0, withinMilliseconds: 300)
      } == 0)
    link.close()
  }

  @Test("a balance that sends by itself is listened to, and never told to stop")
  func automatic() throws {
    let served = try ServedBalance(.sbi(hasIdentification: true, isAutomatic: true))
    let balance = try Balance.open(path: served.balance.path, protocol: .sbi)
    #expect(balance.identity.model == "TRUMPET-EMUL")
    served.put(2)
    #expect(try balance.stableReading(withinMilliseconds: 5000).micrograms == 2_000_000)
    balance.close()
  }

  @Test("overload in the middle is no mass, and neither tared nor waited for in vain")
  func overload() throws {
    let served = try ServedBalance { $0.capacity = 10 }
    let balance = try Balance.open(path: served.balance.path, protocol: .mtSICS, mode: fast)
    #expect(eventually { micrograms(balance) == 0 })
    served.put(11)
    #expect(eventually { balance.state == .overload })
    #expect(throws: BalanceError.overload(path: balance.path, command: "tare")) {
      try balance.tare(withinMilliseconds: 500)
    }
    served.put(-11.5)
    #expect(eventually { balance.state == .underload })
    served.put(0.5)
    #expect(eventually { micrograms(balance) == 0 })
    balance.close()
  }

  @Test("unplugged, there is no mass any more, not even the last one, and whoever waits is told")
  func unplugged() throws {
    var served: ServedBalance? = try ServedBalance()
    let path = try #require(served?.balance.path)
    let balance = try Balance.open(path: path, protocol: .mtSICS, mode: fast)
    #expect(eventually { micrograms(balance) == 0 })
    served?.stop()
    served = nil
    let lost = BalanceState.lost(.link(.hungUp(path: path)))
    #expect(eventually { balance.state == lost })
    #expect(throws: BalanceError.link(.hungUp(path: path))) { try balance.stableReading() }
    balance.close()
    #expect(balance.state == lost)
  }

  @Test("a balance that falls silent is lost after two seconds for good, and never at zero")
  func silence() throws {
    let peer = try ScriptedPeer { $0 == "SI" ? "S S     1.0000 g\r\n" : "\($0) A \"x\"\r\n" }
    let balance = try Balance.open(path: peer.path, protocol: .mtSICS, mode: fast)
    #expect(eventually { micrograms(balance) == 1_000_000 })
    peer.isMute.store(true, ordering: .relaxed)
    let since = Balance.now
    var worst: UInt64 = 0
    #expect(
      eventually {
        guard case .reading(let reading) = balance.state else { return true }
        worst = max(worst, Balance.now - reading.receivedAt)
        return reading.micrograms != 1_000_000
      })
    #expect(worst <= Balance.silenceLimit)
    let silent = BalanceError.silent(path: peer.path, spoken: .mtSICS, milliseconds: 2000)
    #expect(eventually { balance.state == .lost(silent) })
    #expect(Balance.now - since < 3_500_000_000)
    peer.isMute.store(false, ordering: .relaxed)
    usleep(300_000)
    #expect(balance.state == .lost(silent))
    balance.close()
    peer.stop()
  }

  @Test("SBI masses without a unit are none until a stable one, or the caller, brings it")
  func unitUnknown() throws {
    let peer = try ScriptedPeer { $0 == "\u{1b}P" ? "+   1.0000    \r\n" : "" }
    let blind = try Balance.open(path: peer.path, protocol: .sbi, mode: fast)
    #expect(eventually { blind.state == .unitUnknown })
    #expect(blind.takeReadings().isEmpty)
    blind.close()
    let told = try Balance.open(path: peer.path, protocol: .sbi, mode: fast, unit: .milligram)
    #expect(eventually { micrograms(told) == 1000 })
    told.close()
    peer.stop()
  }
}
