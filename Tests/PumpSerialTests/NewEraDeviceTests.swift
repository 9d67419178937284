import PumpPlant
import Testing

@testable import PumpSerial

@Suite("Emulated New Era pump: commands")
struct NewEraDeviceTests {
  @Test("after power-on the first packet is answered A?R and not executed, the second is")
  func resetAlarm() {
    var pump = VirtualNewEra(isFresh: true)
    #expect(pump.say("DIA10.00") == "00A?R")
    #expect(pump.say("DIA") == "00S19.05")
    #expect(pump.say("DIA10.00") == "00S")
    #expect(pump.say("DIA") == "00S10.00")
  }

  @Test("any packet acknowledges an alarm, an empty one too; a broken one does not")
  func acknowledgement() {
    var pump = VirtualNewEra(isFresh: true)
    var broken = NewEraFrame.command(Array("0".utf8), .safe)
    broken[3] ^= 1
    #expect(pump.send(broken) == "00S?COM")
    #expect(pump.say("") == "00A?R")
    #expect(pump.say("") == "00S")
  }

  @Test("spaces are stripped, letters are raised, addresses have none, one or two digits")
  func preprocessing() {
    var pump = VirtualNewEra()
    #expect(pump.say(" 0 d i A ") == "00S19.05")
    #expect(pump.say("00dia") == "00S19.05")
    #expect(pump.say("dia") == "00S19.05")
    #expect(pump.say("1DIA") == "")
    #expect(pump.say("ver") == "00SNE1000V3.928")
    #expect(pump.say("FOO") == "00S?")
  }

  @Test(
    "a diameter is 0.1 to 50 mm, clears what was dispensed and sets the volume unit at 14.00 mm")
  func diameter() {
    var pump = VirtualNewEra()
    #expect(pump.say("DIA0.09") == "00S?OOR")
    #expect(pump.say("DIA50.01") == "00S?OOR")
    #expect(pump.say("DIA0.1") == "00S")
    #expect(pump.say("DIA50.0") == "00S")
    #expect(pump.say("DIA14.00") == "00S")
    #expect(pump.say("VOL") == "00S0.000UL")
    #expect(pump.say("DIA14.01") == "00S")
    #expect(pump.say("VOL") == "00S0.000ML")
    pump.device.infused = 5
    #expect(pump.say("DIS") == "00SI0.005W0.000ML")
    #expect(pump.say("DIA20.00") == "00S")
    #expect(pump.say("DIS") == "00SI0.000W0.000ML")
  }

  @Test("a volume's unit goes by itself, never with a number")
  func volumeUnit() {
    var pump = VirtualNewEra()
    #expect(pump.say("VOL5.00") == "00S")
    #expect(pump.say("VOL") == "00S5.000ML")
    #expect(pump.say("VOL5UL") == "00S?")
    #expect(pump.say("VOLUL") == "00S")
    #expect(pump.say("VOL") == "00S5.000UL")
  }

  // BD 10 mL and 60 mL: the limits that New Era's table of syringes gives, as labmcp cites it.
  @Test(
    "a rate is limited by the diameter: 6.88 µL/h to 8.34 mL/min at 14.43 mm, 23.4 µL/h to 28.3 mL/min at 26.59 mm",
    arguments: [
      (14.43, "RAT6.88UH", "RAT6.87UH", "RAT8.341MM", "RAT8.342MM"),
      (26.59, "RAT23.36UH", "RAT23.34UH", "RAT28.32MM", "RAT28.33MM"),
    ])
  func rateLimits(
    _ diameter: Double, _ least: String, _ less: String, _ most: String, _ more: String
  ) {
    var pump = VirtualNewEra(diameter: diameter)
    #expect(pump.say(least) == "00S")
    #expect(pump.say(less) == "00S?OOR")
    #expect(pump.say(most) == "00S")
    #expect(pump.say(more) == "00S?OOR")
    #expect(pump.say("RAT12.345MM") == "00S?OOR")
  }

  @Test("a rate keeps its unit, and is shown in five characters")
  func rate() {
    var pump = VirtualNewEra()
    #expect(pump.say("RAT1500UH") == "00S")
    #expect(pump.say("RAT") == "00S1500.UH")
    #expect(pump.say("RAT.5") == "00S?OOR")
    #expect(pump.say("RAT50") == "00S")
    #expect(pump.say("RAT") == "00S50.00UH")
    #expect(pump.say("RATI0.5") == "00S")
    #expect(pump.say("RAT") == "00S50.50UH")
  }

  @Test("RUN without a rate is not applicable; with one that the syringe forbids, out of range")
  func cannotRun() {
    var pump = VirtualNewEra()
    #expect(pump.say("RUN") == "00S?NA")
    #expect(pump.say("RAT10MM") == "00S")
    #expect(pump.say("DIA5.00") == "00S")
    #expect(pump.say("RUN") == "00S?OOR")
    #expect(pump.say("RUN42") == "00S?OOR")
  }

  @Test("a volume is dispensed at its rate, to the microlitre, and the program stops")
  func dispense() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.say("VOL0.5")
    #expect(pump.say("RUN") == "00I")
    pump.pass(2.5)
    // 6 mL/min is 100 µL/s.
    #expect(pump.say("DIS") == "00II0.250W0.000ML")
    pump.pass(2.6)
    #expect(pump.say("DIS") == "00SI0.500W0.000ML")
    #expect(abs(pump.device.infused - 500) < 1e-9)
    #expect(pump.say("RUN") == "00I")
    pump.pass(10)
    #expect(pump.say("DIS") == "00SI1.000W0.000ML")
    #expect(pump.say("CLDINF") == "00S")
    #expect(pump.say("DIS") == "00SI0.000W0.000ML")
  }

  @Test("VOL 0 pumps on and on; the direction may be turned meanwhile, and each way is counted")
  func continuous() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    #expect(pump.say("VOL0") == "00S")
    pump.say("RUN")
    pump.pass(60)
    #expect(pump.say("") == "00I")
    #expect(pump.say("DIRREV") == "00W")
    pump.pass(1)
    #expect(pump.say("DIS") == "00WI6.000W0.100ML")
    #expect(pump.say("DIRINF") == "00I")
    #expect(pump.say("DIRSTK") == "00I?NA")
    #expect(pump.say("DIR") == "00IINF")
  }

  @Test(
    "with a volume the direction cannot be turned while pumping; nor anything else be set but the rate"
  )
  func whilePumping() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.say("VOL5")
    pump.say("RUN")
    pump.pass(0.1)
    for command in [
      "DIRREV", "DIA20", "VOL3", "VOLUL", "PHN2", "FUNRAT", "CLDINF", "RUN", "PUR", "RAT100UH",
      "RUNE",
    ] {
      #expect(pump.say(command) == "00I?NA", "\(command)")
    }
    #expect(pump.say("RAT3MM") == "00I")
    #expect(pump.say("RAT99MM") == "00I?OOR")
    #expect(pump.say("RAT") == "00I3.000MM")
    #expect(pump.say("RATC") == "00I3.000MM")
    pump.say("STP")
    pump.say("STP")
    // What is set while pumping is not kept.
    #expect(pump.say("RAT") == "00S6.000MM")
    #expect(pump.say("RATC") == "00S?NA")
  }

  @Test("a rate set while pumping takes effect at once")
  func rateWhilePumping() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.say("RUN")
    pump.pass(1)
    pump.say("RAT3")
    pump.pass(1)
    #expect(pump.say("DIS") == "00II0.150W0.000ML")
  }

  @Test("STP once pauses and RUN goes on with what is left; STP twice stops and RUN begins again")
  func stopping() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.say("VOL1")
    pump.say("RUN")
    pump.pass(4)
    #expect(pump.say("STP") == "00P")
    pump.pass(5)
    #expect(pump.say("DIS") == "00PI0.400W0.000ML")
    #expect(pump.say("RUN") == "00I")
    pump.pass(5)
    #expect(pump.say("") == "00I")
    pump.pass(1.1)
    #expect(pump.say("DIS") == "00SI1.000W0.000ML")
    pump.say("RUN")
    pump.pass(4)
    #expect(pump.say("STP") == "00P")
    #expect(pump.say("STP") == "00S")
    #expect(pump.say("STP") == "00S")
    pump.say("RUN")
    pump.pass(9.9)
    #expect(pump.say("") == "00I")
    pump.pass(0.2)
    #expect(pump.say("") == "00S")
  }

  @Test("a purge runs at the syringe's top speed until it is stopped")
  func purge() {
    // 19.05 mm: 51.005 mm/min on 285.02 mm² are 14.54 mL/min.
    var pump = VirtualNewEra()
    #expect(pump.say("PUR") == "00X")
    pump.pass(6)
    #expect(pump.say("RUN") == "00X?NA")
    #expect(pump.say("DIS") == "00XI1.453W0.000ML")
    #expect(pump.say("STP") == "00S")
  }

  @Test("DIS begins again from 0 after 9999, and never shows more than was counted")
  func rollOver() {
    var pump = VirtualNewEra(diameter: 10)
    pump.device.infused = 9999.96
    #expect(pump.say("DIS") == "00SI9999.W0.000UL")
    pump.device.infused = 10_001.5
    #expect(pump.say("DIS") == "00SI1.500W0.000UL")
  }

  @Test("phases, functions and settings are told as they were set")
  func settings() {
    var pump = VirtualNewEra()
    #expect(pump.say("PHN") == "00S01")
    #expect(pump.say("FUN") == "00SRAT")
    #expect(pump.say("PHN41") == "00S")
    #expect(pump.say("FUN") == "00SSTP")
    #expect(pump.say("RAT") == "00S?NA")
    #expect(pump.say("FUNJMP2") == "00S")
    #expect(pump.say("FUN") == "00SJMP02")
    for (command, value) in [
      ("LN", "1"), ("AL", "0"), ("PF", "1"), ("TRG", "LE"), ("DIN", "1"), ("ROM", "1"),
      ("LOC", "1"), ("BP", "0"),
    ] {
      #expect(pump.say(command + value) == "00S")
      #expect(pump.say(command) == "00S\(value)", "\(command)")
    }
    #expect(pump.say("BUZ13") == "00S")
    #expect(pump.device.beeps == 3)
    #expect(pump.say("BUZ1") == "00S")
    #expect(pump.device.isBuzzing)
    #expect(pump.say("BUZ0") == "00S")
    #expect(pump.say("OUT50") == "00S")
    #expect(!pump.device.output5)
    #expect(pump.say("IN4") == "00S1")
    pump.device.setInput(4, to: false)
    #expect(pump.say("IN4") == "00S0")
  }

  @Test("another address is answered with it, and only it; *RESET is for everybody and clears all")
  func addresses() {
    var pump = VirtualNewEra()
    #expect(pump.say("*ADR") == "00S00")
    #expect(pump.say("*ADR12") == "12S")
    #expect(pump.say("VER") == "")
    #expect(pump.say("12") == "12S")
    #expect(pump.say("12RAT5MM") == "12S")
    #expect(pump.say("12SAF0") == "12S")
    #expect(pump.say("*RESET") == "00S")
    #expect(pump.say("RAT") == "00S0.000MH")
    #expect(pump.say("DIA") == "00S19.05")
  }

  @Test("a burst speaks to each pump in one line")
  func burst() {
    var pump = VirtualNewEra()
    pump.say("*ADR1")
    #expect(pump.say("0 rat100 * 1 rat250 *") == "01S")
    #expect(pump.say("1RAT") == "01S250.0MH")
  }

  @Test("after DUAL only system commands are heard")
  func pair() {
    var pump = VirtualNewEra()
    #expect(pump.say("*ADRDUAL") == "00S")
    #expect(pump.say("VER") == "")
    #expect(pump.say("*ADR0") == "00S")
    #expect(pump.say("VER") == "00SNE1000V3.928")
  }
}
