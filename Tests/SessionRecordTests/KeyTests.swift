import Testing
import Text

@testable import SessionRecord

/// Keys that everybody knows: the seeds of RFC 8032 §7.1.
enum KnownKeys {
  static let bench = known(
    "PRIVATE+KEY+bench-7+fdf8a849+AZ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g")
  /// Another key of the same name.
  static let impostor = known(
    "PRIVATE+KEY+bench-7+5bc1bc0d+AUzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7")
  /// As made public with Go's package `golang.org/x/mod/sumdb/note`.
  static let neumann = known(
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")

  private static func known(_ text: String) -> SigningKey {
    do { return try SigningKey(text: text) } catch { preconditionFailure("\(error)") }
  }
}

@Suite("Keys and signed notes")
struct KeyTests {
  @Test(
    "Signatures are those of RFC 8032 §7.1, the same every time",
    arguments: [
      (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
          + "f9b46bd25bf5f0595bbe24655141438e7a100b"
      ),
      (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
          + "f11d8c387b2eaeb4302aeeb00d291612bb0c00"
      ),
      (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
          + "4dc6594a7c15e9716ed28dc027beceea1ec40a"
      ),
    ])
  func vectors(seed: String, message: String, publicKey: String, signature: String) throws {
    let seed = try #require(Hexadecimal.bytes(seed))
    let message = try #require(Hexadecimal.bytes(message))
    let name = "bench-7"
    let half = VerifyingKey(name: name, publicKey: try #require(Hexadecimal.bytes(publicKey)))
    let id = Hexadecimal.text(VerifyingKey.bytes(of: half.keyID))
    let key = try SigningKey(text: "PRIVATE+KEY+\(name)+\(id)+\(Base64.text([1] + seed))")
    #expect(key.verifyingKey == half)
    #expect(Hexadecimal.text(key.signature(of: message)) == signature)
    #expect(key.signature(of: message) == key.signature(of: message))
    #expect(half.isValid(signature: key.signature(of: message), of: message))
    #expect(!half.isValid(signature: key.signature(of: message), of: message + [0]))
    #expect(!half.isValid(signature: [], of: message))
  }

  @Test("Keys have the texts, ids and fingerprints that OpenSSL and Python derive")
  func texts() throws {
    let key = KnownKeys.bench.verifyingKey
    #expect(key.text == "bench-7+fdf8a849+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea")
    #expect(key.fingerprint == "SHA256:If4x36FUomFia/hUBG/SJxt77UtqvkWqWId+9H+XIbk")
    #expect(try VerifyingKey(text: key.text) == key)
    // The key of the Go module checksum database, as the Go programme has it built in.
    let goSum = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    #expect(try VerifyingKey(text: goSum).text == goSum)
    let new = try SigningKey(name: "Prüfstand-2")
    #expect(try SigningKey(text: new.text).verifyingKey == new.verifyingKey)
    #expect(try SigningKey(name: "a").text != SigningKey(name: "a").text)
  }

  @Test("A note that Go signed is read, verified and written again as it was")
  func noteOfGo() throws {
    let text =
      "If you think cryptography is the answer to your problem,\n"
      + "then you don't know what your problem is.\n\n— PeterNeumann "
      + "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
      + "\n"
    let note = try SignedNote(text: text)
    #expect(note.text == text)
    #expect(note.isSigned(by: KnownKeys.neumann.verifyingKey))
    #expect(!note.isSigned(by: KnownKeys.bench.verifyingKey))
    var own = SignedNote(body: note.body)
    own.sign(with: KnownKeys.neumann)
    #expect(own.text == text)
    own.sign(with: KnownKeys.bench)
    #expect(own.isSigned(by: KnownKeys.bench.verifyingKey))
    #expect(own.isSigned(by: KnownKeys.neumann.verifyingKey))
    #expect(try SignedNote(text: own.text) == own)
    let changed = text.replacing("answer", with: "anzwer")
    #expect(!(try SignedNote(text: changed).isSigned(by: KnownKeys.neumann.verifyingKey)))
  }

  @Test(
    "What is not exactly a verifying key is refused",
    arguments: [
      "", "bench-7", "bench-7+fdf8a849", "bench-7+fdf8a849+", "+fdf8a849+AddamAGCsQq31Uv",
      // Another id, upper-case digits, another name under the same id.
      "bench-7+fdf8a848+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
      "bench-7+FDF8A849+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
      "bench-8+fdf8a849+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
      "bench 7+fdf8a849+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
      // One character more, one changed, a newline behind.
      "bench-7+fdf8a849+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1EaA",
      "bench-7+fdf8a849+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Eb",
      "bench-7+fdf8a849+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea\n",
      // A signing key is no verifying key.
      "PRIVATE+KEY+bench-7+fdf8a849+AZ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
    ])
  func wrongVerifyingKeys(text: String) {
    let error = #expect(throws: KeyError.self) { try VerifyingKey(text: text) }
    #expect(error?.description.contains("AZ1hsZ3v") == false)
  }

  @Test(
    "What is not exactly a signing key is refused, and no message shows the secret",
    arguments: [
      "", "PRIVATE+KEY+", "bench-7+fdf8a849+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
      "PRIVATE+KEY+bench-7+fdf8a848+AZ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
      "PRIVATE+KEY+bench-7+fdf8a849+AZ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9h",
      "PRIVATE+KEY+bench-7+fdf8a849+ApZ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9",
      "PRIVATE+KEY+bench-7+fdf8a849+AZ1hsZ3v",
    ])
  func wrongSigningKeys(text: String) {
    let error = #expect(throws: KeyError.self) { try SigningKey(text: text) }
    #expect(error?.description.contains("Z1hsZ3v") == false)
  }

  @Test(
    "A name with a space, a plus sign or a control character is refused",
    arguments: [
      "", "a b", "a+b", "a\nb", "a\tb", "a\u{7f}", "a\u{a0}b", String(repeating: "x", count: 256),
    ])
  func wrongNames(name: String) {
    #expect(throws: KeyError.self) { try SigningKey(name: name) }
  }

  @Test(
    "What is not exactly a signed note is refused",
    arguments: [
      "", "\n", "\n\n", "a", "a\n", "a\n\n— x", "a\n\n— x AAAA\n", "a\n\nx AAAAAAA=\n",
      "a\n\n— x  AAAAAAA=\n", "a\r\n\n", "a\n\n— x AAAAAAA\n", "a\n\n— x+y AAAAAAA=\n",
      String(repeating: "a", count: 1 << 16) + "\n\n",
    ])
  func wrongNotes(text: String) {
    #expect(throws: KeyError.self) { try SignedNote(text: text) }
  }

  @Test("Base64 is that of RFC 4648 §10, and each sequence of bytes has one text")
  func base64() {
    let vectors = [
      "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
      "foobar": "Zm9vYmFy",
    ]
    for (plain, coded) in vectors {
      #expect(Base64.text(Array(plain.utf8)) == coded)
      #expect(Base64.bytes(coded) == Array(plain.utf8))
    }
    for wrong in ["Zg", "Zg=", "Zh==", "Zg===", "Z", "Zg==Zg==", "Zm9v\n", "Zm-v"] {
      #expect(Base64.bytes(wrong) == nil, "\(wrong)")
    }
  }
}
