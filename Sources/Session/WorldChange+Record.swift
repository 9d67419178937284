// What a session's script does to the world, as the record keeps it and as hardware is told.

import PumpHAL
import PumpPlant
import SessionFile
import Story

extension RecordedWorldChange {
  /// What the plant is told; nil for what it knows by itself, and for what people do with the drug.
  init?(_ change: WorldChange) {
    switch change {
    case .inject(let fault, let lasting):
      self = .inject(fault, lasting: Double(lasting?.count ?? 0) / Double(ticksPerSecond))
    case .clear(let selection): self = .clear(selection)
    case .fit(let change):
      self = .fit(
        SyringeParameters(change.syringe), fill: Double(change.fill.picolitres) / 1e6,
        concentration: Double(change.concentration.nanogramsPerMillilitre) / 1e6,
        second: Double((change.secondConcentration ?? .zero).nanogramsPerMillilitre) / 1e6)
    case .connect: self = .connect
    case .end, .dispose: return nil
    }
  }

  /// Makes the change.
  func apply<Hardware: AttachedHardware & ~Copyable>(to hardware: inout Hardware) {
    switch self {
    case .inject(let fault, let lasting): hardware.inject(fault, lasting: lasting)
    case .clear(let selection): hardware.clear(selection)
    case .fit(let syringe, let fill, let concentration, let second):
      hardware.changeSyringe(syringe, fill: fill, concentration: concentration, second: second)
    case .connect: hardware.clear(.named(.disconnection, site: nil))
    }
  }
}
