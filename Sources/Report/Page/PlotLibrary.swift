import Host

/// The library that draws the plots, read when a report is made and put into it whole.
public struct PlotLibrary: Sendable {
  /// Scripts, in the order in which they have to run.
  let scripts: [String]
  /// Its style sheet.
  let style: String

  /// Where Debian's package puts it.
  public static let directory = "/usr/share/javascript/dygraphs"

  private static let scriptNames = ["dygraph.min.js", "extras/synchronizer.js"]

  /// Reads the library.
  ///
  /// - Throws: `PlotLibraryError`, which names the package, where a file is missing.
  public init(directory: String = PlotLibrary.directory) throws(PlotLibraryError) {
    var scripts: [String] = []
    for name in Self.scriptNames {
      scripts.append(Self.inlined(try Self.read("\(directory)/\(name)")))
    }
    self.scripts = scripts
    style = Self.inlined(try Self.read("\(directory)/dygraph.min.css"))
  }

  /// A script or style sheet as it may stand in a page: without the reference to its source map, and
  /// without the end of its element.
  private static func inlined(_ script: String) -> String {
    script.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("//# sourceMappingURL") && !$0.hasPrefix("/*# sourceMappingURL") }
      .joined(separator: "\n")
      .replacing("</script", with: "<\\/script").replacing("</style", with: "<\\/style")
  }

  private static func read(_ path: String) throws(PlotLibraryError) -> String {
    // The largest file of the library has 128 kB.
    guard let bytes = try? WholeFile.read(path, limit: 1 << 24), !bytes.isEmpty else {
      throw PlotLibraryError(path: path)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The plot library is not there.
public struct PlotLibraryError: Error, Equatable, CustomStringConvertible {
  /// The file that is missing.
  public let path: String
  /// What is missing and what to install.
  public var description: String {
    "\(path): cannot be read, and the report's plots need it; install the Debian package "
      + "libjs-dygraphs (apt-get install libjs-dygraphs)"
  }
}
