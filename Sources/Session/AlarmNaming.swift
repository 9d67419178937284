import PumpHAL

extension AlarmID {
  /// The alarm's name, as session files and records write it.
  var name: String { kebabCase("\(self)") }
  var defaultPriority: AlarmPriority { .high }
}
