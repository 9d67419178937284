import PumpHAL
import PumpPlant
import Testing

@testable import PumpSerial

@Suite("Emulated New Era pump: Safe mode, alarms and power")
struct NewEraSafeModeTests {
  @Test("a packet is taken in Basic mode; SAF answers in the mode that it asks for, in alarm too")
  func changingMode() {
    var pump = VirtualNewEra(isFresh: true)
    for byte in NewEraFrame.command(Array("0SAF0".utf8), .safe) { pump.device.take(byte, at: 0) }
    #expect(pump.isFramed(.basic))
    #expect(pump.heard() == "00A?R")
    for byte in Array("SAF2\r".utf8) { pump.device.take(byte, at: 0) }
    #expect(pump.isFramed(.safe))
    #expect(pump.heard() == "00S")
    #expect(pump.say("VER") == "")
    #expect(pump.saySafely("0SAF") == "00S2")
    for byte in NewEraFrame.leaveSafeMode { pump.device.take(byte, at: 0) }
    #expect(pump.isFramed(.basic))
    #expect(pump.heard() == "00S")
  }

  @Test("SAF is set while an alarm is pending, though the alarm is what is answered")
  func safeInAlarm() {
    var pump = VirtualNewEra(isFresh: true)
    #expect(pump.say("SAF5") == "00A?R")
    #expect(pump.device.settings.safeTimeout == 5)
  }

  @Test("silence in Safe mode stops the pump within the time-out, and says A?T unasked")
  func timeOut() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.say("SAF2")
    pump.saySafely("0RUN")
    pump.pass(1.9)
    #expect(pump.saySafely("0") == "00I")
    pump.pass(1.99)
    #expect(pump.heard() == "")
    #expect(pump.device.program.isMotorOn)
    pump.pass(0.02)
    #expect(pump.heard() == "00A?T")
    #expect(!pump.device.program.isMotorOn)
    // The alarm that came unasked acknowledges nothing.
    #expect(pump.saySafely("0RUN") == "00A?T")
    #expect(pump.saySafely("0") == "00S")
    #expect(pump.saySafely("0DIS") == "00SI0.390W0.000ML")
  }

  @Test("the time runs again only from the next valid packet: one silence, one alarm")
  func oneAlarm() {
    var pump = VirtualNewEra()
    pump.say("SAF1")
    pump.pass(10)
    #expect(pump.heard() == "00A?T")
    pump.pass(100)
    #expect(pump.heard() == "")
    // Garbage and other pumps' packets are no word to this one.
    #expect(pump.saySafely("0") == "00A?T")
    pump.pass(0.6)
    #expect(pump.saySafely("7") == "")
    pump.pass(0.6)
    #expect(pump.heard() == "00A?T")
  }

  @Test("half a packet is forgotten after 0.5 s; a broken one is ?COM and keeps nobody alive")
  func brokenPackets() {
    var pump = VirtualNewEra()
    pump.say("SAF1")
    pump.send([0x02, 0x08, 0x30])
    pump.lineTime += 500_000_000
    #expect(pump.saySafely("0VER") == "00SNE1000V3.928")
    pump.pass(0.6)
    var broken = NewEraFrame.command(Array("0".utf8), .safe)
    broken[broken.count - 2] ^= 0x80
    #expect(pump.send(broken) == "00S?COM")
    pump.pass(0.6)
    #expect(pump.heard() == "00A?T")
  }

  @Test("a packet whose checksum holds 02 and 03 is one packet")
  func framingBytesInChecksum() {
    var pump = VirtualNewEra()
    pump.say("SAF1")
    #expect(pump.send([0x02, 0x08, 0x30, 0x44, 0x49, 0x41, 0x02, 0x35, 0x03]) == "00S19.05")
  }

  @Test(
    "with Safe mode kept, the pump says A?R at power-on, and its time does not run before a packet")
  func bootsSafely() {
    var pump = VirtualNewEra(safeTimeout: 1, isFresh: true)
    // What it said at power-on was thrown away by the bench; it is still in alarm.
    pump.pass(30)
    #expect(pump.heard() == "")
    #expect(pump.saySafely("0") == "00A?R")
    pump.pass(1.1)
    #expect(pump.heard() == "00A?T")
    var settings = NewEraSettings(diameter: .maximum)
    settings.safeTimeout = 1
    let fresh = NewEraDevice(
      version: NewEraVersion(model: "NE1000", firmware: "3.928"), settings: settings,
      world: .standard.drivenByNewEra())
    #expect(fresh.output == NewEraFrame.reply(Array("00A?R".utf8), .safe))
  }

  @Test("in Basic mode nobody is told anything unasked, and silence stops nothing")
  func basicIsQuiet() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.say("RUN")
    pump.pass(60)
    #expect(pump.heard() == "")
    #expect(pump.say("") == "00I")
  }

  // MARK: The plant

  /// A world in which a blocked needle stalls the motor after about 1.2 mL: 40 N, 20 mL syringe.
  static let weak = PlantParameters.standard.drivenByNewEra(stallForce: 40)

  static let blockedNeedle = Fault.occlusion(site: .needle, remaining: 0, ramp: 0)

  @Test(
    "a blocked needle raises the pressure until the motor stalls: A?S, and only what flowed has flowed"
  )
  func stall() throws {
    var pump = VirtualNewEra(
      world: Self.weak,
      events: [NewEraWorldEvent(at: 500, .inject(Self.blockedNeedle, lasting: 0))])
    pump.say("RAT12MM")
    #expect(pump.say("RUN") == "00I")
    pump.pass(5)
    let before = pump.device.mechanics.pump.truth
    // 200 µL/s for 5 s, less 56 µL of slack and friction, and what 390 mmHg of back pressure store:
    // 0.6 µL/mmHg in the line, 15 N / 60 N/mm x 285 mm² in the drive.
    #expect(abs(before.infusedVolume - 640) < 80)
    var seconds = 5.0
    while pump.device.program.isMotorOn && seconds < 60 {
      pump.pass(0.1)
      seconds += 0.1
    }
    let truth = pump.device.mechanics.pump.truth
    // 40 N less 4.5 N friction on 285 mm² are 935 mmHg.
    #expect(abs(truth.linePressure - 935) < 40)
    // From 390 to 935 mmHg: 0.33 mL in the line and 0.10 mL in the drive, 2.1 s at 12 mL/min.
    #expect(abs(seconds - 7.2) < 0.4)
    #expect(abs(truth.infusedVolume - before.infusedVolume) < 60)
    #expect(pump.say("RUN") == "00A?S")
    #expect(pump.say("") == "00S")
    // The pump believes what its motor was told: more than has flowed.
    #expect(pump.device.infused > truth.infusedVolume + 500)
    #expect(pump.say("RUN") == "00I")
    pump.pass(1)
    #expect(pump.say("") == "00A?S")
  }

  @Test("in Safe mode a stall is told unasked; once the needle is free the pump can be run again")
  func stallAndRecovery() {
    var pump = VirtualNewEra(
      world: Self.weak,
      events: [
        NewEraWorldEvent(at: 0, .inject(Self.blockedNeedle, lasting: 0)),
        NewEraWorldEvent(at: 2000, .clear(.named(.occlusion, site: nil))),
      ])
    pump.say("RAT12MM")
    pump.say("SAF60")
    pump.saySafely("0RUN")
    pump.pass(15)
    #expect(pump.heard() == "00A?S")
    #expect(pump.saySafely("0") == "00A?S")
    let stored = pump.device.mechanics.pump.truth.infusedVolume
    pump.pass(10)
    // What was stored runs out once the needle is free: the post-occlusion bolus.
    #expect(pump.device.mechanics.pump.truth.infusedVolume > stored + 300)
    #expect(pump.saySafely("0RUN") == "00I")
    pump.pass(5)
    #expect(pump.saySafely("0") == "00I")
  }

  @Test("the barrel's end stalls the motor, forward and backward")
  func ends() {
    var world = Self.weak
    world.fill = 2150
    var pump = VirtualNewEra(world: world)
    pump.say("RAT14MM")
    pump.say("RUN")
    pump.pass(30)
    #expect(pump.say("") == "00A?S")
    #expect(abs(pump.device.mechanics.pump.truth.syringeVolume - 150) < 1)
  }

  @Test(
    "with another syringe fitted than the pump was told, what flows goes by the bore that is fitted"
  )
  func wrongDiameter() {
    // Told 10 mm (78.54 mm²), fitted 285.02 mm²: 3.63 times as much.
    var pump = VirtualNewEra(diameter: 10)
    pump.say("RAT1MM")
    pump.say("VOL500")
    pump.say("RUN")
    pump.pass(60)
    #expect(pump.say("DIS") == "00SI500.0W0.000UL")
    let moved = 20_000 - pump.device.mechanics.pump.truth.syringeVolume
    #expect(abs(moved - 1814) < 60)
  }

  @Test("what is asked for is what flows: 1 mL within 3 %, the line's slack taken up before")
  func delivery() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.say("VOL1")
    pump.say("RUN")
    pump.pass(30)
    let before = pump.device.mechanics.pump.truth.infusedVolume
    pump.say("RUN")
    pump.pass(60)
    #expect(abs(pump.device.mechanics.pump.truth.infusedVolume - before - 1000) < 30)
  }

  @Test("withdrawing draws the plunger back")
  func withdrawing() {
    var world = PlantParameters.standard.drivenByNewEra()
    world.fill = 5000
    var pump = VirtualNewEra(world: world)
    pump.say("RAT6MM")
    pump.say("VOL1")
    pump.say("DIRWDR")
    #expect(pump.say("RUN") == "00W")
    pump.pass(60)
    #expect(pump.say("DIS") == "00SI0.000W1.000ML")
    #expect(abs(pump.device.mechanics.pump.truth.syringeVolume - 5950) < 60)
  }

  // MARK: Power

  @Test("without power nothing is heard; with it again A?R, settings and program as they were kept")
  func powerLoss() {
    var pump = VirtualNewEra(
      events: [NewEraWorldEvent(at: 200, .inject(.powerLoss(duration: 1), lasting: 0))])
    pump.say("DIA26.59")
    pump.say("RAT5MM")
    pump.say("VOL3")
    pump.say("LN1")
    pump.say("RUN")
    pump.pass(1)
    pump.say("RAT7")
    pump.pass(1.5)
    #expect(pump.say("VER") == "")
    pump.pass(1)
    #expect(pump.say("VER") == "00A?R")
    #expect(pump.say("RAT") == "00S5.000MM")
    #expect(pump.say("VOL") == "00S3.000ML")
    #expect(pump.say("DIA") == "00S26.59")
    #expect(pump.say("LN") == "00S1")
    #expect(pump.say("DIS") == "00SI0.000W0.000ML")
  }

  @Test("with PF 1 the phase that was interrupted begins again when power is back")
  func powerFailResume() {
    var pump = VirtualNewEra(
      events: [NewEraWorldEvent(at: 100, .inject(.powerLoss(duration: 1), lasting: 0))])
    pump.say("RAT5MM")
    pump.say("PF1")
    pump.say("RUN")
    pump.pass(3)
    #expect(pump.say("") == "00A?R")
    #expect(pump.say("") == "00I")
  }
}
