// @relation(R-115, scope=file, role=Verification)
import BoardProtocol
import PumpHAL
import Testing

@testable import WireAttack

@Suite("Frame codec")
struct CodecTests {
  @Test("the dictionary hash is the CRC-32C of the dictionary text")
  func dictionaryHash() {
    var crc = CRC32C()
    BoardDictionary.text.withUTF8Buffer { text in
      for byte in text { crc.put(byte) }
    }
    #expect(crc.value == BoardDictionary.hash)
  }

  @Test("identify is these bytes, in every version: Docs/BoardProtocol.md gives them as a vector")
  func identifyVector() {
    let bytes = wire(.identify, sequence: 1) { sink in
      sink.put(FrameFormat.magic)
      sink.put(1 as UInt8)
      sink.put(0x1234_5678 as UInt32)
    }
    // COBS by hand: no zero in the frame, so one code byte 0x11 = 16 bytes + 1 and then the frame;
    // CRC-32C over 00000000 1001 01 54525042 01 78563412 computed with an independent program.
    #expect(bytes.count == 18)
    #expect(
      Array(bytes.prefix(13))
        == [0x11, 0x10, 0x01, 0x01, 0x54, 0x52, 0x50, 0x42, 0x01, 0x78, 0x56, 0x34, 0x12])
    #expect(Array(bytes.suffix(5)) == [0x58, 0xa1, 0x77, 0x80, 0x00])
  }

  @Test("open and actuate are the bytes that Docs/BoardProtocol.md gives")
  func vectors() {
    #expect(
      wire(.open, sequence: 2) { $0.put(BoardMode.realTime) }
        == [0x04, 0x10, 0x03, 0x02, 0x05, 0x68, 0x3d, 0xa2, 0x04, 0x00])
    var frame = ActuatorFrame()
    frame.targetSteps = 1000
    frame.stepRateBound = 400
    frame.isControllerPermitting = true
    frame.isMonitorPermitting = true
    frame.lamp = .infusing
    frame.display.screen = .infusing
    frame.display.rate = 70
    frame.display.minutesLeft = 1440
    frame.flowRate = 700_000
    let bytes = wire(.actuate, sequence: 3) { ActuatePayload(frame).encode(to: &$0) }
    #expect(
      bytes
        == [
          0x06, 0x10, 0x06, 0x03, 0xe8, 0x03, 0x01, 0x01, 0x01, 0x01, 0x01, 0x03, 0x90, 0x01, 0x01,
          0x03, 0x07, 0x05, 0x02, 0x46, 0x06, 0xa0, 0x05, 0x60, 0xae, 0x0a, 0x05, 0xff, 0xfb, 0x6c,
          0xdb, 0x00,
        ])
  }

  @Test("every payload length from nothing to the longest comes back, zeros or not")
  func everyLength() {
    for fill in [0x00, 0x01, 0xff] as [UInt8] {
      for length in 0...FrameFormat.maximumPayloadSize {
        let bytes = wire(.world, sequence: fill) { sink in
          for _ in 0..<length { sink.put(fill) }
        }
        #expect(bytes.count == length + 9)
        #expect(bytes.dropLast().allSatisfy { $0 != 0 } && bytes.last == 0)
        let found = decode(bytes)
        #expect(found.count == 1)
        #expect(found.first?.payload == [UInt8](repeating: fill, count: length))
      }
    }
  }

  @Test("the longest frames take exactly 64 bytes on the wire, none takes more")
  func longestFrames() {
    var random = Random(seed: 1)
    var longest = 0
    for _ in 0..<2000 {
      let payload = ActuatePayload(random.actuatorFrame())
      longest = max(longest, wire(payload.type, sequence: 7) { payload.encode(to: &$0) }.count)
    }
    #expect(longest == FrameFormat.maximumWireSize)
  }

  @Test("actuator frames come back as they were sent, with and without a journal entry")
  func actuate() {
    var random = Random(seed: 2)
    for _ in 0..<2000 {
      let frame = random.actuatorFrame()
      let payload = ActuatePayload(frame)
      let bytes = wire(payload.type, sequence: 9) { payload.encode(to: &$0) }
      var decoder = FrameDecoder()
      var back: ActuatorFrame?
      for byte in bytes {
        if case .frame(let header) = decoder.take(byte) {
          back = decoder.withPayload { reader in
            let payload = ActuatePayload(type: header.type, from: &reader)
            return reader.hasFailed || reader.remaining > 0 ? nil : payload.frame
          }
        }
      }
      #expect(back == frame)
    }
  }

  @Test("R-115: a frame of another version, with an unknown flag or of an unknown type is refused")
  func refusals() {
    var header = FrameHeader(.actuate, sequence: 0)
    header.version = 2
    #expect(errors(wire(header) { _ in }) == [.version])
    header.version = FrameFormat.version
    header.flags = 8
    #expect(errors(wire(header) { _ in }) == [.flags])
    // An identify of a later version is still understood: that is how versions are told.
    header = FrameHeader(.identify, sequence: 0)
    header.version = 9
    #expect(errors(wire(header) { _ in }) == [])
    #expect(errors([0x01, 0x01, 0x00]) == [.tooShort])
    #expect(errors([0x0c, 1, 2, 3, 4, 5, 6, 7, 0x00]) == [.stuffing])
    #expect(errors([UInt8](repeating: 0x55, count: 64) + [0]) == [.tooLong])
  }

  @Test("a frame made with another dictionary fails its checksum")
  func otherDictionary() {
    let bytes = wire(FrameHeader(.elapse, sequence: 3), dictionary: 0x1111_1111) { _ in }
    #expect(errors(bytes) == [.checksum])
    #expect(errors(wire(.elapse, sequence: 3) { _ in }) == [])
  }

  @Test("after any garbage the decoder is back in step within two frames")
  func resynchronises() {
    var random = Random(seed: 3)
    let good = wire(.elapse, sequence: 5) { _ in }
    for _ in 0..<20_000 {
      var stream: [UInt8] = []
      for _ in 0..<random.below(100) { stream.append(random.byte()) }
      let found = decode(stream + good + good)
      #expect(found.last?.header == FrameHeader(.elapse, sequence: 5))
      #expect(found.contains { $0.header.sequence == 5 && $0.header.type == .elapse })
    }
  }

  @Test(
    "R-115: of 10 000 spoilt frames none is taken that was not sent; in step within two frames",
    arguments: [false, true])
  func corruptedSends(isSense: Bool) {
    var attack = CorruptedSends(seed: 4, isSense: isSense)
    for _ in 0..<10_000 { attack.send() }
    let report = attack.report
    #expect(report.sends == 10_000)
    #expect(report.falselyTaken == 0)
    #expect(report.outOfStep == 0)
    // Damage hits something: an attack that spoils nothing would prove nothing.
    #expect(report.undamaged < 1000)
    #expect(report.inStepLater > 500)
  }

  @Test("a million random bytes neither trap nor make a frame")
  func fuzz() {
    var random = Random(seed: 5)
    var decoder = FrameDecoder()
    var accepted = 0
    for _ in 0..<1_000_000 {
      // Delimiters often, so that many short pieces are tried.
      let byte: UInt8 = random.below(12) == 0 ? 0 : random.byte()
      if case .frame = decoder.take(byte) {
        accepted += 1
        _ = decoder.withPayload { $0.take64() }
      }
    }
    // 80 000 pieces against a 32-bit checksum: one in 50 000 such runs would accept any.
    #expect(accepted == 0)
  }
}
