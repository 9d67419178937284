import Catalogue
import PumpHAL

extension SessionDescription {
  /// Reads and checks a session file of at most 1 MiB.
  ///
  /// - Throws: `SessionFileError` with every mistake that was found.
  public init(contentsOf path: String) throws(SessionFileError) {
    throw SessionFileError(kind: .noSuchFile, file: path, mistakes: [])
  }

  /// Reads and checks the bytes of a session file; `name` stands in its mistakes.
  ///
  /// - Throws: `SessionFileError` with every mistake that was found.
  public init(bytes: [UInt8], name: String) throws(SessionFileError) {
    throw SessionFileError(kind: .refused, file: name, mistakes: [])
  }
}
