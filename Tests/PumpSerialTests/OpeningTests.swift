import BoardProtocol
import Glibc
import PumpHAL
import PumpPlant
import Testing

@testable import PumpSerial

@Suite("Opening a port", .serialized)
struct OpeningTests {
  /// A path in a directory of its own that is gone afterwards.
  private func withDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/trumpet-serial-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      Issue.record("no temporary directory")
      return
    }
    let directory = String(cString: made)
    defer {
      for name in ["pump", "file"] { unlink(directory + "/" + name) }
      rmdir(directory)
    }
    try body(directory)
  }

  @Test("a path without anything, a file, a directory and a device that is no terminal are named")
  func notAPort() throws {
    try withDirectory { directory in
      #expect(throws: SerialPumpError.link(.noSuchPort(path: directory + "/pump"))) {
        try SerialPump.open(path: directory + "/pump", mode: .realTime)
      }
      let file = directory + "/file"
      close(Glibc.open(file, O_CREAT | O_RDWR, 0o600))
      for path in [file, directory, "/dev/null"] {
        #expect(throws: SerialPumpError.link(.notATerminal(path: path))) {
          try SerialPump.open(path: path, mode: .realTime)
        }
      }
    }
  }

  @Test("a port that another host has open is busy; it is free again when that host closes")
  func busy() throws {
    let served = try ServedBoard()
    defer { served.stop() }
    let path = served.board.path
    let first = try SerialPump.open(path: path, mode: .lockstep)
    #expect(throws: SerialPumpError.link(.busy(path: path))) {
      try SerialPump.open(path: path, mode: .lockstep)
    }
    first.close()
    let second = try SerialPump.open(path: path, mode: .lockstep)
    #expect(second.name == "trumpet emulated")
    second.close()
  }

  @Test("a board that cannot run faster than real time says so, and refuses lockstep")
  func noLockstep() throws {
    let served = try ServedBoard(canRunFasterThanRealTime: false)
    defer { served.stop() }
    let path = served.board.path
    #expect(throws: SerialPumpError.noLockstep(path: path)) {
      try SerialPump.open(path: path, mode: .lockstep)
    }
    let pump = try SerialPump.open(path: path, mode: .realTime)
    #expect(!pump.capabilities.canRunFasterThanRealTime)
    pump.close()
  }

  @Test("a terminal on which nobody answers is told from one on which something else does")
  func noAnswer() throws {
    let silent = try PseudoTerminal(link: nil)
    #expect(throws: SerialPumpError.noAnswer(path: silent.path, sawOtherBytes: false)) {
      try SerialPump.open(path: silent.path, mode: .realTime)
    }
    let echo = try EchoingPort(answer: Array("READY\r\n\u{0}".utf8))
    #expect(throws: SerialPumpError.noAnswer(path: echo.path, sawOtherBytes: true)) {
      try SerialPump.open(path: echo.path, mode: .realTime)
    }
    echo.stop()
  }

  @Test("a board of another version, or with other frame layouts, is told from a silent one")
  func otherBoards() throws {
    var identity = Identity()
    identity.version = 2
    let later = try EchoingPort(answer: frame(identity))
    #expect(throws: SerialPumpError.wrongVersion(path: later.path, board: 2, host: 1)) {
      try SerialPump.open(path: later.path, mode: .realTime)
    }
    later.stop()
    identity = Identity()
    identity.dictionary = 1
    let other = try EchoingPort(answer: frame(identity))
    #expect(
      throws: SerialPumpError.wrongDictionary(
        path: other.path, board: 1, host: BoardDictionary.hash)
    ) { try SerialPump.open(path: other.path, mode: .realTime) }
    other.stop()
  }

  private func frame(_ identity: Identity) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: FrameFormat.maximumWireSize) { bytes, count in
      count = FrameEncoder.write(FrameHeader(.identity, sequence: 1), into: bytes) {
        identity.encode(to: &$0)
      }
    }
  }

  @Test("the symbolic link is made, used and removed; only a dangling one of ours is replaced")
  func symbolicLink() throws {
    try withDirectory { directory in
      let link = directory + "/pump"
      var served: ServedBoard? = try ServedBoard(link: link)
      #expect(served?.board.path == link)
      let pump = try SerialPump.open(path: link, mode: .lockstep)
      #expect(throws: SerialLinkError.linkExists(path: link)) {
        try EmulatedBoard(.standard, link: link)
      }
      pump.close()
      served?.stop()
      served = nil
      #expect(access(link, F_OK) != 0)
      // Left behind by a run that was killed.
      symlink("/dev/pts/99999", link)
      served = try ServedBoard(link: link)
      try SerialPump.open(path: link, mode: .lockstep).close()
      served?.stop()
      served = nil
      // Somebody else's.
      symlink("/nowhere", link)
      #expect(throws: SerialLinkError.linkExists(path: link)) {
        try EmulatedBoard(.standard, link: link)
      }
      unlink(link)
      close(Glibc.open(link, O_CREAT | O_RDWR, 0o600))
      #expect(throws: SerialLinkError.linkExists(path: link)) {
        try EmulatedBoard(.standard, link: link)
      }
      #expect(access(link, F_OK) == 0)
    }
  }

  @Test("every error says where, and what to do")
  func descriptions() {
    let errors: [SerialPumpError] = [
      .link(.noSuchPort(path: "/dev/x")), .link(.notATerminal(path: "/dev/x")),
      .link(.busy(path: "/dev/x")), .link(.notPermitted(path: "/dev/x", group: "dialout")),
      .link(.notPermitted(path: "/dev/x", group: nil)), .link(.hungUp(path: "/dev/x")),
      .link(.timedOut(path: "/dev/x", milliseconds: 5)), .link(.linkExists(path: "/dev/x")),
      .link(.system(path: "/dev/x", call: "open", code: EIO)),
      .noAnswer(path: "/dev/x", sawOtherBytes: false),
      .noAnswer(path: "/dev/x", sawOtherBytes: true),
      .wrongVersion(path: "/dev/x", board: 2, host: 1),
      .wrongDictionary(path: "/dev/x", board: 2, host: 1), .boardReset(path: "/dev/x"),
      .protocolViolation(path: "/dev/x", what: "this"), .noLockstep(path: "/dev/x"),
      .refused(path: "/dev/x", what: "this", why: "that"), .noWorld(path: "/dev/x"),
    ]
    for error in errors { #expect(error.description.hasPrefix("/dev/x: ")) }
    #expect(
      SerialPumpError.link(.notPermitted(path: "/dev/x", group: "dialout")).description
        .contains("usermod -aG dialout"))
  }
}

/// A port that gives the same answer to everything.
private final class EchoingPort: @unchecked Sendable {
  private let terminal: PseudoTerminal
  private let waking: WakePipe
  private let answer: [UInt8]
  private var thread = pthread_t()
  var path: String { terminal.path }

  init(answer: [UInt8]) throws {
    terminal = try PseudoTerminal(link: nil)
    waking = try WakePipe()
    self.answer = answer
    pthread_create(&thread, nil, runEcho, Unmanaged.passRetained(self).toOpaque())
  }

  func stop() {
    waking.wake()
    pthread_join(thread, nil)
  }

  fileprivate func run() {
    var buffer = [UInt8](repeating: 0, count: 256)
    while !waking.wait(milliseconds: 5) {
      if read(terminal.descriptor, &buffer, buffer.count) > 0 {
        _ = write(terminal.descriptor, answer, answer.count)
      }
    }
  }
}

private func runEcho(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<EchoingPort>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
