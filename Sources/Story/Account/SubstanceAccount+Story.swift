import Catalogue
import PumpHAL
import Vocabulary

extension SubstanceAccount {
  /// The accounts of every drug of a session, the leading one first.
  public static func all(
    _ story: SessionStory, catalogue: HardwareCatalogue = .builtIn
  ) -> [SubstanceAccount] {
    [AccountedDrug.leading, .second].compactMap {
      SubstanceAccount(story, of: $0, catalogue: catalogue)
    }
  }

  /// The account of a session; nil where no syringe was ever confirmed, or none with that drug.
  ///
  /// - Parameters:
  ///   - place: which drug of a mixture.
  ///   - catalogue: names and tolerances.
  public init?(
    _ story: SessionStory, of place: AccountedDrug = .leading,
    catalogue: HardwareCatalogue = .builtIn
  ) {
    guard let prescription = story.prescription, !story.syringes.isEmpty else { return nil }
    let number = place == .leading ? prescription.drugNumber : prescription.secondDrugNumber
    guard let number else { return nil }
    let drug = catalogue.drugs.first { $0.number == number }
    self.place = place
    drugNumber = number
    self.drug = drug?.name ?? "drug \(number)"
    schedules = drug?.schedules ?? []
    lineVolume = prescription.infusionSet.map { Double($0.primingVolume.picolitres) / 1e9 }
    commandedVolume = story.syringes.reduce(0) {
      $0 + $1.millilitres($1.forwardSteps &- $1.retractedSteps)
    }
    let isMeasured = story.syringes.contains { $0.measuredSteps != nil }
    measuredVolume =
      isMeasured ? story.syringes.reduce(0) { $0 + $1.millilitres($1.measuredSteps ?? 0) } : nil
    otherDisposals = []
    syringes = []
    lineAtStart = nil
    lineAtEnd = nil
    primingWaste = 0
    let pump = catalogue.pumps.first { $0.id == story.facts.session["pump"] }
    for (index, use) in story.syringes.enumerated() {
      let entry = catalogue.syringes.first { $0.number == use.syringe.number }
      let tolerances = AccountTolerances(pump: pump, syringe: entry)
      syringes.append(
        Syringe(story, of: place, index: index, entry: entry, tolerances: tolerances))
    }
    takeLine()
    takeDisposals(story)
  }

  /// What the line holds: the fluid that left the syringes last.
  private mutating func takeLine() {
    guard let lineVolume, let first = syringes.first else { return }
    let primed = syringes.reduce(0) { $0 + $1.primedVolume }
    let isPrimedHere = primed > 0
    // Where the pump did not prime it, it was filled before, from the same solution.
    lineAtStart = isPrimedHere ? 0 : lineVolume * first.concentration
    primingWaste = max(0, primed - lineVolume) * first.concentration
    var room = lineVolume
    var mass = 0.0
    for syringe in syringes.reversed() where room > 0 {
      let out = min(room, max(0, syringe.primedVolume + syringe.dispensedVolume))
      mass += out * syringe.concentration
      room -= out
    }
    if !isPrimedHere { mass += room * first.concentration }
    lineAtEnd = mass
  }

  /// Each disposal belongs to the syringe that was in the pump before it: the first that has none.
  private mutating func takeDisposals(_ story: SessionStory) {
    for event in story.events where event.kind == "dispose" {
      let confirmed = story.syringes.indices.filter {
        story.syringes[$0].confirmedTick <= event.tick
      }
      // What was found as a mass is the leading drug's.
      if place == .second, event.unit == "mg" { continue }
      guard event.outcome == "accepted", let amount = event.amount, let unit = event.unit,
        unit == "mL" || unit == "mg",
        let index = confirmed.first(where: { syringes[$0].finding == nil })
      else {
        otherDisposals.append(event)
        continue
      }
      syringes[index].find(event, amount: amount, unit: unit)
    }
  }
}

extension SubstanceAccount.Syringe {
  fileprivate init(
    _ story: SessionStory, of place: AccountedDrug, index: Int, entry: SyringeEntry?,
    tolerances: AccountTolerances
  ) {
    let use = story.syringes[index]
    let next = story.syringes.indices.contains(index + 1) ? story.syringes[index + 1] : nil
    let reading =
      story.readings.indices.contains(index) ? story.readings[index] : AccountReading()
    number = index + 1
    name = entry?.name ?? "syringe \(use.syringe.number)"
    concentration =
      place == .leading ? use.milligramsPerMillilitre : use.secondMilligramsPerMillilitre
    drawnUpVolume = Double(use.fill.picolitres) / 1e9
    primedVolume = reading.primedMillilitres
    dispensedVolume = reading.dispensedMillilitres
    retractedVolume = reading.retractedMillilitres
    dispensedMass = place == .leading ? reading.dispensedMilligrams : reading.secondMilligrams
    let span = use.confirmedTick...(next?.confirmedTick ?? Int64.max)
    components = tolerances.components(
      use, dispensed: dispensedVolume, primed: primedVolume, retracted: retractedVolume,
      measured: use.measuredSteps.map(use.millilitres),
      commanded: use.millilitres(use.forwardSteps &- use.retractedSteps),
      powerLosses: story.powers.filter { $0.lostTick.map(span.contains) ?? false }.count,
      lastPressureMmHg: story.series.pressure.value(at: next?.confirmedTick ?? story.endTick))
    finding = nil
  }

  /// Takes what was found in it.
  fileprivate mutating func find(_ event: StoryEvent, amount: Double, unit: String) {
    // The scale is read once more for a volume; a mass stands for itself, but not for the content
    // that the label promised, which a volume has on both sides alike.
    let isVolume = unit == "mL"
    let found = isVolume ? amount * concentration : amount
    var all = components
    if isVolume {
      if let scale = components.first(where: { $0.cause == .fillReading }) {
        all.append(
          UncertaintyComponent(
            .foundReading, halfWidth: scale.halfWidth,
            source: AccountTolerances.scaleSource))
      }
    } else {
      all.append(
        UncertaintyComponent(
          .content, halfWidth: AccountTolerances.content * max(residualVolume, 0),
          source: AccountTolerances.contentSource))
    }
    finding = DisposalFinding(
      tick: event.tick, role: event.role ?? "somebody", witnesses: event.witnesses,
      stated: (amount, unit), foundMass: found, difference: found - residualMass,
      uncertainty: all.expanded * concentration, components: all)
  }
}

extension SubstanceAccount.Syringe {
  /// Expanded uncertainty of what was drawn up, mg: the reading of the fill and the content.
  public var drawnUpUncertainty: Double {
    uncertainty(of: drawnUpVolume) { $0 == .fillReading }
  }

  /// Expanded uncertainty of what was dispensed, mg: everything that moved it, and the content.
  public var dispensedUncertainty: Double {
    uncertainty(of: dispensedVolume, gainShare: share(of: dispensedVolume)) {
      $0 != .fillReading && $0 != .deadSpace && $0 != .unpurgedGap
    }
  }

  /// Expanded uncertainty of what was primed, mg: bore and drive by its share, lost motion, content.
  public var primedUncertainty: Double {
    guard primedVolume > 0 else { return 0 }
    return uncertainty(of: primedVolume, gainShare: share(of: primedVolume)) {
      $0 == .bore || $0 == .drive || $0 == .unpurgedGap
    }
  }

  /// The share of a volume in what the motor moved.
  private func share(of volume: Double) -> Double {
    let moved = primedVolume + dispensedVolume
    return moved > 0 ? volume / moved : 0
  }

  /// Expanded uncertainty of what is expected to be left, mg, the content included.
  public var residualUncertainty: Double {
    uncertainty(of: max(residualVolume, 0)) { _ in true }
  }

  private func uncertainty(
    of volume: Double, gainShare: Double = 1, _ isIncluded: (UncertaintyComponent.Cause) -> Bool
  ) -> Double {
    var all = components.filter { isIncluded($0.cause) }
    for index in all.indices where all[index].cause == .bore || all[index].cause == .drive {
      all[index].halfWidth *= gainShare
    }
    all.append(
      UncertaintyComponent(
        .content, halfWidth: AccountTolerances.content * volume,
        source: AccountTolerances.contentSource))
    return all.expanded * concentration
  }
}
