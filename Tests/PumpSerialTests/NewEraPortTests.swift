import Glibc
import PumpPlant
import Testing

@testable import PumpSerial

@Suite("Emulated New Era pump on a pseudo-terminal")
struct NewEraPortTests {
  private func options() throws -> EmulatedNewEraOptions {
    EmulatedNewEraOptions(
      diameter: try #require(NewEraNumber(nearest: 19.05)), world: .standard.drivenByNewEra())
  }

  @Test(
    "a host is answered, goes away in the middle of a command, and the next one is answered too")
  func hosts() throws {
    let served = try ServedNewEra(try options())
    var host = try NewEraHost(served.pump.path)
    #expect(try host.say("VER") == "00A?R")
    #expect(try host.say("VER") == "00SNE1000V3.928")
    #expect(try host.say("RAT6MM") == "00S")
    #expect(try host.say("RUN") == "00I")
    try host.write(Array("DI".utf8))
    host.link.close()
    usleep(50_000)
    host = try NewEraHost(served.pump.path)
    // Half a command was forgotten; in Basic mode nobody stopped the pump.
    #expect(try host.say("A") == "00I?")
    #expect(try host.say("STP") == "00P")
    host.link.close()
    served.stop()
    #expect(served.pump.counted.infused > 1)
  }

  @Test("in Safe mode a host that has gone stops the pump within the time-out")
  func deadMan() throws {
    var wanted = try options()
    wanted.settings.safeTimeout = 1
    let served = try ServedNewEra(wanted)
    let host = try NewEraHost(served.pump.path)
    #expect(try host.say("0", .safe) == "00A?R")
    #expect(try host.say("0RAT6MM", .safe) == "00S")
    #expect(try host.say("0RUN", .safe) == "00I")
    host.link.close()
    usleep(1_300_000)
    let next = try NewEraHost(served.pump.path)
    #expect(try next.say("0", .safe) == "00A?T")
    next.link.close()
    served.stop()
    // A second at 100 µL/s, and the time of a loaded machine.
    #expect(served.pump.counted.infused > 90 && served.pump.counted.infused < 130)
  }

  @Test("at 300 baud a reply takes the time of its characters, and another speed is not understood")
  func lineSpeed() throws {
    var wanted = try options()
    wanted.baud = 300
    let served = try ServedNewEra(wanted)
    let wrong = try NewEraHost(served.pump.path, baud: 9600)
    try wrong.write(Array("VER\r".utf8))
    #expect(try wrong.hear(withinMilliseconds: 600) == "")
    wrong.link.close()
    usleep(50_000)
    let host = try NewEraHost(served.pump.path, baud: 300)
    let start = Monotonic.nanoseconds()
    #expect(try host.say("0") == "00A?R")
    // Two characters there and seven back, 33.3 ms each.
    #expect(Monotonic.nanoseconds() - start >= 299_000_000)
    host.link.close()
    served.stop()
  }

  @Test("the world is changed while the pump runs, and faster than real time where asked")
  func worldAndPace() throws {
    var wanted = try options()
    wanted.pace = 100
    wanted.world = PlantParameters.standard.drivenByNewEra(stallForce: 40)
    let served = try ServedNewEra(wanted)
    let host = try NewEraHost(served.pump.path)
    #expect(try host.say("") == "00A?R")
    #expect(try host.say("RAT1MM") == "00S")
    #expect(try host.say("RUN") == "00I")
    served.pump.change(.inject(.occlusion(site: .needle, remaining: 0, ramp: 0), lasting: 0))
    // 0.8 mL at 1 mL/min are 48 s, 0.5 s here.
    var reply = ""
    _ = eventually(within: 5000) {
      reply = (try? host.say("")) ?? ""
      return reply == "00A?S"
    }
    #expect(reply == "00A?S")
    host.link.close()
    served.stop()
    #expect(served.pump.truth.linePressure > 800)
  }

  @Test("a command that is still on the line when its host goes away is heard to its end")
  func lastWords() throws {
    var wanted = try options()
    wanted.baud = 300
    wanted.settings.phases[0].rate = try #require(NewEraNumber(nearest: 10))
    wanted.settings.phases[0].rateUnit = .millilitresPerMinute
    let served = try ServedNewEra(wanted)
    let host = try NewEraHost(served.pump.path, baud: 300)
    try host.write(Array("0\rRUN\r".utf8))
    host.link.close()
    usleep(500_000)
    served.stop()
    #expect(served.pump.counted.infused > 10)
  }
}
