import ArgumentParser
import Catalogue
import Host
import PumpHAL
import PumpPlant
import PumpSerial
import Session
import SessionFile
import Text
import Vocabulary

/// `trumpet emulate new-era`.
struct EmulateNewEra: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new-era",
    abstract: "Emulates a syringe pump of the New Era NE-1000 family, with the plant behind it.",
    discussion: """
      Any program that drives such a pump can be tried on it: it speaks Basic and Safe mode, runs \
      phase programs and stalls when the line is blocked. Docs/NewEra.md says what is emulated.
      """)

  @Option(
    help: ArgumentHelp("Make a symbolic link to the pseudo-terminal here.", valueName: "path"))
  var link: String?

  @Option(help: "Address of the pump, 0 to 99.")
  var address: UInt8 = 0

  @Option(help: "What the pump says that it is: a model, with an upgrade after X.")
  var model = "NE1000"

  @Option(help: "What firmware the pump says that it has.")
  var firmware = "3.928"

  @Option(
    help: ArgumentHelp("Syringe that is fitted (trumpet catalogue syringes).", valueName: "id"))
  var syringe: String?

  @Option(
    help: ArgumentHelp(
      "Diameter that the pump was told, mm; that of the syringe fitted.", valueName: "mm"))
  var diameter: Double?

  @Option(help: ArgumentHelp("Fluid in the syringe; full.", valueName: "volume"))
  var fill: String?

  @Option(
    help: ArgumentHelp(
      "Line, needle, place and faults of this session file; times count from the first pumping.",
      valueName: "file"))
  var world: String?

  @Option(
    help: ArgumentHelp(
      "Block the needle so long after the pump first pumps.", valueName: "time"))
  var occludeAfter: String?

  @Option(
    help: ArgumentHelp("Free the needle so long after the pump first pumps.", valueName: "time"))
  var clearAfter: String?

  @Option(help: ArgumentHelp("Thrust at which the motor stalls.", valueName: "N"))
  var stallForce = 80.0

  @Option(help: ArgumentHelp("Keep the timing of a line at this speed.", valueName: "baud"))
  var baud: UInt32?

  @Option(help: ArgumentHelp("Safe mode's time-out that the pump has kept, s.", valueName: "s"))
  var safe: UInt8 = 0

  @Option(
    help: "How much faster than real time it pumps, 0.1 to 1000; the line stays in real time.")
  var pace = 1.0

  @OptionGroup var weighing: PumpBalanceOptions

  func validate() throws {
    if address > 99 { throw ValidationError("--address is 0 to 99") }
    if !(0.1...1000).contains(pace) { throw ValidationError("--pace is 0.1 to 1000") }
    if !(1...10_000).contains(stallForce) { throw ValidationError("--stall-force is 1 to 10000 N") }
    if let baud, !NewEraAddressing.bauds.contains(baud) {
      throw ValidationError("--baud is 300, 1200, 2400, 9600 or 19200")
    }
    if NewEraVersion(Array("\(model)V\(firmware)".utf8)) == nil {
      throw ValidationError("--model is like NE1000 or NE1000X1, --firmware like 3.928")
    }
    if world != nil && (syringe != nil || fill != nil) {
      throw ValidationError("--world has a syringe of its own; leave --syringe and --fill away")
    }
    if let diameter, !(0.1...50).contains(diameter) {
      throw ValidationError("--diameter is 0.1 to 50 mm")
    }
  }

  func run() throws {
    var options = try options()
    do {
      StopSignals.install()
      let balance = try weighing.start()
      defer { balance?.stop() }
      if let balance {
        let pan = balance.pan
        options.afterTick = { pan.tick(delivered: $0) }
        try show("balance on \(balance.path)")
      }
      let pump = try EmulatedNewEra(options, link: link)
      let watcher = StopSignals.watch { pump.stop() }
      try show("New Era pump on \(pump.path); end with Ctrl-C")
      defer { watcher?.end() }
      try pump.serve()
      try show(summary(of: pump))
    } catch let status as ExitCode {
      throw status
    } catch {
      diagnose("\(error)")
      throw ExitStatus.hardware
    }
  }

  /// What the pump believes, and what really flowed.
  private func summary(of pump: EmulatedNewEra) -> String {
    func millilitres(_ microlitres: Double) -> String {
      DecimalText.fixed(microlitres / 1000, decimals: 3) + " mL"
    }
    let counted = pump.counted
    return "counted by the pump: \(millilitres(counted.infused)) infused, "
      + "\(millilitres(counted.withdrawn)) withdrawn; through the needle: "
      + millilitres(pump.truth.infusedVolume)
  }

  // MARK: What is asked for

  private func options() throws -> EmulatedNewEraOptions {
    var world = PlantParameters.standard
    var events: [NewEraWorldEvent] = []
    var bore = 19.05
    if let file = self.world {
      let description = try read(file)
      world = PlantParameters(description)
      events = description.newEraEvents
      bore = Double(description.syringe.boreDiameter.nanometres) / 1e6
    } else {
      let entry = try fitted()
      world.syringe = SyringeParameters(entry)
      world.fill = try filled(entry)
      bore = Double(entry.boreDiameter.nanometres) / 1e6
    }
    if let occludeAfter {
      events.append(
        NewEraWorldEvent(
          at: try ticks(occludeAfter, "--occlude-after"),
          .inject(.occlusion(site: .needle, remaining: 0, ramp: 0), lasting: 0)))
    }
    if let clearAfter {
      events.append(
        NewEraWorldEvent(
          at: try ticks(clearAfter, "--clear-after"), .clear(.named(.occlusion, site: nil))))
    }
    guard let told = NewEraNumber(nearest: diameter ?? bore) else {
      throw ValidationError("--diameter is 0.1 to 50 mm")
    }
    var options = EmulatedNewEraOptions(
      diameter: told, world: world.drivenByNewEra(stallForce: stallForce))
    options.version = NewEraVersion(Array("\(model)V\(firmware)".utf8)) ?? options.version
    options.settings.address = address
    options.settings.safeTimeout = safe
    options.baud = baud
    options.pace = pace
    options.events = events
    return options
  }

  private func read(_ file: String) throws -> SessionDescription {
    do {
      return try SessionDescription(contentsOf: file)
    } catch {
      diagnose("\(error)")
      throw error.kind == .noSuchFile ? ExitStatus.noSuchFile : ExitStatus.wrongInput
    }
  }

  private func fitted() throws -> SyringeEntry {
    let id = syringe ?? "bd-plastipak-20"
    if let entry = HardwareCatalogue.builtIn.syringe(id) { return entry }
    let nearest = HardwareCatalogue.builtIn.nearest(to: id, in: .syringes)
    throw ValidationError(
      "there is no syringe '\(id)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
  }

  private func filled(_ entry: SyringeEntry) throws -> Double {
    guard let fill else { return entry.capacityMicrolitres }
    let microlitres: Double
    do {
      microlitres = Double(try Volume(fill).picolitres) / 1e6
    } catch {
      throw ValidationError("--fill: \(error)")
    }
    if microlitres > entry.capacityMicrolitres {
      throw ValidationError("--fill: \(entry.id) holds less; leave it away for a full one")
    }
    return microlitres
  }

  private func ticks(_ text: String, _ option: String) throws -> Int64 {
    do {
      return try Ticks(text).count
    } catch {
      throw ValidationError("\(option): \(error)")
    }
  }
}
