// What libFuzzer calls with any bytes: neither end of the New Era protocol may stumble over them.
//
// Built only with TRUMPET_FUZZ=1 (Scripts/fuzz). The first byte of an input says what it is given to,
// and how much time passes between bytes.

import FuzzDriver

@testable import PumpSerial

@main
enum NewEraFuzzer {
  static func main() { fuzz(one) }

  /// One input.
  static func one(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let bytes = input.dropFirst()
    // A gap of half a second gives up what has come half.
    let gap: UInt64 = first & 8 == 0 ? 1_000_000 : 300_000_000
    switch first % 4 {
    case 0: asCommands(bytes, .basic, gap)
    case 1: asCommands(bytes, .safe, gap)
    case 2: asReplies(bytes, gap)
    default: asPayload(Array(bytes))
    }
  }

  /// Bytes as a pump hears them.
  private static func asCommands(
    _ bytes: ArraySlice<UInt8>, _ framing: NewEraFraming, _ gap: UInt64
  ) {
    var decoder = NewEraCommandDecoder(framing: framing)
    var now: UInt64 = 0
    for byte in bytes {
      now += byte & 1 == 0 ? gap : 1
      if case .command(let payload, _) = decoder.take(byte, at: now) { read(command: payload) }
    }
  }

  private static func read(command payload: [UInt8]) {
    for addressed in NewEraAddressedCommand.split(payload) {
      guard case .success(let command) = NewEraCommand.parse(addressed.text) else { continue }
      // What was understood is said again in words that mean the same.
      guard case .success(let again) = NewEraCommand.parse(command.text) else {
        preconditionFailure("its own words are not understood")
      }
      precondition(again == command)
    }
  }

  /// Bytes as a host hears them.
  private static func asReplies(_ bytes: ArraySlice<UInt8>, _ gap: UInt64) {
    var decoder = NewEraReplyDecoder()
    var now: UInt64 = 0
    for byte in bytes {
      now += gap
      for event in decoder.take([byte], at: now) {
        if case .reply(let reply, _) = event { read(reply) }
      }
    }
  }

  private static func read(_ reply: NewEraReply) {
    _ = (reply.prompt, reply.alarm)
    _ = NewEraDispensed(reply.data)
    _ = NewEraVersion(reply.data)
    _ = NewEraNumber(reply: reply.data)
  }

  /// Bytes as what stands in a frame with a right checksum.
  private static func asPayload(_ bytes: [UInt8]) {
    let payload = Array(bytes.prefix(NewEraFrame.payloadSizeMax))
    for framing in NewEraFraming.allCases {
      var commands = NewEraCommandDecoder(framing: framing)
      for byte in NewEraFrame.command(payload, framing) {
        if case .command(let payload, _) = commands.take(byte, at: 0) { read(command: payload) }
      }
      var replies = NewEraReplyDecoder()
      for event in replies.take(NewEraFrame.reply(payload, framing), at: 0) {
        if case .reply(let reply, _) = event { read(reply) }
      }
    }
    read(command: payload)
    _ = NewEraNumber(command: payload)
  }
}
