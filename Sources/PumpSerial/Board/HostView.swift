import BoardProtocol
import PumpHAL

/// What the host knows of the board: the newest readings, and whether they can still be believed.
///
/// - Requirements: @relation(R-115, scope=file)
struct HostView {
  /// Puts sense frames together.
  private(set) var assembler = SenseAssembler()
  /// Lost or mismatched, once and for the rest of the session; nil while all is well.
  private(set) var latch: LinkState?
  /// The board's boot number, as `opened` gave it.
  private let boot: UInt16
  private var lastSequence: UInt8?
  /// Whether a sense frame was lost since this was last set to false.
  var hasGap = false

  init(_ opened: Opened) { boot = opened.boot }

  /// The newest readings, with the state of the link.
  var frame: SensorFrame {
    var frame = assembler.frame
    frame.link = latch ?? .up
    return frame
  }

  /// Latches a state; the first one stays.
  mutating func latch(_ state: LinkState) { latch = latch ?? state }

  /// Takes a sense frame that `line` has just received; false where it is malformed or was taken
  /// before.
  mutating func take<Link: ByteLink>(_ header: FrameHeader, from line: BoardLine<Link>) -> Bool {
    // An answer that was only late and came twice must not turn the clock back.
    if let lastSequence, Int8(bitPattern: header.sequence &- lastSequence) <= 0 { return false }
    let tick = assembler.frame.tick
    // A pump that lost its power counts from zero again, and has said so before.
    let mayRunBack = lastSequence == nil || !assembler.link.isPowered
    guard line.payload({ assembler.take(&$0) }) == true else { return false }
    if let lastSequence, header.sequence != lastSequence &+ 1 {
      line.count(missed: UInt64(header.sequence &- lastSequence &- 1))
      hasGap = true
    }
    lastSequence = header.sequence
    // A reset shows as another boot number; time that runs back shows one that kept its number.
    let hasRunBack = !mayRunBack && Int32(bitPattern: assembler.frame.tick &- tick) < 0
    if assembler.link.boot != boot || hasRunBack { latch(.mismatched) }
    return true
  }

  /// Takes a refusal: one for want of a session is a reset behind the host's back.
  mutating func take(_ refusal: Refusal) {
    if refusal.reason == .noSession || refusal.boot != boot { latch(.mismatched) }
  }
}
