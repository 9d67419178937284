// The portable core's own files, which every record carries. The list of them is written at build
// time by the plugin EmbedCoreSources.

/// One file of the portable core, as it was when the program was built.
package struct CoreSource: Sendable {
  /// Where it stands in the archive, such as Sources/PumpHAL/Tick.swift.
  package let path: StaticString
  /// What is in it.
  package let content: StaticString

  /// The bytes of it, which live as long as the program.
  package var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: content.utf8Start, count: content.utf8CodeUnitCount)
  }
}
