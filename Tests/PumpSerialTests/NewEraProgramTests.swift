import PumpPlant
import Testing

@testable import PumpSerial

@Suite("Emulated New Era pump: the phase program")
struct NewEraProgramTests {
  @Test("phases follow one another, and rates and volumes are each phase's own")
  func sequence() {
    var pump = VirtualNewEra()
    pump.program([
      ["FUNRAT", "RAT6MM", "VOL0.2"], ["FUNRAT", "RAT3MM", "VOL0.1", "DIRWDR"], ["FUNSTP"],
    ])
    pump.say("RUN")
    pump.pass(1.9)
    #expect(pump.say("PHN") == "00I01")
    pump.pass(0.2)
    #expect(pump.say("PHN") == "00W02")
    #expect(pump.say("RAT") == "00W3.000MM")
    pump.pass(2.1)
    #expect(pump.say("DIS") == "00SI0.200W0.100ML")
  }

  @Test("RUN with a number begins at that phase")
  func runAtPhase() {
    var pump = VirtualNewEra()
    pump.program([["RAT6MM", "VOL1"], ["FUNRAT", "RAT3MM", "VOL0.1"]])
    #expect(pump.say("RUN2") == "00I")
    pump.pass(5)
    #expect(pump.say("DIS") == "00SI0.100W0.000ML")
  }

  @Test("INC and DEC change the rate by theirs, and pump their volume")
  func steps() {
    var pump = VirtualNewEra()
    pump.program([
      ["RAT6MM", "VOL0.1"], ["FUNINC", "RAT1MM", "VOL0.1"], ["FUNINC", "RAT1MM", "VOL0.1"],
      ["FUNDEC", "RAT4MM", "VOL0.1"],
    ])
    pump.say("RUN")
    pump.pass(1.5)
    #expect(pump.say("RAT") == "00I7.000MM")
    #expect(pump.say("RAT9MM") == "00I?NA")
    pump.pass(0.7)
    #expect(pump.say("RAT") == "00I8.000MM")
    pump.pass(0.6)
    #expect(pump.say("RAT") == "00I4.000MM")
    pump.pass(2)
    #expect(pump.say("DIS") == "00SI0.400W0.000ML")
  }

  @Test("a loop is done as often as it says, within another one too")
  func loops() {
    var pump = VirtualNewEra()
    pump.program([
      ["FUNLPS"], ["FUNLPS"], ["FUNRAT", "RAT6MM", "VOL0.01"], ["FUNLOP3"], ["FUNBEP"],
      ["FUNLOP2"], ["FUNSTP"],
    ])
    pump.say("RUN")
    pump.pass(2)
    #expect(pump.say("DIS") == "00SI0.060W0.000ML")
    #expect(pump.device.beeps == 2)
  }

  @Test("what is left of a tick is the next phase's: fifty times 15 ms are 0.75 s")
  func restOfTick() {
    var pump = VirtualNewEra()
    pump.say("VOLUL")
    pump.program([["RAT6MM", "VOL1.5"], ["FUNLOP50"]])
    pump.say("RUN")
    pump.pass(0.74)
    #expect(pump.say("") == "00I")
    pump.pass(0.02)
    #expect(pump.say("DIS") == "00SI75.00W0.000UL")
  }

  @Test("a loop without beginning goes back to phase 1; LPE goes on for ever")
  func openLoops() {
    var pump = VirtualNewEra()
    pump.program([["RAT6MM", "VOL0.01"], ["FUNLOP5"]])
    pump.say("RUN")
    pump.pass(2)
    #expect(pump.say("DIS") == "00SI0.050W0.000ML")
    pump.program([["RAT6MM", "VOL0.01"], ["FUNLPE"]])
    pump.say("RUN")
    pump.pass(10)
    #expect(pump.say("DIS") == "00II1.050W0.000ML")
  }

  @Test("four loops within one another are a program error; phase 42 is out of range")
  func errors() {
    var pump = VirtualNewEra()
    pump.program([["FUNLPS"], ["FUNLPS"], ["FUNLPS"], ["FUNLPS"]])
    #expect(pump.say("RUN") == "00S")
    #expect(pump.say("") == "00A?E")
    pump.program([["FUNJMP41"]])
    pump.say("PHN41")
    pump.say("FUNBEP")
    pump.say("RUN")
    #expect(pump.say("") == "00A?O")
    #expect(pump.say("") == "00S")
  }

  @Test("PAS waits: a time with prompt T, without a time with U until RUN")
  func pauses() {
    var pump = VirtualNewEra()
    pump.program([
      ["FUNPAS2"], ["FUNPAS0.5"], ["FUNPAS0"], ["FUNRAT", "RAT6MM", "VOL0.1"],
    ])
    #expect(pump.say("RUN") == "00T")
    pump.pass(2.45)
    #expect(pump.say("PHN") == "00T02")
    pump.pass(0.1)
    #expect(pump.say("PHN") == "00U03")
    pump.pass(100)
    #expect(pump.say("") == "00U")
    #expect(pump.say("RUN") == "00I")
  }

  @Test("a pause phase that is stopped goes on with what is left of it")
  func interruptedPause() {
    var pump = VirtualNewEra()
    pump.program([["FUNPAS10"], ["FUNSTP"]])
    pump.say("RUN")
    pump.pass(4)
    #expect(pump.say("STP") == "00P")
    pump.pass(100)
    #expect(pump.say("RUN") == "00T")
    pump.pass(5.9)
    #expect(pump.say("") == "00T")
    pump.pass(0.2)
    #expect(pump.say("") == "00S")
  }

  @Test("FIL takes back what was infused")
  func fill() {
    var pump = VirtualNewEra()
    pump.program([["RAT6MM", "VOL0.3"], ["FUNFIL", "RAT3MM", "DIRWDR"], ["FUNSTP"]])
    pump.say("RUN")
    pump.pass(15)
    #expect(pump.say("DIS") == "00SI0.300W0.300ML")
  }

  @Test("PRI waits for a number and goes on at the label with it")
  func labels() {
    var pump = VirtualNewEra()
    pump.program([
      ["FUNPRI"], ["FUNPRL1"], ["FUNRAT", "RAT6MM", "VOL0.1"], ["FUNSTP"], ["FUNPRL7"],
      ["FUNRAT", "RAT6MM", "VOL0.2"], ["FUNSTP"],
    ])
    #expect(pump.say("RUN") == "00U")
    #expect(pump.say("RUN") == "00U?NA")
    #expect(pump.say("RUN5") == "00U?OOR")
    #expect(pump.say("RUN7") == "00I")
    pump.pass(5)
    #expect(pump.say("DIS") == "00SI0.200W0.000ML")
  }

  @Test("an event goes where EVN says, once, from the line or from the fall of input 4")
  func events() {
    var pump = VirtualNewEra()
    pump.program([
      ["FUNEVN4"], ["FUNRAT", "RAT6MM"], ["FUNSTP"], ["FUNCLD"], ["FUNRAT", "RAT3MM"],
    ])
    pump.say("RUN")
    pump.pass(1)
    #expect(pump.say("RUNE") == "00I")
    #expect(pump.say("RAT") == "00I3.000MM")
    #expect(pump.say("DIS") == "00II0.000W0.000ML")
    #expect(pump.say("RUNE") == "00I?NA")
    #expect(pump.say("RUNE3") == "00S")
    pump.say("RUN")
    pump.device.setInput(4, to: false)
    #expect(pump.say("PHN") == "00I05")
  }

  @Test("EVS is for every change of the input, EVR ends it")
  func everyChange() {
    var pump = VirtualNewEra()
    pump.program([
      ["FUNEVS3"], ["FUNRAT", "RAT6MM"], ["FUNRAT", "RAT3MM", "VOL0.1"], ["FUNEVR"],
      ["FUNRAT", "RAT1MM"],
    ])
    pump.say("RUN")
    for level in [false, true, false] {
      pump.device.setInput(4, to: level)
      #expect(pump.say("PHN") == "00I03")
    }
    pump.pass(3)
    #expect(pump.say("PHN") == "00I05")
    pump.device.setInput(4, to: true)
    #expect(pump.say("PHN") == "00I05")
  }

  @Test("IF goes by input 6, OUT sets output 5, TRG changes what the trigger does")
  func inputsAndOutputs() {
    var pump = VirtualNewEra()
    pump.program([
      ["FUNOUT0"], ["FUNTRGST"], ["FUNIF5"], ["FUNSTP"], ["FUNPAS0"], ["FUNOUT1"], ["FUNSTP"],
    ])
    #expect(pump.say("RUN") == "00S")
    pump.device.setInput(6, to: false)
    #expect(pump.say("RUN") == "00U")
    #expect(!pump.device.output5)
    pump.device.setInput(2, to: false)
    #expect(pump.say("") == "00S")
    #expect(pump.device.output5)
  }

  @Test("the trigger input: a foot switch starts and pauses, a level starts at its rise")
  func trigger() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.device.setInput(2, to: false)
    #expect(pump.say("") == "00I")
    pump.device.setInput(2, to: true)
    pump.device.setInput(2, to: false)
    #expect(pump.say("") == "00P")
    pump.say("STP")
    pump.say("TRGLE")
    pump.device.setInput(2, to: true)
    #expect(pump.say("") == "00I")
    pump.device.setInput(2, to: false)
    #expect(pump.say("") == "00P")
  }

  @Test("a sticky phase goes on as the phase before, the first as input 3 says")
  func sticky() {
    var pump = VirtualNewEra()
    pump.program([
      ["RAT6MM", "VOL0.1", "DIRWDR"], ["FUNRAT", "RAT6MM", "VOL0.1", "DIRSTK"], ["FUNSTP"],
    ])
    pump.say("RUN")
    pump.pass(3)
    #expect(pump.say("DIS") == "00SI0.000W0.200ML")
    pump.say("DIRSTK")
    #expect(pump.say("DIR") == "00SSTK")
    #expect(pump.say("RUN") == "00W")
    pump.say("STP")
    pump.say("STP")
    pump.device.inputs[3] = false
    #expect(pump.say("RUN") == "00I")
  }

  @Test("input 3 turns the direction as DIN says")
  func directionInput() {
    var pump = VirtualNewEra()
    pump.say("RAT6MM")
    pump.say("RUN")
    pump.device.setInput(3, to: false)
    #expect(pump.say("") == "00I")
    pump.device.setInput(3, to: true)
    #expect(pump.say("") == "00W")
  }

  @Test("a program that takes no time neither hangs the pump nor keeps it from being stopped")
  func endlessJump() {
    var pump = VirtualNewEra()
    pump.program([["FUNJMP1"]])
    #expect(pump.say("RUN") == "00I")
    pump.pass(1)
    #expect(pump.say("STP") == "00P")
    #expect(pump.say("STP") == "00S")
  }

  @Test("any bytes at all, for a long time: the pump neither falls over nor forgets how to answer")
  func anyBytes() {
    var state: UInt64 = 7
    let words = [
      "RUN", "STP", "RAT", "PHN", "FUN", "VOL", "DIR", "LOP", "JMP", "LPS", "INC", "DEC", "PUR",
      "MM", "UH", "1", "2", "9", ".", "0", "SAF", "*", "ADR", "E", "\r", "\r", "\r", "\u{2}", "PAS",
      "INF", "REV", "STK", "EVN", "CLD", "PRI", "PRL", "FIL", "DIA", "\u{3}",
    ].map { Array($0.utf8) }
    var pump = VirtualNewEra()
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for byte in words[Int(state >> 33) % words.count] {
        pump.device.take(byte, at: pump.lineTime)
      }
      if state >> 62 == 0 { pump.pass(0.01) }
      pump.device.output = []
    }
    pump.lineTime += 1_000_000_000
    pump.send(NewEraFrame.leaveSafeMode)
    pump.say("*RESET")
    pump.say("*RESET")
    #expect(pump.say("VER") == "00SNE1000V3.928")
  }
}
