import PumpHAL

/// Follows a proposed change of the basal rate to its confirmation.
struct TitrationWatcher {
  private var open: TitrationStory?
  private var phase: UInt8 = 0
  private var flow = 0.0
  private var done: [TitrationStory] = []

  /// Takes a command; gives the rate that it confirmed, and its phase.
  mutating func commanded(
    _ action: ActionStory, rate: PrescribedRateStory?, phase: UInt8
  ) -> (rate: PrescribedRateStory, phase: UInt8)? {
    guard action.result == .accepted else { return nil }
    switch action.command.action {
    case .titrate(let dose, let per):
      close(.dropped(action.tick))
      self.phase = phase
      flow = action.after.flowMillilitresPerHour
      open = TitrationStory(
        proposedTick: action.tick, role: action.command.role, old: rate,
        new: PrescribedRateStory(dose: dose, per: per))
    case .confirm:
      guard let confirmed = open else { return nil }
      open?.flowBefore = action.before.flowMillilitresPerHour
      open?.flowAfter = action.after.flowMillilitresPerHour
      close(.confirmed(action.tick))
      return (confirmed.new, self.phase)
    case .cancel, .beginSetUp: close(.dropped(action.tick))
    default: return nil
    }
    return nil
  }

  /// Takes the flow of a tick after its commands.
  mutating func take(flow: Double) {
    if open != nil, flow != self.flow { open?.isFlowUnchangedMeanwhile = false }
  }

  /// Power is lost: a proposal is not kept.
  mutating func lose(at tick: Int64) { close(.dropped(tick)) }

  mutating func finish(into story: inout SessionStory) {
    close(.open)
    story.titrations = done
  }

  private mutating func close(_ outcome: TitrationStory.Outcome) {
    guard var titration = open else { return }
    titration.outcome = outcome
    done.append(titration)
    open = nil
  }
}
