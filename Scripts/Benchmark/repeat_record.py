"""Makes a long record out of a short one: its messages again and again, numbered and sealed anew.

Usage: repeat_record.py RECORD BYTES OUTPUT

BYTES is how many bytes of messages there shall be at least. Blocks get new numbers and times, their
ticks are those of RECORD; each block with its seal is a zstd chunk, as in the records of `trumpet
run`. Nothing is signed. Prints how many bytes of messages and how many messages there are.
"""
import json
import os
import struct
import sys

from mcap.reader import make_reader
from mcap.writer import CompressionType, IndexType

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../Tests/SessionRecordTests/Fixtures"))
import write_record  # noqa: E402

TICK = 10_000_000
SEALS = ("/trumpet/manifest", "/trumpet/seals", "/trumpet/checkpoints")


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def renumbered(data, number, tick):
    """A block with another number and first tick in its head."""
    _, at = varint(data, 2)
    _, at = varint(data, at)
    return data[:2] + write_record.varint(number) + write_record.zigzag(tick) + data[at:]


def main():
    path, least, output = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, "rb") as file:
        messages = [
            (channel.topic, message) for _, channel, message in make_reader(file).iter_messages(
                log_time_order=False) if channel.topic not in SEALS]
    with open(output, "wb") as file:
        record = write_record.RecordWriter(file, CompressionType.ZSTD, None, "0" * 32)
        # The fixture's chunks are small; ours end with each block, and have no index of messages.
        writer = record.writer
        writer._Writer__chunk_size = 1 << 40
        writer._Writer__index_types = IndexType.ATTACHMENT | IndexType.CHUNK | IndexType.METADATA
        count = size = number = tick = checked = 0
        while size < least:
            for topic, message in messages:
                if topic != "/trumpet/blocks":
                    record.message(topic[len("/trumpet/"):], tick, message.data)
                    size += len(message.data)
                    count += 1
                    continue
                end = tick + (message.log_time - message.publish_time) // TICK
                data = renumbered(message.data, number, tick)
                record.message("blocks", end, data, first_tick=tick, sequence=number)
                record.seal(0, end)
                size += len(data) + 49
                count += 2
                number, tick = number + 1, end
                if number == 1 or tick - checked >= 6000:
                    record.checkpoint(tick)
                    checked = tick
                writer._Writer__finalize_chunk()
        record.seal(1, tick)
        record.checkpoint(tick)
        writer.finish()
    print(json.dumps({"bytes": size, "messages": count}))


if __name__ == "__main__":
    main()
