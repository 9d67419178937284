import PumpHAL

/// How much may be delivered by now, from the commands that the monitor heard.
///
/// A credit grows with the fastest flow that the programme can ask for where it may be, and falls
/// with measured motion; a bolus adds its dose once. Where in the programme the controller may be
/// follows from volume alone, because its clock stands still while nothing is delivered: no phase
/// begins before the least that comes before it has gone out, and none goes on after the most of it
/// has. Between the two, the fastest counts.
///
/// - Requirements: @relation(R-007, R-063, scope=file)
struct Envelope: Sendable {
  private var phases = InlineArray<16, PhaseVolume>(repeating: PhaseVolume())
  private var phaseCount: UInt8 = 0
  private var keepOpen = Attolitres.zero
  /// The most that continuous delivery and a loading dose may give in a tick.
  private var continuousMost = Attolitres.zero
  private var loadingMost = Attolitres.zero
  /// The last phase that may have begun, and what may have been delivered of it.
  private(set) var latest: UInt8 = 0
  private var latestDone = MonitorLimits.phaseSlack
  /// The first phase that may still run, and what has been delivered of it for certain.
  private(set) var earliest: UInt8 = 0
  private var earliestDone = Attolitres.zero - MonitorLimits.phaseSlack
  /// The most that the programme gives in a tick.
  private(set) var perTick = Attolitres.zero
  private var ceiling = MonitorLimits.catchUp

  /// What may be delivered at once; negative by the tolerance at most.
  private(set) var credit = Attolitres.zero
  private var speedCredit = Attolitres.zero
  /// Patient bolus.
  var patient = BolusPool()
  /// Clinician bolus.
  var clinician = BolusPool()

  /// Minutes of R-007's span: what was delivered above what was allowed, and what was allowed.
  private var excess = InlineArray<15, Int64>(repeating: 0)
  private var allowed = InlineArray<15, Int64>(repeating: 0)
  private var minute: UInt8 = 0
  private var minuteAge: Int64 = 0
  private var isSpanExceeded = false
  /// Reactions that may have halved the basal since the programme was taken over.
  private var halvings: UInt8 = 0

  /// A share of the flow that is forgiven, 1/50 on hardware that runs its own rate, else none.
  private var forgiveness: Int64 = 0

  init(_ capabilities: Capabilities) {
    forgiveness = capabilities.commanding == .rateCommanded ? 50 : 0
  }

  /// Whether the programme may be waiting for a syringe: a change is among the phases that may run.
  var mayAwaitSyringe: Bool {
    mutating get {
      var index = earliest
      while index <= latest, index < phaseCount {
        if phases[Int(index)].kind == .syringeChange { return true }
        index += 1
      }
      return false
    }
  }

  /// Takes over a confirmed programme, from its beginning.
  mutating func adopt(_ programme: inout Prescription, _ configuration: PumpConfiguration) {
    halvings = 0
    // No bolus spans two programmes.
    patient.close()
    clinician.close()
    latest = 0
    latestDone = MonitorLimits.phaseSlack
    earliest = 0
    earliestDone = .zero - MonitorLimits.phaseSlack
    refresh(&programme, configuration)
  }

  /// Computes volumes anew: another solution, or other limits; the place in the programme stays.
  mutating func refresh(_ programme: inout Prescription, _ configuration: PumpConfiguration) {
    phaseCount = Swift.min(programme.phaseCount, 16)
    for index in 0..<16 {
      phases[index] = index < Int(phaseCount) ? programme.phaseVolume(index) : PhaseVolume()
    }
    limit(&programme, configuration)
  }

  /// Takes over limits and keep-open rate alone.
  mutating func limit(_ programme: inout Prescription, _ configuration: PumpConfiguration) {
    keepOpen = Prescription.perTick(
      Swift.min(programme.keepOpen, 100_000))
    limit(programme.continuousCeiling(configuration), configuration)
  }

  /// Takes over the limits of flow, which bind whatever the programme asks for.
  private mutating func limit(_ continuous: Attolitres, _ configuration: PumpConfiguration) {
    continuousMost = continuous
    loadingMost = Prescription.perTick(configuration.bolusMaximum.nanolitresPerHour)
    place()
  }

  /// Scales what counts mass to another concentration; the place in the programme stays.
  mutating func rescale(
    from old: Int64, to programme: Prescription, _ configuration: PumpConfiguration
  ) {
    let new = programme.concentration
    guard old > 0, new > 0, old != new else { return }
    let most = Attolitres.perMillilitre * 1000
    if latest < phaseCount, phases[Int(latest)].isByMass, latestDone.rawValue > 0 {
      let scaled = Ratio.roundedUp(latestDone.rawValue, times: old, over: new)
      latestDone.rawValue = Swift.min(scaled, most)
    }
    if earliest < phaseCount, phases[Int(earliest)].isByMass, earliestDone.rawValue > 0 {
      let scaled = Ratio.roundedDown(earliestDone.rawValue, times: old, over: new)
      earliestDone.rawValue = Swift.min(scaled, most)
    }
    for index in 0..<16 where phases[index].isByMass {
      var phase = phases[index]
      let flow = Ratio.roundedUp(phase.perTick.rawValue, times: old, over: new)
      phase.perTick.rawValue = Swift.min(flow, most)
      let least = Ratio.roundedDown(phase.least.rawValue, times: old, over: new)
      phase.least.rawValue = Swift.min(least, most)
      let total = Ratio.roundedUp(phase.most.rawValue, times: old, over: new)
      phase.most.rawValue = Swift.min(total, most)
      phases[index] = phase
    }
    limit(programme.continuousCeiling(configuration), configuration)
  }

  /// A confirmed titration: `flow` in a tick for the phase that runs.
  ///
  /// Where that may be another than the one it was proposed for, the controller may have refused it,
  /// so it only widens what is allowed.
  mutating func titrate(to flow: Attolitres, proposedFor phase: UInt8) {
    guard earliest < phaseCount else { return }
    let last = Swift.min(latest, phaseCount - 1)
    let isCertain = earliest == last && earliest == phase
    for index in Int(earliest)...Int(last) where phases[index].kind == .basal {
      var phase = phases[index]
      let old = phase.perTick.rawValue
      guard old > 0 else { continue }
      // What is left of the phase grows or shrinks with its flow.
      if flow.rawValue < old {
        // Of the other phases that may run it is not known how much was done: none, to be wide.
        let done = index == Int(latest) ? Attolitres.largest(.zero, latestDone) : .zero
        let left = phase.least - .smallest(phase.least, done)
        let scaled = Ratio.roundedDown(left.rawValue, times: flow.rawValue, over: old)
        phase.least = phase.least - left + Attolitres(rawValue: scaled)
      } else {
        let done = index == Int(earliest) ? Attolitres.largest(.zero, earliestDone) : .zero
        let left = phase.most - .smallest(phase.most, done)
        let scaled = Swift.min(
          Ratio.roundedUp(left.rawValue, times: flow.rawValue, over: old),
          Attolitres.perMillilitre * 1000)
        phase.most = phase.most - left + Attolitres(rawValue: scaled)
      }
      phase.perTick = isCertain ? flow : .largest(flow, phase.perTick)
      phases[index] = phase
    }
    place()
  }

  /// A reaction halves the basal: phases from now on may end after half their volume.
  mutating func halve() {
    guard earliest < phaseCount else { return }
    halvings = Swift.min(halvings + 1, 40)
    for index in Int(earliest)..<Int(phaseCount) where phases[index].kind == .basal {
      phases[index].least = Attolitres(rawValue: phases[index].least.rawValue / 2)
    }
  }

  /// The operator starts or goes on; after a syringe change the next phase may begin.
  ///
  /// A syringe may also be exchanged shortly before a phase ends: while it is in doubt whether the phase
  /// before the change is over, it may still run, and the change still be waited for.
  mutating func start(hasNewSyringe: Bool) {
    credit = .smallest(credit, .zero)
    speedCredit = .zero
    guard hasNewSyringe, latest < phaseCount, phases[Int(latest)].kind == .syringeChange else {
      return
    }
    if earliest == latest {
      earliest += 1
      earliestDone = .zero - MonitorLimits.phaseSlack
    }
    latest += 1
    latestDone = MonitorLimits.phaseSlack
    place()
  }

  /// Volume for lost motion that is taken up again after going backwards.
  mutating func allow(_ volume: Attolitres) {
    credit += volume
    speedCredit += volume
  }

  /// What a bolus adds is not part of the programme: whatever it gave is taken off its progress.
  mutating func opened(_ dose: Attolitres) { earliestDone -= dose }

  /// One tick of allowed delivery; true while what went out is within the envelope.
  mutating func step(_ motion: Attolitres, ticks: Int64) -> Bool {
    // A retraction earns no credit; a wobble of the encoder takes back what it had charged.
    let moved = motion < Attolitres(rawValue: -500_000_000_000) ? .zero : motion
    let refill = Attolitres(rawValue: perTick.rawValue * ticks)
    credit = .smallest(credit + refill, ceiling)
    var flow = refill
    if patient.isOpen { flow += Attolitres(rawValue: patient.perTick.rawValue * ticks) }
    if clinician.isOpen { flow += Attolitres(rawValue: clinician.perTick.rawValue * ticks) }
    let speedRefill = Attolitres(rawValue: flow.rawValue + flow.rawValue / 10)
    speedCredit = .smallest(
      speedCredit + speedRefill, ceiling + Attolitres(rawValue: speedRefill.rawValue * 10))
    credit -= moved
    speedCredit -= moved
    var drawn = Attolitres.zero
    if credit.rawValue < 0 {
      if isClinicianFirst {
        drawn = clinician.draw(.zero - credit)
      }
      drawn += patient.draw(.zero - credit - drawn)
      drawn += clinician.draw(.zero - credit - drawn)
      credit += drawn
    }
    if patient.isOpen || clinician.isOpen { seeBolus(moved - refill) }
    patient.advance(ticks)
    clinician.advance(ticks)
    progress(motion)
    span(moved - refill - drawn, refill, ticks)
    let floor = Attolitres.zero - MonitorLimits.uncommanded
    return credit >= floor && speedCredit >= floor && !isSpanExceeded
  }

  /// Whether what is given beyond the programme is the clinician's bolus.
  ///
  /// What was asked for first is what runs; the other was refused, because the pump is busy. What was
  /// asked for so long ago that it cannot run any more does not.
  private var isClinicianFirst: Bool {
    guard clinician.isOpen, patient.isOpen else { return clinician.isOpen }
    if clinician.isCurrent != patient.isCurrent { return clinician.isCurrent }
    return clinician.openedAt < patient.openedAt
  }

  /// Notes what is faster than the programme as the bolus that runs.
  private mutating func seeBolus(_ excess: Attolitres) {
    if isClinicianFirst { clinician.see(excess) } else if patient.isCurrent { patient.see(excess) }
  }

  /// Follows the programme by volume.
  private mutating func progress(_ moved: Attolitres) {
    guard moved.rawValue != 0 else { return }
    if moved.rawValue > 0 { latestDone += moved }
    earliestDone += moved
    var hasChanged = false
    while latest < phaseCount, phases[Int(latest)].kind != .syringeChange,
      latestDone >= phases[Int(latest)].least
    {
      latestDone -= phases[Int(latest)].least
      latest += 1
      hasChanged = true
    }
    // What moves beyond a change, of which nothing goes out, is past it.
    while earliest < latest, earliestDone > phases[Int(earliest)].most {
      earliestDone -= phases[Int(earliest)].most
      earliest += 1
      hasChanged = true
    }
    if hasChanged { place() }
  }

  /// Whether the programme may have ended, or come to where it waits for a syringe.
  var mayHaveEnded: Bool {
    mutating get { latest >= phaseCount || mayAwaitSyringe }
  }

  /// The slowest flow at which the controller may be delivering, in a tick; zero where none may be.
  ///
  /// A reaction that halved the basal before a loss of power is not known here, so `isHalvable` takes
  /// off two halvings more than were heard. `mayKeepOpen`: at a cap it goes down to the keep-open
  /// rate before the programme has ended.
  mutating func slowest(isHalvable: Bool, mayKeepOpen: Bool = false) -> Attolitres {
    let isHalvable = isHalvable || halvings > 0
    var least = Attolitres.zero
    var index = earliest
    while index <= latest, index < phaseCount {
      let phase = phases[Int(index)]
      if phase.kind != .syringeChange {
        var flow = Attolitres.smallest(phase.perTick, continuousMost)
        if isHalvable { flow.rawValue = (flow.rawValue >> Int64(halvings)) / 4 + 1 }
        least = least.rawValue == 0 ? flow : .smallest(least, flow)
      }
      index += 1
    }
    if latest >= phaseCount || mayKeepOpen, keepOpen.rawValue > 0 {
      least = least.rawValue == 0 ? keepOpen : .smallest(least, keepOpen)
      // The keep-open rate never exceeds the rate that was set.
      if phaseCount > 0, phases[Int(phaseCount) - 1].kind == .basal {
        var flow = phases[Int(phaseCount) - 1].perTick
        if isHalvable { flow.rawValue = (flow.rawValue >> Int64(halvings)) / 4 + 1 }
        least = .smallest(least, flow)
      }
    }
    return least
  }

  /// The fastest flow of the phases that may run.
  private mutating func place() {
    var most = keepOpen
    var index = earliest
    while index <= latest, index < phaseCount {
      let phase = phases[Int(index)]
      let bound = phase.kind == .loading ? loadingMost : continuousMost
      most = .largest(most, .smallest(phase.perTick, bound))
      index += 1
    }
    if forgiveness > 0 { most = Attolitres(rawValue: most.rawValue + most.rawValue / forgiveness) }
    perTick = most
    let quarter = most.rawValue * Int64(MonitorLimits.spanMinutes) * MonitorLimits.ticksPerMinute
    ceiling = MonitorLimits.catchUp + Attolitres(rawValue: quarter / MonitorLimits.shareDivisor)
  }

  /// no more than a tenth above what is allowed, and 0.02 mL, in any 15 min.
  private mutating func span(_ above: Attolitres, _ refill: Attolitres, _ ticks: Int64) {
    excess[Int(minute)] += above.rawValue
    allowed[Int(minute)] += refill.rawValue
    minuteAge += ticks
    guard minuteAge >= MonitorLimits.ticksPerMinute else { return }
    minuteAge = 0
    var above: Int64 = 0
    var total: Int64 = 0
    for index in 0..<15 {
      above += excess[index]
      total += allowed[index]
    }
    isSpanExceeded =
      above > total / MonitorLimits.shareDivisor + MonitorLimits.uncommanded.rawValue
    minute = minute == 14 ? 0 : minute + 1
    excess[Int(minute)] = 0
    allowed[Int(minute)] = 0
  }

  /// Begins a new reckoning after an objection was acknowledged.
  mutating func settle() {
    credit = .zero
    speedCredit = .zero
    patient.close()
    clinician.close()
    isSpanExceeded = false
    for index in 0..<15 {
      excess[index] = 0
      allowed[index] = 0
    }
  }

  /// The place in the programme for the journal: indices, and what was done of each.
  var journalled: (earliest: UInt8, earliestDone: Int64, latest: UInt8, latestDone: Int64) {
    get { (earliest, earliestDone.rawValue, latest, latestDone.rawValue) }
    set {
      earliest = Swift.min(newValue.earliest, phaseCount)
      latest = Swift.max(earliest, Swift.min(newValue.latest, phaseCount))
      earliestDone = Attolitres(rawValue: newValue.earliestDone)
      latestDone = Attolitres(rawValue: newValue.latestDone)
      place()
    }
  }
}

extension Envelope: CanonicalCodable {
  func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    for index in 0..<16 { phases[index].encode(to: &sink) }
    sink.put(phaseCount)
    keepOpen.encode(to: &sink)
    continuousMost.encode(to: &sink)
    loadingMost.encode(to: &sink)
    sink.put(latest)
    latestDone.encode(to: &sink)
    sink.put(earliest)
    earliestDone.encode(to: &sink)
    perTick.encode(to: &sink)
    ceiling.encode(to: &sink)
    credit.encode(to: &sink)
    speedCredit.encode(to: &sink)
    patient.encode(to: &sink)
    clinician.encode(to: &sink)
    for index in 0..<15 {
      sink.put(excess[index])
      sink.put(allowed[index])
    }
    sink.put(minute)
    sink.put(minuteAge)
    sink.put(isSpanExceeded)
    sink.put(halvings)
    sink.put(forgiveness)
  }

  init<Source: CanonicalSource>(from source: inout Source) {
    self.init(Capabilities())
    for index in 0..<16 { phases[index] = PhaseVolume(from: &source) }
    phaseCount = source.take8()
    keepOpen = Attolitres(from: &source)
    continuousMost = Attolitres(from: &source)
    loadingMost = Attolitres(from: &source)
    latest = source.take8()
    latestDone = Attolitres(from: &source)
    earliest = source.take8()
    if phaseCount > 16 || latest > phaseCount || earliest > latest { source.fail() }
    earliestDone = Attolitres(from: &source)
    perTick = Attolitres(from: &source)
    ceiling = Attolitres(from: &source)
    credit = Attolitres(from: &source)
    speedCredit = Attolitres(from: &source)
    patient = BolusPool(from: &source)
    clinician = BolusPool(from: &source)
    for index in 0..<15 {
      excess[index] = source.takeInt64()
      allowed[index] = source.takeInt64()
    }
    minute = source.take8()
    if minute > 14 { source.fail() }
    minuteAge = source.takeInt64()
    isSpanExceeded = source.takeBool()
    halvings = source.take8()
    if halvings > 40 { source.fail() }
    forgiveness = source.takeInt64()
  }
}
