// Changes of the world as the record keeps them, so that a world can be run again from it.

import PumpHAL
import PumpPlant
import SessionFile

/// A change of the world with everything in it that the plant takes.
public enum RecordedWorldChange: Equatable, Sendable {
  /// Something goes wrong.
  case inject(Fault)
  /// Everything of a kind is put right.
  case clear(FaultKind)
  /// Another syringe, with so much fluid (µL) of so much of each drug of a mixture (mg/mL).
  case fit(SyringeParameters, fill: Double, concentration: Double, second: Double)
  /// The primed line is connected to the patient.
  case connect

  /// What the plant is told; nil for what people do with the drug and the plant does not know of.
  init?(_ change: WorldChange) {
    switch change {
    case .inject(let fault): self = .inject(fault)
    case .clear(let kind): self = .clear(kind)
    case .fit(let change):
      self = .fit(
        SyringeParameters(change.syringe), fill: Double(change.fill.picolitres) / 1e6,
        concentration: Double(change.concentration.nanogramsPerMillilitre) / 1e6,
        second: Double((change.secondConcentration ?? .zero).nanogramsPerMillilitre) / 1e6)
    case .connect: self = .connect
    case .dispose: return nil
    }
  }
}

extension RecordedWorldChange {
  /// Makes the change.
  func apply<Hardware: AttachedHardware & ~Copyable>(to hardware: inout Hardware) {
    switch self {
    case .inject(let fault): hardware.inject(fault)
    case .clear(let kind): hardware.clear(kind)
    case .fit(let syringe, let fill, let concentration, let second):
      hardware.changeSyringe(syringe, fill: fill, concentration: concentration, second: second)
    case .connect: hardware.clear(.disconnection)
    }
  }
}

extension RecordedWorldChange: CanonicalCodable {
  /// Appends the kind of change (u8, in the order above) and what belongs to it.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    switch self {
    case .inject(let fault):
      sink.put(0 as UInt8)
      fault.encode(to: &sink)
    case .clear(let kind):
      sink.put(1 as UInt8)
      sink.put(kind.rawValue)
    case .fit(let syringe, let fill, let concentration, let second):
      sink.put(2 as UInt8)
      syringe.encode(to: &sink)
      sink.put(fill)
      sink.put(concentration)
      sink.put(second)
    case .connect: sink.put(3 as UInt8)
    }
  }

  /// Reads a change.
  public init<Source: CanonicalSource>(from source: inout Source) {
    switch source.take8() {
    case 0: self = .inject(Fault(from: &source))
    case 1:
      guard let kind = FaultKind(rawValue: source.take8()) else {
        source.fail()
        self = .connect
        return
      }
      self = .clear(kind)
    case 2:
      let syringe = SyringeParameters(from: &source)
      let fill = source.takeDouble()
      let concentration = source.takeDouble()
      self = .fit(syringe, fill: fill, concentration: concentration, second: source.takeDouble())
    case 3: self = .connect
    default:
      source.fail()
      self = .connect
    }
  }
}
