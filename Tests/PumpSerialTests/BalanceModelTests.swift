import BoardProtocol
import PumpHAL
import PumpPlant
import Testing

@testable import PumpSerial

@Suite("The emulated balance's weighing")
struct BalanceModelTests {
  private func model(_ change: (inout BalanceParameters) -> Void = { _ in }) -> BalanceModel {
    var parameters = BalanceParameters()
    parameters.repeatability = 0
    change(&parameters)
    return BalanceModel(parameters)
  }

  private func pass(_ model: inout BalanceModel, _ seconds: Int, flow: Double = 0) {
    for _ in 0..<(seconds * 100) { model.advance(seconds: 0.01, adding: flow * 0.01) }
  }

  private func micrograms(_ model: BalanceModel) -> Int64? {
    if case .mass(let micrograms, _) = model.display { micrograms } else { nil }
  }

  @Test("the mass shown is volume by density less evaporation, to half a digit")
  func mass() throws {
    var model = model {
      $0.density = 1.005
      $0.evaporation = 36_000
    }
    // 5 mL/h for 10 min is 833.33 µL; then 60 s to settle.
    pass(&model, 600, flow: 5 / 3.6)
    pass(&model, 60)
    let expected = 5.0 / 6 * 1000 * 1.005 * 1000 - 36_000 * 660 / 3600
    let shown = try #require(micrograms(model))
    #expect((Double(shown) - expected).magnitude <= 50)
    #expect(shown % 100 == 0)
  }

  @Test("nothing evaporates that is not there")
  func evaporation() {
    var model = model { $0.evaporation = 3.6e6 }
    pass(&model, 10)
    #expect(model.evaporated == 0)
    model.advance(seconds: 0, adding: 2)
    pass(&model, 10)
    #expect((model.evaporated - 2000).magnitude < 0.1)
  }

  @Test("the mass creeps by the drift")
  func drift() throws {
    var model = model { $0.drift = -36_000 }
    pass(&model, 100)
    // 36 mg/h down for 100 s is 1 mg.
    #expect(micrograms(model) == -1000)
  }

  @Test("a step is followed to 1 % in the settling time")
  func settling() throws {
    var model = model { $0.settlingTime = 3 }
    pass(&model, 1)
    model.advance(seconds: 0, adding: 1000)
    pass(&model, 3)
    let shown = try #require(micrograms(model))
    // 1 g; 1 % of it, and what the last tenth of a second does to it.
    #expect((985_000...992_000).contains(shown))
    #expect(!model.isStable)
    pass(&model, 6)
    #expect(model.isStable)
  }

  @Test("the noise has the repeatability that was asked for, comes out of the seed, and is rounded")
  func noise() throws {
    var a = model { $0.repeatability = 300 }
    var b = a
    var c = model {
      $0.repeatability = 300
      $0.seed = 2
    }
    var sum = 0.0
    var squares = 0.0
    var differing = 0
    let count = 4000
    for _ in 0..<count {
      for _ in 0..<10 {
        a.advance(seconds: 0.01, adding: 0)
        b.advance(seconds: 0.01, adding: 0)
        c.advance(seconds: 0.01, adding: 0)
      }
      let shown = Double(try #require(micrograms(a)))
      #expect(b.display == a.display)
      differing += c.display == a.display ? 0 : 1
      sum += shown
      squares += shown * shown
    }
    #expect(differing > count / 2)
    let mean = sum / Double(count)
    let deviation = (squares / Double(count) - mean * mean).squareRoot()
    // Four standard errors: 300/√4000 and 300/√8000; rounding adds 100/√12, in quadrature.
    #expect(mean.magnitude < 19)
    #expect((deviation - 301.4).magnitude < 14)
  }

  @Test("5 mL/h is not stable on a balance that shows 0.1 mg; nothing flowing is")
  func stability() {
    var model = BalanceModel(BalanceParameters())
    pass(&model, 20, flow: 5 / 3.6)
    #expect(!model.isStable)
    pass(&model, 20)
    #expect(model.isStable)
  }

  @Test(
    "what no balance can be is refused",
    arguments: [0, 3, 15, 2_000_000, -1] as [Int64])
  func unusable(_ digit: Int64) {
    var parameters = BalanceParameters()
    #expect(parameters.isUsable)
    parameters.digit = digit
    #expect(!parameters.isUsable)
    parameters = BalanceParameters()
    parameters.density = .nan
    #expect(!parameters.isUsable)
  }

  @Test("a vessel that is heavier than a tenth of the capacity is not zero when it is switched on")
  func vessel() {
    var light = model { $0.load = 20 }
    var heavy = model { $0.load = 30 }
    pass(&light, 5)
    pass(&heavy, 5)
    #expect(micrograms(light) == 0)
    #expect(micrograms(heavy) == 30_000_000)
    #expect(throws: Never.self) { try light.zero() }
    #expect(throws: BalanceModel.Refusal.overload) { try heavy.zero() }
    #expect(throws: Never.self) { try heavy.tare() }
    #expect(micrograms(heavy) == 0)
  }

  /// Runs a board's pump at 60 mL/h in lockstep for so many ticks, over a pan.
  private func run(_ ticks: Int64, onto pan: WeighingPan) -> BoardServer {
    var server = BoardServer(
      pump: SimulatedPump(.standard), boot: 1, canRunFasterThanRealTime: true)
    server.pan = pan
    var sequence: UInt8 = 0
    func send(_ type: FrameType, _ payload: (inout CanonicalWriter) -> Void) {
      sequence &+= 1
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { bytes in
        let count = FrameEncoder.write(
          FrameHeader(type, sequence: sequence), into: bytes, payload: payload)
        server.take(UnsafeBufferPointer(rebasing: bytes[..<count]))
      }
      server.output = []
    }
    send(.open) { $0.put(BoardMode.lockstep.rawValue) }
    for tick in 0..<ticks {
      var frame = delivering(tick)
      frame.targetSteps = min(tick, ticks - 6000) * 20
      frame.stepRateBound = 4000
      let payload = ActuatePayload(frame)
      send(payload.type) { payload.encode(to: &$0) }
    }
    return server
  }

  @Test("an emulated board's pump is weighed: its fluid by the density, to half a digit")
  func board() throws {
    var parameters = BalanceParameters()
    parameters.repeatability = 0
    parameters.density = 1.02
    let pan = WeighingPan(parameters)
    let server = run(12_000, onto: pan)
    let volume = server.pump.truth.infusedVolume
    // Enough to tell: hundreds of digits.
    #expect(volume > 50)
    let shown = try #require(micrograms(pan.model))
    // What still runs out of the line after the motor stopped is followed with a lag of 0.33 s.
    #expect((Double(shown) - volume * 1020).magnitude <= 60)
    #expect(pan.model.seconds.rounded() == 120)
  }

  @Test("another world under the same vessel adds to what is in it")
  func worlds() throws {
    let pan = WeighingPan(BalanceParameters())
    pan.tick(delivered: 10)
    pan.beginWorld()
    pan.tick(delivered: 5)
    #expect(pan.model.delivered == 15)
    pan.tick(delivered: 4.5)
    #expect(pan.model.delivered == 14.5)
    pan.tick()
    #expect(pan.model.delivered == 14.5)
  }
}
