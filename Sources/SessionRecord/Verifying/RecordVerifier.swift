import Host
import PumpHAL

/// Says whether a record is whole and as it was written, without trusting anything in it.
///
/// One pass over the mapped file; memory beyond it is a few MiB, and that of the largest chunk,
/// decompressed. A large record takes a second thread. Takes any bytes whatever without a crash.
public enum RecordVerifier {
  /// Verifies the record at `path`.
  ///
  /// - Parameters:
  ///   - givenKeys: the keys of which one has to have signed; where there are any, pinned ones do
  ///     not count.
  ///   - pinnedKeys: keys that are trusted under their name.
  ///   - lodged: a checkpoint that was kept elsewhere.
  /// - Throws: only where there is no file, or it cannot be read, or it is no session record.
  public static func verify(
    path: String, givenKeys: [VerifyingKey] = [], pinnedKeys: [VerifyingKey] = [],
    lodged: Checkpoint? = nil
  ) throws(RecordError) -> Verification {
    try verify(
      MappedFile(record: path), Trust(given: givenKeys, pinned: pinnedKeys), lodged: lodged)
  }

  /// Verifies a record that is in memory; `name` stands for the path in errors.
  public static func verify(
    bytes: [UInt8], name: String, givenKeys: [VerifyingKey] = [], pinnedKeys: [VerifyingKey] = [],
    lodged: Checkpoint? = nil
  ) throws(RecordError) -> Verification {
    try verify(
      MappedFile(bytes: bytes, path: name), Trust(given: givenKeys, pinned: pinnedKeys),
      lodged: lodged)
  }

  /// - Parameter readsAheadFrom: how many bytes make a second thread worth its start.
  static func verify(
    _ file: MappedFile, _ trust: Trust, lodged: Checkpoint?,
    readsAheadFrom least: Int = ChunkReadAhead.leastBytes
  ) throws(RecordError) -> Verification {
    guard RecordWalk.canBegin(file.bytes) else { throw notASession(file.path) }
    var walk = RecordWalk(file.bytes, lodged: lodged, readsAheadFrom: least)
    walk.run()
    guard walk.content.isSession else { throw notASession(file.path) }
    return withExtendedLifetime(file) { Verdict(walk, trust, lodged: lodged).verification }
  }

  private static func notASession(_ path: String) -> RecordError {
    RecordError(
      .notASession, path: path,
      "this is no session record, or its very beginning is destroyed; name a record of "
        + "`trumpet run` (*.mcap)")
  }
}

/// Whose signatures count.
struct Trust {
  var given: [VerifyingKey]
  var pinned: [VerifyingKey]

  /// What a record is that was signed by `key` throughout.
  func judges(_ key: VerifyingKey) -> Verification.Signature {
    if !given.isEmpty { return given.contains(key) ? .valid : .otherKey }
    if pinned.contains(key) { return .valid }
    return pinned.contains { $0.name.utf8.elementsEqual(key.name.utf8) } ? .otherKey : .unknownKey
  }
}
