import Crypto
import Text

/// A key pair that signs (Ed25519, RFC 8032): the same bytes give the same 64 bytes, always.
///
/// Written `PRIVATE+KEY+name+id+seed`, as Go's `golang.org/x/mod/sumdb/note` does. Whoever has the
/// text can sign: it belongs into a file that only its owner can read.
public struct SigningKey: Sendable {
  /// The public half.
  public let verifyingKey: VerifyingKey
  private let key: Curve25519.Signing.PrivateKey

  private static let prefix = "PRIVATE+KEY+"

  /// Makes a new key of the system's randomness; `name` must be one that `VerifyingKey.check` takes.
  public init(name: String) throws(KeyError) {
    try VerifyingKey.check(name: name)
    self.init(name: name, key: Curve25519.Signing.PrivateKey())
  }

  /// Reads `PRIVATE+KEY+name+id+seed`; what is not exactly of that form, its id included, is
  /// refused.
  public init(text: String) throws(KeyError) {
    let parts =
      text.hasPrefix(Self.prefix)
      ? text.dropFirst(Self.prefix.count).split(
        separator: "+", maxSplits: 2, omittingEmptySubsequences: false) : []
    guard parts.count == 3, parts[1].utf8.count == 8, let id = Hexadecimal.bytes(parts[1]),
      let material = Base64.bytes(parts[2])
    else {
      throw KeyError("this is no signing key; make one with `trumpet key new`")
    }
    let name = String(parts[0])
    try VerifyingKey.check(name: name)
    guard material.count == 33, material[0] == VerifyingKey.algorithm,
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: material[1...])
    else {
      throw KeyError("the signing key \(name) is not an Ed25519 key, and no others are known here")
    }
    self.init(name: name, key: key)
    guard VerifyingKey.bytes(of: verifyingKey.keyID) == id else {
      throw KeyError(
        "the signing key \(name) does not fit its id \(parts[1]): it was changed or miscopied")
    }
  }

  private init(name: String, key: Curve25519.Signing.PrivateKey) {
    self.key = key
    verifyingKey = VerifyingKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
  }

  /// The key as `PRIVATE+KEY+name+id+seed`: a secret.
  public var text: String {
    let id = Hexadecimal.text(VerifyingKey.bytes(of: verifyingKey.keyID))
    let seed = Base64.text([VerifyingKey.algorithm] + Array(key.rawRepresentation))
    return "\(Self.prefix)\(verifyingKey.name)+\(id)+\(seed)"
  }

  /// The signature of these bytes, 64 bytes; the same every time.
  public func signature(of bytes: [UInt8]) -> [UInt8] {
    // Ed25519 takes a message of any length; there is nothing that could fail.
    guard let signature = try? key.signature(for: bytes) else {
      preconditionFailure("Ed25519 did not sign")
    }
    return Array(signature)
  }
}
