import Catalogue
import PumpHAL
import Vocabulary

extension Draft {
  /// Reads pump, patient, drug, reservoir, set, battery and environment.
  mutating func readSetUp(_ file: Section, _ reading: Reading) {
    let catalogue = reading.catalogue
    if let tree = file.required("title", example: "title: Ketamine over 24 h") {
      title = reading.text(tree, "the title", example: "title: Ketamine over 24 h")
    }
    pump =
      file["pump"].map { reading.entry($0, "pump", in: catalogue.pumps)?.value }
      ?? catalogue.pumps.first
    readPatient(file, reading)
    readDrugs(file, reading)
    readReservoir(file, reading)
    if let tree = file.required("infusionSet", example: "infusionSet: winged-25g-100cm") {
      infusionSet = reading.entry(tree, "infusion set", in: catalogue.infusionSets)?.value
    }
    readBattery(file, reading)
    environment = SessionEnvironment()
    if let tree = file["environment"] { readEnvironment(tree, reading) }
  }

  private mutating func readPatient(_ file: Section, _ reading: Reading) {
    let example = "patient: { mass: 70 kg }"
    guard let tree = file.required("patient", example: example),
      let section = reading.section(
        tree, "the patient", keys: FormatKeys.patient, example: example),
      let mass = section.required("mass", example: "mass: 70 kg")
    else { return }
    patientMass = reading.quantity(
      mass, "the patient's mass", in: BodyMass(grams: 1000)...BodyMass(grams: 300_000),
      ends: "1 kg to 300 kg")
  }

  private mutating func readReservoir(_ file: Section, _ reading: Reading) {
    let example = "reservoir: { syringe: bd-plastipak-20, fill: 20 mL }"
    guard let tree = file.required("reservoir", example: example),
      let section = reading.section(
        tree, "the reservoir", keys: FormatKeys.reservoir, example: example)
    else { return }
    if let tree = section.required("syringe", example: "syringe: bd-plastipak-20") {
      syringe = reading.entry(tree, "syringe", in: reading.catalogue.syringes)
    }
    if let tree = section.required("fill", example: "fill: 20 mL") {
      fill = reading.fill(tree, in: syringe?.value)
    }
    if let tree = section["prime"] {
      let most = pump?.configuration.primeMaximum ?? Volume(picolitres: 3_000_000_000)
      prime = reading.quantity(
        tree, "the priming volume", in: Volume(picolitres: 10_000_000)...most,
        ends: "0.01 mL to \(most.shown)", example: "1 mL")
    }
  }

  private mutating func readBattery(_ file: Section, _ reading: Reading) {
    let batteries = reading.catalogue.batteries
    battery = batteries.first { $0.id == pump?.battery } ?? batteries.first
    batteryCharge = 1
    guard let tree = file["battery"] else { return }
    if case .text = tree.content {
      battery = reading.entry(tree, "battery", in: batteries)?.value
      return
    }
    let example = "battery: { type: \(batteries.first?.id ?? ""), charge: 80 % }"
    guard
      let section = reading.section(
        tree, "the battery", keys: FormatKeys.battery, example: example)
    else { return }
    if let tree = section["type"] {
      battery = reading.entry(tree, "battery", in: batteries)?.value
    }
    if let tree = section["charge"] {
      batteryCharge = reading.share(tree, "the charge", example: "80 %")
    }
  }

  private mutating func readEnvironment(_ tree: Tree, _ reading: Reading) {
    let example = "environment: { temperature: 20 °C, height: 0 cm, ambient: 101.3 kPa }"
    guard
      let section = reading.section(
        tree, "the environment", keys: FormatKeys.environment, example: example)
    else { return }
    var environment = SessionEnvironment()
    if let tree = section["temperature"] {
      environment.temperatureCelsius =
        reading.number(
          tree, "the temperature", in: .degreeCelsius, range: -20...60, ends: "-20 °C to 60 °C",
          example: "20 °C") ?? 20
    }
    if let tree = section["height"] {
      environment.heightMetres = reading.height(tree) ?? 0
    }
    if let tree = section["ambient"] {
      environment.ambientKilopascals =
        reading.number(
          tree, "the air pressure", in: PhysicalUnit(.pressure, Ratio(1000)), range: 50...110,
          ends: "50 kPa to 110 kPa", example: "101.3 kPa") ?? 101.325
    }
    if let tree = section["tissue"] {
      environment.tissueMillimetresOfMercury =
        reading.number(
          tree, "the tissue's pressure", in: .millimetreOfMercury, range: -20...300,
          ends: "-20 mmHg to 300 mmHg", example: "30 mmHg") ?? -1
    }
    self.environment = environment
  }
}

extension Reading {
  /// An entry of a catalogue by its id.
  func entry<Entry: CatalogueEntry>(
    _ tree: Tree, _ kind: String, in entries: [Entry]
  ) -> Located<Entry>? {
    choice(tree, "\(kind) of the catalogue", among: entries.map { ($0.id, $0) })
      .map { Located(value: $0, place: tree.place) }
  }

  /// A concentration, more than nothing.
  func concentration(_ tree: Tree) -> Located<Concentration>? {
    quantity(
      tree, "the concentration",
      in: Concentration(nanogramsPerMillilitre: 1000)...Concentration.largest,
      ends: "0.001 mg/mL to 1000 mg/mL"
    ).map { Located(value: $0, place: tree.place) }
  }

  /// A fill, at most what `syringe` holds.
  func fill(_ tree: Tree, in syringe: SyringeEntry?) -> Located<Volume>? {
    guard let fill: Volume = quantity(tree, "the fill") else { return nil }
    guard let syringe else { return nil }
    guard fill > syringe.deadSpace else {
      note(
        tree.place,
        "the fill \(fill.shown) is no more than the dead space of the syringe, "
          + syringe.deadSpace.shown, "fill more, at most \(syringe.capacity.shown)")
      return nil
    }
    guard fill <= syringe.capacity else {
      note(
        tree.place,
        "the fill \(fill.shown) is more than \(syringe.id) holds, by "
          + (fill - syringe.capacity).shown,
        "fill at most \(syringe.capacity.shown), or take a larger syringe")
      return nil
    }
    return Located(value: fill, place: tree.place)
  }

  /// A share from 0 to 1, written as a percentage.
  func share(_ tree: Tree, _ name: String, example: String) -> Double? {
    number(tree, name, in: .whole, range: 0...1, ends: "0 % to 100 %", example: example)
  }

  /// A height of the pump above the site, m.
  func height(_ tree: Tree) -> Double? {
    number(
      tree, "the height", in: .metre, range: -2...2, ends: "-2 m to 2 m, up is more",
      example: "30 cm")
  }
}
