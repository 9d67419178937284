import EchoClient
import Glibc
import PumpSerial

/// Times exchanges over pseudo-terminals, ours and those of a minimal client in C in turns, and
/// prints JSON.
///
/// All ask the same questions of the same peer, in the same process, at the same priority. Of the
/// client in C an exchange is a write, and reads until the frame's end (`c`); ours is the same with the
/// board's codec both ways, checksums and a deadline (`line`). Once more, as a session has it, with a
/// thread that owns the port, is handed the question and hands the answer back: two wake-ups more, of
/// C (`c_thread`) and of ours (`thread`).
func benchmark(_ exchanges: Int) throws(SerialLinkError) {
  let pairs = UnsafeMutablePointer<echo_pair>.allocate(capacity: 256)
  for sequence in 0..<256 {
    pairs[sequence] = pair(BoardExchanges.frames(sequence: UInt8(sequence)))
  }
  let isRealTime = becomeRealTime()
  let bare = echo_open(try startPeer(pairs))
  let bareThread = echo_thread_start(echo_open(try startPeer(pairs)))
  let line = try BoardExchanges(path: try startPeer(pairs), hasThread: false)
  let threaded = try BoardExchanges(path: try startPeer(pairs), hasThread: true)
  var reply = [UInt8](repeating: 0, count: Int(ECHO_FRAME))
  var times = [[UInt64]](repeating: [], count: 4)
  let warmUp = min(1000, exchanges)
  for number in 0..<(exchanges + warmUp) {
    let question = pairs + (number + 1) % 256
    // Each comes first, second, third and last as often: whoever comes first finds the caches cold.
    for step in 0..<4 {
      let kind = (number + step) % 4
      let begin = now()
      let isAnswered: Bool
      switch kind {
      case 0: isAnswered = echo_exchange(bare, question, &reply) > 0
      case 1: isAnswered = try line.exchange()
      case 2: isAnswered = echo_thread_exchange(bareThread, question, &reply) > 0
      default: isAnswered = try threaded.exchange()
      }
      let end = now()
      if !isAnswered {
        print("no answer to exchange \(number)")
        exit(1)
      }
      if number >= warmUp { times[kind].append(end - begin) }
    }
  }
  line.close()
  threaded.close()
  let all = zip(["c", "line", "c_thread", "thread"], times).map { (name, times) in
    let sorted = times.sorted()
    let parts = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)].map { (label, share) in
      "\"\(label)_us\": \(microseconds(sorted[Int(Double(sorted.count - 1) * share)]))"
    }
    return "\"\(name)\": {\(parts.joined(separator: ", "))}"
  }
  print(
    "{\"exchanges\": \(exchanges), \"real_time\": \(isRealTime), \(all.joined(separator: ", "))}")
}

private func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

private func microseconds(_ nanoseconds: UInt64) -> String {
  "\(nanoseconds / 1000).\(nanoseconds / 100 % 10)"
}

/// The priority that the thread of a board's link has, for everything here, where it is granted.
private func becomeRealTime() -> Bool {
  var parameters = sched_param()
  parameters.sched_priority = 81
  return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0
}

private func startPeer(_ pairs: UnsafePointer<echo_pair>) throws(SerialLinkError) -> String {
  var path = [CChar](repeating: 0, count: 128)
  let code = echo_peer_start(pairs, &path, path.count)
  if code != 0 { throw .system(path: "pseudo-terminal", call: "openpty", code: code) }
  return String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func pair(_ frames: (request: [UInt8], reply: [UInt8])) -> echo_pair {
  var pair = echo_pair()
  pair.request_size = UInt8(frames.request.count)
  pair.reply_size = UInt8(frames.reply.count)
  withUnsafeMutableBytes(of: &pair.request) { $0.copyBytes(from: frames.request) }
  withUnsafeMutableBytes(of: &pair.reply) { $0.copyBytes(from: frames.reply) }
  return pair
}
