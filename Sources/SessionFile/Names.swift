import PumpHAL

extension AlarmID { var name: String { kebab(String(describing: self)) } }
extension PumpMode { var name: String { kebab(String(describing: self)) } }
private func kebab(_ s: String) -> String {
  s.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined()
}
