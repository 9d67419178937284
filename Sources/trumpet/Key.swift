import ArgumentParser
import Session
import SessionRecord

/// `trumpet key`.
struct Key: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes signing keys, and says whose signatures are trusted.",
    discussion: """
      Keys live in $XDG_CONFIG_HOME/trumpet, else in ~/.config/trumpet: signing-key, which only you
      can read, and pinned-keys, the keys of others that you trust under their names.
      """,
    subcommands: [New.self, Show.self, Pin.self, List.self, Unpin.self])

  /// `trumpet key new`.
  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes a new signing key.")

    @Argument(help: "Whose key it is, without spaces and plus signs; the host's name if left out.")
    var name: String?

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp("Write it to this new file, not as your own key.", valueName: "file"))
    var output: String?

    func run() throws {
      let key = try wellFormed { () throws(KeyError) in
        try SigningKey(name: name ?? KeyStore.hostName ?? "")
      }
      let path: String
      if let output {
        path = output
      } else {
        let store = try userStore()
        try explained { () throws(KeyStoreError) in try store.makeDirectory() }
        path = store.signingKeyPath
      }
      try explained { () throws(KeyStoreError) in try KeyStore.create(key, at: path) }
      diagnose("\(path): a new signing key; who has this file can sign as \(key.verifyingKey.name)")
      try show(description(of: key.verifyingKey))
    }
  }

  /// `trumpet key show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints the verifying key of a signing key, to be passed on.")

    @Argument(help: "The file with the signing key; your own if left out.")
    var file: String?

    func run() throws {
      let path = try file ?? userStore().signingKeyPath
      let key = try explained { () throws(KeyStoreError) in try KeyStore.signingKey(at: path) }
      try show(description(of: key.verifyingKey))
    }
  }

  /// `trumpet key pin`.
  struct Pin: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Trusts a key under its name from now on.",
      discussion: "Compare its fingerprint with its owner first, by telephone for instance.")

    @Argument(help: "The verifying key as `key show` prints it, or a file with one a line.")
    var key: String

    @Option(help: "A comment to keep beside it.")
    var comment: String = ""

    @Flag(help: "Replace another key that is pinned under the same name.")
    var replace = false

    func run() throws {
      let store = try userStore()
      let keys = try explained { () throws(KeyStoreError) in try KeyStore.verifyingKeys(key) }
      for var key in keys {
        if !comment.isEmpty { key.comment = comment }
        let new = key
        try explained { () throws(KeyStoreError) in try store.pin(new, replacing: replace) }
        try show("pinned \(line(key.key, key.comment))")
      }
    }

    func validate() throws {
      if comment.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
        throw ValidationError("a comment is one line")
      }
    }
  }

  /// `trumpet key list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists your own key and the pinned ones.")

    func run() throws {
      let store = try userStore()
      let own = try explained { () throws(KeyStoreError) in try store.signingKey() }
      let pinned = try explained { () throws(KeyStoreError) in try store.pinnedKeys() }
      if let own { try show("own    \(line(own.verifyingKey, ""))") }
      for key in pinned { try show("pinned \(line(key.key, key.comment))") }
      if own == nil && pinned.isEmpty {
        diagnose("\(store.directory): no keys; `trumpet key new` makes one")
      }
    }
  }

  /// `trumpet key unpin`.
  struct Unpin: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Trusts the key of a name no longer.")

    @Argument(help: "The name.")
    var name: String

    func run() throws {
      let store = try userStore()
      let wasPinned = try explained { () throws(KeyStoreError) in try store.unpin(name) }
      guard wasPinned else {
        throw ValidationError(
          "no key is pinned as \(name); `trumpet key list` shows those that are")
      }
    }
  }
}

/// The key's text on a line of its own, then what people compare.
private func description(of key: VerifyingKey) -> String {
  "\(key.text)\nname         \(key.name)\nfingerprint  \(key.fingerprint)"
}

private func line(_ key: VerifyingKey, _ comment: String) -> String {
  "\(key.name)  \(key.fingerprint)" + (comment.isEmpty ? "" : "  (\(comment))")
}

/// The user's key store, or the exit status for an environment that has none.
func userStore() throws -> KeyStore {
  guard let store = KeyStore.ofUser else {
    throw ValidationError("there is no home directory for keys; set HOME, or XDG_CONFIG_HOME")
  }
  return store
}

/// Does something with keys, or says why it cannot be done and throws the exit status.
func explained<Value>(_ body: () throws(KeyStoreError) -> Value) throws -> Value {
  do throws(KeyStoreError) { return try body() } catch {
    diagnose("\(error)")
    switch error.kind {
    case .noSuchFile: throw ExitStatus.noSuchFile
    case .wrongInput: throw ExitStatus.wrongInput
    case .cannotWrite: throw ExitStatus.cannotWrite
    }
  }
}

/// Does something with the text of a key, or says why it cannot be done and throws the exit status.
private func wellFormed<Value>(_ body: () throws(KeyError) -> Value) throws -> Value {
  do throws(KeyError) { return try body() } catch { throw ValidationError("\(error)") }
}
