// @relation(R-004, scope=file, role=Verification)
import Catalogue
import PumpHAL
import Testing
import Vocabulary

private let catalogue = HardwareCatalogue.builtIn

private func everyEntry() -> [(kind: CatalogueKind, entry: any CatalogueEntry)] {
  catalogue.pumps.map { (.pumps, $0) } + catalogue.syringes.map { (.syringes, $0) }
    + catalogue.infusionSets.map { (.infusionSets, $0) }
    + catalogue.batteries.map { (.batteries, $0) } + catalogue.drugs.map { (.drugs, $0) }
}

@Suite("The built-in catalogues")
struct BuiltInCatalogueTests {
  @Test("every file can be read, and none is empty")
  func reads() throws {
    _ = try HardwareCatalogue(files: HardwareCatalogue.builtInText)
    for kind in CatalogueKind.allCases {
      #expect(!catalogue.ids(of: kind).isEmpty)
      #expect((catalogue.versions[kind] ?? 0) > 0)
    }
  }

  @Test("every entry has a name and a source, and an id and a number of its own")
  func headings() {
    var seen: Set<String> = []
    for (kind, entry) in everyEntry() {
      #expect(!entry.name.isEmpty)
      #expect(entry.source.count >= 15, "\(entry.id)")
      #expect(seen.insert("\(kind) \(entry.id)").inserted)
      #expect(seen.insert("\(kind) \(entry.number)").inserted)
    }
    for drug in catalogue.drugs {
      for indication in drug.indications {
        #expect(indication.source.count >= 15, "\(drug.id) \(indication.id)")
      }
    }
  }

  @Test("keys that are named as unverified exist in the entry")
  func unverifiedKeys() {
    for (kind, entry) in everyEntry() {
      for key in entry.unverified {
        #expect(catalogue.text(for: entry.id, in: kind)?.contains("\(key): ") == true)
      }
    }
  }

  @Test("an entry's text is its lines in the file, and reads back to the same entry")
  func texts() throws {
    let text = try #require(catalogue.text(for: "bd-plastipak-20", in: .syringes))
    #expect(text.hasPrefix("# Hardware/syringes.yaml, version 1\n  - id: bd-plastipak-20\n"))
    #expect(!text.contains("bd-plastipak-30"))
    #expect(catalogue.text(for: "bd-plastipak-21", in: .syringes) == nil)
    func key(_ kind: CatalogueKind) -> String {
      kind == .infusionSets ? "infusionSets" : kind.rawValue
    }
    var empty: [CatalogueKind: String] = [:]
    for kind in CatalogueKind.allCases { empty[kind] = "version: 1\n\(key(kind)): []" }
    for kind in CatalogueKind.allCases {
      for id in catalogue.ids(of: kind) {
        let text = try #require(catalogue.text(for: id, in: kind))
        var files = empty
        files[kind] = "version: 1\n\(key(kind)):\n\(text)\n"
        if kind == .pumps { files[.batteries] = HardwareCatalogue.builtInText[.batteries] }
        #expect(try HardwareCatalogue(files: files).ids(of: kind) == [id])
      }
    }
  }

  @Test("the default pump has the figures of the design")
  func pump() throws {
    let pump = try #require(catalogue.pump("trumpet-1"))
    #expect(pump.microstepTravel == Length(nanometres: 250))
    #expect(pump.microstepsPerRevolution == 3200)
    #expect(pump.stallForce == Force(micronewtons: 70_000_000))
    #expect(pump.stiffness == Stiffness(newtonsPerMetre: 60_000))
    #expect(pump.backlash == Length(nanometres: 100_000))
    #expect(pump.forceFullScale == Force(micronewtons: 100_000_000))
    #expect(pump.forceBits >= 14)
    #expect(pump.forceGainError == 0.03)
    var expected = PumpConfiguration()
    expected.pumpNumber = 1
    expected.libraryVersion = catalogue.libraryVersion
    #expect(pump.configuration == expected)
    #expect(catalogue.battery(pump.battery) != nil)
  }

  @Test("the pump's capabilities are what its entry says")
  func capabilities() throws {
    let pump = try #require(catalogue.pump("trumpet-1"))
    let capabilities = pump.capabilities(origin: .simulated, canRunFasterThanRealTime: true)
    #expect(capabilities.stallForce == 70_000_000)
    #expect(capabilities.forceFullScale == 100_000_000)
    #expect(capabilities.deadManMilliseconds == 250)
    #expect(!capabilities.sensors.contains(.air))
    #expect(capabilities.maximumStepRate == 4000)
  }

  @Test("the drive delivers a bolus at 60 mL/h even in the narrowest syringe")
  func boreAndStepRate() throws {
    let pump = try #require(catalogue.pump("trumpet-1"))
    for syringe in catalogue.syringes {
      // pL per step times steps per second times 3600 s, in nL/h.
      let picolitres = Double(pump.microstepTravel.nanometres) * syringe.boreAreaSquareMillimetres
      let flow = picolitres * Double(pump.maximumStepRate) * 3600 / 1000
      #expect(flow >= Double(pump.configuration.bolusMaximum.nanolitresPerHour), "\(syringe.id)")
    }
  }
}

@Suite("Syringes and infusion sets")
struct GeometryTests {
  /// Size, bore area mm², travel in µm/s at 1 mL/h, µL per microstep of 0.25 µm, dead space mL:
  /// the table of BD syringes as published.
  static let bd: [(Int, Double, Double, Double, Double)] = [
    (1, 17.342, 16.02, 0.0043, 0.07), (3, 57.886, 4.80, 0.0145, 0.07),
    (5, 112.909, 2.46, 0.0282, 0.075), (10, 163.539, 1.70, 0.0409, 0.10),
    (20, 285.023, 0.975, 0.0713, 0.15), (30, 366.096, 0.759, 0.0915, 0.17),
    (50, 554.046, 0.501, 0.1385, 0.20),
  ]

  @Test(
    "the BD syringes have the bore areas, step volumes and dead spaces published", arguments: bd)
  func bdTable(
    _ size: Int, _ area: Double, _ travel: Double, _ step: Double, _ dead: Double
  ) throws {
    let syringe = try #require(catalogue.syringe("bd-plastipak-\(size)"))
    #expect(syringe.isVerified)
    #expect(syringe.boreAreaSquareMillimetres == area)
    #expect(abs(1000.0 / 3.6 / area - travel) <= travel * 0.003)  // printed to three digits
    #expect(abs(area * 0.00025 - step) <= 0.00005)
    #expect(syringe.deadSpaceMicrolitres == dead * 1000)
  }

  @Test("V1: one microstep in a BD 20 mL syringe is 0.071 256 µL")
  func stepVolume() throws {
    let syringe = try #require(catalogue.syringe("bd-plastipak-20"))
    // µm² times nm is 10^-3 pL; 71 255.75 pL.
    #expect(syringe.boreArea.squareMicrometres * 250 == 71_255_750_000)
  }

  @Test("R-004: a microstep is at most 2 µL, and at 0.05 mL/h one comes within 3 min")
  func smallSteps() throws {
    let pump = try #require(catalogue.pumps.first)
    for syringe in catalogue.syringes {
      // µm² times nm is 10^-3 pL; a µL is 10^6 pL.
      let travel = Double(pump.microstepTravel.nanometres)
      let microlitres = Double(syringe.boreArea.squareMicrometres) * travel * 1e-12
      #expect(microlitres > 0 && microlitres <= 2, "\(syringe.id)")
      #expect(microlitres / 50 * 3600 <= 180, "\(syringe.id)")
    }
  }

  @Test("a bore area is the circle of its diameter, to the micrometre the diameter is given in")
  func areasAndDiameters() {
    for syringe in catalogue.syringes {
      let diameter = Double(syringe.boreDiameter.nanometres) / 1e6
      let circle = Double.pi / 4 * diameter * diameter
      #expect(abs(circle / syringe.boreAreaSquareMillimetres - 1) < 3e-4, "\(syringe.id)")
    }
  }

  @Test("a syringe's capacity fits a barrel of a sensible length and its wall is 0.7 to 1.5 mm")
  func proportions() {
    for syringe in catalogue.syringes {
      let length = syringe.capacityMicrolitres / syringe.boreAreaSquareMillimetres
      #expect((35...125).contains(length), "\(syringe.id) \(length)")
      let wall = syringe.barrelDiameter - syringe.boreDiameter
      #expect((1_400_000...3_000_000).contains(wall.nanometres), "\(syringe.id)")
      #expect(syringe.deadSpace < syringe.capacity)
    }
  }

  @Test("only BD syringes are verified; friction and compliance are named as estimates")
  func honesty() {
    for syringe in catalogue.syringes {
      #expect(syringe.isVerified == syringe.id.hasPrefix("bd-"))
      if syringe.isVerified {
        #expect(Set(syringe.unverified).isSuperset(of: ["friction", "compliance"]))
      }
    }
  }

  @Test("a Terumo 20 where a BD 20 was confirmed gives 11.9 % more flow")
  func wrongSyringe() throws {
    let bd = try #require(catalogue.syringe("bd-plastipak-20"))
    let terumo = try #require(catalogue.syringe("terumo-20"))
    let excess = terumo.boreAreaSquareMillimetres / bd.boreAreaSquareMillimetres - 1
    #expect(abs(excess - 0.119) < 0.0005)
  }

  @Test("the specification of a syringe is what its entry says")
  func syringeSpecification() throws {
    let specification = try #require(catalogue.syringe("bd-plastipak-20")).specification
    #expect(specification.number == 105)
    #expect(specification.barrelDiameter == 2125)
    #expect(specification.boreArea == Area(squareMicrometres: 285_023_000))
    #expect(specification.capacity == Volume(picolitres: 20_000_000_000))
    #expect(specification.deadSpace == Volume(picolitres: 150_000_000))
    #expect(specification.friction == 4_500_000)
    #expect(specification.compliance == 3_750_308)  // 0.5 × 7 500 615.8 fL/Pa
  }

  /// Id, needle and line resistance in mmHg per mL/h, line volume in µL, as published.
  static let sets: [(String, Double, Double, Double)] = [
    ("winged-21g-100cm", 0.0232, 0.0851, 785), ("winged-23g-100cm", 0.1253, 0.0851, 785),
    ("winged-25g-100cm", 0.3537, 0.0851, 785), ("winged-27g-100cm", 0.5248, 0.0851, 785),
    ("winged-27g-19mm-100cm", 0.8310, 0.0851, 785), ("winged-25g-30cm", 0.3537, 0.0389, 191),
    ("winged-25g-microbore-100cm", 0.3537, 1.361, 196),
  ]

  @Test("V2: Hagen and Poiseuille give the published resistances within 0.1 %", arguments: sets)
  func resistances(_ id: String, _ needle: Double, _ line: Double, _ volume: Double) throws {
    let set = try #require(catalogue.infusionSet(id))
    // Half a unit in the last printed digit, or 0.1 %, whichever is more.
    #expect(abs(set.needleResistance - needle) <= max(0.00005, needle * 0.001))
    #expect(abs(set.lineResistance - line) <= max(0.00005, line * 0.001))
    #expect(abs(set.lineMicrolitres - volume) <= 0.5)
  }

  @Test("the specification of an infusion set follows from its geometry")
  func setSpecification() throws {
    let specification = try #require(catalogue.infusionSet("winged-25g-100cm")).specification
    // 0.4388 mmHg per mL/h is 58.5 Pa per mL/h; 0.10 µL/mmHg is 750 062 fL/Pa.
    #expect(specification.resistance == 58 || specification.resistance == 59)
    #expect(specification.compliance == 750_062)
    // Line 785.4 µL, needle 1.0 µL.
    #expect(abs(Double(specification.primingVolume.picolitres) / 1e6 - 786.4) < 0.1)
  }

  @Test("the stored volume up to 540 mmHg in the default arrangement is 418 µL within 1 %")
  func storedVolume() throws {
    let syringe = try #require(catalogue.syringe("bd-plastipak-20"))
    let set = try #require(catalogue.infusionSet("winged-25g-100cm"))
    let area = syringe.boreAreaSquareMillimetres
    let drive = area * area * 1.333224e-4 / 60
    let compliance =
      syringe.complianceMicrolitresPerMillimetreOfMercury
      + set.complianceMicrolitresPerMillimetreOfMercury + drive
    #expect(abs(compliance * 540 / 418 - 1) < 0.01)
  }
}
