// Origin and verification, before anything else.

import Catalogue
import PumpHAL
import Story
import Vocabulary

extension ReportDocument {
  var originSection: Markup {
    """
    <section id="origin"><h2>Origin and verification</h2>
    <p class="notice"><strong>\(originHeadline)</strong> \(originText)</p>
    \(verificationState)
    \(table("The record", ["", ""], factRows, kind: "facts"))
    \(table("In brief", ["", ""], briefRows, kind: "facts"))
    </section>

    """
  }

  private var originHeadline: String {
    switch story.facts.origin {
    case .simulated: "Simulated."
    case .emulated: "Emulated hardware."
    case .hardware: "Hardware."
    case nil: "Origin not stated."
    }
  }

  private var originText: String {
    switch story.facts.origin {
    case .simulated:
      "Pump, syringe, line, needle and patient were a computer model. No drug was given to anybody."
    case .emulated:
      "The firmware spoke to an emulated motor board; syringe, line, needle and patient behind it were "
        + "a computer model. No drug was given to anybody."
    case .hardware:
      "The firmware drove a real motor board. What reached a receiver was not measured by it: only "
        + "what the pump accounts for is known."
    case nil: "The record does not say whether it was made in simulation or on hardware."
    }
  }

  private var verificationState: Markup {
    guard let state = verification.state else {
      return """
        <p class="state open"><strong>Not verified.</strong> \(sentence(verification.reason)) \
        Verify the record with <code>trumpet verify</code>.</p>
        """
    }
    let at = verification.atTick.map { " from session time \(time($0))" } ?? ""
    let kind = verification.isProof ? "good" : state == "altered" ? "bad" : "open"
    let unsealed =
      verification.unsealedTicks.flatMap { $0 > 0 ? $0 : nil }.map {
        " \($0) ticks (\(time($0))) at the end are not covered by a seal."
      } ?? ""
    return """
      <p class="state \(kind)"><strong>\(headline(state))</strong> \
      Content: \(state)\(at). Signature: \(verification.signature ?? "not checked")\(signatureText). \
      Container: \(verification.container ?? "not checked").\(unsealed)\(lodgedText) \(sentence(verification.reason))</p>
      """
  }

  private func headline(_ state: String) -> String {
    if verification.isProof { return "Whole, unaltered and validly signed." }
    switch state {
    case "altered": return "ALTERED: this record is not as it was recorded."
    case "truncated": return "Truncated: the record is not complete."
    case _ where verification.container == "damaged":
      return "The content is whole; the file around it is damaged."
    default:
      return verification.signature == "valid"
        ? "Whole and validly signed."
        : "Whole and unaltered as far as its own seals show; not shown who made it."
    }
  }

  private var signatureText: String {
    switch verification.signature {
    case "valid": " by \(signer), a key that was given or pinned"
    case "unknown-key": " by \(signer), a key that nobody vouched for"
    case "other-key": " by \(signer), another key than the one given or pinned"
    case "absent": ": nobody signed this record, and anybody can make one like it"
    case "invalid": ": not by \(signer), or not of this"
    default: ""
    }
  }

  private var signer: String { verification.signer ?? "a key without a name" }

  private var lodgedText: String {
    verification.isLodged
      ? " It was held against a checkpoint that was lodged elsewhere." : ""
  }

  private func sentence(_ text: String) -> String {
    guard let first = text.first else { return "" }
    // A file's name keeps its letters.
    let isName = text.prefix { $0 != " " }.contains(".")
    return (isName ? String(first) : first.uppercased()) + text.dropFirst()
      + (text.hasSuffix(".") ? "" : ".")
  }

  private var fileNames: String {
    story.facts.paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
      .joined(separator: ", ")
  }

  private var factRows: [[Markup]] {
    let facts = story.facts
    var rows: [[Markup]] = [
      [cell(facts.paths.count > 1 ? "files, in order" : "file"), "<code>\(fileNames)</code>"],
      ["recorded by", cell(facts.library)],
      ["origin", cell(facts.origin?.name ?? "not stated")],
    ]
    if let capabilities = facts.capabilities, facts.origin != .simulated {
      rows.append(["serial number of the device", cell(String(capabilities.serialNumber))])
      rows.append([
        "version of the device",
        cell("\(capabilities.deviceVersion >> 8).\(capabilities.deviceVersion & 255)"),
      ])
    }
    let known = [
      "origin", "title", "wallClockStartMilliseconds", "ticksPerSecond", "blockEncoding",
    ]
    for (key, value) in facts.session.sorted(by: { $0.key < $1.key }) where !known.contains(key) {
      rows.append([cell(key), cell(value)])
    }
    rows.append([
      "began", cell(clock(0) ?? "the record holds no wall clock; all times are session time"),
    ])
    rows.append([
      "session time", cell("0 s to \(time(story.endTick)), counted from power-on"),
    ])
    rows.append(["ticks of 10 ms recorded", cell(String(story.tickCount))])
    rows.append([
      "attached", cell(facts.attachments.map(\.name).joined(separator: ", ")),
    ])
    return rows
  }

  private var briefRows: [[Markup]] {
    var rows: [[Markup]] = []
    for account in accounts {
      rows.append([
        accounts.count > 1 ? cell("dispensed, \(account.drug)") : "dispensed",
        cell("\(milligrams(account.dispensed)) of \(account.drug), by the pump's own account"),
      ])
    }
    rows.append([
      "infused",
      cell(
        story.series.infused.last?.value.map { "\(milligrams($0)) reached the tissue (model)" }
          ?? "not known: nothing measured what reached the tissue"),
    ])
    let high = story.alarms.filter { $0.id.rule.priority == .high }.count
    rows.append([
      "alarms", cell("\(story.alarms.count), of which \(high) of high priority"),
    ])
    rows.append(["ended", cell("in mode \(story.modes.last?.mode.name ?? "unknown")")])
    let unmet = evidence.filter { !$0.isMet }.count
    rows.append([
      "requirements",
      cell(
        "\(Set(evidence.map(\.requirement)).count) exercised"
          + (unmet == 0 ? ", none found unmet" : ", \(unmet) FOUND NOT MET")),
    ])
    for (account, syringe) in accounts.flatMap({ account in account.syringes.map { (account, $0) } }
    )
    where syringe.concentration > 0 {
      guard let finding = syringe.finding else { continue }
      rows.append([
        accounts.count > 1
          ? cell("disposal of syringe \(syringe.number), \(account.drug)")
          : "disposal of syringe \(syringe.number)",
        finding.isBeyondUncertainty
          ? "<span class=\"bad-text\">\(differenceText(finding))</span>"
          : cell(differenceText(finding)),
      ])
    }
    return rows
  }
}
