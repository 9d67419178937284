// Embeds the portable core's own files in the target CoreSources, for the records that the program
// writes. Nobody has to do anything when a file comes, changes or goes.

import Foundation
import PackagePlugin

/// Writes a Swift file that holds the portable core's files as string literals, bytes unchanged.
///
/// Literals, since an array of bytes takes the compiler minutes, and the package manager compiles
/// no C that a plugin wrote, in which `#embed` could stand.
@main
struct EmbedCoreSources: BuildToolPlugin {
  /// What the archive holds of the package's targets.
  static let targets: Set = [
    "BoardProtocol", "PumpFirmware", "PumpHAL", "PumpLoop", "PumpMonitor", "PumpPlant", "TickCodec",
  ]

  /// Takes the result's path, then a path in the archive and the file's own path for each file.
  static let script = ######"""
    out="$1"; shift
    {
      echo 'extension CoreSource {'
      echo '  package static let all: [CoreSource] = ['
      while [ "$#" -gt 0 ]; do
        printf '    CoreSource(path: "%s", content: #####"""\n' "$1"
        cat "$2"
        printf '\n"""#####),\n'
        shift 2
      done
      echo '  ]'
      echo '}'
    } >"$out"
    """######

  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = context.package.directoryURL
    let archive = target.directoryURL.appending(path: "archive")
    var files: [(path: String, file: URL)] = [
      ("LICENSE", root.appending(path: "LICENSE")),
      ("Package.swift", archive.appending(path: "Package.swift.txt")),
      ("README.txt", archive.appending(path: "README.txt")),
    ]
    for case let core as any SourceModuleTarget in context.package.targets
    where Self.targets.contains(core.name) {
      for source in core.sourceFiles(withSuffix: "swift") {
        files.append((String(source.url.path.dropFirst(root.path.count + 1)), source.url))
      }
    }
    files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    let list = context.pluginWorkDirectoryURL.appending(path: "CoreSource+All.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(files.count) files of the portable core",
        executable: URL(filePath: "/bin/sh"),
        arguments: ["-eu", "-c", Self.script, "sh", list.path]
          + files.flatMap { [$0.path, $0.file.path] },
        inputFiles: files.map(\.file), outputFiles: [list])
    ]
  }
}
