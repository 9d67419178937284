/// A text and the signatures under it (https://c2sp.org/signed-note).
///
/// The text, its last newline included, is what is signed; an empty line follows, then a line
/// `— name base64` a signature. A note without signatures ends with the empty line.
public struct SignedNote: Equatable, Sendable {
  /// One signature, checked by nobody yet.
  public struct Signature: Equatable, Sendable {
    /// Who is said to have signed.
    public var name: String
    /// The id of the key.
    public var keyID: UInt32
    /// The signature itself; 64 bytes if it is one of Ed25519.
    public var bytes: [UInt8]
  }

  /// What is signed; ends with a newline.
  public let body: String
  /// The signatures, in the order of their lines.
  public private(set) var signatures: [Signature]

  /// The most bytes that a note may have: 64 KiB; ours have a few hundred.
  static let sizeLimit = 1 << 16

  /// A note without signatures; the body must be lines, each ended by a newline, none of them empty.
  public init(body: String) {
    precondition(body.hasSuffix("\n") && !body.hasPrefix("\n") && !body.contains("\n\n"))
    self.body = body
    signatures = []
  }

  /// Reads a note, with any number of signatures or none.
  public init(text: String) throws(KeyError) {
    guard text.utf8.count <= Self.sizeLimit else {
      throw KeyError("this is no checkpoint: it has more than 64 KiB")
    }
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" }
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    // Behind the last newline nothing is left, so the last part is empty.
    guard isPlain, lines.count >= 3, lines.last?.isEmpty == true,
      let gap = lines.firstIndex(where: \.isEmpty), gap > 0
    else {
      throw KeyError(
        "this is no signed note: lines of text, an empty line, and lines that begin with — "
          + "are expected")
    }
    body = lines[..<gap].map { String($0) + "\n" }.joined()
    signatures = []
    for line in lines[(gap + 1)...].dropLast() {
      guard let signature = Signature(line: String(line)) else {
        throw KeyError("this is no signed note: a line under it is not `— name signature`")
      }
      signatures.append(signature)
    }
  }

  /// Adds a signature with `key`.
  public mutating func sign(with key: SigningKey) {
    signatures.append(
      Signature(
        name: key.verifyingKey.name, keyID: key.verifyingKey.keyID,
        bytes: key.signature(of: Array(body.utf8))))
  }

  /// The note as text.
  public var text: String {
    body + "\n" + signatures.map { $0.line + "\n" }.joined()
  }

  /// Whether there is a valid signature of `key`; false as well if one under its name and id is not.
  public func isSigned(by key: VerifyingKey) -> Bool {
    let own = signatures.filter { $0.isBy(key) }
    let bytes = Array(body.utf8)
    return !own.isEmpty && own.allSatisfy { key.isValid(signature: $0.bytes, of: bytes) }
  }
}

extension SignedNote.Signature {
  private static let mark = "\u{2014} "

  /// The one signature in a text that is one line, ended by a newline.
  init?(lineOf text: String) {
    guard text.utf8.last == UInt8(ascii: "\n"),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\n" })
    else { return nil }
    self.init(line: String(text.unicodeScalars.dropLast()))
  }

  /// Whether it says that it is by this key.
  func isBy(_ key: VerifyingKey) -> Bool {
    keyID == key.keyID && name.utf8.elementsEqual(key.name.utf8)
  }

  fileprivate init?(line: String) {
    // By scalars: a combining mark must not hide a space from us that others see.
    let parts = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
      .map { String($0) }
    guard parts.count == 3, parts[0] == "\u{2014}", let all = Base64.bytes(parts[2]),
      all.count > 4, (try? VerifyingKey.check(name: parts[1])) != nil
    else { return nil }
    name = parts[1]
    keyID = all[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    bytes = Array(all[4...])
  }

  fileprivate var line: String {
    "\(Self.mark)\(name) \(Base64.text(VerifyingKey.bytes(of: keyID) + bytes))"
  }
}
