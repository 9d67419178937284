import Catalogue
import PumpHAL
import Vocabulary

/// A value, and where it stands.
package struct Located<Value> {
  var value: Value
  var place: Place
}

/// What has been understood of a file so far; checks take what is there.
struct Draft {
  var title: String?
  var pump: PumpEntry?
  var patientMass: BodyMass?
  var drug: DrugEntry?
  var indication: IndicationEntry?
  var concentration: Located<Concentration>?
  /// Caps in the mapping of the leading drug; its value is nil where one has a mistake.
  var leadingCaps: Located<[Located<DoseCapOrder>]?>?
  /// The second drug of a mixture.
  var second: DrugDraft?
  var syringe: Located<SyringeEntry>?
  var fill: Located<Volume>?
  var prime: Volume?
  var infusionSet: InfusionSetEntry?
  var battery: BatteryEntry?
  var batteryCharge: Double?
  /// Nil where any step has a mistake, so that no check speaks of half a programme.
  var programme: [Located<ProgrammeStep>]?
  var patientBolus: Located<PatientBolusOrder>?
  var flowLimit: FlowRate?
  var doseCaps: [Located<DoseCapOrder>]?
  var occlusion: Located<Pressure>?
  var keepOpen: FlowRate?
  var reactionOrder: ReactionOrder?
  var confirmations: [Located<SoftLimitConfirmation>]?
  var owner: OwnerSettings?
  var seed: UInt64?
  var start: Int64?
  var startAfter: Ticks?
  var duration: Ticks?
  var environment: SessionEnvironment?
  var events: [Located<SessionEvent>]?
  var expectations: [Located<Expectation>]?

  init(_ file: Section, _ reading: Reading) {
    readSetUp(file, reading)
    readOrders(file, reading)
    readCourse(file, reading)
  }

  /// The description; nil where something is missing.
  func description(source: [UInt8], excesses: [SoftExcess]) -> SessionDescription? {
    guard let title, let pump, let patientMass, let drug, let indication, let concentration,
      let syringe, let fill, let infusionSet, let battery, let batteryCharge, let programme,
      let flowLimit, let occlusion, let keepOpen, let reactionOrder, let confirmations, let owner,
      let seed,
      let environment, let events, let expectations
    else { return nil }
    if second != nil, second?.admixed == nil { return nil }
    return SessionDescription(
      title: title, pump: pump, patientMass: patientMass, drug: drug, indication: indication,
      concentration: concentration.value, second: second?.admixed, syringe: syringe.value,
      fill: fill.value, prime: prime,
      infusionSet: infusionSet, battery: battery, batteryCharge: batteryCharge,
      programme: programme.map(\.value), patientBolus: patientBolus?.value,
      limits: DeliveryLimits(
        flow: flowLimit, doseCaps: CapWindow.allCases.map { cap(for: $0, indication) },
        occlusion: occlusion.value, keepOpen: keepOpen),
      reactionOrder: reactionOrder,
      confirmations: confirmations.map { stating($0.value, excesses) }, owner: owner,
      seed: seed, startUnixMilliseconds: start, startAfter: startAfter ?? .zero,
      duration: duration, environment: environment,
      events: events.map { withPhaseCount($0.value, programme.count) },
      expectations: expectations.map(\.value), source: source)
  }

  /// The cap for a window: as prescribed, or else the drug library's soft limit.
  func cap(for window: CapWindow, _ indication: IndicationEntry) -> DoseCapOrder {
    doseCaps?.first { $0.value.window == window }?.value
      ?? DoseCapOrder(window: window, cap: indication.cap(window).soft)
  }

  /// A confirmation with what it confirms.
  private func stating(
    _ confirmation: SoftLimitConfirmation, _ excesses: [SoftExcess]
  ) -> SoftLimitConfirmation {
    var confirmation = confirmation
    confirmation.exceeded =
      excesses.first { confirmation.confirms($0, leading: drug?.id) }?.text ?? ""
    return confirmation
  }

  /// `confirm` states how many phases the programme has, which its event does not know.
  private func withPhaseCount(_ event: SessionEvent, _ count: Int) -> SessionEvent {
    guard case .operate(let command) = event.kind, case .confirm = command.action else {
      return event
    }
    var event = event
    event.kind = .operate(
      OperatorCommand(.confirm(phaseCount: UInt8(clamping: count)), by: command.role))
    return event
  }
}
