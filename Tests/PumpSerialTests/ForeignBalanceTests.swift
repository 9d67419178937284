import Glibc
import Testing

@testable import PumpSerial

/// Where a balance of other people's is, by `Scripts/Clients/balance-devices.py`, which runs these
/// tests; nil where it does not.
private func foreign(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

@Suite("Balances that others wrote", .serialized)
struct ForeignBalanceTests {
  @Test(
    "an MT-SICS balance of other people's is known, read, tared and zeroed",
    .enabled(if: foreign("TRUMPET_MT_SICS_DEVICE") != nil))
  func mtSICS() throws {
    let path = try #require(foreign("TRUMPET_MT_SICS_DEVICE"))
    let identity = try Balance.identify(path: path, protocol: .mtSICS)
    #expect(identity.serialNumber == "B123456789")
    #expect(identity.model == "XS205DU Excellence 220.0000 g")
    let balance = try Balance.open(path: path, protocol: .mtSICS)
    #expect(
      eventually {
        if case .reading(let reading) = balance.state {
          return (reading.micrograms - 52_187_340).magnitude < 500
        }
        return false
      })
    // It never calls an immediate mass stable.
    #expect(throws: BalanceError.notStable(path: path, milliseconds: 1000)) {
      try balance.stableReading(withinMilliseconds: 1000)
    }
    let tared = try balance.tare(immediately: true, withinMilliseconds: 3000)
    #expect(tared.micrograms.magnitude < 500)
    #expect(throws: Never.self) { try balance.zero(immediately: true, withinMilliseconds: 3000) }
    balance.close()
  }

  @Test(
    "an SBI balance of other people's is known, read, tared and zeroed",
    .enabled(if: foreign("TRUMPET_SBI_DEVICE") != nil))
  func sbi() throws {
    let path = try #require(foreign("TRUMPET_SBI_DEVICE"))
    let balance = try Balance.open(path: path, protocol: .sbi)
    #expect(balance.identity.model == "QUINTIX224-1S")
    #expect(balance.identity.serialNumber == "0037402012")
    let stable = try balance.stableReading(withinMilliseconds: 5000)
    #expect((stable.micrograms - 52_187_340).magnitude < 500)
    let tared = try balance.tare(withinMilliseconds: 5000)
    #expect(tared.micrograms.magnitude < 2000)
    // Its zero is refused in silence beyond 2 % of the capacity, but the tare keeps it at zero.
    #expect(try balance.zero(withinMilliseconds: 5000).micrograms.magnitude < 2000)
    balance.close()
  }
}
