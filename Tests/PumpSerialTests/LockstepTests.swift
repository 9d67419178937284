import BoardProtocol
import PumpHAL
import PumpPlant
import Testing

@testable import PumpSerial

@Suite("Lockstep over a pseudo-terminal", .serialized)
struct LockstepTests {
  @Test("reading a memory of more than 127 entries between two ticks does not lose the link")
  func longReading() throws {
    let memory = (0..<1024).map { $0 % 512 < 100 ? entry(UInt16($0 % 512), 1) : .blank }
    let served = try ServedBoard()
    defer { served.stop() }
    let pump = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { pump.close() }
    try pump.configure(.standard, memory: memory)
    // The first is what was read on opening.
    for _ in 0..<3 {
      let restored = pump.restoreMemory()
      #expect(restored.count { $0 != .blank } == 200)
      pump.actuate(delivering(1))
      #expect(pump.awaitFrame(withinMilliseconds: 1000))
    }
    #expect(pump.statistics.framesResent == 0)
  }

  @Test("a board in lockstep senses, tick by tick, what the simulated pump in process senses")
  func outcomesAgree() throws {
    let served = try ServedBoard()
    defer { served.stop() }
    let remote = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { remote.close() }
    var parameters = PlantParameters.standard
    parameters.seed = 7
    try remote.configure(parameters)
    var local = SimulatedPump(parameters)

    #expect(remote.capabilities.origin == .emulated)
    #expect(remote.capabilities.canRunFasterThanRealTime)
    #expect(remote.restoreMemory() == local.restoreMemory())
    for tick in 0..<7000 as Range<Int64> {
      if tick == 500 {
        let fault = Fault.occlusion(site: .needle, remaining: 0.1, ramp: 3)
        try remote.inject(fault)
        local.inject(fault)
      }
      if tick == 2000 {
        try remote.clear(.occlusion)
        local.clear(.occlusion)
        try remote.inject(.forceOffset(newtons: 1.5))
        local.inject(.forceOffset(newtons: 1.5))
      }
      if tick == 2500 {
        try remote.tearNextWrite()
        local.tearNextWrite()
      }
      if tick == 3000 {
        var syringe = parameters.syringe
        syringe.boreArea *= 0.5
        try remote.changeSyringe(syringe, fill: 5000, concentration: 2)
        local.changeSyringe(syringe, fill: 5000, concentration: 2)
      }
      if tick == 4000 {
        try remote.inject(.powerLoss(duration: 1))
        local.inject(.powerLoss(duration: 1))
      }
      var there = remote.sense()
      let here = local.sense()
      #expect(there.link == .up)
      there.link = .inProcess
      #expect(there == here)
      #expect(remote.isPowered == local.isPowered)
      if there != here { return }
      if local.isPowered {
        var frame = delivering(tick)
        if tick % 100 == 7 { frame.journal = entry(UInt16(tick / 100), UInt32(tick)) }
        remote.actuate(frame)
        local.actuate(frame)
      } else {
        remote.elapse()
        local.elapse()
      }
      #expect(remote.awaitFrame())
    }
    #expect(remote.restoreMemory() == local.restoreMemory())
    #expect(try remote.readTruth() == local.truth)
    #expect(try remote.readStateDigest() == local.stateDigest.value)
    #expect(remote.statistics.framesRejected == 0)
    #expect(remote.statistics.framesMissed == 0)
  }

  @Test("a question between a tick and its answer loses neither")
  func questionBetween() throws {
    let served = try ServedBoard()
    defer { served.stop() }
    let pump = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { pump.close() }
    for tick in 0..<300 as Range<Int64> {
      pump.actuate(delivering(tick))
      if tick % 3 == 0 { _ = try pump.readTruth() }
      #expect(pump.awaitFrame())
      #expect(pump.sense().tick == UInt32(tick) + 1)
    }
  }

  @Test("the dead man stops the motor after 25 ticks in which nothing is heard")
  func deadMan() throws {
    let served = try ServedBoard()
    defer { served.stop() }
    let pump = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { pump.close() }
    var frame = delivering(0)
    frame.targetSteps = 1_000_000
    for _ in 0..<50 {
      pump.actuate(frame)
      #expect(pump.awaitFrame())
    }
    for _ in 0..<30 {
      pump.elapse()
      #expect(pump.awaitFrame())
    }
    let stopped = pump.sense()
    #expect(stopped.faults.contains(.deadMan))
    pump.elapse()
    #expect(pump.awaitFrame())
    #expect(pump.sense().stepCount == stopped.stepCount)
  }

  @Test("a board that is reset in a session is latched as mismatched, and its motor hears no more")
  func reset() throws {
    let served = try ServedBoard()
    defer { served.stop() }
    let pump = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { pump.close() }
    for tick in 0..<20 as Range<Int64> {
      pump.actuate(delivering(tick))
      #expect(pump.awaitFrame())
    }
    served.board.reset()
    #expect(
      eventually {
        pump.actuate(delivering(21))
        return !pump.awaitFrame()
      })
    #expect(pump.sense().link == .mismatched)
    let sent = pump.statistics.framesSent
    pump.actuate(delivering(22))
    #expect(!pump.awaitFrame())
    #expect(pump.sense().link == .mismatched)
    #expect(pump.statistics.framesSent == sent)
    // The next session starts afresh.
    pump.close()
    let next = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { next.close() }
    #expect(next.sense().link == .up)
    #expect(next.sense().stepCount == 0)
  }

  @Test("a board that ends is a lost link, its readings grow old and do not become zero")
  func hangUp() throws {
    let served = try ServedBoard()
    let pump = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { pump.close() }
    for tick in 0..<200 as Range<Int64> {
      pump.actuate(delivering(tick))
      #expect(pump.awaitFrame())
    }
    let last = pump.sense()
    #expect(last.stepCount > 0)
    served.stop()
    // The pseudo-terminal hangs up when the board's end is closed.
    pump.actuate(delivering(201))
    #expect(!pump.awaitFrame(withinMilliseconds: 300))
    let lost = pump.sense()
    #expect(lost.link == .lost)
    #expect(lost.stepCount == last.stepCount && lost.motionAge > last.motionAge)
    #expect(throws: SerialPumpError.self) { try pump.readTruth() }
    let memory = pump.restoreMemory()
    #expect(memory.count == 1024)
  }

  @Test("memory of an earlier session comes with the world; torn slots come torn")
  func memory() throws {
    let served = try ServedBoard()
    defer { served.stop() }
    let pump = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { pump.close() }
    var memory = [JournalEntry](repeating: .blank, count: 1024)
    memory[0] = entry(0, 1)
    memory[255] = entry(255, 2)
    memory[512] = entry(0, 3)
    memory[511] = entry(255, 4)
    memory[511].checksum ^= 1
    try pump.configure(.standard, memory: memory)
    #expect(pump.restoreMemory() == memory)
    #expect(pump.restoreMemory() == memory)
  }

  @Test("a world that cannot be is refused, and the board lives on")
  func impossibleWorld() throws {
    let served = try ServedBoard()
    defer { served.stop() }
    let pump = try SerialPump.open(path: served.board.path, mode: .lockstep)
    defer { pump.close() }
    var parameters = PlantParameters.standard
    parameters.syringe.boreArea = -1
    #expect(throws: SerialPumpError.self) { try pump.configure(parameters) }
    try pump.configure(.standard)
    #expect(pump.awaitFrame())
    #expect(throws: SerialPumpError.self) { try pump.inject(.battery(charge: .nan)) }
    var syringe = PlantParameters.standard.syringe
    syringe.boreArea = .infinity
    #expect(throws: SerialPumpError.self) {
      try pump.changeSyringe(syringe, fill: 1, concentration: 1)
    }
    pump.actuate(delivering(1))
    #expect(pump.awaitFrame())
  }
}
