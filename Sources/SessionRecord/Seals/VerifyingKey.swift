import Crypto
import Text

/// What is wrong with a key or a signed note, and what would be right.
public struct KeyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was wrong and what would be right; never the text of a signing key.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// The public half of a key pair: what an auditor needs to check signatures (Ed25519, RFC 8032).
///
/// Written `name+id+key`, the form of C2SP signed notes (https://c2sp.org/signed-note), so that
/// other people's tools read it.
public struct VerifyingKey: Equatable, Sendable {
  /// Whose it is: without spaces and plus signs.
  public let name: String
  /// First four bytes of SHA-256 over name, newline, algorithm and key; tells keys apart quickly.
  public let keyID: UInt32
  /// The key, 32 bytes.
  public let publicKey: [UInt8]

  /// The number of Ed25519 in signed notes.
  static let algorithm: UInt8 = 1

  /// Reads `name+id+key`; what is not exactly of that form, its id included, is refused.
  public init(text: String) throws(KeyError) {
    let parts = text.split(
      separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].utf8.count == 8, let id = Hexadecimal.bytes(parts[1]) else {
      throw KeyError(
        "this is no verifying key; one looks like bench-7+0a1b2c3d+ASVl… (`trumpet key show`)")
    }
    let name = String(parts[0])
    try Self.check(name: name)
    guard let material = Base64.bytes(parts[2]) else {
      throw KeyError("the verifying key \(name) is not whole: its last part is no base64")
    }
    guard material.count == 33, material[0] == Self.algorithm else {
      throw KeyError(
        "the verifying key \(name) is not an Ed25519 key, and no others are known here")
    }
    self.init(name: name, publicKey: Array(material[1...]))
    guard Self.bytes(of: keyID) == id else {
      throw KeyError(
        "the verifying key \(name) does not fit its id \(parts[1]): "
          + "it was changed or miscopied; ask its owner for it again")
    }
  }

  init(name: String, publicKey: [UInt8]) {
    self.name = name
    self.publicKey = publicKey
    var hash = SHA256()
    hash.update(data: Array(name.utf8))
    hash.update(data: [0x0a, Self.algorithm])
    hash.update(data: publicKey)
    keyID = hash.finalize().prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The key as `name+id+key`.
  public var text: String {
    "\(name)+\(Hexadecimal.text(Self.bytes(of: keyID)))+\(Base64.text([Self.algorithm] + publicKey))"
  }

  /// What people compare aloud: `SHA256:` and the unpadded base64 of the key's SHA-256, as ssh does.
  public var fingerprint: String {
    "SHA256:" + Base64.text(Array(SHA256.hash(data: publicKey)), isPadded: false)
  }

  /// Whether `signature` was made over exactly these bytes with the signing key that belongs to it.
  public func isValid(signature: [UInt8], of bytes: [UInt8]) -> Bool {
    guard signature.count == 64,
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
    else { return false }
    return key.isValidSignature(signature, for: bytes)
  }

  /// Refuses a name that a signed note cannot carry: empty, longer than 255 bytes, with a plus
  /// sign, a space or a control character.
  public static func check(name: String) throws(KeyError) {
    guard !name.isEmpty, name.utf8.count <= 255 else {
      throw KeyError("the name of a key has 1 to 255 bytes; give one such as bench-7")
    }
    let isBad = name.unicodeScalars.contains {
      $0 == "+" || $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7f
    }
    if isBad {
      throw KeyError(
        "the name of a key has no space, plus sign or control character; give one such as bench-7")
    }
  }

  /// The four bytes of a key id, the first first.
  static func bytes(of id: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: id >> UInt32($0)) }
  }
}
