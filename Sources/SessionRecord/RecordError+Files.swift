// What the system refuses of a record's file, said as an error of the record.

import Host

extension RecordError {
  /// Why a record cannot be written.
  init(_ error: FileWriteError) {
    let (kind, message): (Kind, String) =
      switch error.reason {
      case .exists:
        (
          .cannotOpen,
          "\(error.message), and no record is ever rewritten; choose another name"
        )
      case .noDirectory:
        (.cannotOpen, "its directory does not exist; create it or choose another")
      case .directory, .closed: (.cannotOpen, "the file cannot be created: \(error.message)")
      case .unwritable:
        (.cannotWrite, "the record cannot be written: \(error.message); \(Self.remains)")
      case .notDurable:
        (
          .cannotWrite,
          "what was written cannot be made durable: \(error.message); \(Self.remains)"
        )
      case .deleted:
        (
          .cannotWrite,
          "the record was deleted while it was written; its session cannot be kept any more"
        )
      case .moved:
        (
          .cannotWrite,
          "the record was moved away while it was written; look for it under its new name, where "
            + "what was made durable before remains readable"
        )
      }
    self.init(kind, path: error.path, message)
  }

  private static let remains = "what was made durable before remains readable"
}

extension MappedFile {
  /// The most that is taken of a record on standard input, which is held in memory: 256 MiB, a dozen
  /// days in real time.
  static let streamLimit = 256 << 20

  /// The record in a regular file, or on standard input for `-`.
  convenience init(record path: String) throws(RecordError) {
    do throws(FileReadError) {
      try self.init(path: path, streamLimit: Self.streamLimit)
    } catch {
      let kind: RecordError.Kind
      var message = error.message
      switch error.reason {
      case .missing: (kind, message) = (.noSuchFile, "the record cannot be opened: \(message)")
      case .closed: (kind, message) = (.cannotOpen, "the record cannot be opened: \(message)")
      case .directory, .pipe, .notRegular:
        (kind, message) = (.cannotOpen, "this is not a file; name a session record (*.mcap)")
      case .tooLarge: (kind, message) = (.cannotOpen, "\(message); save it to a file first")
      case .unreadable: kind = .cannotRead
      }
      throw RecordError(kind, path: path, message)
    }
  }
}
