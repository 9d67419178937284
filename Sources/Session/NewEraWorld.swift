// The world of a session file behind an emulated New Era pump.

import PumpHAL
import PumpPlant
import PumpSerial
import SessionFile

extension SessionDescription {
  /// The faults of the file, as an emulated pump's world takes them; what people do to the pump in the
  /// file has no meaning there.
  public var newEraEvents: [NewEraWorldEvent] {
    events.compactMap { event in
      let isAfterStart = event.origin == .start
      switch event.kind {
      case .inject(let fault, let lasting):
        return NewEraWorldEvent(
          at: event.at.count, isAfterFirstStart: isAfterStart,
          .inject(fault, lasting: Double(lasting?.count ?? 0) / Double(ticksPerSecond)))
      case .clear(let selection):
        return NewEraWorldEvent(
          at: event.at.count, isAfterFirstStart: isAfterStart, .clear(selection))
      case .operate, .changeSyringe, .dispose: return nil
      }
    }
  }
}
