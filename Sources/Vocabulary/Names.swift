import PumpHAL
import PumpPlant

// Names and texts on the host for what the core knows by number. Names are kebab case and never
// change; texts are for people.

extension AlarmPriority {
  /// The name in files and results.
  public var name: String {
    switch self {
    case .none: "none"
    case .information: "information"
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    }
  }
  /// The priority with this name.
  public init?(name: String) {
    let all: [AlarmPriority] = [.none, .information, .low, .medium, .high]
    guard let priority = all.first(where: { $0.name == name }) else { return nil }
    self = priority
  }
}

extension AlarmSet {
  /// The conditions in it, by number.
  public var ids: [AlarmID] { AlarmID.allCases.filter { contains($0) } }
  /// Their names, by number.
  public var names: [String] { ids.map(\.name) }
}

extension PumpMode {
  /// The name in files and results.
  public var name: String {
    switch self {
    case .selfTest: "self-test"
    case .askResume: "ask-resume"
    case .setUp: "set-up"
    case .ready: "ready"
    case .priming: "priming"
    case .infusing: "infusing"
    case .keepOpen: "keep-open"
    case .paused: "paused"
    case .stopped: "stopped"
    case .retracting: "retracting"
    case .alarmStop: "alarm-stop"
    case .awaitingSyringe: "awaiting-syringe"
    case .complete: "complete"
    case .failed: "failed"
    case .off: "off"
    }
  }
  /// The mode with this name.
  public init?(name: String) {
    guard let mode = PumpMode.allCases.first(where: { $0.name == name }) else { return nil }
    self = mode
  }
}

extension Role {
  /// The name in files and results.
  public var name: String {
    switch self {
    case .patient: "patient"
    case .nurse: "nurse"
    case .pharmacist: "pharmacist"
    case .service: "service"
    }
  }
  /// The role with this name.
  public init?(name: String) {
    guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
    self = role
  }
}

extension Origin {
  /// The name in files and results.
  public var name: String {
    switch self {
    case .simulated: "simulated"
    case .emulated: "emulated"
    case .hardware: "hardware"
    }
  }
}

extension CommandResult {
  /// The name in files and results.
  public var name: String {
    switch self {
    case .none: "none"
    case .accepted: "accepted"
    case .refusedMode: "refused-mode"
    case .refusedRole: "refused-role"
    case .refusedRange: "refused-range"
    case .refusedIncomplete: "refused-incomplete"
    case .refusedAlarm: "refused-alarm"
    case .refusedLockout: "refused-lockout"
    case .refusedCount: "refused-count"
    case .refusedDoseCap: "refused-dose-cap"
    case .refusedLibrary: "refused-library"
    case .refusedReservoir: "refused-reservoir"
    case .refusedOcclusionLimit: "refused-occlusion-limit"
    case .refusedSyringe: "refused-syringe"
    case .refusedHistory: "refused-history"
    case .refusedBusy: "refused-busy"
    case .refusedRecord: "refused-record"
    case .refusedSoftLimit: "refused-soft-limit"
    case .refusedCode: "refused-code"
    case .refusedLocked: "refused-locked"
    }
  }
  /// What a person reads.
  public var text: String {
    switch self {
    case .none: "nothing was asked"
    case .accepted: "accepted"
    case .refusedMode: "refused: not in this mode of the pump"
    case .refusedRole: "refused: this person may not do that"
    case .refusedRange: "refused: a value is out of range"
    case .refusedIncomplete: "refused: something must be entered first"
    case .refusedAlarm: "refused: an alarm stands in the way"
    case .refusedLockout: "refused: the lockout still runs"
    case .refusedCount: "refused: as many boluses as allowed were given this hour"
    case .refusedDoseCap: "refused: a dose cap would be passed"
    case .refusedLibrary: "refused: a hard limit of the drug library would be passed"
    case .refusedReservoir: "refused: the programme does not fit the reservoir"
    case .refusedOcclusionLimit:
      "refused: drive or force cell cannot reach the occlusion limit with this syringe"
    case .refusedSyringe: "refused: the syringe seen is not the syringe confirmed"
    case .refusedHistory: "refused: the dose history cannot be trusted"
    case .refusedBusy: "refused: a bolus is being delivered"
    case .refusedRecord: "refused: the record failed, boluses are held"
    case .refusedSoftLimit:
      "refused: a soft limit of the drug library would be passed; override it with a reason first"
    case .refusedCode: "refused: the code is wrong"
    case .refusedLocked: "refused: the code of this role is needed, or not taken for a while"
    }
  }
}

extension LampPattern.Colour {
  /// The name in documents and results.
  public var name: String {
    switch self {
    case .red: "red"
    case .yellow: "yellow"
    case .cyan: "cyan"
    case .green: "green"
    }
  }
}

extension DisplayFlags {
  /// Every symbol with its name, in the order of its bits.
  public static let named: [(flag: DisplayFlags, name: String)] = [
    (.audioPaused, "audio-paused"), (.libraryNotUsed, "library-not-used"), (.locked, "locked"),
    (.acknowledged, "acknowledged"),
  ]
  /// The names of the symbols in it.
  public var names: [String] {
    DisplayFlags.named.filter { contains($0.flag) }.map(\.name)
  }
}

extension OperatorAction {
  /// The name in files and results; what a session file can ask for is named as it is there.
  public var name: String {
    switch self {
    case .none: "none"
    case .beginSetUp: "begin-set-up"
    case .confirmSyringe: "confirm-syringe"
    case .confirmInfusionSet: "confirm-infusion-set"
    case .setFill: "set-fill"
    case .setDrug: "set-drug"
    case .setDrugLimits: "set-drug-limits"
    case .setPatient: "set-patient"
    case .setDoseCap: "set-dose-cap"
    case .setLimits: "set-limits"
    case .setPhase: "set-phase"
    case .setPatientBolus: "set-patient-bolus"
    case .setReactionOrder: "set-reaction-order"
    case .confirm: "confirm"
    case .cancel: "cancel"
    case .prime: "prime"
    case .start: "start"
    case .stop: "stop"
    case .pause: "pause"
    case .acknowledge: "acknowledge"
    case .audioPause: "audio-pause"
    case .requestBolus: "bolus"
    case .clinicianBolus: "clinician-bolus"
    case .titrate: "titrate"
    case .reportReaction: "report-reaction"
    case .answerResume(let isResuming): isResuming ? "resume" : "new-programme"
    case .recordFailed: "record-failed"
    case .powerOff: "power-off"
    case .setLibrary: "set-library"
    case .setSoftLimits: "set-soft-limits"
    case .overrideSoftLimit: "override-soft-limit"
    case .enterCode: "enter-code"
    }
  }
}

extension RateBounds {
  /// Every bound with its name, in the order of its bits.
  public static let named: [(bound: RateBounds, name: String)] = [
    (.prescription, "prescription"), (.library, "drug-library"), (.pump, "pump-maximum"),
    (.syringe, "syringe-maximum"), (.slew, "slew"), (.doseCap, "dose-cap"),
  ]
  /// The names of the bounds in it.
  public var names: [String] {
    RateBounds.named.filter { contains($0.bound) }.map(\.name)
  }
}

extension CapWindow {
  /// The length as files write it.
  public var name: String {
    switch self {
    case .oneHour: "1 h"
    case .fourHours: "4 h"
    case .day: "24 h"
    }
  }
  /// The length.
  public var length: Ticks {
    switch self {
    case .oneHour: Ticks(count: 360_000)
    case .fourHours: Ticks(count: 1_440_000)
    case .day: Ticks(count: 8_640_000)
    }
  }
  /// The window of this length.
  public init?(length: Ticks) {
    guard let window = CapWindow.allCases.first(where: { $0.length == length }) else { return nil }
    self = window
  }
}
