"""The container: MCAP as the specification has it, record by record.

Records are read and written by the official `mcap` package. What it reads leniently (it does not
notice a record that ends early) is made strict here.
"""
import re
import zlib
from dataclasses import dataclass
from io import BytesIO

import zstandard
from mcap.data_stream import ReadDataStream, RecordBuilder
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import (
    Attachment, AttachmentIndex, Channel, Chunk, ChunkIndex, DataEnd, Footer, Header, Message,
    MessageIndex, Metadata, MetadataIndex, Schema, Statistics, SummaryOffset,
)
from mcap.stream_reader import CRCValidationError, StreamReader

MAGIC = b"\x89MCAP0\r\n"
FRAMING = 9  # kind (1 byte) and length (8 bytes) before each record's content
MESSAGE_FIELDS = 22  # a message's fields before its data
LARGEST_CHUNK = 1 << 30


class Unreadable(Exception):
    """The walk fails: a record is not what its kind says."""


@dataclass
class Record:
    """One record: where it begins, its kind, its content."""

    at: int
    kind: int
    content: bytes

    @property
    def end(self):
        return self.at + FRAMING + len(self.content)


@dataclass
class OpenChunk:
    """A chunk with what is in it; each record's `at` counts within the chunk."""

    fields: Chunk
    length: int
    data: bytes
    records: list


class Strict(ReadDataStream):
    """Reads fields out of one record and never beyond it."""

    def __init__(self, content):
        super().__init__(BytesIO(content))
        self.length = len(content)

    def read(self, length):
        if length > self.length - self.count:
            raise Unreadable("is too short for its fields")
        return super().read(length)

    def pairs(self):
        """A map, as a list: a dictionary would hide a key that is there twice."""
        inner = Strict(self.read(self.read4()))
        found = []
        while inner.count < inner.length:
            found.append((inner.read_prefixed_string(), inner.read_prefixed_string()))
        return found


def read(record_type, content):
    """A record's fields."""
    try:
        return record_type.read(Strict(content))
    except UnicodeDecodeError:
        raise Unreadable("has text that is not UTF-8") from None


def read_message(content):
    if len(content) < MESSAGE_FIELDS:
        raise Unreadable("is too short for its fields")
    return Message.read(Strict(content), len(content))


def read_pairs(content, kind):
    """The map of a channel or metadata record, in file order."""
    stream = Strict(content)
    try:
        if kind == Opcode.CHANNEL:
            stream.read(4)
            stream.read_prefixed_string()
        stream.read_prefixed_string()
        return stream.pairs()
    except UnicodeDecodeError:
        raise Unreadable("has text that is not UTF-8") from None


def written(record):
    """A record as the official package writes it."""
    builder = RecordBuilder()
    record.write(builder)
    return builder.end()


def walk(data, start=len(MAGIC)):
    """Yields the records up to the footer; the last thing yielded is the byte where the walk broke,
    or None where it came to a footer."""
    at = start
    while len(data) - at >= FRAMING:
        length = int.from_bytes(data[at + 1 : at + FRAMING], "little")
        if length > len(data) - at - FRAMING:
            break
        record = Record(at, data[at], bytes(data[at + FRAMING : at + FRAMING + length]))
        yield record
        if record.kind == Opcode.FOOTER:
            yield None
            return
        at = record.end
    yield at


def open_chunk(content):
    """A chunk's records; nothing of a chunk is read that cannot be read whole."""
    try:
        chunk = read(Chunk, content)
    except Unreadable as problem:
        raise Unreadable(f"{problem}: a chunk") from None
    size = chunk.uncompressed_size
    if size > LARGEST_CHUNK:
        raise Unreadable(f"is a chunk that says it holds {size} bytes; at most 1 GiB is read")
    if chunk.compression == "":
        data = chunk.data
    elif chunk.compression == "zstd":
        data = decompressed(chunk.data, size)
    else:
        raise Unreadable(f"is a chunk compressed with {chunk.compression!r}; only zstd or none is read")
    if len(data) != size:
        raise Unreadable(f"is a chunk that says {size} bytes and gives {len(data)}")
    records, at = [], 0
    while at < size:
        length = int.from_bytes(data[at + 1 : at + FRAMING], "little")
        if size - at < FRAMING or length > size - at - FRAMING:
            raise Unreadable(f"is a chunk with a record cut short at its byte {at}")
        records.append(Record(at, data[at], data[at + FRAMING : at + FRAMING + length]))
        at += FRAMING + length
    fields = 8 + 8 + 8 + 4 + 4 + len(chunk.compression) + 8 + len(chunk.data)
    return OpenChunk(chunk, fields, data, records)


def decompressed(compressed, size):
    try:
        told = zstandard.frame_content_size(compressed)
        # No zstd frame holds more than 128 KiB per 3 bytes: do not reserve memory for a lie.
        if told > size or size > (len(compressed) << 16):
            raise Unreadable(f"is a chunk that says {size} bytes, which its frame does not give")
        # In 1 GiB no window is too large; bytes behind the frame are an error.
        reader = zstandard.ZstdDecompressor(max_window_size=1 << 31)
        if size == 0:
            reader = reader.decompressobj()
            data = reader.decompress(compressed)
            if not reader.eof or reader.unused_data:
                raise Unreadable("is a chunk whose zstd data do not end where it says")
            return data
        return reader.decompress(compressed, max_output_size=size, allow_extra_data=False)
    except zstandard.ZstdError as problem:
        raise Unreadable(f"is a chunk that zstd cannot read ({problem})") from None


def whole_chunk_after(data, at):
    """Where behind byte `at` a whole chunk begins whose checksum is right; None if nowhere.

    Nobody who loses the end of a file keeps a later chunk, so what lies between was taken out.
    """
    # The kind of a chunk, and a length below 2^40.
    for match in re.finditer(rb"(?=\x06.{5}\x00\x00\x00)", memoryview(data)[at + 1 :], re.DOTALL):
        begin = at + 1 + match.start()
        length = int.from_bytes(data[begin + 1 : begin + FRAMING], "little")
        if length > len(data) - begin - FRAMING:
            continue
        try:
            chunk = open_chunk(bytes(data[begin + FRAMING : begin + FRAMING + length]))
        except Unreadable:
            continue
        if chunk.fields.uncompressed_crc == zlib.crc32(chunk.data) != 0:
            return begin
    return None


DATA_KINDS = {
    Opcode.SCHEMA: Schema, Opcode.CHANNEL: Channel, Opcode.ATTACHMENT: Attachment,
    Opcode.METADATA: Metadata, Opcode.MESSAGE_INDEX: MessageIndex,
}
SUMMARY_KINDS = {
    Opcode.SCHEMA: Schema, Opcode.CHANNEL: Channel, Opcode.STATISTICS: Statistics,
    Opcode.CHUNK_INDEX: ChunkIndex, Opcode.ATTACHMENT_INDEX: AttachmentIndex,
    Opcode.METADATA_INDEX: MetadataIndex, Opcode.SUMMARY_OFFSET: SummaryOffset,
}


class ContainerCheck:
    """Every rule of MCAP that a reader may check. `problem` is the first that does not hold."""

    def __init__(self, data):
        self.data = data
        self.problem = None
        self.schemas, self.channels = {}, {}
        self.chunks, self.attachments, self.metadata = [], [], []
        self.summary = []
        self.data_end = self.footer = self.open = None
        self.message_count, self.counts, self.first, self.last = 0, {}, 0, 0
        if bytes(data[:8]) != MAGIC:
            self.wrong(0, "the file does not begin with the magic of MCAP")

    def wrong(self, at, what):
        self.problem = self.problem or f"byte {at}: {what}"

    def take(self, record, chunk=None):
        """Takes the next record; `chunk` is what is in it if it is a readable chunk."""
        try:
            self.take_or_raise(record, chunk)
        except (Unreadable, KeyError, ValueError) as problem:
            self.wrong(record.at, f"a record of kind {record.kind} {problem}")

    def take_or_raise(self, record, chunk):
        kind = record.kind
        if (kind == Opcode.HEADER) != (record.at == len(MAGIC)):
            self.wrong(record.at, "the header is not the first record, or not the only one")
        if kind == Opcode.FOOTER:
            self.footer = record
            self.reread(record, Footer)
        elif self.data_end is not None:
            self.summary.append((record, self.reread(record, SUMMARY_KINDS[kind])))
        elif kind == Opcode.DATA_END:
            self.data_end = record
            crc = self.reread(record, DataEnd).data_section_crc
            if crc == 0 or crc != zlib.crc32(self.data[: record.at]):
                self.wrong(record.at, "the checksum of the data section is missing or wrong")
        elif kind == Opcode.HEADER:
            self.reread(record, Header)
        elif kind == Opcode.CHUNK:
            self.take_chunk(record, chunk)
        elif kind == Opcode.MESSAGE:
            self.take_message(record)
        else:
            self.take_data(record, self.reread(record, DATA_KINDS[kind]))
        if kind not in (Opcode.CHUNK, Opcode.MESSAGE_INDEX):
            self.open = None

    def reread(self, record, record_type):
        """The fields of a record, after making sure that the official package would have written
        exactly these bytes: no byte too many, no key twice, an attachment's checksum right."""
        fields = read(record_type, record.content)
        again = written(fields)
        if again[FRAMING:] != record.content:
            self.wrong(record.at, f"a record of kind {record.kind} is longer than its fields, has a "
                       "key twice, or a wrong checksum")
        return fields

    def take_data(self, record, fields):
        length = FRAMING + len(record.content)
        if isinstance(fields, Schema):
            if fields.id == 0 or self.schemas.setdefault(fields.id, fields) != fields:
                self.wrong(record.at, f"schema {fields.id} is described in a second way")
        elif isinstance(fields, Channel):
            if fields.schema_id and fields.schema_id not in self.schemas:
                self.wrong(record.at, f"channel {fields.id} has no schema")
            if self.channels.setdefault(fields.id, fields) != fields:
                self.wrong(record.at, f"channel {fields.id} is described in a second way")
        elif isinstance(fields, Attachment):
            self.attachments.append(AttachmentIndex(
                record.at, length, fields.log_time, fields.create_time, len(fields.data),
                fields.name, fields.media_type))
        elif isinstance(fields, Metadata):
            self.metadata.append(MetadataIndex(record.at, length, fields.name))
        elif isinstance(fields, MessageIndex):
            self.take_index(record, fields)

    def take_message(self, record, chunk_times=None):
        message = read_message(record.content)
        if message.channel_id not in self.channels:
            self.wrong(record.at, f"a message is on channel {message.channel_id}, which is not there")
        self.first = min(self.first, message.log_time) if self.message_count else message.log_time
        self.last = max(self.last, message.log_time)
        self.message_count += 1
        self.counts[message.channel_id] = self.counts.get(message.channel_id, 0) + 1
        if chunk_times is not None:
            chunk_times.setdefault(message.channel_id, []).append((message.log_time, record.at))

    def take_chunk(self, record, chunk):
        if chunk.length != len(record.content):
            self.wrong(record.at, "a chunk is longer than its fields")
        if chunk.fields.uncompressed_crc == 0 or chunk.fields.uncompressed_crc != zlib.crc32(chunk.data):
            self.wrong(record.at, "a chunk's checksum is missing or wrong")
        self.open = {}
        for inner in chunk.records:
            if inner.kind == Opcode.MESSAGE:
                self.take_message(inner, self.open)
            elif inner.kind in (Opcode.SCHEMA, Opcode.CHANNEL):
                self.take_data(inner, self.reread(inner, DATA_KINDS[inner.kind]))
            else:
                self.wrong(record.at, f"a chunk has a record of kind {inner.kind}")
        times = [time for places in self.open.values() for time, _ in places] or [0]
        if (chunk.fields.message_start_time, chunk.fields.message_end_time) != (min(times), max(times)):
            self.wrong(record.at, "a chunk's first or last time is wrong")
        self.chunks.append(ChunkIndex(
            FRAMING + len(record.content), record.at, chunk.fields.compression,
            len(chunk.fields.data), chunk.fields.message_end_time, 0, {},
            chunk.fields.message_start_time, chunk.fields.uncompressed_size))

    def take_index(self, record, fields):
        if self.open is None:
            self.wrong(record.at, "a message index does not follow a chunk")
            return
        chunk = self.chunks[-1]
        if fields.channel_id in chunk.message_index_offsets:
            self.wrong(record.at, "a chunk has two message indexes for a channel")
        if fields.records != self.open.get(fields.channel_id, []):
            self.wrong(record.at, "a message index does not name the messages of the chunk before it")
        chunk.message_index_offsets[fields.channel_id] = record.at
        chunk.message_index_length += FRAMING + len(record.content)

    def finish(self):
        """After the last record."""
        if self.footer is None:
            self.wrong(len(self.data), "the file ends before its footer")
        elif self.data_end is None:
            self.wrong(self.footer.at, "there is no data end before the footer")
        elif bytes(self.data[self.footer.end :]) != MAGIC:
            self.wrong(self.footer.end, "the file does not end with the magic behind its footer")
        if self.problem is None:
            self.check_summary()
        if self.problem is None:
            self.check_with_official_reader()

    def check_summary(self):
        """The summary against one made anew from what was read."""
        statistics = Statistics(
            len(self.attachments), len(self.channels), self.counts, len(self.chunks),
            self.message_count, self.last, self.first, len(self.metadata), len(self.schemas))
        groups = [
            list(self.schemas.values()), list(self.channels.values()), [statistics], self.chunks,
            self.attachments, self.metadata]
        start = at = self.data_end.end
        expected, offsets = [], []
        for group in groups:
            length = sum(len(written(record)) for record in group)
            if group:
                offsets.append(SummaryOffset(written(group[0])[0], at, length))
            expected += group
            at += length
        expected += offsets
        for index, wanted in enumerate(expected):
            found = self.summary[index] if index < len(self.summary) else None
            if found is None or found[1] != wanted:
                self.wrong(found[0].at if found else self.footer.at,
                           f"the summary says otherwise than the file: {type(wanted).__name__}")
                return
        if len(self.summary) != len(expected):
            self.wrong(self.summary[len(expected)][0].at, "the summary says more than the file")
        footer = read(Footer, self.footer.content)
        crc = zlib.crc32(self.data[start : self.footer.end - 4])
        if footer != Footer(start, at, crc) or crc == 0:
            self.wrong(self.footer.at, "the footer's offsets or checksum are wrong")

    def check_with_official_reader(self):
        """The official package's own reader, checksums validated, finds the same messages."""
        try:
            records = StreamReader(BytesIO(self.data), validate_crcs=True).records
            count = sum(isinstance(record, Message) for record in records)
        except (McapError, CRCValidationError, ValueError) as problem:
            self.wrong(0, f"the official mcap package refuses the file: {problem}")
            return
        if count != self.message_count:
            self.wrong(0, f"the official mcap package finds {count} messages, not {self.message_count}")
