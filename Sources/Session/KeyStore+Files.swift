// The files of a key store: read whole, small, and with an eye on who else may touch them.

import Host
import SessionRecord

/// Why a key could not be read, kept or trusted, and what to do.
public struct KeyStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of error, for code; people read `description`.
  public enum Kind: Equatable, Sendable {
    /// There is no such file.
    case noSuchFile
    /// A file or text is not what it should be, or not safe to use.
    case wrongInput
    /// A file could not be written, or is never written over.
    case cannotWrite
  }
  /// The kind of error.
  public var kind: Kind
  /// What was wrong, where, and what to do; never the text of a signing key.
  public var description: String
}

/// A key that is trusted under its name.
public struct PinnedKey: Equatable, Sendable {
  /// The key.
  public var key: VerifyingKey
  /// What its owner's friends wrote beside it; may be empty.
  public var comment: String
}

extension KeyStore {
  /// More than any file with keys has: 1 MiB.
  private static let sizeLimit = 1 << 20

  /// The text of a small file, and its permissions.
  static func contents(of path: String) throws(KeyStoreError) -> (text: String, mode: UInt32) {
    let bytes: [UInt8]
    let mode: UInt32
    do throws(FileReadError) {
      let file = try ReadableFile(path: path)
      mode = file.mode
      bytes = try file.bytes(limit: sizeLimit)
    } catch {
      let what =
        switch error.reason {
        case .missing: error.message
        case .closed(let code): systemMessage(code)
        case .tooLarge: "this is no text with keys"
        default: "this is not a file"
        }
      throw KeyStoreError(
        kind: error.reason == .missing ? .noSuchFile : .wrongInput, description: "\(path): \(what)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw KeyStoreError(kind: .wrongInput, description: "\(path): this is no text with keys")
    }
    return (text, mode)
  }

  /// A checkpoint that somebody kept in a file.
  public static func checkpoint(at path: String) throws(KeyStoreError) -> Checkpoint {
    var text = try contents(of: path).text
    // Whoever copies text from a terminal gets the empty lines around it wrong.
    text = String(text.drop { $0 == "\n" })
    while text.hasSuffix("\n") { text.removeLast() }
    text += text.contains("\n\n") ? "\n" : "\n\n"
    do throws(KeyError) { return try Checkpoint(text: text) } catch {
      throw KeyStoreError(kind: .wrongInput, description: "\(path): \(error)")
    }
  }

  static func firstLine(_ text: String) -> String {
    String(text.prefix { $0 != "\n" })
  }

  static func isSame(_ one: String, _ other: String) -> Bool {
    one.utf8.elementsEqual(other.utf8)
  }

  static func isSigningKey(_ what: String) -> KeyStoreError {
    KeyStoreError(
      kind: .wrongInput,
      description: "\(what) is a signing key, which only its owner may have; "
        + "give what `trumpet key show` prints of it")
  }
}
