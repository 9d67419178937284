// Where a person's keys live: their own signing key, and the keys of others that they trust.

import Glibc
import Host
import SessionRecord

/// The keys in a directory: `signing-key`, which only its owner can read, and `pinned-keys`, a
/// verifying key a line with a comment behind it.
public struct KeyStore: Sendable {
  /// The directory; made when a key is written into it.
  public let directory: String

  /// The store in a directory.
  public init(directory: String) { self.directory = directory }

  /// The user's store: `$XDG_CONFIG_HOME/trumpet`, else `~/.config/trumpet`; nil where the
  /// environment names neither.
  public static var ofUser: KeyStore? {
    // A relative path is to be ignored (XDG Base Directory Specification).
    if let configuration = environmentVariable("XDG_CONFIG_HOME"), configuration.hasPrefix("/") {
      return KeyStore(directory: configuration + "/trumpet")
    }
    guard let home = environmentVariable("HOME"), home.hasPrefix("/") else { return nil }
    return KeyStore(directory: home + "/.config/trumpet")
  }

  /// Where the user's own signing key is, if there is one.
  public var signingKeyPath: String { directory + "/signing-key" }
  /// Where the pinned keys are, if there are any.
  public var pinnedKeysPath: String { directory + "/pinned-keys" }

  /// The name of this host, for a key that nobody named.
  public static var hostName: String? {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return nil }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(validating: bytes, as: UTF8.self)
  }

  // MARK: - Signing keys

  /// Writes a new signing key to a new file that only its owner can read; a file that exists is never
  /// written over.
  public static func create(_ key: SigningKey, at path: String) throws(KeyStoreError) {
    let bytes = Array((key.text + "\n").utf8)
    do throws(FileWriteError) {
      var file = try NewFile(creating: path, permissions: 0o600)
      do throws(FileWriteError) {
        try bytes.withUnsafeBufferPointer { bytes throws(FileWriteError) in try file.write(bytes) }
        try file.synchronise()
        try file.close()
      } catch {
        file.discard()
        throw error
      }
    } catch {
      if error.reason == .exists {
        throw KeyStoreError(
          kind: .cannotWrite,
          description: "\(path): there is a file already, and a signing key is never written over; "
            + "choose another name with -o")
      }
      throw KeyStoreError(kind: .cannotWrite, description: "\(error)")
    }
  }

  /// The signing key in a file; refused if others can read it.
  public static func signingKey(at path: String) throws(KeyStoreError) -> SigningKey {
    let (text, mode) = try contents(of: path)
    guard mode & 0o077 == 0 else {
      throw KeyStoreError(
        kind: .wrongInput,
        description: "\(path): others can read this signing key, so its signatures prove nothing; "
          + "run `chmod 600 \(path)`, and make a new key if somebody may have read it")
    }
    do throws(KeyError) { return try SigningKey(text: firstLine(text)) } catch {
      throw KeyStoreError(kind: .wrongInput, description: "\(path): \(error)")
    }
  }

  /// The user's own signing key; nil if there is none.
  public func signingKey() throws(KeyStoreError) -> SigningKey? {
    do throws(KeyStoreError) { return try Self.signingKey(at: signingKeyPath) } catch {
      if error.kind == .noSuchFile { return nil }
      throw error
    }
  }

  /// Makes the store's directory, which only its owner can enter, and those above it.
  public func makeDirectory() throws(KeyStoreError) {
    var path = ""
    for part in directory.split(separator: "/") {
      path += "/" + part
      guard mkdir(path, 0o700) != 0, errno != EEXIST else { continue }
      var status = stat()
      if stat(path, &status) == 0 { continue }
      throw KeyStoreError(
        kind: .cannotWrite,
        description: "\(path): cannot be made: \(systemMessage(errno)); choose another place")
    }
  }

  // MARK: - Verifying keys

  /// The verifying keys that a text names: a key itself, or a file with one a line.
  ///
  /// A signing key is refused: its text would have been shown, and its file must not be passed on.
  public static func verifyingKeys(_ argument: String) throws(KeyStoreError) -> [PinnedKey] {
    if argument.hasPrefix("PRIVATE+KEY+") { throw isSigningKey("this") }
    do throws(KeyError) {
      return [PinnedKey(key: try VerifyingKey(text: argument), comment: "")]
    } catch {
      if access(argument, F_OK) != 0, argument.contains("+") {
        throw KeyStoreError(kind: .wrongInput, description: "\(error)")
      }
    }
    let text = try contents(of: argument).text
    if text.hasPrefix("PRIVATE+KEY+") { throw isSigningKey(argument) }
    let keys = try pinnedKeys(in: text, path: argument)
    if keys.isEmpty {
      throw KeyStoreError(
        kind: .wrongInput,
        description: "\(argument): there is no verifying key in it; `trumpet key show` prints one")
    }
    return keys
  }

  /// The keys that are pinned, in the order of their lines.
  public func pinnedKeys() throws(KeyStoreError) -> [PinnedKey] {
    guard let text = try pinnedText() else { return [] }
    return try Self.pinnedKeys(in: text, path: pinnedKeysPath)
  }

  /// All keys that are trusted: the pinned ones and the public half of the user's own.
  public func trustedKeys() throws(KeyStoreError) -> [VerifyingKey] {
    var keys = try pinnedKeys().map(\.key)
    // To check with it, the file need not be secret.
    if let text = try? Self.contents(of: signingKeyPath).text,
      let own = try? SigningKey(text: Self.firstLine(text))
    {
      keys.append(own.verifyingKey)
    }
    return keys
  }

  /// Pins a key under its name; another key of that name is refused, unless it is to be replaced.
  public func pin(_ new: PinnedKey, replacing: Bool = false) throws(KeyStoreError) {
    var lines = try pinnedLines()
    for earlier in try pinnedKeys() where Self.isSame(earlier.key.name, new.key.name) {
      if earlier.key == new.key { return }
      guard replacing else {
        throw KeyStoreError(
          kind: .wrongInput,
          description: "\(new.key.name): another key is pinned under this name, "
            + "\(earlier.key.fingerprint); ask its owner, then give --replace or "
            + "`trumpet key unpin \(new.key.name)`")
      }
      lines.removeAll { $0.hasPrefix(earlier.key.text) }
    }
    lines.append(new.comment.isEmpty ? new.key.text : "\(new.key.text) \(new.comment)")
    try write(lines)
  }

  /// Takes the trust from the key of a name; false if none of that name is pinned.
  public func unpin(_ name: String) throws(KeyStoreError) -> Bool {
    var lines = try pinnedLines()
    let keys = try pinnedKeys().filter { Self.isSame($0.key.name, name) }
    for key in keys { lines.removeAll { $0.hasPrefix(key.key.text) } }
    if keys.isEmpty { return false }
    try write(lines)
    return true
  }

  private func write(_ lines: [String]) throws(KeyStoreError) {
    try makeDirectory()
    let text = lines.map { $0 + "\n" }.joined()
    do throws(FileWriteError) { try OutputFile.write(Array(text.utf8), to: pinnedKeysPath) } catch {
      throw KeyStoreError(kind: .cannotWrite, description: "\(error)")
    }
  }

  /// The file as it is; nil where there is none.
  ///
  /// One that others can change is refused.
  private func pinnedText() throws(KeyStoreError) -> String? {
    do throws(KeyStoreError) {
      let (text, mode) = try Self.contents(of: pinnedKeysPath)
      if mode & 0o022 == 0 { return text }
    } catch {
      if error.kind == .noSuchFile { return nil }
      throw error
    }
    throw KeyStoreError(
      kind: .wrongInput,
      description: "\(pinnedKeysPath): others can change which keys are trusted; look through it "
        + "with `trumpet key list` after `chmod go-w \(pinnedKeysPath)`")
  }

  private func pinnedLines() throws(KeyStoreError) -> [String] {
    guard var lines = try pinnedText()?.split(separator: "\n", omittingEmptySubsequences: false)
    else { return [] }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map(String.init)
  }

  private static func pinnedKeys(in text: String, path: String) throws(KeyStoreError)
    -> [PinnedKey]
  {
    var keys: [PinnedKey] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.isEmpty || line.hasPrefix("#") { continue }
      let parts = line.split(separator: " ", maxSplits: 1)
      do throws(KeyError) {
        let key = try VerifyingKey(text: parts.first.map(String.init) ?? "")
        keys.append(PinnedKey(key: key, comment: parts.count > 1 ? String(parts[1]) : ""))
      } catch {
        throw KeyStoreError(kind: .wrongInput, description: "\(path):\(number + 1): \(error)")
      }
    }
    return keys
  }
}
