// Drugs, as the catalogue has them.

import PumpHAL
import Vocabulary
import Yams

extension DrugEntry {
  init(_ reader: inout EntryReader) throws(CatalogueError) {
    let heading = try EntryHeading(&reader)
    (id, number, name) = (heading.id, heading.number, heading.name)
    (source, isVerified) = (heading.source, heading.isVerified)
    unverified = []
    isControlled = try reader.bool("controlled")
    schedules = try reader.words("schedules")
    pharmacokinetics = nil
    if reader.has("pharmacokinetics") {
      var model = try reader.group("pharmacokinetics")
      pharmacokinetics = try PharmacokineticsEntry(&model)
      try model.finish()
    }
    indications = []
    for node in try reader.list("indications") {
      var reader = try EntryReader(node, in: reader.file)
      let next = try IndicationEntry(&reader)
      try reader.finish()
      guard !indications.contains(where: { $0.id == next.id }) else {
        throw reader.error("the indication '\(next.id)' comes twice", remedy: "choose a new id")
      }
      indications.append(next)
    }
  }
}

extension PharmacokineticsEntry {
  fileprivate init(_ reader: inout EntryReader) throws(CatalogueError) {
    let litre = PhysicalUnit(.volume, 1_000_000_000_000)
    source = try reader.text("source")
    clearanceLitresPerHour = try reader.value("clearance", in: litre / .hour)
    volumesLitres = []
    for node in try reader.list("volumes", count: 3) {
      volumesLitres.append(try reader.value(node, "volumes", in: litre))
    }
    exchangeLitresPerHour = []
    for node in try reader.list("exchange", count: 2) {
      exchangeLitresPerHour.append(try reader.value(node, "exchange", in: litre / .hour))
    }
    absorptionPerHour = try reader.value("absorption", in: .one / .hour)
    bioavailability = try reader.value("bioavailability", in: .whole)
  }
}

extension IndicationEntry {
  fileprivate init(_ reader: inout EntryReader) throws(CatalogueError) {
    id = try reader.text("id")
    name = try reader.text("name")
    source = try reader.text("source")
    isVerified = try reader.bool("verified")
    var limits = try reader.group("limits")
    (doseRatePerKilogram, doseRate) = try limits.pairOfLimits("doseRate")
    (bolusPerKilogram, bolus) = try limits.pairOfLimits("bolus")
    (loadingPerKilogram, loading) = try limits.pairOfLimits("loading")
    var caps = try limits.group("cap")
    hourCap = try caps.limit("1 h")
    fourHourCap = try caps.limit("4 h")
    dayCap = try caps.limit("24 h")
    try caps.finish()
    concentration = try limits.concentrationLimits("concentration")
    lockout = try limits.limit("lockout", isLeast: true)
    try limits.finish()
  }
}

extension EntryReader {
  /// `{ soft: …, hard: … }`; `soft` not beyond `hard`.
  fileprivate mutating func limit<Q: ConvertibleQuantity>(
    _ key: String, isLeast: Bool = false
  ) throws(CatalogueError) -> DrugLimit<Q> {
    var group = try group(key)
    let limit = DrugLimit<Q>(soft: try group.quantity("soft"), hard: try group.quantity("hard"))
    try group.finish()
    try group.check(limit, key, isLeast: isLeast)
    return limit
  }

  /// `{ soft: [per kg, absolute], hard: [per kg, absolute] }`.
  fileprivate mutating func pairOfLimits<A: ConvertibleQuantity, B: ConvertibleQuantity>(
    _ key: String
  ) throws(CatalogueError) -> (DrugLimit<A>, DrugLimit<B>) {
    var group = try group(key)
    let (soft, hard) = (try group.list("soft", count: 2), try group.list("hard", count: 2))
    try group.finish()
    let perKilogram = DrugLimit<A>(
      soft: try group.quantity(soft[0], key), hard: try group.quantity(hard[0], key))
    let absolute = DrugLimit<B>(
      soft: try group.quantity(soft[1], key), hard: try group.quantity(hard[1], key))
    try group.check(perKilogram, key)
    try group.check(absolute, key)
    return (perKilogram, absolute)
  }

  fileprivate mutating func concentrationLimits(
    _ key: String
  ) throws(CatalogueError) -> ConcentrationLimits {
    var group = try group(key)
    let (soft, hard) = (try group.list("soft", count: 2), try group.list("hard", count: 2))
    try group.finish()
    let (softLeast, softMost): (Concentration, Concentration) = (
      try group.quantity(soft[0], key), try group.quantity(soft[1], key)
    )
    let (hardLeast, hardMost): (Concentration, Concentration) = (
      try group.quantity(hard[0], key), try group.quantity(hard[1], key)
    )
    guard .zero < hardLeast, hardLeast <= softLeast, softLeast <= softMost, softMost <= hardMost
    else {
      throw group.error(
        "the ranges of '\(key)' do not lie in each other", remedy: "write soft within hard")
    }
    return ConcentrationLimits(soft: softLeast...softMost, hard: hardLeast...hardMost)
  }

  private func check<Bound: Quantity>(
    _ limit: DrugLimit<Bound>, _ key: String, isLeast: Bool = false
  ) throws(CatalogueError) {
    let isOrdered = isLeast ? limit.soft >= limit.hard : limit.soft <= limit.hard
    guard isOrdered, limit.hard > .zero, limit.soft > .zero else {
      throw error(
        "the soft limit of '\(key)' lies beyond the hard one, or one is 0",
        remedy: "write soft within hard, both above 0")
    }
  }
}
