import BoardProtocol
import PumpHAL
import PumpPlant
import Testing

@testable import PumpSerial

@Suite("An emulated balance under an emulated board", .serialized)
struct WeighedBoardTests {
  @Test("over two wires: what the balance sends is the plant's volume by the density, to a digit")
  func weigh() throws {
    var parameters = BalanceParameters()
    parameters.repeatability = 0
    parameters.density = 1.01
    parameters.evaporation = 3600
    let emulated = try EmulatedBalance(.mtSICS, weighing: WeighingPan(parameters))
    try emulated.start()
    let board = try ServedBoard()
    board.board.deliver(onto: emulated.pan)
    let pump = try SerialPump.open(path: board.board.path, mode: .lockstep)
    try pump.configure(.standard)
    let balance = try Balance.open(
      path: emulated.path, protocol: .mtSICS, mode: .polling(milliseconds: 50))
    // 40 s of motion and 40 s in which the line empties and the balance settles.
    for tick in 0..<8000 as Range<Int64> {
      var frame = delivering(tick)
      frame.targetSteps = min(tick, 4000) * 20
      frame.stepRateBound = 4000
      pump.actuate(frame)
      #expect(pump.awaitFrame(withinMilliseconds: 5000))
    }
    let truth = try pump.readTruth()
    #expect(truth.infusedVolume > 20)
    let reading = try balance.stableReading(withinMilliseconds: 5000)
    // 1 µg/s evaporates for 80 s, though not before there is something to evaporate.
    let expected = truth.infusedVolume * 1010 - 80
    #expect((Double(reading.micrograms) - expected).magnitude <= 110)
    balance.close()
    pump.close()
    board.stop()
    emulated.stop()
  }
}
