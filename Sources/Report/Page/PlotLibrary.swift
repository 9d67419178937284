import CPlots

/// The library that draws the plots, dygraphs, which goes into a report whole.
enum PlotLibrary {
  /// Scripts, in the order in which they have to run.
  static let scripts = [inlined(plot_library()), inlined(plot_synchronizer())]
  /// Its style sheet.
  static let style = inlined(plot_style())

  /// A script or style sheet as it may stand in a page: without the reference to its source map, and
  /// without the end of its element.
  private static func inlined(_ file: PlotFile) -> String {
    String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.length), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("//# sourceMappingURL") && !$0.hasPrefix("/*# sourceMappingURL") }
      .joined(separator: "\n")
      .replacing("</script", with: "<\\/script").replacing("</style", with: "<\\/style")
  }
}
