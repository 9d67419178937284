import Foundation
import Testing

/// The browser in which the page is opened; Scripts/setup --tests installs it.
private let chromium: String? = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

/// The page as a browser shows it.
@Suite(
  "Report in a browser",
  .enabled(if: chromium != nil, "needs chromium; Scripts/setup --tests"),
  .serialized)
struct BrowserTests {
  private struct Finished {
    var output: String
    var diagnostics: String
  }

  private func open(_ page: String, _ arguments: [String], in folder: URL) throws -> Finished {
    let file = folder.appendingPathComponent("page.html")
    try page.write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(chromium))
    process.arguments =
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=5000",
      ] + arguments + [file.absoluteString]
    let output = folder.appendingPathComponent("output.txt")
    let errors = folder.appendingPathComponent("errors.txt")
    for file in [output, errors] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Finished(
      output: try String(contentsOf: output, encoding: .utf8),
      diagnostics: try String(contentsOf: errors, encoding: .utf8))
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("trumpet-browser-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  /// Counts, in the page, the canvases with anything drawn on them, and what was asked of a network.
  private static let probe = """
    <script>
    window.addEventListener('load', function () {
      var drawn = {};
      document.querySelectorAll('.plot').forEach(function (plot) {
        var pixels = 0;
        plot.querySelectorAll('canvas').forEach(function (canvas) {
          var data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          for (var i = 3; i < data.length; i += 4) { if (data[i]) { pixels++; } }
        });
        drawn[plot.id] = pixels;
      });
      document.documentElement.setAttribute('data-probe', JSON.stringify(drawn));
      document.documentElement.setAttribute('data-requests',
        String(performance.getEntriesByType('resource').length));
    });
    </script></body>
    """

  @Test("No console error, every plot drawn, and nothing asked of a network")
  func drawn() throws {
    let page = try ReportFixture.page().replacing("</body>", with: Self.probe)
    try withFolder { folder in
      let finished = try open(page, ["--dump-dom"], in: folder)
      let console = finished.diagnostics.split(separator: "\n").filter { $0.contains("CONSOLE") }
      #expect(console.isEmpty, "\(console)")
      #expect(finished.output.contains("data-plots-drawn=\"5\""))
      #expect(finished.output.contains("data-requests=\"0\""))
      let match = try #require(finished.output.firstMatch(of: #/data-probe="([^"]*)"/#))
      let json = String(match.output.1).replacing("&quot;", with: "\"")
      let pixels = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Int])
      #expect(
        Set(pixels.keys) == [
          "plot-mass", "plot-rate", "plot-pressure", "plot-plasma", "plot-timeline",
        ])
      // A line across the plot and its grid are more than a thousand pixels.
      #expect(pixels.values.allSatisfy { $0 > 1000 }, "\(pixels)")
      // What the record's texts would have run has not run.
      #expect(!finished.diagnostics.contains("alert"))
    }
  }

  @Test("A script in the page that fails is seen by this test")
  func seesErrors() throws {
    let page = try ReportFixture.page().replacing(
      "</body>", with: "<script>undefinedFunction()</script></body>")
    try withFolder { folder in
      let finished = try open(page, ["--dump-dom"], in: folder)
      #expect(finished.diagnostics.contains("CONSOLE"))
    }
  }

  @Test(
    "On paper every section and the account can be read",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")))
  func paper() throws {
    try withFolder { folder in
      let pdf = folder.appendingPathComponent("page.pdf").path
      _ = try open(
        try ReportFixture.page(), ["--no-pdf-header-footer", "--print-to-pdf=\(pdf)"], in: folder)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/pdftotext")
      process.arguments = ["-layout", pdf, pdf + ".txt"]
      try process.run()
      process.waitUntilExit()
      let text = try String(contentsOfFile: pdf + ".txt", encoding: .utf8)
      for expected in [
        "Origin and verification", "Prescription", "Dispensed and infused against prescribed",
        "Pressure with thresholds", "Predicted plasma level", "Requirements exercised",
        "Controlled-substance account", "found less expected", "What this report cannot show",
        "<script>alert('title')</script>", "The plots in numbers", "mg/h",
      ] {
        #expect(text.contains(expected), "\(expected)")
      }
      // Plots are on paper as drawings, with the labels of their axes.
      #expect(text.contains("session time") && text.contains("mmHg"))
    }
  }
}
