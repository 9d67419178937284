// Time to the occlusion alarm, pressure at it, and what runs out when the line is freed.

import Catalogue
import PumpHAL
import Session
import SessionFile
import Story
import Vocabulary

/// Blocks the line at one rate and measures what happens.
public struct OcclusionProcedure: Sendable {
  /// The rate, mL/h.
  public let millilitresPerHour: Double
  /// The occlusion limit, mmHg.
  public let limitMmHg: Int
  /// The flow settles for so long before the line is blocked, min.
  public let settlingMinutes: Double
  /// The alarm is waited for so long, min.
  public let waitMinutes: Double
  /// The session that is run.
  public let description: SessionDescription
  /// Whether a person clamps the line; else the world behind the hardware does it.
  public let isClampedByOperator: Bool

  /// The release is watched for so long, min.
  static let releaseMinutes = 10.0

  /// A measurement at one rate.
  ///
  /// - Throws: `ProcedureError.usage` where the pump has no such rate or limit.
  public init(
    millilitresPerHour rate: Double, setUp: BenchSetUp, isClampedByOperator: Bool
  ) throws(ProcedureError) {
    let pump = try setUp.pumpEntry()
    let set = try setUp.infusionSetEntry()
    let rate = try checkedRate(rate, pump)
    guard [225, 540, 750].contains(setUp.occlusionLimitMmHg) else {
      throw .usage("the occlusion limit is 225, 540 or 750 mmHg")
    }
    // The slack of a purged drive and the friction of the plunger: 0.15 mL in the largest syringes.
    let settling = 10 + 0.15 / rate * 60
    // What syringe, line and hub store up to the limit. Twice as much, and a fifth for friction, is
    // waited for: syringes of one size differ by a factor of two.
    var minutes = 0.0
    var volume = 0.0
    var syringe = try setUp.syringeEntry(for: 0)
    for _ in 0..<2 {
      let compliance =
        syringe.complianceMicrolitresPerMillimetreOfMercury
        + set.complianceMicrolitresPerMillimetreOfMercury
      let stored = compliance * Double(setUp.occlusionLimitMmHg) / 1000
      minutes = settling + 2.2 * stored / rate * 60 + 5
      volume = rate * (minutes + Self.releaseMinutes) / 60
      syringe = try setUp.syringeEntry(for: volume)
    }
    millilitresPerHour = rate
    limitMmHg = setUp.occlusionLimitMmHg
    settlingMinutes = settling
    waitMinutes = minutes - settling
    self.isClampedByOperator = isClampedByOperator
    let freed = minutes
    let end = minutes + Self.releaseMinutes
    let events = [
      "  - { at: \(fileTime(minutes: settling)), fault: occlusion, site: needle }",
      "  - { at: \(fileTime(minutes: freed)), clear: occlusion }",
      // Keeps the session going while the release is watched.
      "  - { at: \(fileTime(minutes: end)), operator: nurse, action: acknowledge }",
    ]
    description = try setUp.description(
      "Occlusion at \(plain(rate, 2)) mL/h, limit \(setUp.occlusionLimitMmHg) mmHg", volume: volume,
      programme: ["basal: \(plain(rate, 2)) mL/h for \(fileTime(minutes: end + 60))"],
      further: isClampedByOperator ? [] : ["events:"] + events)
  }

  /// What a run has shown.
  ///
  /// - Parameter marks: when a person clamped and freed the line, in session ticks.
  public func finding(
    _ run: ProcedureRun, marks: OperatorMarks? = nil, balance: MeasuringMeans? = nil
  ) throws(ProcedureError) -> OcclusionFinding {
    let story = run.story
    let blockage = story.blockages.first
    guard let blocked = marks?.clamped ?? blockage?.span.from else {
      throw .incomplete("the line was never blocked; the pump stopped before, see its alarms")
    }
    var finding = OcclusionFinding(
      millilitresPerHour: millilitresPerHour, limitMmHg: limitMmHg,
      syringe: description.syringe.id)
    let early = story.alarms.first {
      $0.span.from < blocked && ($0.id == .downstreamOcclusion || $0.id == .driveFault)
    }
    if let early {
      throw .incomplete(
        "\(early.id.name) was raised before the line was blocked")
    }
    finding.predictedSeconds = Double(run.result.account.predictedTimeToAlarm_s)
    if finding.predictedSeconds == 0 { finding.predictedSeconds = nil }
    guard let alarm = story.alarms.first(where: { $0.id == .downstreamOcclusion }) else {
      return finding
    }
    finding.secondsToAlarm = Double(alarm.span.from - blocked) / Double(ticksPerSecond)
    finding.pumpPressureMmHg = run.alarmPressure?.pumpMmHg
    finding.linePressureMmHg = run.alarmPressure?.lineMmHg
    finding.retractedMillilitres = Double(run.result.account.retractedVolume.picolitres) / 1e9
    if let freed = marks?.freed ?? blockage?.span.to {
      takeRelease(run, freed: Double(freed) / Double(ticksPerSecond), balance, into: &finding)
    }
    return finding
  }

  /// What ran out after the line was freed: by balance, else by the model's truth, else unknown.
  private func takeRelease(
    _ run: ProcedureRun, freed: Double, _ balance: MeasuringMeans?,
    into finding: inout OcclusionFinding
  ) {
    for measure in [DeliveryMeasure.balance, .plantTruth] {
      guard let course = run.course(by: measure) else { continue }
      let quiet = measure == .balance ? 10.0 : 1.5
      let end = min(freed + Self.releaseMinutes * 60, course.samples.last?.seconds ?? freed)
      guard let before = course.mean(from: freed - quiet, to: freed),
        let after = course.mean(from: end - quiet, to: end)
      else { continue }
      finding.releaseMillilitres = after.millilitres - before.millilitres
      finding.releaseMeasure = measure
      if measure == .balance {
        finding.releaseUncertainty = balance?.expandedMillilitres(
          of: abs(after.millilitres - before.millilitres),
          minutes: (after.seconds - before.seconds) / 60)
      }
      return
    }
  }
}

/// When a person clamped the line and freed it, in session ticks.
public struct OperatorMarks: Equatable, Sendable {
  /// When it was clamped.
  public var clamped: Int64
  /// When it was freed; nil where it was not.
  public var freed: Int64?
  /// Marks.
  public init(clamped: Int64, freed: Int64? = nil) {
    self.clamped = clamped
    self.freed = freed
  }
}

/// What a blocked line led to at one rate.
public struct OcclusionFinding: Equatable, Sendable {
  /// The rate, mL/h.
  public var millilitresPerHour: Double
  /// The occlusion limit, mmHg.
  public var limitMmHg: Int
  /// The syringe.
  public var syringe: String
  /// From the blocking to the alarm, s; nil where no alarm came.
  public var secondsToAlarm: Double?
  /// What the pump predicted when the line was blocked, s; nil where it cannot.
  public var predictedSeconds: Double?
  /// Pressure at the alarm as the pump estimated it, mmHg; nil without a force cell.
  public var pumpPressureMmHg: Double?
  /// Pressure in the line at the alarm, mmHg; nil where nobody can know.
  public var linePressureMmHg: Double?
  /// Drawn back by the pump, mL.
  public var retractedMillilitres: Double?
  /// What ran out when the line was freed, mL; nil where nobody can know.
  public var releaseMillilitres: Double?
  /// By what the release was measured.
  public var releaseMeasure: DeliveryMeasure?
  /// Expanded uncertainty of the release, mL; nil where it is the model's.
  public var releaseUncertainty: Double?

  init(millilitresPerHour: Double, limitMmHg: Int, syringe: String) {
    self.millilitresPerHour = millilitresPerHour
    self.limitMmHg = limitMmHg
    self.syringe = syringe
  }
}
