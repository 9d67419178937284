import BoardProtocol
import PumpHAL

/// Frames to and from a board over a link, for one thread at a time.
final class BoardLine<Link: ByteLink> {
  let link: Link
  /// What goes over the link, both ways.
  let tap = WireTap()
  private(set) var statistics = LinkStatistics()
  /// Whether anything came that was no frame, before the first frame.
  private(set) var sawOtherBytes = false

  private var decoder = FrameDecoder()
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var next = 0
  private var end = 0
  private let last: UnsafeMutableBufferPointer<UInt8>
  private var lastCount = 0
  private var sequence: UInt8 = 0

  init(_ link: Link) {
    self.link = link
    input = .allocate(capacity: 4096)
    last = .allocate(capacity: FrameFormat.maximumWireSize)
    last.initialize(repeating: 0)
    input.initialize(repeating: 0)
  }

  deinit {
    input.deallocate()
    last.deallocate()
  }

  /// Sends a frame with the next sequence, or again with the one it had, and gives that.
  @discardableResult func send(
    _ type: FrameType, again: UInt8? = nil, payload: (inout CanonicalWriter) -> Void
  ) throws(SerialLinkError) -> UInt8 {
    if let again {
      statistics.framesResent += 1
      tap.noteDisturbance()
      lastCount = FrameEncoder.write(
        FrameHeader(type, sequence: again), into: last, payload: payload)
    } else {
      sequence &+= 1
      lastCount = FrameEncoder.write(
        FrameHeader(type, sequence: sequence), into: last, payload: payload)
    }
    statistics.framesSent += 1
    try write(UnsafeBufferPointer(rebasing: last[..<lastCount]))
    return again ?? sequence
  }

  /// Sends the last frame again, with the same sequence, behind a delimiter that ends whatever
  /// garbage may stand in the way.
  func resend() throws(SerialLinkError) {
    statistics.framesResent += 1
    tap.noteDisturbance()
    try sendDelimiter()
    try write(UnsafeBufferPointer(rebasing: last[..<lastCount]))
  }

  /// Ends whatever a sender before us left half sent.
  func sendDelimiter() throws(SerialLinkError) {
    let delimiter: [UInt8] = [0]
    try delimiter.withUnsafeBufferPointer { bytes throws(SerialLinkError) in
      try write(bytes)
    }
  }

  /// What is tapped as sent is what the link was given, whether or not it went.
  private func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(SerialLinkError) {
    tap.put(.sent, bytes)
    try link.write(bytes, withinMilliseconds: 250)
  }

  /// The next frame, or nil when none came by `deadline`; a deadline of 0 does not wait.
  func receive(by deadline: UInt64) throws(SerialLinkError) -> FrameHeader? {
    while true {
      while next < end {
        let byte = input[next]
        next += 1
        switch decoder.take(byte) {
        case .incomplete: continue
        case .frame(let header):
          statistics.framesReceived += 1
          return header
        case .rejected:
          statistics.framesRejected += 1
          tap.noteDisturbance()
          sawOtherBytes = true
        }
      }
      let wait = deadline == 0 ? 0 : Int(Monotonic.milliseconds(until: deadline))
      if deadline != 0 && wait == 0 { return nil }
      next = 0
      end = 0
      end = try link.read(into: input, withinMilliseconds: wait)
      if end == 0 { return nil }
      tap.put(.received, UnsafeBufferPointer(rebasing: input[..<end]))
    }
  }

  /// Reads the payload of the frame that was received last; nil where it is malformed.
  func payload<Value>(_ read: (inout CanonicalReader) -> Value) -> Value? {
    decoder.withPayload { reader in
      let value = read(&reader)
      return reader.hasFailed || reader.remaining != 0 ? nil : value
    }
  }

  /// Forgets what was received and not read.
  func discard() {
    link.discardBuffers()
    next = 0
    end = 0
    decoder = FrameDecoder()
  }

  /// Counts a sense frame that came late.
  func countLate() {
    tap.noteDisturbance()
    statistics.framesLate += 1
  }

  /// Counts sense frames that never came, and entries that had to be sent again.
  func count(missed: UInt64 = 0, journalsResent: UInt64 = 0, silence: UInt64 = 0) {
    tap.noteDisturbance(missed + journalsResent)
    statistics.framesMissed += missed
    statistics.journalsResent += journalsResent
    statistics.longestSilence = max(statistics.longestSilence, silence)
  }
}
