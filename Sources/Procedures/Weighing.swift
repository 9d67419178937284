// Something that weighs, and how its readings come onto the session's time.

import Host
import PumpHAL
import PumpSerial
import Session
import Story
import Synchronization

/// A mass, and when it stood on the balance.
public struct WeighedMass: Equatable, Sendable {
  /// When, on a clock that never goes back, ns.
  public var nanoseconds: UInt64
  /// How much, g.
  public var grams: Double
  /// What one unit of the last digit is worth, g.
  public var digitGrams: Double
  /// A mass.
  public init(nanoseconds: UInt64, grams: Double, digitGrams: Double) {
    self.nanoseconds = nanoseconds
    self.grams = grams
    self.digitGrams = digitGrams
  }
}

/// Something that weighs what a pump delivers.
public protocol Weighing: Sendable {
  /// What it is, for the report.
  var name: String { get }
  /// The clock of its readings, ns.
  var now: UInt64 { get }
  /// What was read since the last call, in order; never waits.
  ///
  /// - Throws: `ProcedureError.hardware` once the balance is lost.
  func takeMasses() throws(ProcedureError) -> [WeighedMass]
  /// Lets the port go.
  func close()
}

/// A balance on a port.
public struct PortBalance: Weighing {
  private let balance: Balance

  /// Opens a balance; nothing of it is changed.
  ///
  /// - Parameters:
  ///   - path: its port.
  ///   - spoken: how it is spoken to.
  ///   - settings: speed and framing; as it leaves the factory where nil.
  /// - Throws: `ProcedureError.hardware` where there is none, or another one.
  public init(
    path: String, spoken: BalanceProtocol, settings: SerialSettings? = nil
  ) throws(ProcedureError) {
    do throws(BalanceError) {
      balance = try Balance.open(
        path: path, protocol: spoken, settings: settings, mode: .polling(milliseconds: 200))
    } catch {
      throw .hardware("\(error)")
    }
  }

  /// Model and serial number as the balance says them, and its port.
  public var name: String {
    let identity = balance.identity
    let words = [identity.spoken.name, identity.model, identity.serialNumber, balance.path]
    return words.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The clock of its readings.
  public var now: UInt64 { Balance.now }

  /// What was read since the last call.
  public func takeMasses() throws(ProcedureError) -> [WeighedMass] {
    switch balance.state {
    case .lost(let error): throw .hardware("\(error)")
    case .overload: throw .hardware("\(balance.path): overload; empty the vessel and begin again")
    case .fault(let text): throw .hardware("\(balance.path): the balance reports '\(text)'")
    case .waiting, .reading, .underload, .busy, .unitUnknown: break
    }
    return balance.takeReadings().map {
      WeighedMass(
        nanoseconds: $0.askedAt + ($0.receivedAt - $0.askedAt) / 2,
        grams: Double($0.micrograms) / 1e6, digitGrams: $0.digitMicrograms / 1e6)
    }
  }

  /// Lets the port go.
  public func close() { balance.close() }
}

/// What a balance says while nothing is delivered onto it.
public struct RestFinding: Equatable, Sendable {
  /// How long it was watched, s.
  public var seconds: Double
  /// Readings in it.
  public var count: Int
  /// What leaves the vessel, g/h; negative where it grows heavier.
  public var evaporationGramsPerHour: Double
  /// Standard uncertainty of it, g/h.
  public var evaporationUncertainty: Double
  /// Standard deviation of the readings about the straight line, g.
  public var repeatabilityGrams: Double
  /// The last digit, g.
  public var digitGrams: Double

  /// What readings of a vessel at rest tell: a straight line through them.
  ///
  /// - Throws: `ProcedureError.hardware` where there are fewer than ten.
  public init(_ masses: [WeighedMass]) throws(ProcedureError) {
    guard masses.count >= 10, let first = masses.first, let last = masses.last,
      last.nanoseconds > first.nanoseconds
    else {
      throw .hardware(
        "the balance gave \(masses.count) readings while it was watched at rest, and ten are needed; "
          + "watch it longer with --rest")
    }
    let times = masses.map { Double($0.nanoseconds - first.nanoseconds) / 1e9 }
    let n = Double(masses.count)
    let meanTime = times.reduce(0, +) / n
    let meanMass = masses.reduce(0) { $0 + $1.grams } / n
    var squares = 0.0
    var products = 0.0
    for (time, mass) in zip(times, masses) {
      squares += (time - meanTime) * (time - meanTime)
      products += (time - meanTime) * (mass.grams - meanMass)
    }
    let slope = products / squares
    var residual = 0.0
    for (time, mass) in zip(times, masses) {
      let off = mass.grams - meanMass - slope * (time - meanTime)
      residual += off * off
    }
    seconds = times[times.count - 1]
    count = masses.count
    repeatabilityGrams = (residual / (n - 2)).squareRoot()
    digitGrams = masses.map(\.digitGrams).max() ?? 0
    evaporationGramsPerHour = -slope * 3600
    // Rounding alone leaves as much doubt, even where every reading is the same.
    let reading = max(repeatabilityGrams, digitGrams / 12.0.squareRoot())
    evaporationUncertainty = reading / squares.squareRoot() * 3600
  }
}

/// Takes the readings of a balance while a session runs, on a thread of its own.
///
/// Twenty milliseconds after each tick that the session publishes, at the latest, it notes both
/// clocks; between those a reading's moment is a straight line.
public final class WeighingFollower: Sendable {
  private struct Notes {
    var masses: [WeighedMass] = []
    var moments: [(nanoseconds: UInt64, tick: Int64)] = []
    var failure: ProcedureError?
  }

  private let scale: any Weighing
  private let notes = Mutex(Notes())
  private let isEnding = Atomic<Bool>(false)

  /// A follower of a balance.
  public init(_ scale: any Weighing) { self.scale = scale }

  /// Takes readings until `end`; a balance that is lost asks the session to stop.
  func start(_ control: SessionControl) -> DedicatedThread? {
    try? DedicatedThread(name: "weighing") { [self] in
      while !isEnding.load(ordering: .relaxed) {
        poll(control)
        MonotonicClock.sleep(milliseconds: 20)
      }
      poll(control)
    }
  }

  /// Ends the taking of readings.
  func end() { isEnding.store(true, ordering: .relaxed) }

  private func poll(_ control: SessionControl) {
    let tick = control.tick
    let now = scale.now
    do throws(ProcedureError) {
      let masses = try scale.takeMasses()
      notes.withLock { notes in
        notes.masses += masses
        if tick > notes.moments.last?.tick ?? 0 { notes.moments.append((now, tick)) }
      }
    } catch {
      notes.withLock { if $0.failure == nil { $0.failure = error } }
      control.requestStop()
    }
  }

  /// What was weighed, in session time.
  ///
  /// - Throws: why the balance was lost.
  func masses() throws(ProcedureError) -> [(seconds: Double, grams: Double)] {
    let notes = notes.withLock { $0 }
    if let failure = notes.failure { throw failure }
    let moments = notes.moments
    guard moments.count >= 2 else {
      throw .incomplete("the session was over before its time could be held against the balance's")
    }
    var index = 0
    return notes.masses.compactMap { mass in
      while index + 2 < moments.count, moments[index + 1].nanoseconds <= mass.nanoseconds {
        index += 1
      }
      let (a, b) = (moments[index], moments[index + 1])
      // Before the first and after the last moment the line goes on.
      let span = Double(b.nanoseconds) - Double(a.nanoseconds)
      let share = (Double(mass.nanoseconds) - Double(a.nanoseconds)) / span
      let tick = Double(a.tick) + Double(b.tick - a.tick) * share
      return (tick / Double(ticksPerSecond), mass.grams)
    }
  }
}
