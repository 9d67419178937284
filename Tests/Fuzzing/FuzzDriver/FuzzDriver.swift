// How every fuzzer is started: libFuzzer's own driver, with what one input is given to.
//
// Built only with TRUMPET_FUZZ=1 (Scripts/fuzz).

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ argumentCount: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

// A C function captures nothing; it is set once, before the driver runs, which has one thread.
nonisolated(unsafe) private var tryInput: ([UInt8]) -> Void = { _ in }

/// Gives input after input to `one` as the command line says, until it traps or enough were tried.
///
/// A trap, a hang, a leak or an access outside the bytes is a finding; a thrown error is an answer.
public func fuzz(_ one: @escaping ([UInt8]) -> Void) {
  tryInput = one
  var count = CommandLine.argc
  var arguments = CommandLine.unsafeArgv
  _ = runDriver(&count, &arguments) { start, count in
    tryInput(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
}
