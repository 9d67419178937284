// Figures that have to be taken while a session runs, because no output holds them afterwards.

import PumpHAL
import PumpPlant

/// Takes the figures that expectations ask for, on the tick at which they arise.
struct SessionMeters {
  /// Most that ran into the tissue after an occlusion was cleared, µL; nil where none was cleared or
  /// nobody can know.
  private(set) var postOcclusionBolus_uL: Double?
  /// Highest plasma concentration seen, ng/mL; nil where nobody can know.
  private(set) var plasmaMax: Double?
  /// The same of the second drug of a mixture.
  private(set) var secondPlasmaMax: Double?
  /// Time from each reported reaction to the end of delivery; nil where delivery went on.
  private(set) var reactionsToStop: [Int64?] = []
  /// Boluses granted and denied.
  private(set) var bolusesGranted: UInt32 = 0
  private(set) var bolusesDenied: UInt32 = 0
  /// Predicted time to the occlusion alarm when the last occlusion began, s; 0 where unknown.
  private(set) var predictedTimeToAlarm_s: UInt32 = 0
  private var occlusionClearing: (infused_uL: Double, deadline: Int64)?
  private var reactionSince: Int64?

  /// How long the release after an occlusion is watched: until the next start or 10 min.
  private static let releaseWatch: Int64 = 60_000

  /// Whether a figure is being taken and every tick counts.
  @inline(__always) var isWatching: Bool { occlusionClearing != nil || reactionSince != nil }

  mutating func injected(_ fault: Fault, last: TickOutput) {
    if fault.kind == .occlusion || fault.failing?.component == .line {
      predictedTimeToAlarm_s = last.predictedTimeToAlarm
    }
  }

  /// An occlusion was cleared: what flows now has been stored behind it.
  mutating func occlusionCleared(at tick: Int64, truth: PlantTruth?) {
    guard let truth else { return }
    occlusionClearing = (truth.infusedVolume, tick + Self.releaseWatch)
  }

  /// Whether this tick ends the watch of a release, so that the truth has to be asked.
  func needsTruth(_ output: TickOutput, command: OperatorCommand, at tick: Int64) -> Bool {
    guard let clearing = occlusionClearing else { return false }
    return tick >= clearing.deadline || command.action == .start && output.result == .accepted
  }

  /// Looks at the tick while something is being watched.
  ///
  /// - Parameter truth: the truth, where `needsTruth` said so.
  mutating func watch(
    _ output: TickOutput, command: OperatorCommand, at tick: Int64, truth: PlantTruth?
  ) {
    if let clearing = occlusionClearing, needsTruth(output, command: command, at: tick) {
      endRelease(clearing.infused_uL, truth)
    }
    if let since = reactionSince, !output.isDelivering {
      reactionsToStop.append(tick - since)
      reactionSince = nil
    }
  }

  private mutating func endRelease(_ before: Double, _ truth: PlantTruth?) {
    occlusionClearing = nil
    guard let truth else { return }
    postOcclusionBolus_uL = max(postOcclusionBolus_uL ?? -.infinity, truth.infusedVolume - before)
  }

  /// Counts what became of a command.
  mutating func commanded(_ command: OperatorCommand, _ result: CommandResult, at tick: Int64) {
    switch command.action {
    case .requestBolus, .clinicianBolus:
      if result == .accepted { bolusesGranted += 1 } else { bolusesDenied += 1 }
    case .reportReaction:
      // The tick of the report counts as 0: a pump that stops in it took no time.
      if reactionSince == nil { reactionSince = tick }
    default: break
    }
  }

  mutating func sampled(_ truth: PlantTruth?) {
    guard let truth else { return }
    plasmaMax = max(plasmaMax ?? 0, truth.plasma)
    secondPlasmaMax = max(secondPlasmaMax ?? 0, truth.secondPlasma)
  }

  /// Closes what is still open at the end.
  mutating func finish(truth: PlantTruth?) {
    if let clearing = occlusionClearing { endRelease(clearing.infused_uL, truth) }
    if reactionSince != nil { reactionsToStop.append(nil) }
    reactionSince = nil
  }
}

extension TickOutput {
  /// Whether drug is being pushed towards the patient: the controller permits and commands a flow.
  var isDelivering: Bool { actuator.isControllerPermitting && actuator.flowRate > 0 }
}
