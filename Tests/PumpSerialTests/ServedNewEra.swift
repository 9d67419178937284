import Glibc

@testable import PumpSerial

/// An emulated New Era pump that serves on a thread of its own until it is stopped.
final class ServedNewEra: @unchecked Sendable {
  let pump: EmulatedNewEra
  private var thread = pthread_t()
  private var isServing = true

  init(_ options: EmulatedNewEraOptions, link: String? = nil) throws {
    pump = try EmulatedNewEra(options, link: link)
    let context = Unmanaged.passRetained(pump).toOpaque()
    pthread_create(&thread, nil, servePump, context)
  }

  /// Stops the pump and waits until it has stopped.
  func stop() {
    if !isServing { return }
    isServing = false
    pump.stop()
    pthread_join(thread, nil)
  }

  deinit { stop() }
}

private func servePump(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let pump = Unmanaged<EmulatedNewEra>.fromOpaque(context).takeRetainedValue()
  try? pump.serve()
  return nil
}

/// A host on a port: says something and waits for the reply.
struct NewEraHost {
  let link: SerialLink

  init(_ path: String, baud: UInt32 = 19_200) throws {
    link = try SerialLink.open(path: path, settings: SerialSettings(baud: baud))
  }

  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBufferPointer {
      try link.write($0, withinMilliseconds: 1000)
    }
  }

  /// The payload of the next reply; empty when none came in time.
  func hear(withinMilliseconds limit: Int = 2000) throws -> String {
    var decoder = NewEraReplyDecoder()
    var buffer = [UInt8](repeating: 0, count: 256)
    let end = Monotonic.nanoseconds() + UInt64(limit) * 1_000_000
    while Monotonic.nanoseconds() < end {
      let count = try buffer.withUnsafeMutableBufferPointer {
        try link.read(into: $0, withinMilliseconds: 50)
      }
      for event in decoder.take(buffer[..<count], at: Monotonic.nanoseconds()) {
        if case .reply(let reply, _) = event {
          return String(decoding: reply.payload, as: UTF8.self)
        }
      }
    }
    return ""
  }

  func say(_ text: String, _ framing: NewEraFraming = .basic) throws -> String {
    try write(NewEraFrame.command(Array(text.utf8), framing))
    return try hear()
  }
}
