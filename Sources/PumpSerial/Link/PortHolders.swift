import Glibc

/// Finds programs that have a port open without having locked it.
///
/// Most do not lock: `cat`, a terminal program, a modem manager. Each reader of a port gets a part of
/// the bytes, so that both would see garbage.
enum PortHolders {
  /// Whether another process has the device open, as far as this user may look: root sees all, others
  /// their own processes.
  static func isHeldElsewhere(_ device: dev_t) -> Bool {
    let own = "\(getpid())"
    return entries(of: "/proc").contains { process in
      guard process != own, process.first?.isNumber == true else { return false }
      let folder = "/proc/\(process)/fd"
      return entries(of: folder).contains { isOpen($0, in: folder, on: device) }
    }
  }

  private static func isOpen(_ descriptor: String, in folder: String, on device: dev_t) -> Bool {
    let path = "\(folder)/\(descriptor)"
    // Only devices are looked at: a file on a share that does not answer would hold us up.
    guard SystemDevices.target(of: path)?.hasPrefix("/dev/") == true else { return false }
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
      && status.st_rdev == device
  }

  private static func entries(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
