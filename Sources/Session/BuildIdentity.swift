import CCompiler
import Text

/// What program this is, as records carry it.
public enum BuildIdentity {
  /// Whether the program was built with optimisation.
  public static var configuration: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  /// The processor architecture it was built for.
  public static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }

  /// The Swift compiler that built it, as far as a source can ask: the newest version that it is
  /// known to reach.
  public static var swiftCompiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3.2)
      "6.3.2 or later"
    #elseif compiler(>=6.3.1)
      "6.3.1"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  /// The C compiler of the same tool chain, which names its exact revision.
  public static var cCompiler: String { String(cString: compiler_version()) }

  /// The identity as one JSON object.
  ///
  /// - Parameter carriesSources: whether the record has the source archive; its digest is told in
  ///   any case.
  public static func json(carriesSources: Bool) -> String {
    let tar = SourceArchive.tar
    return JSONValue.object([
      ("program", .string(Session.version)),
      ("configuration", .string(configuration)),
      ("architecture", .string(architecture)),
      ("swift_compiler", .string(swiftCompiler)),
      ("c_compiler", .string(cCompiler)),
      (
        "core_sources",
        .object([
          ("sha256", .string(SourceArchive.digest(of: tar))),
          ("bytes", .integer(Int64(tar.count))),
          ("attached", .bool(carriesSources)),
        ])
      ),
    ]).text + "\n"
  }
}
