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

  /// The identity as one JSON object.
  public static var json: String {
    JSONValue.object([
      ("program", .string(Session.version)),
      ("configuration", .string(configuration)),
      ("architecture", .string(architecture)),
    ]).text + "\n"
  }
}
