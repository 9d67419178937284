// A session on its thread: started here, joined here, summed up here.

import Catalogue
import Host
import PumpFirmware
import PumpHAL
import PumpLoop
import PumpMonitor
import PumpPlant
import SessionFile
import SessionRecord
import Vocabulary

/// A session that runs on a thread of its own.
public final class RunningSession: @unchecked Sendable {
  // Everything below belongs to the session's thread until `control.isFinished`, and to whoever
  // joined it afterwards: the join is the only hand-over.
  private let session: Session
  private let recorder: RecordWriter?
  /// The session that goes on here, where it was killed before.
  private let resumed: ResumedSession?
  /// The window on it.
  public let control: SessionControl
  private var pump: AttachedPump
  private var result: SessionResult?
  private var thread: DedicatedThread?

  init(
    _ session: Session, pump: AttachedPump, recorder: RecordWriter?, control: SessionControl,
    resumed: ResumedSession? = nil
  ) throws(SessionError) {
    self.session = session
    self.resumed = resumed
    self.pump = pump
    self.recorder = recorder
    self.control = control
    do throws(ThreadError) {
      thread = try DedicatedThread(name: "session") { [self] in work() }
    } catch {
      throw .noThread
    }
  }

  /// Waits for the end and gives the result; `pump` becomes the hardware as the session left it.
  public func finish(_ pump: inout AttachedPump) throws(SessionError) -> SessionResult {
    thread?.join()
    thread = nil
    pump = self.pump
    guard let result else { throw .noThread }
    return result
  }

  private func work() {
    defer { control.publishEnd() }
    // The switch over the kinds of hardware: below it, everything is specialised.
    switch pump {
    case .simulated(var simulated):
      run(&simulated)
      pump = .simulated(simulated)
    case .serial(var board):
      run(&board)
      pump = .serial(board)
    case .newEra(var attached):
      run(&attached)
      // Stopped before anything else is done.
      attached.close()
      pump = .newEra(attached)
    }
  }

  private func run<Hardware: AttachedHardware>(_ hardware: inout Hardware) {
    let isRealTime = session.options.pace.isRealTime
    let grant = isRealTime ? RealTimeGrant.request() : nil
    var engine = engine(&hardware)
    let beginning = MonotonicClock.nanoseconds
    var pacer = Pacer(session.options.pace)
    let ending = engine.run(&hardware, pacer: &pacer)
    let wall_s = Double(MonotonicClock.nanoseconds - beginning) / 1e9
    if isRealTime { RealTimeRights.unlockMemory() }
    var record: RecordSummary?
    if let recorder, let path = session.options.recordPath {
      // Why it cannot be closed, where it cannot, stays in `recorder.failure`.
      try? recorder.close(
        controllerDigest: engine.loop.controller.digest.value,
        monitorDigest: engine.loop.monitor.digest.value)
      if recorder.failure != nil {
        engine.tellOfRecord(&hardware, pacer: &pacer, ending: ending)
      }
      record = RecordSummary(
        path: path, bytes: Int64(recorder.bytesWritten), checkpoint: recorder.checkpoint)
    }
    var pacing: PacingReport?
    if pacer.isWaiting {
      pacing = PacingReport(
        factor: session.options.pace.factor, grant: grant, overruns: pacer.overruns,
        latenessMax_us: pacer.latenessMax_ns / 1000)
    }
    result = summary(
      engine, ending: ending, truth: hardware.currentTruth(), wall_s: wall_s,
      origin: hardware.capabilities.origin, record: record, pacing: pacing)
  }

  private func engine<Hardware: AttachedHardware>(_ hardware: inout Hardware) -> SessionEngine {
    guard var engine = resumed?.engine else {
      return SessionEngine(&hardware, plan: session.plan(), recorder: recorder, control: control)
    }
    engine.takeUp(&hardware, recorder: recorder)
    return engine
  }

  private func summary(
    _ engine: SessionEngine, ending: SessionEnding, truth: PlantTruth?, wall_s: Double,
    origin: Origin, record: RecordSummary?, pacing: PacingReport?
  ) -> SessionResult {
    let description = session.description
    var account = engine.ledger.account
    account.bolusesGranted = engine.meters.bolusesGranted
    account.bolusesDenied = engine.meters.bolusesDenied
    account.predictedTimeToAlarm_s = engine.meters.predictedTimeToAlarm_s
    account.postOcclusionBolus_mL = engine.meters.postOcclusionBolus_uL.map { $0 / 1000 }
    let evidence = Evidence(
      startTick: engine.script.startTick, endTick: engine.tick, alarms: engine.log.alarms,
      finalMode: engine.finalMode, dispensed: account.dispensedMass,
      infused_mg: truth?.infusedMass, meters: engine.meters, hasTruth: truth != nil,
      hasPlasma: description.hasPlasmaModel,
      second: description.second.map {
        SecondDrugEvidence(
          drug: $0.drug.id, dispensed: account.secondMass, infused_mg: truth?.infusedSecondMass,
          hasPlasma: description.hasSecondPlasmaModel)
      })
    let judge = ExpectationJudge(evidence: evidence)
    var findings = description.expectations.map(judge.judge)
    findings += impliedFindings(engine)
    let outcome: SessionOutcome =
      ending == .interrupted || ending == .hardwareLost
      ? .stopped : findings.allSatisfy(\.held) ? .passed : .failed
    func delivered(_ drug: DrugEntry, _ mass: Mass, infused_mg: Double?) -> Delivered {
      Delivered(
        drug: drug.id, dispensed_mg: mass.milligrams, infused_mg: infused_mg,
        dispensed_mL: account.dispensedVolume.millilitres,
        infused_mL: truth.map { $0.infusedVolume / 1000 })
    }
    var all = [
      delivered(description.drug, account.dispensedMass, infused_mg: truth?.infusedMass)
    ]
    if let second = description.second {
      all.append(
        delivered(second.drug, account.secondMass, infused_mg: truth?.infusedSecondMass))
    }
    let perSecond = Double(ticksPerSecond)
    return SessionResult(
      title: description.title, outcome: outcome, ending: ending, origin: origin,
      simulated_s: Double(engine.tick) / perSecond, wall_s: wall_s,
      started_s: engine.script.startTick.map { Double($0) / perSecond }, delivered: all,
      alarms: engine.log.alarms, expectations: findings, stateDigest: engine.stateDigest,
      record: record, resumedFrom: resumed?.paths ?? [],
      recordFailure: recorder?.failure, finalMode: engine.finalMode,
      occurrences: engine.log.occurrences,
      account: account, pacing: pacing, measured: engine.measured, course: engine.course)
  }

  /// What every session is expected to do, shown only where it did not: the set-up is taken.
  private func impliedFindings(_ engine: SessionEngine) -> [ExpectationFinding] {
    let start = engine.script.startTick ?? Int64.max
    for occurrence in engine.log.occurrences where occurrence.tick <= start {
      if case .command(let command, let result) = occurrence.kind, result != .accepted {
        return [
          ExpectationFinding(
            text: "the pump accepts the set-up", held: false,
            observed: "\(command.action.name): \(result.name)", line: 0)
        ]
      }
    }
    return []
  }
}
