import CZstd
import TickCodec

/// Compresses chunks with zstd; one context for all of them.
final class Compressor {
  /// Level 3 is zstd's own default; higher ones gain under 2 % on our chunks.
  private static let level: Int32 = 3
  private let context = ZSTD_createCCtx()

  deinit { ZSTD_freeCCtx(context) }

  /// Appends `source` compressed, if that makes it smaller; says whether it did.
  func append(_ source: UnsafeBufferPointer<UInt8>, to buffer: inout ByteBuffer) -> Bool {
    guard let context, source.count >= 64 else { return false }
    var isSmaller = false
    buffer.appendUninitialized(ZSTD_compressBound(source.count)) { room in
      let size = ZSTD_compressCCtx(
        context, room.baseAddress, room.count, source.baseAddress, source.count, Self.level)
      isSmaller = ZSTD_isError(size) == 0 && size < source.count
      return isSmaller ? size : 0
    }
    return isSmaller
  }
}

/// Reads what zstd compressed.
final class Decompressor {
  /// How a frame that holds something begins (RFC 8878 §3.1.1).
  private static let frameMagic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
  private let context = ZSTD_createDCtx()

  deinit { ZSTD_freeDCtx(context) }

  /// Fills `buffer` with what `source` holds; see `append`.
  func fill(
    _ buffer: inout ByteBuffer, from source: UnsafeBufferPointer<UInt8>, size: Int
  ) -> Bool {
    buffer.clear()
    return append(source, to: &buffer, size: size)
  }

  /// Appends what `source` holds, which must be one frame of exactly `size` bytes.
  ///
  /// More frames, or frames to be skipped, would hide bytes from whoever reads only the first.
  func append(
    _ source: UnsafeBufferPointer<UInt8>, to buffer: inout ByteBuffer, size: Int
  ) -> Bool {
    guard let context, let start = source.baseAddress,
      source.starts(with: Self.frameMagic),
      ZSTD_findFrameCompressedSize(start, source.count) == source.count
    else { return false }
    var isWhole = false
    buffer.appendUninitialized(size) { room in
      let written = ZSTD_decompressDCtx(
        context, room.baseAddress, room.count, source.baseAddress, source.count)
      isWhole = ZSTD_isError(written) == 0 && written == size
      return isWhole ? size : 0
    }
    return isWhole
  }
}
