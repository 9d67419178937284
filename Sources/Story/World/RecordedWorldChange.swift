// Changes of the world as the record keeps them, so that a world can be run again from it.

import PumpHAL
import PumpPlant

/// A change of the world with everything in it that the plant takes.
public enum RecordedWorldChange: Equatable, Sendable {
  /// Something goes wrong; it ends by itself after so many seconds, or lasts where they are 0.
  case inject(Fault, lasting: Double)
  /// Faults are put right.
  case clear(FaultSelection)
  /// Another syringe, with so much fluid (µL) of so much of each drug of a mixture (mg/mL).
  case fit(SyringeParameters, fill: Double, concentration: Double, second: Double)
  /// The primed line is connected to the patient.
  case connect
}

extension RecordedWorldChange: CanonicalCodable {
  /// Appends the kind of change (u8, in the order above) and what belongs to it.
  public func encode<Sink: CanonicalSink>(to sink: inout Sink) {
    switch self {
    case .inject(let fault, let lasting):
      sink.put(0 as UInt8)
      fault.encode(to: &sink)
      sink.put(lasting)
    case .clear(let selection):
      sink.put(1 as UInt8)
      selection.encode(to: &sink)
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
    case 0:
      let fault = Fault(from: &source)
      let lasting = source.takeDouble()
      // No number, or one that no session can have, is not a time.
      if !(lasting >= 0 && lasting <= 1e9) { source.fail() }
      self = .inject(fault, lasting: lasting)
    case 1: self = .clear(FaultSelection(from: &source))
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

extension RecordedWorldChange {
  /// Reads the bytes that a record holds of a change; nil where they are none.
  public init?(_ bytes: [UInt8]) {
    guard
      let change = bytes.withUnsafeBufferPointer({ buffer -> RecordedWorldChange? in
        var reader = CanonicalReader(buffer)
        let change = RecordedWorldChange(from: &reader)
        return reader.hasFailed || reader.remaining > 0 ? nil : change
      })
    else { return nil }
    self = change
  }
}
