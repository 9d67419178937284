// @relation(R-003, scope=file, role=Verification)
import Foundation
import PumpHAL
import Testing

@testable import Story

/// A volume sampled at even times: `shape` gives mL at a time in minutes.
private func course(
  _ minutes: Double, every seconds: Double = 30, resolution: Double = 0,
  _ shape: (Double) -> Double
) -> VolumeCourse {
  VolumeCourse(
    .balance,
    (0...Int(minutes * 60 / seconds)).map {
      let moment = Double($0) * seconds
      return VolumeSample(seconds: moment, millilitres: shape(moment / 60))
    }, resolutionMillilitres: resolution)
}

@Suite("Accuracy curves")
struct AccuracyCurveTests {
  @Test(
    "R-003: the windows are those that public sources name, the ambulatory ones 30 times as long")
  func windows() {
    #expect(AccuracyWindows.syringe.windows == [2, 5, 11, 19, 31])
    #expect(AccuracyWindows.ambulatory.windows == [15, 60, 150, 330, 570, 930])
    #expect(AccuracyWindows.syringe.sampleMinutes * 30 == AccuracyWindows.ambulatory.sampleMinutes)
    for windows in AccuracyWindows.all {
      #expect(
        windows.windows.allSatisfy {
          ($0 / windows.sampleMinutes).rounded() == $0 / windows.sampleMinutes
        })
    }
  }

  @Test(
    "R-003: a constant flow has the same error in every window, and the number of windows of the formula",
    arguments: [0.0, 5, -3.7])
  func constant(percent: Double) throws {
    let flow = 5 * (1 + percent / 100)
    let curve = try TrumpetCurve(
      course(121) { flow * $0 / 60 }, millilitresPerHour: 5, windows: .syringe)
    #expect(curve.points.map(\.minutes) == [2, 5, 11, 19, 31])
    // m = (Tx − P)/S + 1 with Tx = 60 min and S = 0.5 min.
    #expect(curve.points.map(\.count) == [117, 111, 99, 83, 59])
    for point in curve.points {
      #expect(abs(point.highest - percent) < 1e-9 && abs(point.lowest - percent) < 1e-9)
    }
    #expect(abs(curve.meanError - percent) < 1e-9)
    #expect(curve.period == AnalysisPeriod(fromMinutes: 60, toMinutes: 120))
  }

  @Test("R-003: an error that comes and goes as a sine gives the trumpet that it has on paper")
  func sine() throws {
    // V = r·t + A·sin(2πt/T): a window of P is off by 2A·|sin(πP/T)| at the most, and the half
    // minutes of the samples meet that most for T = 8 min.
    let (rate, amplitude, period) = (5.0, 0.02, 8.0)
    let curve = try TrumpetCurve(
      course(121) { rate * $0 / 60 + amplitude * sin(2 * .pi * $0 / period) },
      millilitresPerHour: rate, windows: .syringe)
    for point in curve.points {
      let expected =
        100 * 2 * amplitude * abs(sin(.pi * point.minutes / period)) / (rate / 60 * point.minutes)
      #expect(agree(point.highest, expected), "\(point.minutes) min: \(point.highest) \(expected)")
      #expect(agree(point.lowest, -expected), "\(point.minutes) min: \(point.lowest) \(expected)")
    }
    #expect(curve.points[0].highest > 30 * curve.points[4].highest / 2)
  }

  @Test("R-003: curves of uneven, noisy samples are those of an independent reckoning (0.1 %)")
  func oracle() throws {
    var seed: UInt64 = 7
    func noise() -> Double {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(seed >> 40) / Double(1 << 24) - 0.5
    }
    var moment = 0.0
    var samples: [VolumeSample] = []
    while moment < 125 * 60 {
      let minutes = moment / 60
      // Starts up slowly, then sticks and slips, as a balance with a resolution of 0.1 mg reads it.
      let volume = 1.02 * (minutes - 6 * (1 - exp(-minutes / 6))) / 60 + 0.004 * noise()
      samples.append(
        VolumeSample(seconds: moment, millilitres: (volume * 10_000).rounded() / 10_000))
      moment += 5 + 2 * noise()
    }
    let course = VolumeCourse(.balance, samples)
    let trumpet = try TrumpetCurve(course, millilitresPerHour: 1, windows: .syringe)
    let startUp = try StartUpCurve(course, millilitresPerHour: 1, windows: .syringe)
    let theirs = try AccuracyOracle.curves(
      samples, rate: 1, .syringe, from: trumpet.period.fromMinutes, to: trumpet.period.toMinutes,
      startUp: 120)
    #expect(agree(trumpet.meanError, theirs.mean))
    #expect(trumpet.points.count == theirs.trumpet.count)
    for (ours, their) in zip(trumpet.points, theirs.trumpet) {
      #expect(ours.minutes == their[0] && Double(ours.count) == their[3])
      #expect(agree(ours.highest, their[1]), "\(ours.minutes): \(ours.highest) \(their[1])")
      #expect(agree(ours.lowest, their[2]), "\(ours.minutes): \(ours.lowest) \(their[2])")
    }
    #expect(startUp.points.count == theirs.startUp.count)
    for (ours, their) in zip(startUp.points, theirs.startUp) {
      #expect(agree(ours.millilitresPerHour, their))
    }
  }

  @Test(
    "R-003: one slip in the last window, and one just outside the second hour, are seen and not seen"
  )
  func edges() throws {
    func highest(slipAt minutes: Double) throws -> Double {
      let curve = try TrumpetCurve(
        course(130) { 5 * $0 / 60 + ($0 > minutes ? 0.01 : 0) }, millilitresPerHour: 5,
        windows: .syringe)
      return curve.points[0].highest
    }
    // 10 µL in 2 min at 5 mL/h, 166.7 µL, are 6 %.
    #expect(agree(try highest(slipAt: 119.75), 6))
    #expect(agree(try highest(slipAt: 60.25), 6))
    #expect(abs(try highest(slipAt: 59.75)) < 1e-9)
    #expect(abs(try highest(slipAt: 120.25)) < 1e-9)
  }

  @Test("R-003: the start-up curve shows when the flow comes, and its own rise")
  func startUp() throws {
    // Nothing for 4 min, then the flow set.
    let curve = try StartUpCurve(
      course(121) { max(0, $0 - 4) / 60 }, millilitresPerHour: 1, windows: .syringe)
    #expect(curve.points.count == 240)
    #expect(abs(curve.points[7].millilitresPerHour) < 1e-9)
    #expect(agree(curve.points[8].millilitresPerHour, 1))
    #expect(curve.riseMinutes == 4.5)
    #expect(curve.shortfall == nil)
  }

  @Test("R-003: masses are volumes by the density, and what evaporates is added back")
  func masses() throws {
    // 5 mL/h of 1.05 g/mL, of which 20 mg an hour leave the vessel.
    let gramsPerSecond = (5.0 * 1.05 - 0.02) / 3600
    let grams: [(seconds: Double, grams: Double)] = (0...7260).map { (second: Int) in
      (seconds: Double(second), grams: gramsPerSecond * Double(second))
    }
    let corrected = VolumeCourse(
      masses: grams, gramsPerMillilitre: 1.05, evaporationGramsPerHour: 0.02, resolutionGrams: 1e-4)
    let curve = try TrumpetCurve(corrected, millilitresPerHour: 5, windows: .syringe)
    #expect(abs(curve.meanError) < 1e-6)
    // 0.1 mg of 2 min at 5 mL/h.
    #expect(agree(curve.points[0].resolution, 100 * (1e-4 / 1.05) / (5.0 / 30)))
    let raw = VolumeCourse(masses: grams, gramsPerMillilitre: 1.05)
    let uncorrected = try TrumpetCurve(raw, millilitresPerHour: 5, windows: .syringe)
    #expect(agree(uncorrected.meanError, -100 * 0.02 / (5 * 1.05)))
  }

  @Test("R-003: the ambulatory windows take a day of running in, or say that they did not")
  func ambulatory() throws {
    let whole = try TrumpetCurve(
      course(3000, every: 900) { 0.5 * $0 / 60 }, millilitresPerHour: 0.5, windows: .ambulatory)
    #expect(whole.period == AnalysisPeriod(fromMinutes: 1440, toMinutes: 3000))
    #expect(whole.points.map(\.minutes) == [15, 60, 150, 330, 570, 930])
    #expect(whole.missing.isEmpty)
    let short = try TrumpetCurve(
      course(480, every: 900) { 0.5 * $0 / 60 }, millilitresPerHour: 0.5, windows: .ambulatory)
    #expect(short.period == AnalysisPeriod(fromMinutes: 60, toMinutes: 480, isEarly: true))
    #expect(short.points.map(\.minutes) == [15, 60, 150, 330])
    #expect(short.missing.count == 2)
    #expect(short.missing[0].description.contains("570 min"))
    #expect(short.missing[0].description.contains("420 min"))
  }

  @Test(
    "R-003: a recording that is too short or too sparse gives no number, and says what would do")
  func shortfalls() throws {
    #expect {
      _ = try TrumpetCurve(course(90) { $0 / 60 }, millilitresPerHour: 1, windows: .syringe)
    } throws: { "\($0)".contains("120 min") && "\($0)".contains("90 min") }
    #expect {
      _ = try TrumpetCurve(course(60) { $0 / 60 }, millilitresPerHour: 1, windows: .ambulatory)
    } throws: { "\($0)".contains("75 min") && "\($0)".contains("60 min") }
    #expect {
      _ = try TrumpetCurve(
        course(130, every: 60) { $0 / 60 }, millilitresPerHour: 1, windows: .syringe)
    } throws: { "\($0)".contains("60 s lie between") && "\($0)".contains("every 30 s") }
    let early = try StartUpCurve(
      course(50) { $0 / 60 }, millilitresPerHour: 1, windows: .syringe)
    #expect(early.points.count == 100)
    #expect(early.shortfall?.description.contains("50 min") == true)
    #expect {
      _ = try StartUpCurve(VolumeCourse(.balance), millilitresPerHour: 1, windows: .syringe)
    } throws: { "\($0)".contains("no sample") }
  }

  @Test("A sample that goes back in time, or is no number, is left out")
  func samples() {
    let course = VolumeCourse(
      .balance,
      [(0, 0), (1, 1), (1, 5), (0.5, 5), (2, .nan), (.infinity, 3), (3, 3)].map {
        VolumeSample(seconds: $0.0, millilitres: $0.1)
      })
    #expect(course.samples.map(\.seconds) == [0, 1, 3])
  }
}

@Suite("Accuracy curves of a session")
struct SessionAccuracyTests {
  @Test(
    "R-003: a session at 1 mL/h has both curves, of the fluid and of the drive, each named for it")
  func measures() throws {
    let steady = try #require(try SteadySession.story.get().steady)
    #expect(steady.millilitresPerHour == 1)
    #expect(steady.beganAtRest)
    #expect(abs(steady.minutes - 125) < 0.1, "\(steady.minutes)")
    #expect(steady.courses.map(\.measure) == [.plantTruth, .encoder])
    let curves = steady.curves(by: .syringe)
    let fluid = try curves[0].trumpet.get()
    let drive = try curves[1].trumpet.get()
    // The motor's own error and the rounding to whole counts; V18 holds the fluid within 0.7 %.
    #expect(abs(drive.meanError) < 0.1 && abs(drive.points[4].highest) < 0.7)
    #expect(abs(fluid.points[4].highest) < 1 && abs(fluid.points[4].lowest) < 1)
    #expect(fluid.points[0].highest > drive.points[0].highest)
    #expect(drive.measure.title.contains("not fluid"))
    #expect(!fluid.measure.title.contains("not fluid"))
    // Fluid comes later than the drive moves.
    let startUp = try curves[0].startUp.get()
    let driveStart = try curves[1].startUp.get()
    #expect(try #require(startUp.riseMinutes) > #require(driveStart.riseMinutes))
  }

  @Test(
    "R-003: the curves of a record are those of an independent reckoning on its samples (0.1 %)")
  func oracle() throws {
    let steady = try #require(try SteadySession.story.get().steady)
    for course in steady.courses {
      let ours = try TrumpetCurve(
        course, millilitresPerHour: steady.millilitresPerHour, windows: .syringe)
      let theirs = try AccuracyOracle.curves(
        course.samples, rate: 1, .syringe, from: ours.period.fromMinutes,
        to: ours.period.toMinutes, startUp: 120)
      #expect(agree(ours.meanError, theirs.mean))
      for (our, their) in zip(ours.points, theirs.trumpet) {
        #expect(agree(our.highest, their[1]) && agree(our.lowest, their[2]))
      }
    }
  }

  @Test("R-003: a bolus ends the steady time; what is left too short says so")
  func interrupted() throws {
    let text =
      SteadySession.text(rate: "1 mL/h", minutes: 40)
        + """

        patientBolus: { dose: 0.5 mg, lockout: 15 min, maximum: 2 per h }
        events:
          - { at: 16 min, operator: patient, action: bolus }
        """
    let steady = try #require(try SteadySession.story(text, every: nil).steady)
    #expect(steady.minutes > 23 && steady.minutes < 24.1, "\(steady.minutes)")
    #expect(!steady.beganAtRest)
    for curves in AccuracyWindows.all.flatMap({ steady.curves(by: $0) }) {
      #expect(throws: CurveShortfall.self) { try curves.trumpet.get() }
    }
  }
}
