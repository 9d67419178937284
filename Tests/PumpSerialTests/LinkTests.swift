import Foundation
import Glibc
import PumpHAL
import PumpPlant
import Synchronization
import Testing

@testable import PumpSerial

@Suite("A port through libserialport", .serialized)
struct LinkTests {
  @Test(
    "what is sent comes back whole, in pieces of every size, and it is libserialport that did it")
  func exchange() throws {
    for size in [1, 64, 5000] {
      let port = try DisguisedPort()
      let exerciser = try port.exercise("echo", 20, size)
      #expect(exerciser.line() == "means libserialport")
      port.echo()
      #expect(exerciser.finish() == ["echoed 20"])
      #expect(exerciser.hasSucceeded)
    }
  }

  @Test("modem lines are as they were after opening and closing, whichever they were")
  func modemLines() throws {
    for lines in [0, TIOCM_DTR, TIOCM_RTS, TIOCM_DTR | TIOCM_RTS] {
      let port = try DisguisedPort(["SHIM_LINES": "\(lines)"])
      let exerciser = try port.exercise("hold")
      #expect(exerciser.wait(for: "open"))
      var settings = termios()
      #expect(tcgetattr(try #require(port.terminal).descriptor, &settings) == 0)
      // With this flag the system itself would drop DTR when the port is closed.
      #expect(settings.c_cflag & tcflag_t(HUPCL) == 0)
      #expect(settings.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == 0)
      #expect(settings.c_iflag & tcflag_t(IXON | IXOFF | ICRNL) == 0)
      #expect(settings.c_oflag & tcflag_t(OPOST) == 0)
      #expect(exerciser.finish() == ["closed"])
      #expect(!port.log.contains { $0.hasPrefix("lines") }, "\(port.log)")
    }
  }

  @Test("low latency is asked of the driver, and taken back at the end")
  func lowLatency() throws {
    let port = try DisguisedPort()
    let exerciser = try port.exercise("hold")
    #expect(exerciser.wait(for: "open"))
    #expect(port.log == ["exclusive", "flags 0x2000"])
    _ = exerciser.finish()
    #expect(port.log == ["exclusive", "flags 0x2000", "flags 0", "shared"])
  }

  @Test(
    "an adapter that gathers for more than 2 ms is named with what to set; one that does not is not"
  )
  func latencyNotice() throws {
    for (latency, isNamed) in [(16, true), (3, true), (2, false), (1, false)] {
      let port = try DisguisedPort(latency_ms: latency)
      let exerciser = try port.exercise("hold")
      #expect(exerciser.line() == "means libserialport")
      let line = try #require(exerciser.line())
      #expect(line.hasPrefix("notice /dev/ttyTEST0") == isNamed)
      if isNamed {
        #expect(line.contains("up to \(latency) ms"))
        #expect(line.contains("/sys/class/tty/ttyTEST0/device/latency_timer"))
      }
      _ = exerciser.finish()
    }
  }

  @Test("a port that another process has is busy, and is left as it was; a killed one frees it")
  func busy() throws {
    let port = try DisguisedPort()
    let first = try port.exercise("hold")
    #expect(first.wait(for: "open"))
    var before = termios()
    tcgetattr(try #require(port.terminal).descriptor, &before)
    let log = port.log
    let second = try port.exercise("hold")
    #expect(second.finish().first?.contains("busy, another program has it open") == true)
    var after = termios()
    tcgetattr(try #require(port.terminal).descriptor, &after)
    #expect(
      before.c_cflag == after.c_cflag && before.c_lflag == after.c_lflag
        && before.c_iflag == after.c_iflag && before.c_oflag == after.c_oflag)
    // Not even modem lines and driver flags were looked at with a view to change them.
    #expect(port.log == log)
    first.kill()
    _ = first.finish()
    let third = try port.exercise("hold")
    #expect(third.wait(for: "open"))
    _ = third.finish()
  }

  @Test("bytes come as soon as they are there, however many were asked for")
  func partialRead() throws {
    let port = try DisguisedPort()
    let exerciser = try port.exercise("read", 20_000)
    #expect(exerciser.wait(for: "means"))
    usleep(50_000)
    _ = Glibc.write(try #require(port.terminal).descriptor, [1, 2, 3], 3)
    let lines = exerciser.finish()
    #expect(lines.first == "bytes 3")
    // Not at the end of its time: libserialport's own waiting read would wait for all 64.
    #expect(try #require(lines.number("elapsed_ms")) < 10_000)
  }

  @Test("a port that another program has open without locking it is busy, and is left as it was")
  func heldWithoutLock() throws {
    let port = try DisguisedPort()
    let slave = Glibc.open(port.slave, O_RDWR | O_NOCTTY)
    let lines = try port.exercise("hold").finish()
    #expect(lines.first?.contains("busy, another program has it open") == true, "\(lines)")
    #expect(port.log.isEmpty)
    close(slave)
    let later = try port.exercise("hold")
    #expect(later.wait(for: "open"))
    _ = later.finish()
  }

  @Test("what was received before a port was opened is thrown away")
  func flush() throws {
    let port = try DisguisedPort()
    _ = Glibc.write(try #require(port.terminal).descriptor, [9, 9, 9], 3)
    usleep(20_000)
    let exerciser = try port.exercise("read", 200)
    #expect(exerciser.finish().contains("bytes 0"))
  }

  @Test("silence lasts as long as one waited for it, and costs no processor time")
  func silence() throws {
    let port = try DisguisedPort()
    let lines = try port.exercise("read", 1000).finish()
    #expect(lines.contains("bytes 0"))
    #expect(try #require(lines.number("elapsed_ms")) >= 1000)
    #expect(try #require(lines.number("processor_ms")) < 300)
  }

  @Test("a hang-up is an error at once, neither silence nor a processor that spins")
  func hangUp() throws {
    let port = try DisguisedPort()
    let exerciser = try port.exercise("read", 20_000)
    #expect(exerciser.wait(for: "means"))
    usleep(50_000)
    port.hangUp()
    let lines = exerciser.finish()
    #expect(lines.first?.contains("the other end is gone") == true, "\(lines)")
    #expect(try #require(lines.number("elapsed_ms")) < 10_000)
    #expect(try #require(lines.number("processor_ms")) < 1000)
  }

  @Test("an unplugged adapter is an error at once, for who reads and for who writes")
  func unplugged() throws {
    for what in ["read", "write"] {
      let port = try DisguisedPort()
      let exerciser =
        what == "read"
        ? try port.exercise("read", 20_000) : try port.exercise("write", 1 << 20, 20_000)
      #expect(exerciser.wait(for: "means"))
      let slave = Glibc.open(port.slave, O_RDWR | O_NOCTTY)
      defer { close(slave) }
      usleep(50_000)
      // What the kernel does when a USB adapter is pulled out; it asks for privileges.
      let tiocvhangup: UInt = 0x5437
      if ioctl(slave, tiocvhangup) != 0 {
        exerciser.kill()
        _ = exerciser.finish()
        return
      }
      let lines = exerciser.finish()
      #expect(lines.first?.contains("the other end is gone") == true, "\(lines)")
      #expect(try #require(lines.number("elapsed_ms")) < 10_000)
    }
  }

  @Test("a line that takes no more is an error when the time is over, without spinning")
  func fullLine() throws {
    let port = try DisguisedPort()
    let lines = try port.exercise("write", 1 << 20, 500).finish()
    #expect(lines.contains { $0.contains("nothing could be sent for 500 ms") }, "\(lines)")
    #expect(try #require(lines.number("elapsed_ms")) >= 500)
    #expect(try #require(lines.number("processor_ms")) < 300)
  }

  @Test("a megabyte goes out whole and in order to who reads slowly")
  func flood() throws {
    let port = try DisguisedPort()
    let exerciser = try port.exercise("write", 1 << 20, 5000)
    #expect(exerciser.line() == "means libserialport")
    let descriptor = try #require(port.terminal).descriptor
    var buffer = [UInt8](repeating: 0, count: 4096)
    var count = 0
    var wrong = 0
    while count < 1 << 20 {
      var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&polled, 1, 5000) <= 0 || polled.revents & Int16(POLLIN) == 0 { break }
      let size = Glibc.read(descriptor, &buffer, buffer.count)
      if size <= 0 { break }
      for byte in buffer[..<size] {
        if byte != UInt8(truncatingIfNeeded: count / 251 &+ count) { wrong += 1 }
        count += 1
      }
    }
    #expect(count == 1 << 20)
    #expect(wrong == 0)
    #expect(exerciser.finish().first == "written \(1 << 20)")
  }

  @Test("a port that this user may not open names the group that may")
  func notPermitted() throws {
    let port = try DisguisedPort(["SHIM_DENY": "\(EACCES)", "SHIM_GROUP": "20"])
    let lines = try port.exercise("hold").finish()
    // Group 20 is dialout on Debian, to which its serial ports belong.
    #expect(lines.first?.contains("belongs to group 'dialout'") == true, "\(lines)")
    #expect(lines.first?.contains("usermod -aG dialout") == true)
  }

  @Test("a port that somebody else opened for himself alone is busy")
  func exclusiveElsewhere() throws {
    let port = try DisguisedPort(["SHIM_DENY": "\(EBUSY)"])
    #expect(try port.exercise("hold").finish().first?.contains("busy") == true)
  }

  @Test("a symbolic link to a port is followed: libserialport itself would refuse it")
  func symbolicLink() throws {
    let port = try DisguisedPort()
    let link = NSTemporaryDirectory() + "trumpet-link-\(UUID().uuidString)"
    defer { unlink(link) }
    symlink(port.slave, link)
    let exerciser = try Exerciser(["hold", link], environment: port.environment)
    #expect(exerciser.line() == "means libserialport")
    #expect(exerciser.wait(for: "open"))
    _ = exerciser.finish()
  }

  @Test(
    "a board runs in real time over libserialport; silence, garbage and hang-up are a lost link",
    arguments: ["silence", "garbage", "hang-up"])
  func board(ending: String) throws {
    let served = try ServedBoard()
    defer { served.stop() }
    var relay: Relay? = try Relay(to: served.board.path, perMille: 0)
    let port = try DisguisedPort(["SHIM_PTY": relay?.path ?? ""])
    let exerciser = try port.exercise("board")
    #expect(exerciser.wait(for: "up"))
    switch ending {
    case "silence": relay?.isMute.store(true, ordering: .relaxed)
    case "garbage": relay?.isGarbling.store(true, ordering: .relaxed)
    default:
      relay?.stop()
      relay = nil
    }
    let lines = exerciser.finish()
    #expect(lines.first == "link lost")
    relay?.stop()
  }
}

@Suite("What is opened by what means", .serialized)
struct MeansTests {
  @Test("exchanges are timed beside a client in C for as long as is asked")
  func timedExchanges() throws {
    // Longer than the silence after which a board would be lost: here nothing is sensed.
    let exerciser = try Exerciser(["benchmark", "1000"])
    let lines = exerciser.finish()
    #expect(exerciser.hasSucceeded)
    #expect(lines.last?.contains("\"thread\": {\"p50_us\"") == true, "\(lines)")
  }

  @Test("a pseudo-terminal is driven by termios, under its own name and behind a link")
  func pseudoTerminal() throws {
    let terminal = try PseudoTerminal(link: nil)
    let link = NSTemporaryDirectory() + "trumpet-link-\(UUID().uuidString)"
    defer { unlink(link) }
    symlink(terminal.devicePath, link)
    for path in [terminal.devicePath, link] {
      let opened = try SerialLink.open(path: path, settings: SerialSettings(baud: 9600))
      #expect(opened.means == .termios && opened.path == path)
      opened.close()
    }
  }

  @Test("speed and framing are read as people write them, and nothing else is")
  func settings() {
    for (text, baud, bits, parity, stop) in [
      ("9600 8N1", 9600, 8, .none, 1), ("1200 7O1", 1200, 7, .odd, 1),
      ("300 7E2", 300, 7, .even, 2),
    ] as [(String, UInt32, UInt8, SerialSettings.Parity, UInt8)] {
      let wanted = SerialSettings(baud: baud, dataBits: bits, parity: parity, stopBits: stop)
      #expect(SerialSettings(text) == wanted)
      #expect(SerialSettings(text)?.description == text.replacing(" ", with: " baud, "))
    }
    for text in ["", "9600", "8N1", "9601 8N1", "9600 8X1", "9600 9N1", "9600 8N3", "9600 8N1 1"] {
      #expect(SerialSettings(text) == nil, "\(text)")
    }
  }

  @Test("consoles, and what makes terminals, are no ports and are not opened")
  func consoles() {
    for path in ["/dev/tty", "/dev/tty1", "/dev/console", "/dev/ptmx"]
    where access(path, F_OK) == 0 {
      #expect(throws: SerialLinkError.notATerminal(path: path)) {
        try SerialLink.open(path: path, settings: .board)
      }
    }
  }

  @Test("a link to itself, and a path through a file, are told apart from ports")
  func badPaths() throws {
    let link = NSTemporaryDirectory() + "trumpet-link-\(UUID().uuidString)"
    defer { unlink(link) }
    symlink(link, link)
    #expect(throws: SerialLinkError.system(path: link, call: "stat", code: ELOOP)) {
      try SerialLink.open(path: link, settings: .board)
    }
    #expect(throws: SerialLinkError.noSuchPort(path: "/dev/null/port")) {
      try SerialLink.open(path: "/dev/null/port", settings: .board)
    }
  }

  @Test("a pseudo-terminal that is gone shows at once, for who reads and who writes")
  func hangUp() throws {
    var terminal: PseudoTerminal? = try PseudoTerminal(link: nil)
    let path = try #require(terminal).path
    let link = try SerialLink.open(path: path, settings: .board)
    terminal = nil
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(throws: SerialLinkError.hungUp(path: path)) {
      _ = try buffer.withUnsafeMutableBufferPointer {
        try link.read(into: $0, withinMilliseconds: 20_000)
      }
    }
    #expect(throws: SerialLinkError.hungUp(path: path)) {
      try buffer.withUnsafeBufferPointer { try link.write($0, withinMilliseconds: 20_000) }
    }
  }
}
