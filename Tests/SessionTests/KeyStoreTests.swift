import Foundation
import SessionRecord
import Testing

@testable import Session

@Suite("The user's keys")
struct KeyStoreTests {
  /// A store in a folder of its own, not made yet.
  private final class Store {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("trumpet-keys-\(UUID().uuidString)").path
    var store: KeyStore { KeyStore(directory: folder + "/a/trumpet") }

    init() throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func mode(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    func set(_ mode: Int, _ path: String) throws {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
  }

  private func key(_ name: String) throws -> VerifyingKey {
    try SigningKey(name: name).verifyingKey
  }

  @Test("A signing key is kept where only its owner can read it, and never written over")
  func signingKey() throws {
    let home = try Store()
    let store = home.store
    #expect(try store.signingKey() == nil)
    let key = try SigningKey(name: "bench-7")
    try store.makeDirectory()
    try KeyStore.create(key, at: store.signingKeyPath)
    #expect(try home.mode(store.signingKeyPath) == 0o600)
    #expect(try home.mode(store.directory) == 0o700)
    #expect(try store.signingKey()?.text == key.text)
    let again = #expect(throws: KeyStoreError.self) {
      try KeyStore.create(try SigningKey(name: "x"), at: store.signingKeyPath)
    }
    #expect(again?.kind == .cannotWrite)
    #expect(try store.signingKey()?.text == key.text)
  }

  @Test("A signing key that others can read does not sign", arguments: [0o640, 0o604, 0o610])
  func readableSigningKey(mode: Int) throws {
    let home = try Store()
    try home.store.makeDirectory()
    let path = home.store.signingKeyPath
    try KeyStore.create(try SigningKey(name: "bench-7"), at: path)
    try home.set(mode, path)
    let error = #expect(throws: KeyStoreError.self) { try home.store.signingKey() }
    #expect(error?.kind == .wrongInput && error?.description.contains("chmod 600") == true)
    // Its public half is trusted all the same: that was never a secret.
    #expect(try home.store.trustedKeys().map(\.name) == ["bench-7"])
  }

  @Test("Another key under a pinned name is refused unless it replaces the pinned one")
  func pinning() throws {
    let home = try Store()
    let store = home.store
    let (first, second, other) = (try key("alice"), try key("alice"), try key("bob"))
    try store.pin(PinnedKey(key: first, comment: "by telephone, May"))
    try store.pin(PinnedKey(key: other, comment: ""))
    try store.pin(PinnedKey(key: first, comment: "again"))
    #expect(try store.pinnedKeys().map(\.key) == [first, other])
    #expect(try store.pinnedKeys().first?.comment == "by telephone, May")
    let refused = #expect(throws: KeyStoreError.self) {
      try store.pin(PinnedKey(key: second, comment: ""))
    }
    #expect(refused?.description.contains(first.fingerprint) == true)
    #expect(try store.trustedKeys() == [first, other])
    try store.pin(PinnedKey(key: second, comment: ""), replacing: true)
    #expect(try store.trustedKeys() == [other, second])
    #expect(try store.unpin("alice"))
    #expect(try !store.unpin("alice"))
    #expect(try store.trustedKeys() == [other])
  }

  @Test(
    "Pinned keys keep their comments; a line that is no key is named, and so is a file others can change"
  )
  func pinnedFile() throws {
    let home = try Store()
    let store = home.store
    try store.makeDirectory()
    let key = try key("alice")
    try "# ours\n\n\(key.text) the bench in room 7\n".write(
      toFile: store.pinnedKeysPath, atomically: true, encoding: .utf8)
    try home.set(0o644, store.pinnedKeysPath)
    #expect(try store.pinnedKeys() == [PinnedKey(key: key, comment: "the bench in room 7")])
    try store.pin(PinnedKey(key: try self.key("bob"), comment: ""))
    let text = try String(contentsOfFile: store.pinnedKeysPath, encoding: .utf8)
    #expect(text.hasPrefix("# ours\n\n\(key.text) the bench in room 7\nbob+"))
    try home.set(0o666, store.pinnedKeysPath)
    let open = #expect(throws: KeyStoreError.self) { try store.trustedKeys() }
    #expect(open?.description.contains("chmod go-w") == true)
    try home.set(0o644, store.pinnedKeysPath)
    try (text + "nonsense\n").write(
      toFile: store.pinnedKeysPath, atomically: false, encoding: .utf8)
    let wrong = #expect(throws: KeyStoreError.self) { try store.trustedKeys() }
    #expect(wrong?.description.contains("pinned-keys:5:") == true)
  }

  @Test("A key is given as text or as a file; a signing key is refused as either")
  func verifyingKeys() throws {
    let home = try Store()
    let signing = try SigningKey(name: "alice")
    let key = signing.verifyingKey
    #expect(try KeyStore.verifyingKeys(key.text).map(\.key) == [key])
    let path = home.folder + "/keys"
    try "\(key.text)\n\(try self.key("bob").text) B\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(try KeyStore.verifyingKeys(path).map(\.key.name) == ["alice", "bob"])
    try signing.text.write(toFile: path, atomically: true, encoding: .utf8)
    for argument in [signing.text, path] {
      let error = #expect(throws: KeyStoreError.self) { try KeyStore.verifyingKeys(argument) }
      #expect(error?.description.contains("signing key") == true)
      #expect(error?.description.contains(signing.text) == false)
    }
    let none = #expect(throws: KeyStoreError.self) { try KeyStore.verifyingKeys(path + "2") }
    #expect(none?.kind == .noSuchFile)
    #expect(throws: KeyStoreError.self) { try KeyStore.verifyingKeys(home.folder) }
  }
}
