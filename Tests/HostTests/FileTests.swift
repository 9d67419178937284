import Foundation
import Testing

@testable import Host

/// A folder of its own for each test, gone afterwards.
func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  var template = Array("\(environmentVariable("TMPDIR") ?? "/tmp")/trumpet-host-XXXXXX".utf8CString)
  let folder = String(cString: try #require(mkdtemp(&template)))
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// The text of a file, of at most 1 MiB.
func text(_ path: String) throws -> String {
  String(decoding: try WholeFile.read(path, limit: 1 << 20), as: UTF8.self)
}

/// What `lstat` says that a file is, without following a link.
func type(_ path: String) -> UInt32 {
  var status = stat()
  return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
}

func write(_ text: String, _ path: String) throws {
  try OutputFile.write(Array(text.utf8), to: path)
}

@Suite("Files")
struct FileTests {
  @Test("what is no regular file, or too large, is refused without waiting for it")
  func reading() throws {
    try withFolder { folder in
      let file = folder + "/file"
      try write("twelve bytes", file)
      #expect(try text(file) == "twelve bytes")
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      func reason(_ path: String, limit: Int = 100) -> FileReadError.Reason? {
        do throws(FileReadError) {
          _ = try WholeFile.read(path, limit: limit)
          return nil
        } catch {
          return error.reason
        }
      }
      #expect(reason(file, limit: 12) == nil)
      #expect(reason(file, limit: 11) == .tooLarge(bytes: 12, limit: 11))
      #expect(reason(folder + "/none") == .missing)
      #expect(reason(file + "/none") == .missing)
      #expect(reason(folder) == .directory)
      #expect(reason(folder + "/pipe") == .pipe)
      #expect(reason("/dev/zero") == .notRegular)
      // A file of the kernel's has no size and many bytes.
      #expect(reason("/proc/self/maps", limit: 20) == .tooLarge(bytes: nil, limit: 20))
    }
  }

  @Test("a refusal leaves no descriptor open")
  func descriptors() throws {
    try withFolder { folder in
      let before = try #require(next())
      for _ in 0..<10 { _ = try? WholeFile.read(folder, limit: 1) }
      for _ in 0..<10 { try write("x", folder + "/x") }
      #expect(next() == before)
    }
    func next() -> Int32? {
      let descriptor = open("/dev/null", O_RDONLY)
      close(descriptor)
      return descriptor < 0 ? nil : descriptor
    }
  }

  @Test("a file is replaced when the new one is whole, keeps its permissions, and else stays")
  func replacing() throws {
    try withFolder { folder in
      let file = folder + "/file"
      try write("old", file)
      chmod(file, 0o640)
      let output = try OutputFile(file)
      #expect(output.write(Array("half".utf8)))
      #expect(try text(file) == "old")
      output.abandon()
      #expect(try text(file) == "old")
      try write("new", file)
      #expect(try text(file) == "new")
      var status = stat()
      #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o640)
      #expect(throws: FileWriteError(folder, .directory)) { try write("x", folder) }
      #expect(throws: FileWriteError(folder + "/none/x", .closed(ENOENT))) {
        try write("x", folder + "/none/x")
      }
    }
  }

  @Test("a link stays a link, and what it points to is replaced, or made")
  func links() throws {
    try withFolder { folder in
      try write("old", folder + "/file")
      #expect(mkdir(folder + "/in", 0o700) == 0)
      #expect(symlink("../file", folder + "/in/link") == 0)
      #expect(symlink("in/link", folder + "/chain") == 0)
      #expect(symlink("later", folder + "/dangling") == 0)
      try write("new", folder + "/chain")
      try write("made", folder + "/dangling")
      #expect(try text(folder + "/file") == "new")
      #expect(try text(folder + "/later") == "made")
      for link in ["chain", "in/link", "dangling"] { #expect(type("\(folder)/\(link)") == S_IFLNK) }
      #expect(type(folder + "/file") == S_IFREG)
      #expect(symlink("ring", folder + "/ring") == 0)
      #expect(throws: FileWriteError.self) { try write("x", folder + "/ring/x") }
    }
  }

  @Test("devices and pipes are written through, and a device that is full says so")
  func passages() throws {
    try withFolder { folder in
      try write("gone", "/dev/null")
      #expect(throws: FileWriteError("/dev/full", .unwritable(ENOSPC))) {
        try write("x", "/dev/full")
      }
      #expect(type("/dev/null") == S_IFCHR)
      #expect(type("/dev/full") == S_IFCHR)
      let pipe = folder + "/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      // Opened for both, so that nobody waits for the other.
      let reader = open(pipe, O_RDWR | O_NONBLOCK)
      defer { close(reader) }
      try write("through", pipe)
      var bytes = [UInt8](repeating: 0, count: 16)
      #expect(read(reader, &bytes, 16) == 7)
      #expect(String(decoding: bytes[..<7], as: UTF8.self) == "through")
      #expect(type(pipe) == S_IFIFO)
    }
  }

  @Test("a new file is made once, and notices when it is deleted or moved")
  func newFiles() throws {
    try withFolder { folder in
      let path = folder + "/new"
      var file = try NewFile(creating: path, permissions: 0o600)
      #expect(throws: FileWriteError(path, .exists)) { _ = try NewFile(creating: path).path }
      #expect(throws: FileWriteError(path + "/x", .noDirectory)) {
        _ = try NewFile(creating: path + "/x").path
      }
      func reason(_ file: inout NewFile) -> FileWriteError.Reason? {
        do throws(FileWriteError) {
          try file.synchronise()
          return nil
        } catch {
          return error.reason
        }
      }
      #expect(reason(&file) == nil)
      #expect(rename(path, folder + "/other") == 0)
      #expect(reason(&file) == .moved)
      unlink(folder + "/other")
      #expect(reason(&file) == .deleted)
    }
  }
}
