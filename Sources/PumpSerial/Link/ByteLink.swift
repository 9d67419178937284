/// Bytes to and from a port: the seam between protocols and whatever drives the port.
///
/// One thread at a time uses a link. Every operation has a deadline; hang-up is an error, never a
/// time-out.
public protocol ByteLink: AnyObject, Sendable {
  /// The path that was opened.
  var path: String { get }
  /// The file descriptor, for `poll` together with others.
  var descriptor: Int32 { get }
  /// Writes all bytes, or throws.
  func write(
    _ bytes: UnsafeBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError)
  /// Reads what is there, waiting for at least one byte; 0 when none came in time.
  func read(
    into buffer: UnsafeMutableBufferPointer<UInt8>, withinMilliseconds limit: Int
  ) throws(SerialLinkError) -> Int
  /// Throws away what was received and not read, and what was written and not sent.
  func discardBuffers()
  /// Closes the port; using it afterwards is an error of the caller.
  func close()
}
