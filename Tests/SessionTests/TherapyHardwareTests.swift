import Catalogue
import Foundation
import PumpHAL
import PumpPlant
import SessionFile
import Testing

@testable import Session
@testable import TherapyAttack

@Suite("What the therapies under attack run on")
struct TherapyHardwareTests {
  @Test("is what a session file with the same syringe names", arguments: FittedSyringe.allCases)
  func figures(_ syringe: FittedSyringe) throws {
    let description = try makeSession(
      sessionText().replacingOccurrences(
        of: "bd-plastipak-20, fill: 20", with: "\(syringe.rawValue), fill: 9")
    ).description
    let hardware = TherapyHardware(syringe: syringe)
    #expect(syringe.specification == description.syringe.specification)
    #expect(hardware.infusionSet == description.infusionSet.specification)
    var configuration = description.pump.configuration(with: description.battery)
    configuration.selfTest = hardware.configuration.selfTest
    configuration.libraryVersion = hardware.configuration.libraryVersion
    #expect(hardware.configuration == configuration)
    var plant = PlantParameters(description)
    plant.fill = hardware.plant.fill
    plant.seed = hardware.plant.seed
    // Resistances and volume of the line come from its geometry, to four digits here.
    #expect(abs(plant.line.resistance / hardware.plant.line.resistance - 1) < 0.001)
    #expect(abs(plant.line.needleResistance / hardware.plant.line.needleResistance - 1) < 0.001)
    #expect(abs(plant.line.volume / hardware.plant.line.volume - 1) < 0.002)
    plant.line.resistance = hardware.plant.line.resistance
    plant.line.needleResistance = hardware.plant.line.needleResistance
    plant.line.volume = hardware.plant.line.volume
    plant.drug = hardware.plant.drug
    #expect(hardware.plant == plant)
  }

  @Test("has the batteries of the catalogue", arguments: FittedBattery.allCases)
  func batteries(_ battery: FittedBattery) throws {
    let description = try makeSession(sessionText() + "battery: \(battery.rawValue)\n").description
    let hardware = TherapyHardware(syringe: .plastipak20, battery: battery)
    #expect(hardware.plant.battery == PlantParameters(description).battery)
    let configuration = description.pump.configuration(with: description.battery)
    #expect(hardware.configuration.batteryLow == configuration.batteryLow)
    #expect(hardware.configuration.batteryDepleted == configuration.batteryDepleted)
  }
}
