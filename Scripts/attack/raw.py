"""Changes to bytes, and to whole records of the container with nothing mended after it."""
import struct

from audit.container import FRAMING, MAGIC
from mcap.opcode import Opcode

from .parts import records_of


def span(rng, data, longest=4096):
    length = min(rng.choice([1, 2, 8, 64, 512, longest]), len(data))
    length = rng.randint(1, length)
    begin = rng.randint(0, len(data) - length)
    return begin, begin + length


def flip_bits(rng, data):
    changed, places = bytearray(data), []
    for _ in range(rng.choice([1, 1, 1, 2, 8])):
        place, bit = rng.randrange(len(data)), rng.randrange(8)
        changed[place] ^= 1 << bit
        places.append(f"{place}.{bit}")
    return "bits flipped: " + " ".join(places), bytes(changed)


def set_bytes(rng, data):
    begin, end = span(rng, data, 64)
    return f"bytes {begin}..<{end} made random", data[:begin] + rng.randbytes(end - begin) + data[end:]


def clear_bytes(rng, data):
    begin, end = span(rng, data)
    return f"bytes {begin}..<{end} made 0", data[:begin] + bytes(end - begin) + data[end:]


def drop_span(rng, data):
    begin, end = span(rng, data)
    return f"bytes {begin}..<{end} dropped", data[:begin] + data[end:]


def double_span(rng, data):
    begin, end = span(rng, data)
    return f"bytes {begin}..<{end} doubled", data[:end] + data[begin:]


def swap_spans(rng, data):
    begin, end = span(rng, data)
    other = rng.randint(0, len(data) - (end - begin))
    first, second = sorted([begin, other])
    length = min(end - begin, second - first)
    changed = (data[:first] + data[second : second + length] + data[first + length : second]
               + data[first : first + length] + data[second + length :])
    return f"bytes at {first} and {second} swapped, {length} each", changed


def insert_bytes(rng, data):
    place = rng.randint(0, len(data))
    more = rng.randbytes(rng.choice([1, 4, 9, 100]))
    return f"{len(more)} bytes put in at {place}", data[:place] + more + data[place:]


def truncate(rng, data):
    length = rng.randrange(len(data))
    return f"cut off at {length}", data[:length]


def truncate_at_record(rng, data):
    begin, end, _ = rng.choice(records_of(data))
    length = end if end < len(data) - len(MAGIC) else begin
    return f"cut off behind a record, at {length}", data[:length]


def drop_record(rng, data):
    begin, end, kind = rng.choice(records_of(data))
    return f"record of kind {kind} at {begin} dropped", data[:begin] + data[end:]


def double_record(rng, data):
    begin, end, kind = rng.choice(records_of(data))
    return f"record of kind {kind} at {begin} doubled", data[:end] + data[begin:]


def swap_records(rng, data):
    records = records_of(data)
    (b1, e1, k1), (b2, e2, k2) = sorted(rng.sample(records, 2))
    changed = data[:b1] + data[b2:e2] + data[e1:b2] + data[b1:e1] + data[e2:]
    return f"records of kinds {k1} and {k2} at {b1} and {b2} swapped", changed


def move_record(rng, data):
    begin, end, kind = rng.choice(records_of(data))
    rest = data[:begin] + data[end:]
    place = rng.choice(records_of(rest) or [(8, 8, 0)])[0]
    return (f"record of kind {kind} at {begin} moved to {place}",
            rest[:place] + data[begin:end] + rest[place:])


def other_kind(rng, data):
    begin, _, kind = rng.choice(records_of(data))
    new = rng.choice([0, rng.randrange(1, 16), rng.randrange(16, 256)])
    return (f"record of kind {kind} at {begin} called kind {new}",
            data[:begin] + bytes([new]) + data[begin + 1 :])


def other_length(rng, data):
    begin, end, kind = rng.choice(records_of(data))
    length = end - begin - FRAMING
    new = rng.choice([0, 1, length - 1, length + 1, length + 9, 1 << 31, (1 << 63) - 1, (1 << 64) - 1])
    return (f"record of kind {kind} at {begin} said to be {new} long",
            data[: begin + 1] + struct.pack("<Q", max(new, 0)) + data[begin + FRAMING :])


def change_in_record(rng, data):
    """A field near a record's beginning, where lengths and counts stand."""
    begin, end, kind = rng.choice(records_of(data))
    if end - begin == FRAMING:
        return "nothing", data
    place = min(begin + FRAMING + rng.randrange(48), end - 1)
    changed = bytearray(data)
    changed[place] = rng.choice([0, 1, 127, 128, 255, changed[place] ^ 32])
    return f"byte {place}, in a record of kind {kind}, set to {changed[place]}", bytes(changed)


def unknown_record(rng, data):
    begin, _, _ = rng.choice(records_of(data))
    kind, content = rng.randrange(16, 256), rng.randbytes(rng.randrange(20))
    new = bytes([kind]) + struct.pack("<Q", len(content)) + content
    return f"a record of kind {kind} put in at {begin}", data[:begin] + new + data[begin:]


def without_chunks_between(rng, data):
    chunks = [each for each in records_of(data) if each[2] == Opcode.CHUNK]
    first, last = sorted(rng.sample(range(len(chunks)), 2))
    begin, end = chunks[first][0], chunks[last][0]
    return f"chunks {first}..<{last} dropped", data[:begin] + data[end:]


CHANGES = [
    flip_bits, flip_bits, flip_bits, set_bytes, clear_bytes, drop_span, double_span, swap_spans,
    insert_bytes, truncate, truncate_at_record, drop_record, double_record, swap_records, move_record,
    other_kind, other_length, change_in_record, change_in_record, unknown_record,
    without_chunks_between,
]
