import ArgumentParser
import Host
import Text

/// Writes a diagnostic to standard error, never to standard output.
///
/// Messages quote files, records and devices: what would move a terminal's cursor is shown as U+FFFD.
func diagnose(_ message: String) {
  let message = TerminalText.escaped(message)
  let text = message.hasPrefix("trumpet: ") ? message : "trumpet: \(message)"
  StandardStreams.tell(text.hasSuffix("\n") ? text : text + "\n")
}

/// Writes a result to standard output, or throws the exit status for one that cannot be written.
///
/// - Parameter isFile: whether it is a file to be kept as it is; a terminal, and every reader of other
///   results, gets what would move a cursor as U+FFFD.
func show(_ text: String, isFile: Bool = false) throws {
  let isRaw = isFile && !StandardStreams.isOutputTerminal
  let text = isRaw ? text : TerminalText.escaped(text)
  let error = StandardStreams.show(text.hasSuffix("\n") ? text : text + "\n")
  if error == 0 { return }
  diagnose("standard output cannot be written: \(systemMessage(error))")
  throw ExitStatus.cannotWrite
}

/// Checks what a command reads and writes before anything moves or is written.
func check(_ plan: OutputPlan) throws {
  do {
    try plan.check()
  } catch {
    diagnose("\(error)")
    throw error.isUsage ? ExitStatus.usage : ExitStatus.cannotWrite
  }
}
