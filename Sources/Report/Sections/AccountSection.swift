// The account of the controlled substance.

import Catalogue
import PumpHAL
import Story
import Text
import Vocabulary

extension ReportDocument {
  var accountSection: Markup {
    guard !accounts.isEmpty else {
      return """
        <section id="account"><h2>Substance account</h2>
        <p>No syringe was confirmed in this record, so there is nothing to account for.</p></section>

        """
    }
    let parts = accounts.map(accountPart)
    let mixture: Markup =
      accounts.count > 1
      ? """
      <p>The session gave a mixture: each drug has its own account below, of the same volumes.</p>

      """ : .empty
    return """
      <section id="account"><h2>Controlled-substance account</h2>
      \(mixture)\(parts)</section>

      """
  }

  /// The account of one drug; a syringe that held none of it is left out.
  private func accountPart(_ account: SubstanceAccount) -> Markup {
    let syringes = account.syringes.filter { $0.concentration > 0 }
    let parts = syringes.map { syringePart($0, of: account) }
    let status =
      account.schedules.isEmpty
      ? "The drug library does not list it as a controlled substance."
      : "Controlled: \(account.schedules.joined(separator: ", "))."
    return """
      <p><b>\(account.drug).</b> \(status) Uncertainties are expanded uncertainties with coverage factor 2 \
      (about 95 %), from the components stated below each account, after JCGM 100:2008. Dispensed is what \
      the pump accounts for, not what reached the tissue.</p>
      \(parts)\(syringes.count > 1 ? totalTable(account) : .empty)\(lineTable(account))\
      \(checkTable(account))\(otherDisposals(account))
      """
  }

  /// Found less expected, as it is.
  func differenceText(_ finding: DisposalFinding) -> String {
    let amount = milligrams(abs(finding.difference))
    let uncertainty = milligrams(finding.uncertainty)
    if finding.isBeyondUncertainty {
      return finding.difference < 0
        ? "\(amount) MISSING, more than the uncertainty of \(uncertainty)"
        : "\(amount) TOO MUCH, more than the uncertainty of \(uncertainty)"
    }
    let side = finding.difference < 0 ? "less" : "more"
    return "\(amount) \(side) than expected, within the uncertainty of \(uncertainty)"
  }

  private func syringePart(
    _ syringe: SubstanceAccount.Syringe, of account: SubstanceAccount
  ) -> Markup {
    var rows: [[Markup]] = [
      row("drawn up", syringe.drawnUpVolume, syringe.drawnUpMass, syringe.drawnUpUncertainty),
      row("primed", syringe.primedVolume, syringe.primedMass, syringe.primedUncertainty),
      row(
        "dispensed (retraction taken off)", syringe.dispensedVolume, syringe.dispensedMass,
        syringe.dispensedUncertainty),
    ]
    if syringe.retractedVolume > 0.0005 {
      rows.append(
        row(
          "drawn back after occlusions (taken off above)", syringe.retractedVolume,
          syringe.retractedVolume * syringe.concentration, nil))
    }
    rows.append(
      row(
        "expected to be left in the syringe, dead space included", syringe.residualVolume,
        syringe.residualMass, syringe.residualUncertainty))
    var finding: Markup = """
      <p>Nobody disposed of this syringe in this record: what was really left in it is not known.</p>

      """
    var components = syringe.components
    var caption = "What the uncertainty of the expected rest is made of"
    if let found = syringe.finding {
      components = found.components
      caption = "What the uncertainty of the difference is made of"
      rows.append(
        row("found", found.foundMass / syringe.concentration, found.foundMass, nil))
      rows.append([
        "<b>found less expected</b>",
        cell(signed(found.difference / syringe.concentration, decimals: 3)),
        cell(signed(found.difference, decimals: 2)),
        cell("± \(DecimalText.fixed(found.uncertainty, decimals: 2))"),
      ])
      finding = """
        <p class="state \(found.isBeyondUncertainty ? "bad" : "good")"><strong>\(differenceText(found)).\
        </strong> Found \(trimmed(found.stated.amount)) \(found.stated.unit) at \(time(found.tick)) by \
        \(found.role), witnessed by \(found.witnesses.joined(separator: " and ")).</p>

        """
    }
    return """
      <h3>Syringe \(syringe.number): \(syringe.name), \(trimmed(syringe.concentration)) mg/mL</h3>
      \(table("Account of syringe \(syringe.number)", ["", "mL", "mg", "uncertainty, mg"], rows, kind: "numbers"))
      \(finding)\(componentTable(caption, components, syringe))
      """
  }

  private func row(
    _ name: String, _ volume: Double, _ mass: Double, _ uncertainty: Double?
  ) -> [Markup] {
    [
      cell(name), cell(DecimalText.fixed(volume, decimals: 3)),
      cell(DecimalText.fixed(mass, decimals: 2)),
      cell(uncertainty.map { "± \(DecimalText.fixed($0, decimals: 2))" } ?? ""),
    ]
  }

  private func signed(_ value: Double, decimals: Int) -> String {
    (value < 0 ? "" : "+") + DecimalText.fixed(value, decimals: decimals)
  }

  private func componentTable(
    _ caption: String, _ components: [UncertaintyComponent], _ syringe: SubstanceAccount.Syringe
  ) -> Markup {
    let rows = components.map { component -> [Markup] in
      [
        cell(component.cause.text),
        cell("± \(DecimalText.fixed(component.halfWidth, decimals: 4))"),
        cell(DecimalText.fixed(component.standard, decimals: 4)),
        cell(DecimalText.fixed(component.standard * syringe.concentration, decimals: 3)),
        cell(component.source),
      ]
    }
    return """
      <details open><summary>\(caption)</summary>
      \(table(caption, ["component", "half-width, mL", "standard uncertainty, mL", "the same, mg", "source"], rows))
      <p class="note">Each is taken as rectangular (half-width over √3); they add up as the root of the sum of \
      squares, times 2. The content of the solution against its label, ±5 %, belongs to every mass in \
      the account; in a difference between volumes of the same solution it cancels.</p></details>

      """
  }

  private func totalTable(_ account: SubstanceAccount) -> Markup {
    let parts = account.syringes
    func sum(_ value: (SubstanceAccount.Syringe) -> Double) -> Double {
      parts.reduce(0) { $0 + value($1) }
    }
    func total(_ name: String, _ mass: Double, _ uncertainty: Double?) -> [Markup] {
      [
        cell(name), cell(DecimalText.fixed(mass, decimals: 2)),
        cell(uncertainty.map { "± \(DecimalText.fixed($0, decimals: 2))" } ?? ""),
      ]
    }
    var rows = [
      total("drawn up", account.drawnUp, sum(\.drawnUpUncertainty)),
      total("primed", account.primed, sum(\.primedUncertainty)),
      total("dispensed", account.dispensed, sum(\.dispensedUncertainty)),
      total("expected to be left in the syringes", account.residual, sum(\.residualUncertainty)),
    ]
    let findings = parts.compactMap(\.finding)
    if !findings.isEmpty {
      rows.append(
        total(
          "found, in \(findings.count) of \(parts.count) syringes",
          findings.reduce(0) { $0 + $1.foundMass }, nil))
      rows.append(
        total(
          "found less expected, in these", findings.reduce(0) { $0 + $1.difference },
          findings.reduce(0) { $0 + $1.uncertainty }))
    }
    return "<h3>All syringes</h3>\n"
      + table("All syringes", ["", "mg", "uncertainty, mg"], rows, kind: "numbers") + """
        <p class="note">The uncertainties of the syringes are added as they are, because most causes are the \
        same for all of them: pump, solution, the habit of reading.</p>

        """
  }

  private func lineTable(_ account: SubstanceAccount) -> Markup {
    guard let volume = account.lineVolume, let start = account.lineAtStart,
      let end = account.lineAtEnd
    else { return .empty }
    let rows: [[Markup]] = [
      ["volume of line and needle", cell(millilitres(volume))],
      [
        "in it at the beginning",
        cell(
          start == 0
            ? "nothing: the pump primed it in this session"
            : "\(milligrams(start)): it was filled before this session, beside what is drawn up above"
        ),
      ],
      ["of what was primed, run to waste", cell(milligrams(account.primingWaste))],
      ["in it at the end", cell(milligrams(end))],
    ]
    return "<h3>Line and needle</h3>\n"
      + table("Line and needle, from their catalogue volume", ["", ""], rows, kind: "facts")
  }

  private func checkTable(_ account: SubstanceAccount) -> Markup {
    let dispensed = account.syringes.reduce(0) { $0 + $1.dispensedVolume }
    let primed = account.syringes.reduce(0) { $0 + $1.primedVolume }
    var rows: [[Markup]] = [
      ["the pump's own account", cell(millilitres(dispensed, decimals: 4))],
      [
        "commanded to the motor, from the ticks",
        cell(millilitres(account.commandedVolume, decimals: 4)),
      ],
      [
        "seen by the encoder, from the ticks",
        cell(
          account.measuredVolume.map { millilitres($0 - primed, decimals: 4) }
            ?? "this hardware has no encoder"),
      ],
    ]
    let series = account.place == .leading ? story.series.infused : story.series.secondInfused
    if let infused = series.last?.value {
      rows.append([
        "infused, by the model (drug that reached the tissue)", cell(milligrams(infused)),
      ])
    }
    let tail = story.readings.reduce(0) { $0 + $1.afterLastSampleMillilitres }
    let note: Markup =
      tail != 0
      ? """
      <p class="note">The record breaks off \(millilitres(tail, decimals: 4)) after the last sample of the \
      pump's account; that part is taken from the motor's steps.</p>

      """ : .empty
    return "<h3>Dispensed, seen three ways</h3>\n"
      + table("Dispensed to the patient, priming excluded", ["", ""], rows, kind: "facts") + note
  }

  private func otherDisposals(_ account: SubstanceAccount) -> Markup {
    if account.otherDisposals.isEmpty { return .empty }
    let rows = account.otherDisposals.map { event -> [Markup] in
      [
        timeCell(event.tick),
        cell("\(event.amount.map { trimmed($0) } ?? "?") \(event.unit ?? "")"),
        cell(event.witnesses.joined(separator: " and ")),
        cell(event.text ?? "there is no syringe left that it could belong to"),
      ]
    }
    return "<h3>Disposals that do not count</h3>\n"
      + table("Disposals that do not count", ["when", "found", "witnesses", "why"], rows)
  }
}
