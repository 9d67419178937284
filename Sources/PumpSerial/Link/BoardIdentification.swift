import BoardProtocol

/// What a motor board says of itself when it is asked, without a session.
public struct BoardIdentification: Equatable, Sendable {
  /// Its name.
  public var name: String
  /// The version of the board protocol that it speaks.
  public var version: UInt8
  /// The hash of the frame layouts that it was built with.
  public var dictionary: UInt32
  /// Its boot number, which changes with every reset.
  public var boot: UInt16
  /// Whether it can be run faster than real time.
  public var canRunFasterThanRealTime: Bool
  /// Whether it is emulated, with a world behind it.
  public var isEmulated: Bool

  /// Asks the board on a port who it is; nothing moves, and no session is opened or ended.
  ///
  /// - Throws: also where a board answers that this program cannot drive.
  public static func ask(
    path: String, settings: SerialSettings = .board
  ) throws(SerialPumpError) -> BoardIdentification {
    let link: SerialLink
    do { link = try SerialLink.open(path: path, settings: settings) } catch { throw .link(error) }
    defer { link.close() }
    let line = BoardLine(link)
    let answer: BoardRequest?
    do {
      line.discard()
      try line.sendDelimiter()
      answer = try line.exchange(
        BoardRequest(.identify, CanonicalBytes.of(Identify())), tries: 8, milliseconds: 300)
    } catch {
      throw .link(error)
    }
    guard let bytes = answer?.answer.first else {
      throw .noAnswer(path: path, sawOtherBytes: line.sawOtherBytes)
    }
    guard let identity = CanonicalBytes.read(bytes, { Identity(from: &$0) }) else {
      throw .protocolViolation(path: path, what: "its identity cannot be read")
    }
    if identity.version != FrameFormat.version {
      throw .wrongVersion(path: path, board: identity.version, host: FrameFormat.version)
    }
    if identity.dictionary != BoardDictionary.hash {
      throw .wrongDictionary(path: path, board: identity.dictionary, host: BoardDictionary.hash)
    }
    return BoardIdentification(
      name: identity.name, version: identity.version, dictionary: identity.dictionary,
      boot: identity.boot, canRunFasterThanRealTime: identity.abilities.contains(.lockstep),
      isEmulated: identity.abilities.contains(.world))
  }
}
