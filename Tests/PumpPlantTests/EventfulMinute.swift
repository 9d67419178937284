import PumpHAL
import PumpPlant

extension ValidationCases {
  /// A minute in which most things happen.
  static func eventfulMinute(_ parameters: PlantParameters = .standard) -> TestPump {
    var pump = TestPump(parameters)
    pump.flow = 60
    pump.run(seconds: 10)
    pump.pump.inject(.bubble(volume: 30))
    pump.pump.inject(.height(metres: 0.2))
    pump.tick(journal: JournalEntry(slot: 3, sequence: 1, word0: 2, word1: 3, word2: 4))
    pump.run(seconds: 10)
    pump.pump.inject(.occlusion(site: .needle, remaining: 0.001, ramp: 5))
    pump.run(seconds: 15)
    pump.pump.inject(.lostSteps(fraction: 0.1))
    pump.pump.clear(.occlusion)
    pump.flow = -20
    pump.run(seconds: 10)
    pump.pump.inject(.leak(site: .line, conductance: 0.02))
    pump.flow = 5
    pump.run(seconds: 15.37)
    return pump
  }
}
