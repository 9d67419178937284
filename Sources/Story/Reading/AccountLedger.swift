// The pump's own account, taken from its telemetry over new programmes, syringes and power-ons.

/// What one telemetry sample says of the account.
struct AccountSample: Equatable {
  var tick: Int64
  var dispensedMillilitres = 0.0
  var dispensedMilligrams = 0.0
  var secondMilligrams = 0.0
  var primedMillilitres = 0.0
  var retractedMillilitres = 0.0
}

/// Adds the samples up, syringe by syringe, as the session's own summary does.
///
/// The controller's count goes on from what its memory holds: what stood there when the first set-up was
/// confirmed is an earlier session's. A count that went back to nothing has begun anew, and what was
/// counted before it is kept.
struct AccountLedger {
  private(set) var readings: [AccountReading] = []
  private(set) var lastTick: Int64 = 0
  /// Ticks at which a syringe was confirmed, the first of them that of the set-up.
  private var confirmations: [Int64]
  private var beginning: Int64?
  private var before: AccountSample?
  private var last = AccountSample(tick: 0)

  init(_ events: [StoryEvent]) {
    (beginning, confirmations) = events.syringeConfirmations
  }

  /// All that was dispensed so far, mg.
  var dispensedMilligrams: Double { readings.reduce(0) { $0 + $1.dispensedMilligrams } }

  mutating func take(_ sample: AccountSample) {
    defer {
      last = sample
      lastTick = sample.tick
    }
    guard let beginning, sample.tick >= beginning else { return }
    if readings.isEmpty {
      readings.append(AccountReading())
      while let first = confirmations.first, first <= sample.tick { confirmations.removeFirst() }
      return
    }
    var base = last
    if sample.dispensedMillilitres == 0, last.dispensedMillilitres > 0 {
      base = AccountSample(tick: last.tick)
    }
    // The confirmation's own sample closes the old syringe: nothing moves in its tick.
    let index = readings.count - 1
    readings[index].add(sample, since: base)
    while let next = confirmations.first, next <= sample.tick {
      confirmations.removeFirst()
      readings.append(AccountReading())
    }
  }
}

extension AccountReading {
  fileprivate mutating func add(_ sample: AccountSample, since base: AccountSample) {
    dispensedMillilitres += sample.dispensedMillilitres - base.dispensedMillilitres
    dispensedMilligrams += sample.dispensedMilligrams - base.dispensedMilligrams
    secondMilligrams += sample.secondMilligrams - base.secondMilligrams
    // These two only grow; where one goes back, the pump has begun to count it anew.
    primedMillilitres += max(0, sample.primedMillilitres - base.primedMillilitres)
    retractedMillilitres += max(0, sample.retractedMillilitres - base.retractedMillilitres)
  }
}

extension [StoryEvent] {
  /// When delivery first became possible, and when each syringe was confirmed.
  fileprivate var syringeConfirmations: (beginning: Int64?, confirmations: [Int64]) {
    var beginning: Int64?
    var confirmations: [Int64] = []
    var isFillEntered = false
    for event in self where event.kind == "command" && event.outcome == "accepted" {
      switch event.name {
      case "set-fill": isFillEntered = true
      case "begin-set-up", "cancel": isFillEntered = false
      case "confirm":
        if beginning == nil { beginning = event.tick }
        if isFillEntered { confirmations.append(event.tick) }
        isFillEntered = false
      case "resume": if beginning == nil { beginning = event.tick }
      default: continue
      }
    }
    return (beginning, confirmations)
  }
}
