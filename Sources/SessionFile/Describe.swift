// Numbers as messages show them: with the unit, without trailing zeros.

import PumpHAL
import Text
import Vocabulary

extension Mass {
  /// In mg, to 0.001 mg.
  var shown: String { DecimalText.exact(rawValue, digits: 6, shown: 3) + " mg" }
}

extension Volume {
  /// In mL, to 0.001 mL.
  var shown: String { DecimalText.exact(rawValue, digits: 9, shown: 3) + " mL" }
}

extension FlowRate {
  /// In mL/h, to 0.001 mL/h.
  var shown: String { DecimalText.exact(rawValue, digits: 6, shown: 3) + " mL/h" }
}

extension DoseRate {
  /// In mg/h, to 0.001 mg/h.
  var shown: String { DecimalText.exact(rawValue, digits: 6, shown: 3) + " mg/h" }
}

extension Concentration {
  /// In mg/mL, to 0.001 mg/mL.
  var shown: String { DecimalText.exact(rawValue, digits: 6, shown: 3) + " mg/mL" }
}

extension Ticks {
  /// In hours, minutes and seconds.
  var shown: String { text }
}
