import Catalogue
import PumpHAL
import Vocabulary

extension Draft {
  /// Reads access codes, library version and service.
  mutating func readOwnerSettings(_ file: Section, _ reading: Reading) {
    var settings = OwnerSettings()
    if let tree = file["codes"] { settings.codes = reading.codes(tree) }
    settings.libraryVersion = file["libraryVersion"].flatMap {
      reading.wholeNumber(
        $0, "the library version", in: 0...UInt64(UInt32.max), example: "libraryVersion: 7"
      ).map { UInt32($0) }
    }
    if let tree = file["service"] { reading.readService(tree, &settings) }
    owner = settings
  }
}

extension Reading {
  /// An access code: 4 to 8 digits, of which the first is not 0.
  func code(_ tree: Tree, _ name: String) -> UInt32? {
    wholeNumber(tree, name, in: 1000...99_999_999, example: "1234").map { UInt32($0) }
  }

  fileprivate func codes(_ tree: Tree) -> RoleCodes {
    var codes = RoleCodes()
    guard
      let section = section(
        tree, "`codes`", keys: FormatKeys.codes,
        example: "codes: { nurse: 1234, pharmacist: 98765 }")
    else { return codes }
    for role in [Role.nurse, .pharmacist, .service] {
      if let tree = section[role.name], let code = code(tree, "the code") { codes[role] = code }
    }
    return codes
  }

  fileprivate func readService(_ tree: Tree, _ settings: inout OwnerSettings) {
    let example = "service: { due: 2027-01-01T00:00:00Z, hours: 5000 }"
    guard
      let section = section(tree, "`service`", keys: FormatKeys.service, example: example)
    else { return }
    settings.serviceDue = section["due"].flatMap {
      wallClock($0, "the date of service", example: "due: 2027-01-01T00:00:00Z")
    }
    if let tree = section["hours"],
      let hours = wholeNumber(
        tree, "the hours of running", in: 1...1_000_000, example: "hours: 5000")
    {
      settings.serviceHours = UInt32(hours)
    }
  }
}
