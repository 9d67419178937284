import ArgumentParser
import Host

/// Writes a diagnostic to standard error, never to standard output.
func diagnose(_ message: String) {
  let text = message.hasPrefix("trumpet: ") ? message : "trumpet: \(message)"
  StandardStreams.tell(text.hasSuffix("\n") ? text : text + "\n")
}

/// Writes a result to standard output, or throws the exit status for one that cannot be written.
func show(_ text: String) throws {
  let error = StandardStreams.show(text.hasSuffix("\n") ? text : text + "\n")
  if error == 0 { return }
  diagnose("standard output cannot be written: \(systemMessage(error))")
  throw ExitStatus.cannotWrite
}
