// @relation(R-081, R-091, R-092, R-093, scope=file, role=Verification)
import PumpHAL
import Testing

@testable import PumpFirmware

@Suite("Battery watch")
struct BatteryWatchTests {
  private var battery = BatteryWatch()
  private var minute: Int64 = 0

  /// Readings, one a minute, of two AA cells.
  private mutating func read(_ millivolts: UInt16, times: Int = 1) {
    for _ in 0..<times {
      battery.take(millivolts, low: 2000, depleted: 1800, now: minute * ticksPerMinute)
      minute += 1
    }
  }

  @Test(
    "R-093: one reading proves nothing, two prove a level, the first since power-on stands alone")
  mutating func proof() {
    read(2500, times: 20)
    read(1700)
    #expect(!battery.isDepleted && !battery.isLow)
    read(2500)
    #expect(!battery.isDepleted && !battery.isLow)
    read(1700, times: 2)
    #expect(battery.isDepleted)
    var other = BatteryWatch()
    other.take(1700, low: 2000, depleted: 1800, now: 0)
    #expect(other.isDepleted)
  }

  @Test("R-093: a load that begins is no fast fall of the cells", arguments: [100, 300, 600])
  mutating func load(_ sag: UInt16) {
    read(2500, times: 40)
    for _ in 0..<60 {
      read(2500 - sag)
      // Low by its level where it is, from the second reading on.
      #expect(!battery.isDepleted && battery.isLow == (sag >= 500 && minute > 41))
    }
  }

  @Test("R-091: cells that recovered when the motor stopped are depleted until others are in")
  mutating func recovered() {
    read(1790, times: 3)
    #expect(battery.isDepleted)
    read(2300, times: 60)
    #expect(battery.isDepleted)
    read(3100)
    #expect(!battery.isDepleted && !battery.isLow)
  }

  @Test("R-092: readings of nothing are of the contacts: low at once, depleted never")
  mutating func contacts() {
    read(2900, times: 20)
    for count in 1...29 {
      read(UInt16(count * 30))
      #expect(battery.isLow && !battery.isDepleted && !battery.isUnread)
    }
    read(0)
    #expect(battery.isUnread && !battery.isDepleted)
    read(2890)
    #expect(!battery.isLow && !battery.isUnread)
  }

  @Test("R-093: cells that were low already go unread for three readings at most")
  mutating func lowAndUnread() {
    read(1950, times: 20)
    #expect(battery.isLow && !battery.isUnread)
    read(0, times: 2)
    #expect(!battery.isUnread)
    read(0)
    #expect(battery.isUnread && !battery.isDepleted)
  }

  @Test("R-093: the life left is counted down while the cells are not read")
  mutating func countedDown() {
    for fall in 0..<60 { read(UInt16(2080 - fall * 3)) }
    let left = battery.minutes
    #expect(left > 20 && left < 45)
    for _ in 0..<left where !battery.isDepleted { read(0) }
    #expect(battery.isDepleted)
  }

  @Test("R-081: a gauge that shows nothing of the cells fails the self test")
  func selfTest() {
    var rig = Rig()
    rig.frame.battery.value.millivolts = 0
    let failed = rig.run(atMost: 501) { $0.mode == .failed }
    #expect(failed != nil && rig.last.signals.contains(.sensorImplausible))
    #expect(rig.controller.telemetry.failedPart == .battery)
  }
}
