// What a verification says, for people and for programs.

import PumpHAL
import SessionRecord
import Text
import Vocabulary

extension Verification {
  /// The result as JSON; key by key as `Docs/CommandLine.md` describes it.
  public var json: String {
    JSONValue.object([
      ("state", .string(state.rawValue)),
      ("unsealed_ticks", .integer(Int64(clamping: unsealedTicks))),
      ("signature", .string(signature.rawValue)),
      ("container", .string(container.rawValue)),
      ("at_s", atNanoseconds.map { .number(Self.seconds($0)) } ?? .null),
      ("reason", .string(reason)),
      ("origin", origin.map { .string($0.name) } ?? .null),
    ]).text
  }

  /// The result as a few lines for people.
  ///
  /// - Parameter isLodged: whether it was held against a lodged checkpoint.
  public func summary(isLodged: Bool) -> String {
    var lines = [
      "state      \(state.rawValue): \(reason)", "signature  \(signatureText)",
      "container  \(container.rawValue)", "origin     \(origin?.name ?? "not said")",
    ]
    if let session { lines.append("session    \(session)") }
    if unsealedTicks > 0 {
      let cover = key == nil ? "seal" : "valid signature"
      lines.append(
        "unsealed   \(unsealedTicks) ticks (\(Self.seconds(unsealedTicks * 10_000_000)) s): "
          + "no \(cover) covers them")
    }
    if state == .truncated && !isLodged {
      lines.append(
        """

        A session that was killed cannot be told from a record that was cut back to a checkpoint,
        unless a later checkpoint was lodged elsewhere: then give it with --checkpoint.
        """)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var signatureText: String {
    guard let key else {
      return "absent: nobody signed this record, and anybody can make one like it"
    }
    let whose = "\(TerminalText.escapedLine(key.name)), \(key.fingerprint)"
    switch signature {
    case .valid: return "valid: \(whose)"
    case .invalid: return "invalid: not by \(whose), or not of this"
    case .otherKey: return "other-key: \(whose), and not by a key that was asked for or pinned"
    case .unknownKey:
      return "unknown-key: \(whose); compare that with its owner, then `trumpet key pin`\n"
        + "           \(TerminalText.escapedLine(key.text))"
    case .absent: return "absent: the record is cut off before the first signature of \(whose)"
    }
  }

  /// Nanoseconds in s, exactly.
  private static func seconds(_ nanoseconds: UInt64) -> String {
    DecimalText.exact(Int64(clamping: nanoseconds), digits: 9, shown: 9)
  }
}
