// Reads a file without ever waiting for it or taking more of it than the limit.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The most bytes a session file may have: 1 MiB.
public let maximumSessionFileBytes = 1_048_576

/// The bytes of the regular file at `path`; `kind` and `example` say what it should be, for mistakes.
package func fileBytes(
  at path: String, kind: String = "session file",
  example: String = "Docs/Examples/ketamine-24h.yaml"
) throws(SessionFileError) -> [UInt8] {
  func refusal(_ what: String, _ remedy: String) -> SessionFileError {
    SessionFileError(
      kind: .refused, file: path,
      mistakes: [Mistake(line: 1, column: 1, what: what, remedy: remedy)])
  }
  // O_NONBLOCK: a pipe that nobody writes to would hold us here.
  let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  if descriptor < 0 {
    let code = errno
    if code == ENOENT || code == ENOTDIR {
      throw SessionFileError(
        kind: .noSuchFile, file: path,
        mistakes: [
          Mistake(
            line: 1, column: 1, what: "there is no such file",
            remedy: "give the path of a \(kind), e.g. \(example)")
        ])
    }
    throw refusal(
      "the file cannot be opened: \(String(cString: strerror(code)))",
      "give a file that you may read")
  }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else {
    throw refusal("the file cannot be examined", "give a regular file")
  }
  switch status.st_mode & S_IFMT {
  case S_IFREG: break
  case S_IFDIR: throw refusal("this is a directory", "give a \(kind) inside it")
  case S_IFIFO: throw refusal("this is a pipe", "save it to a file first")
  default: throw refusal("this is not a regular file", "give a \(kind)")
  }
  guard status.st_size <= Int64(maximumSessionFileBytes) else {
    throw refusal(
      "the file has \(status.st_size) bytes, a \(kind) at most \(maximumSessionFileBytes)",
      "give a \(kind); long ones are split into several")
  }
  return try read(descriptor, refusal)
}

/// Reads to the end, or to just past the limit where the file grew meanwhile.
private func read(
  _ descriptor: Int32, _ refusal: (String, String) -> SessionFileError
) throws(SessionFileError) -> [UInt8] {
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 65_536)
  while bytes.count <= maximumSessionFileBytes {
    let count = block.withUnsafeMutableBytes { readBlock(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR { continue }
      throw refusal(
        "the file cannot be read: \(String(cString: strerror(errno)))",
        "give a file that you may read")
    }
    if count == 0 { return bytes }
    bytes.append(contentsOf: block[..<count])
  }
  throw refusal(
    "the file has more than \(maximumSessionFileBytes) bytes",
    "give a session file; long ones are split into several")
}

/// The system's `read`, under a name that does not clash with ours.
private func readBlock(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int
{
  #if canImport(Glibc)
    Glibc.read(descriptor, buffer, count)
  #else
    Darwin.read(descriptor, buffer, count)
  #endif
}
