// What a record carries of the firmware's own source, so that it can be built again decades later.

import CZstd
import CoreSources
import Crypto
import Text

/// The portable core's sources as they were when the program was built, as one archive.
///
/// A POSIX tar (ustar) of plain files without owners or times, so that the same sources give the
/// same bytes, compressed with zstd: `tar --zstd -xf` opens it.
public enum SourceArchive {
  /// The attachment's name.
  public static let name = "core-sources.tar.zst"
  /// The folder that everything in it stands in.
  public static let folder = "trumpet-core"

  /// The paths in it below `folder`, in byte order.
  public static var paths: [String] { CoreSource.all.map { "\($0.path)" } }

  /// The archive before compression.
  public static var tar: [UInt8] {
    var tar = TarBuilder()
    for file in CoreSource.all { tar.add(path: "\(folder)/\(file.path)", content: file.bytes) }
    return tar.finished
  }

  /// SHA-256 of the archive before compression, in hexadecimal: the same with every version of zstd.
  public static var digest: String { digest(of: tar) }

  /// The archive and what it says of itself.
  ///
  /// About 0.1 MB; 20 ms of work. Nil where zstd refuses, for want of memory.
  static var attachment: (data: [UInt8], mediaType: String)? {
    compress(tar).map { ($0, "application/zstd") }
  }

  static func digest(of bytes: [UInt8]) -> String {
    Hexadecimal.text(SHA256.hash(data: bytes))
  }

  /// Level 9: a tenth smaller than level 3, and level 19 gains another tenth for ten times the time.
  private static let level: Int32 = 9

  private static func compress(_ bytes: [UInt8]) -> [UInt8]? {
    var isDone = false
    let compressed = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) {
      room, count in
      let size = bytes.withUnsafeBytes {
        ZSTD_compress(room.baseAddress, room.count, $0.baseAddress, $0.count, level)
      }
      isDone = ZSTD_isError(size) == 0
      count = isDone ? size : 0
    }
    return isDone ? compressed : nil
  }
}

/// Puts plain files into a tar archive in the ustar format (POSIX.1-1988).
struct TarBuilder {
  private static let blockSize = 512
  private var bytes: [UInt8] = []

  /// Adds a file that anybody may read.
  ///
  /// - Parameter path: at most 100 bytes.
  mutating func add(path: String, content: UnsafeBufferPointer<UInt8>) {
    var header = [UInt8](repeating: 0, count: Self.blockSize)
    func put(_ text: String, at offset: Int, room: Int) {
      let text = Array(text.utf8)
      precondition(text.count <= room)
      header.replaceSubrange(offset..<offset + text.count, with: text)
    }
    put(path, at: 0, room: 100)
    put("0000644", at: 100, room: 7)
    put("0000000", at: 108, room: 7)
    put("0000000", at: 116, room: 7)
    put(Self.octal(content.count, digits: 11), at: 124, room: 11)
    put(Self.octal(0, digits: 11), at: 136, room: 11)
    put("        ", at: 148, room: 8)
    put("0", at: 156, room: 1)
    put("ustar", at: 257, room: 5)
    put("00", at: 263, room: 2)
    // The sum of the header's bytes, with blanks in the sum's own place.
    let sum = header.reduce(0) { $0 + Int($1) }
    put(Self.octal(sum, digits: 6) + "\0 ", at: 148, room: 8)
    bytes += header
    bytes += content
    pad(to: Self.blockSize)
  }

  /// The archive with its end: two empty blocks, filled up to a record of 20 blocks.
  var finished: [UInt8] {
    var whole = self
    whole.bytes += [UInt8](repeating: 0, count: 2 * Self.blockSize)
    whole.pad(to: 20 * Self.blockSize)
    return whole.bytes
  }

  private mutating func pad(to multiple: Int) {
    let rest = bytes.count % multiple
    if rest > 0 { bytes += [UInt8](repeating: 0, count: multiple - rest) }
  }

  private static func octal(_ value: Int, digits: Int) -> String {
    let text = String(value, radix: 8)
    precondition(text.count <= digits)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
