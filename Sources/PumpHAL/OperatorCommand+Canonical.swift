extension SyringeSpecification: CanonicalCodable {
  /// Appends the specification, 36 bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(number)
    sink.put(barrelDiameter)
    boreArea.encode(to: &sink)
    capacity.encode(to: &sink)
    deadSpace.encode(to: &sink)
    sink.put(friction)
    sink.put(compliance)
  }
  /// Reads a specification.
  public init<Source: CanonicalSource>(from source: inout Source) {
    number = source.take16()
    barrelDiameter = source.take16()
    boreArea = Area(from: &source)
    capacity = Volume(from: &source)
    deadSpace = Volume(from: &source)
    friction = source.takeInt32()
    compliance = source.takeInt32()
  }
}

extension InfusionSetSpecification: CanonicalCodable {
  /// Appends the specification, 18 bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(number)
    primingVolume.encode(to: &sink)
    sink.put(compliance)
    sink.put(resistance)
  }
  /// Reads a specification.
  public init<Source: CanonicalSource>(from source: inout Source) {
    number = source.take16()
    primingVolume = Volume(from: &source)
    compliance = source.takeInt32()
    resistance = source.takeInt32()
  }
}

extension Dose: CanonicalCodable {
  /// Appends the dose, 9 bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(amount)
    sink.put(basis)
  }
  /// Reads a dose.
  public init<Source: CanonicalSource>(from source: inout Source) {
    amount = source.takeInt64()
    basis = source.takeCase(or: .mass)
  }
}

extension ProgrammePhase: CanonicalCodable {
  /// Appends the phase, 26 bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(kind)
    dose.encode(to: &sink)
    per.encode(to: &sink)
    duration.encode(to: &sink)
  }
  /// Reads a phase.
  public init<Source: CanonicalSource>(from source: inout Source) {
    kind = source.takeCase(or: .basal)
    dose = Dose(from: &source)
    per = Ticks(from: &source)
    duration = Ticks(from: &source)
  }
}

extension OperatorAction: CanonicalCodable {
  /// Appends one byte that says which, and its values: at most 37 bytes.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    switch self {
    case .none:
      sink.put(0 as UInt8)
    case .beginSetUp(let isNewPatient):
      sink.put(1 as UInt8)
      sink.put(isNewPatient)
    case .confirmSyringe(let value0):
      sink.put(2 as UInt8)
      value0.encode(to: &sink)
    case .confirmInfusionSet(let value0):
      sink.put(3 as UInt8)
      value0.encode(to: &sink)
    case .setFill(let value0):
      sink.put(4 as UInt8)
      value0.encode(to: &sink)
    case .setDrug(let index, let number, let concentration):
      sink.put(5 as UInt8)
      sink.put(index)
      sink.put(number)
      concentration.encode(to: &sink)
    case .setDrugLimits(let index, let doseRate, let bolus, let loading):
      sink.put(6 as UInt8)
      sink.put(index)
      doseRate.encode(to: &sink)
      bolus.encode(to: &sink)
      loading.encode(to: &sink)
    case .setPatient(let value0):
      sink.put(7 as UInt8)
      value0.encode(to: &sink)
    case .setDoseCap(let index, let window, let cap):
      sink.put(8 as UInt8)
      sink.put(index)
      sink.put(window)
      cap.encode(to: &sink)
    case .setLimits(let flow, let occlusion, let keepOpen):
      sink.put(9 as UInt8)
      flow.encode(to: &sink)
      occlusion.encode(to: &sink)
      keepOpen.encode(to: &sink)
    case .setPhase(let index, let value1):
      sink.put(10 as UInt8)
      sink.put(index)
      value1.encode(to: &sink)
    case .setPatientBolus(let dose, let lockout, let maximumPerHour, let flow):
      sink.put(11 as UInt8)
      dose.encode(to: &sink)
      lockout.encode(to: &sink)
      sink.put(maximumPerHour)
      flow.encode(to: &sink)
    case .setReactionOrder(let value0):
      sink.put(12 as UInt8)
      sink.put(value0)
    case .confirm(let phaseCount):
      sink.put(13 as UInt8)
      sink.put(phaseCount)
    case .cancel:
      sink.put(14 as UInt8)
    case .prime(let volume, let isDisconnected):
      sink.put(15 as UInt8)
      volume.encode(to: &sink)
      sink.put(isDisconnected)
    case .start:
      sink.put(16 as UInt8)
    case .stop:
      sink.put(17 as UInt8)
    case .pause:
      sink.put(18 as UInt8)
    case .acknowledge:
      sink.put(19 as UInt8)
    case .audioPause:
      sink.put(20 as UInt8)
    case .requestBolus:
      sink.put(21 as UInt8)
    case .clinicianBolus(let dose, let duration):
      sink.put(22 as UInt8)
      dose.encode(to: &sink)
      duration.encode(to: &sink)
    case .titrate(let dose, let per):
      sink.put(23 as UInt8)
      dose.encode(to: &sink)
      per.encode(to: &sink)
    case .reportReaction(let severity):
      sink.put(24 as UInt8)
      sink.put(severity)
    case .answerResume(let isResuming):
      sink.put(25 as UInt8)
      sink.put(isResuming)
    case .recordFailed:
      sink.put(26 as UInt8)
    case .powerOff:
      sink.put(27 as UInt8)
    case .setLibrary(let version):
      sink.put(28 as UInt8)
      sink.put(version)
    case .setSoftLimits(let index, let doseRate, let bolus):
      sink.put(29 as UInt8)
      sink.put(index)
      doseRate.encode(to: &sink)
      bolus.encode(to: &sink)
    case .overrideSoftLimit(let reason):
      sink.put(30 as UInt8)
      sink.put(reason)
    case .enterCode(let value0):
      sink.put(31 as UInt8)
      sink.put(value0)
    }
  }

  /// Reads an action.
  public init<Source: CanonicalSource>(from source: inout Source) {
    switch source.take8() {
    case 0:
      self = .none
    case 1:
      self = .beginSetUp(isNewPatient: source.takeBool())
    case 2:
      self = .confirmSyringe(SyringeSpecification(from: &source))
    case 3:
      self = .confirmInfusionSet(InfusionSetSpecification(from: &source))
    case 4:
      self = .setFill(Volume(from: &source))
    case 5:
      self = .setDrug(
        index: source.take8(), number: source.take16(), concentration: Concentration(from: &source))
    case 6:
      self = .setDrugLimits(
        index: source.take8(), doseRate: DoseRate(from: &source), bolus: Mass(from: &source),
        loading: Mass(from: &source))
    case 7:
      self = .setPatient(BodyMass(from: &source))
    case 8:
      self = .setDoseCap(
        index: source.take8(), window: source.takeCase(or: .oneHour), cap: Mass(from: &source))
    case 9:
      self = .setLimits(
        flow: FlowRate(from: &source), occlusion: Pressure(from: &source),
        keepOpen: FlowRate(from: &source))
    case 10:
      self = .setPhase(index: source.take8(), ProgrammePhase(from: &source))
    case 11:
      self = .setPatientBolus(
        dose: Dose(from: &source), lockout: Ticks(from: &source), maximumPerHour: source.take8(),
        flow: FlowRate(from: &source))
    case 12:
      self = .setReactionOrder(source.takeCase(or: .stop))
    case 13:
      self = .confirm(phaseCount: source.take8())
    case 14:
      self = .cancel
    case 15:
      self = .prime(volume: Volume(from: &source), isDisconnected: source.takeBool())
    case 16:
      self = .start
    case 17:
      self = .stop
    case 18:
      self = .pause
    case 19:
      self = .acknowledge
    case 20:
      self = .audioPause
    case 21:
      self = .requestBolus
    case 22:
      self = .clinicianBolus(dose: Dose(from: &source), duration: Ticks(from: &source))
    case 23:
      self = .titrate(dose: Dose(from: &source), per: Ticks(from: &source))
    case 24:
      self = .reportReaction(severity: source.take8())
    case 25:
      self = .answerResume(isResuming: source.takeBool())
    case 26:
      self = .recordFailed
    case 27:
      self = .powerOff
    case 28:
      self = .setLibrary(version: source.take32())
    case 29:
      self = .setSoftLimits(
        index: source.take8(), doseRate: DoseRate(from: &source), bolus: Mass(from: &source))
    case 30:
      self = .overrideSoftLimit(reason: source.take8())
    case 31:
      self = .enterCode(source.take32())
    default:
      source.fail()
      self = .none
    }
  }
}

extension OperatorCommand: CanonicalCodable {
  /// Appends the command: two bytes for `none`, at most 38.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    sink.put(role)
    action.encode(to: &sink)
  }
  /// Reads a command.
  public init<Source: CanonicalSource>(from source: inout Source) {
    role = source.takeCase(or: .patient)
    action = OperatorAction(from: &source)
  }
}
