import PumpHAL
import Text

extension Ticks {
  /// The time as a session file writes it, `1 min 30.5 s`.
  package var text: String { TimeText.duration(hundredths: count) }
}
