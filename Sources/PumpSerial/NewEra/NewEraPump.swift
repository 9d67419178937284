import Glibc
import PumpHAL

/// A syringe pump of the NE-1000 family on a serial port, driven by rate and volume.
///
/// The pump is given portions: a rate, a volume after which it stops by itself, and a start, sent
/// when they change. It is polled ten times a second for what it does and what it has dispensed; the
/// step count is that volume by the bore of the fitted syringe. It has no encoder, no force cell and
/// no memory for others, so these are absent, and the memory is kept by this program.
///
/// - Requirements: @relation(R-115, scope=file)
public final class NewEraPump: PumpHardware, @unchecked Sendable {
  /// What the hardware is and can do.
  public private(set) var capabilities = Capabilities()
  /// Model and firmware; nil where the pump does not tell.
  public let version: NewEraVersion?
  /// Whether the pump stops by itself when it hears nothing for a second.
  public let hasDeadMan: Bool
  /// Alarms that were pending when the pump was opened, and acknowledged.
  public let alarmsAtOpening: [String]
  /// The path that was opened.
  public let path: String
  /// What goes over the link, both ways, since it was opened.
  public var wire: WireTap { line.tap }

  private let line: NewEraPumpLine
  private let scale: NewEraPumpScale
  private let found: NewEraPumpFindings
  private let options: NewEraPumpOptions
  private var thread: NewEraPumpThread?
  private var last: NewEraPumpThread.State
  private let openedAt: UInt64
  private var memory = [JournalEntry](
    repeating: .blank, count: Int(JournalEntry.slotCount * JournalEntry.copyCount))

  /// What the pump is said to have dispensed by its own counter, µL of the session's syringe.
  public struct Dispensed: Equatable, Sendable {
    /// At least, and at most: what the counter's last digit hides, and what may have gone out after
    /// it was read last.
    public var least_uL: Double
    /// At most.
    public var most_uL: Double
  }

  /// Opens the pump on `path` and sets it up; nothing moves.
  public static func open(
    path: String, options: NewEraPumpOptions, memory: [JournalEntry]? = nil
  ) throws(NewEraPumpError) -> NewEraPump {
    let link: SerialLink
    do {
      link = try SerialLink.open(path: path, settings: SerialSettings(baud: options.baud))
    } catch { throw .link(error) }
    let line = NewEraPumpLine(link, address: options.address)
    do {
      var opening = NewEraPumpOpening(line, options)
      let found = try opening.run()
      return NewEraPump(line, found, options, memory: memory)
    } catch {
      link.close()
      throw error
    }
  }

  private init(
    _ line: NewEraPumpLine, _ found: NewEraPumpFindings, _ options: NewEraPumpOptions,
    memory: [JournalEntry]?
  ) {
    self.line = line
    self.found = found
    self.options = options
    path = line.link.path
    version = found.version
    hasDeadMan = found.safeSeconds > 0
    alarmsAtOpening = found.alarms.map(\.text)
    scale = NewEraPumpScale(boreArea: options.boreArea, diameter: found.diameter.value)
    openedAt = Monotonic.nanoseconds()
    last = NewEraPumpThread.State(readAt: openedAt, heardAt: openedAt)
    if let memory, memory.count == self.memory.count { self.memory = memory }
    capabilities.origin = .hardware
    capabilities.commanding = .rateCommanded
    capabilities.canRunFasterThanRealTime = false
    capabilities.sensors = [.motion]
    capabilities.microstepTravel = Length(nanometres: NewEraPumpScale.microstepTravel_nm)
    // A turn of 1 mm of travel; nothing counts turns.
    capabilities.microstepsPerRevolution = 4000
    // 5.1005 cm/min (NE-1000 manual, mechanical specification), in microsteps a second.
    capabilities.maximumStepRate = 3400
    capabilities.deadManMilliseconds = UInt16(found.safeSeconds) * 1000
    capabilities.deviceVersion = found.version.map { Self.number(of: $0) } ?? 0
  }

  deinit { close() }

  /// Whether the pump takes this flow with this syringe; asked of the pump itself, before `begin`.
  public func takes(millilitresPerHour flow: Double) throws(NewEraPumpError) -> Bool {
    precondition(thread == nil)
    // What a portion is commanded at is a little faster.
    let least = flow * 1000 * scale.ratio
    let most = least * (1 + NewEraPumpPlan.slack / NewEraPumpPlan.shortest)
    var opening = NewEraPumpOpening(line, options)
    for rate in [least, most] {
      guard let rate = NewEraPumpRate(microlitresPerHour: rate), try opening.takes(rate) else {
        return false
      }
    }
    return true
  }

  /// Starts the thread that owns the port; from now on the pump is polled.
  public func begin() throws(NewEraPumpError) {
    precondition(thread == nil)
    let pilot = NewEraPumpPilot(
      address: options.address, safeSeconds: found.safeSeconds, volumeUnit: found.volumeUnit,
      slowest_uLph: Self.slowest_mmph * 1.01 * options.boreArea / 1e6 * scale.ratio,
      at: Monotonic.nanoseconds())
    do {
      let isRestored = found.safeSeconds != found.safeSecondsBefore
      thread = try NewEraPumpThread(
        line, pilot, scale: scale, restored: isRestored ? found.safeSecondsBefore : nil)
    } catch { throw .link(error) }
  }

  /// Stops the pump, leaves it in the mode in which it was found, and closes the port.
  public func close() {
    if let thread {
      thread.stop()
      last = thread.newest()
    }
    thread = nil
    line.link.close()
  }

  // MARK: A tick

  /// The newest readings, with their age; never blocks.
  public func sense() -> SensorFrame {
    let state = newest()
    let now = Monotonic.nanoseconds()
    var frame = SensorFrame()
    frame.tick = UInt32(truncatingIfNeeded: (now - openedAt) / Self.tick)
    frame.stepCount = scale.steps(microlitres: state.dispensed_uL)
    frame.motionAge = UInt16(clamping: (now - min(now, state.readAt)) / Self.tick)
    frame.motionValidity = .valid
    frame.link = state.latch ?? .up
    frame.commandOutcome = state.outcome
    frame.faults = state.faults
    if state.isStopKeyDown { frame.keys = .stop }
    return frame
  }

  /// Takes what shall be done; never blocks.
  public func actuate(_ frame: ActuatorFrame) {
    if let entry = frame.journal {
      for copy in 0..<Int(JournalEntry.copyCount) {
        memory[Int(entry.slot) + copy * Int(JournalEntry.slotCount)] = entry
      }
    }
    thread?.actuate(frame)
  }

  /// What the memory holds: this program keeps it, since the pump has none for others.
  public func restoreMemory() -> [JournalEntry] { memory }

  // MARK: Afterwards

  /// What the pump dispensed since it was opened, as well as that is known.
  public var dispensed: Dispensed {
    let state = newest()
    let sure = state.dispensed_uL / scale.ratio
    let doubt = state.resolution_uL / scale.ratio
    return Dispensed(
      least_uL: max(0, sure - doubt), most_uL: sure + doubt + state.unseen_uL / scale.ratio)
  }

  /// Why the pump is not driven any more; nil while it is.
  public var lossReason: String? { newest().latchReason }

  /// Alarms of the pump since it was opened, in words.
  public var alarms: [String] { newest().alarms.map(\.text) }

  private static let tick: UInt64 = 10_000_000
  /// The slowest travel, mm/h (NE-1000 manual, mechanical specification): a flow below it, which no
  /// file can ask for, is given in portions with a rest between them.
  private static let slowest_mmph = 0.04205

  private func newest() -> NewEraPumpThread.State { thread?.newest() ?? last }

  /// Major in the upper byte, the first two digits of the rest in the lower.
  private static func number(of version: NewEraVersion) -> UInt16 {
    let parts = version.firmware.split(separator: ".")
    let major = parts.first.flatMap { UInt16($0) } ?? 0
    let minor = parts.count > 1 ? UInt16(parts[1].prefix(2)) ?? 0 : 0
    return min(major, 255) << 8 | min(minor, 255)
  }
}
