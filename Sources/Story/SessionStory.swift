import PumpHAL
import PumpPlant
import SessionRecord

/// What a session record tells, read once: the source of report and account.
///
/// Commands, alarms, flow and motion come from the ticks themselves, which a replay checks, and faults
/// from the changes of the world between them; the samples for people (telemetry, truth) and the
/// events come from their channels. Times are session ticks.
public struct SessionStory: Sendable {
  /// What the record says of itself.
  public var facts = RecordFacts()
  /// The last tick.
  public var endTick: Int64 = 0
  /// How many ticks were recorded.
  public var tickCount: Int64 = 0
  /// The tick of the first accepted `start`; nil where the programme was never started.
  public var startTick: Int64?
  /// The prescription as confirmed; the last one where the pump was set up more than once.
  public var prescription: EnteredPrescription?
  /// The syringes, in the order in which they were confirmed.
  public var syringes: [SyringeUse] = []
  /// Modes, in order.
  public var modes: [(tick: Int64, mode: PumpMode)] = []
  /// The programme's phases, when each began to run.
  public var phases: [(tick: Int64, phase: UInt8)] = []
  /// Alarms, in the order of their signals.
  public var alarms: [AlarmStory] = []
  /// Every command but those of a set-up that were accepted.
  public var actions: [ActionStory] = []
  /// Proposed changes of the basal rate.
  public var titrations: [TitrationStory] = []
  /// Reported reactions.
  public var reactions: [ReactionStory] = []
  /// Power-ons.
  public var powers: [PowerStory] = []
  /// Times in which the monitor held the motor back.
  public var withheld: [WithheldStory] = []
  /// Faults in the world, in the order in which they appeared; empty where nobody put any in.
  public var faults: [FaultStory] = []
  /// The first silence of the buzzer after an audio pause, and when it sounded again.
  public var audioPauses: [TickSpan] = []
  /// The longest delivery at one and the same flow; nil where nothing was delivered.
  public var steady: SteadyDelivery?
  /// The record's events.
  public var events: [StoryEvent] = []
  /// The series for plots.
  public var series = StorySeries()
  /// The pump's own account, syringe by syringe; see `AccountReading`.
  public var readings: [AccountReading] = []
  /// Messages for people that could not be read.
  public var unreadableMessages = 0
  /// A story of nothing.
  public init() {}
}

extension SessionStory {
  /// Times in which the line was blocked or narrowed, whatever the fault was called.
  public var blockages: [FaultStory] { faults.filter(\.fault.narrowsLine) }
}

/// The quantities of a session over its time.
public struct StorySeries: Equatable, Sendable {
  /// Flow commanded towards the patient, mL/h, from the ticks.
  public var flow = Series()
  /// Flow that the programme asks for, mL/h.
  public var programmeFlow = Series()
  /// Dispensed, mg, as the pump accounts for it.
  public var dispensed = Series()
  /// Pressure as the pump estimates it, mmHg.
  public var pressure = Series()
  /// Battery voltage, V.
  public var battery = Series()
  /// Reached the tissue, mg; empty where nobody can know.
  public var infused = Series()
  /// The same of the second drug of a mixture, mg; empty where there is none.
  public var secondInfused = Series()
  /// Flow through the needle, mL/h; empty where nobody can know.
  public var needleFlow = Series()
  /// Pressure in syringe and line, mmHg; empty where nobody can know.
  public var linePressure = Series()
  /// Plasma concentration, ng/mL; empty where nobody can know.
  public var plasma = Series()
  /// Empty series.
  public init() {}
}

/// What the pump's own account says of one syringe, from its telemetry.
public struct AccountReading: Equatable, Sendable {
  /// Dispensed to the patient, retractions taken off, mL.
  public var dispensedMillilitres = 0.0
  /// The same in mg.
  public var dispensedMilligrams = 0.0
  /// Dispensed of the second drug of a mixture, mg.
  public var secondMilligrams = 0.0
  /// Primed, mL.
  public var primedMillilitres = 0.0
  /// Drawn back, mL; already taken off `dispensedMillilitres`.
  public var retractedMillilitres = 0.0
  /// Dispensed after the last sample of a record that breaks off, by the motor's steps, mL.
  public var afterLastSampleMillilitres = 0.0
  /// An account of nothing.
  public init() {}
}

/// What a record says of itself.
public struct RecordFacts: Equatable, Sendable {
  /// The files: more than one where the session was interrupted and taken up again.
  public var paths: [String] = []
  /// Whether the first of them goes on from a record that is not here.
  public var isContinuation = false
  /// Program and version that wrote it.
  public var library = ""
  /// Where its frames come from; nil where it does not say.
  public var origin: Origin?
  /// All pairs of its metadata `trumpet.session`.
  public var session: [String: String] = [:]
  /// Names and sizes of what is attached.
  public var attachments: [(name: String, mediaType: String, bytes: Int)] = []
  /// The session file it was made from, if it is attached and readable as text.
  public var sessionFile: String?
  /// The byte at which the record, or the last of them, breaks off; nil where it is complete.
  public var truncatedAtByte: UInt64?
  /// The first power-on: what hardware declared itself to be.
  public var capabilities: Capabilities?
  /// Facts of nothing.
  public init() {}

  /// The title.
  public var title: String { session["title"] ?? "Session without a title" }
  /// The wall clock at session tick 0, ms since 1970; nil where the record does not know it.
  public var wallClockStartMilliseconds: Int64? {
    session["wallClockStartMilliseconds"].flatMap { Int64($0) }
  }

  /// Whether two records say the same of themselves.
  public static func == (a: RecordFacts, b: RecordFacts) -> Bool {
    a.paths == b.paths && a.library == b.library && a.session == b.session
      && a.attachments.map(\.name) == b.attachments.map(\.name)
      && a.sessionFile == b.sessionFile && a.truncatedAtByte == b.truncatedAtByte
  }
}
