"""Takes a record apart and puts it together again, container in order: checksums, indexes, summary."""
import struct
import zlib
from dataclasses import dataclass, field, replace
from io import BytesIO

import zstandard
from audit.container import MAGIC, open_chunk, read, read_message, walk, written
from audit.seals import chained, checkpoint_text
from mcap.opcode import Opcode
from mcap.records import (
    Attachment, AttachmentIndex, Channel, Chunk, ChunkIndex, DataEnd, Footer, Header, Message,
    MessageIndex, Metadata, MetadataIndex, Schema, Statistics, SummaryOffset,
)

KINDS = {Opcode.HEADER: Header, Opcode.SCHEMA: Schema, Opcode.CHANNEL: Channel,
         Opcode.ATTACHMENT: Attachment, Opcode.METADATA: Metadata}


@dataclass
class Group:
    """A chunk: its records, and how it is written."""

    records: list
    compression: str = "zstd"
    is_indexed: bool = False


@dataclass
class Parts:
    """What stands before the data end, in file order: records of the package, chunks as Groups."""

    items: list = field(default_factory=list)

    @staticmethod
    def of(data):
        parts = Parts()
        for record in walk(data):
            if record is None or isinstance(record, int) or record.kind == Opcode.DATA_END:
                return parts
            if record.kind == Opcode.CHUNK:
                chunk = open_chunk(record.content)
                inner = [read_message(each.content) if each.kind == Opcode.MESSAGE
                         else read(KINDS[each.kind], each.content) for each in chunk.records]
                parts.items.append(Group(inner, chunk.fields.compression))
            elif record.kind == Opcode.MESSAGE_INDEX:
                parts.items[-1].is_indexed = True
            else:
                parts.items.append(read(KINDS[record.kind], record.content))
        return parts

    def copy(self):
        return Parts([replace(item, records=[replace(each) for each in item.records])
                      if isinstance(item, Group) else replace(item) for item in self.items])

    @property
    def groups(self):
        return [item for item in self.items if isinstance(item, Group)]

    def of_type(self, record_type):
        """Records of a type, in chunks or not."""
        found = []
        for item in self.items:
            candidates = item.records if isinstance(item, Group) else [item]
            found += [each for each in candidates if isinstance(each, record_type)]
        return found

    @property
    def topics(self):
        return {channel.id: channel.topic for channel in self.of_type(Channel)}

    def messages(self, topic=None):
        topics = self.topics
        return [each for each in self.of_type(Message)
                if topic is None or topics.get(each.channel_id) == topic]

    def remove(self, record):
        for item in self.groups:
            item.records = [each for each in item.records if each is not record]
        self.items = [item for item in self.items
                      if item is not record and (not isinstance(item, Group) or item.records)]

    def insert_after(self, record, new):
        for item in self.items:
            if isinstance(item, Group) and any(each is record for each in item.records):
                place = next(i for i, each in enumerate(item.records) if each is record)
                item.records.insert(place + 1, new)
                return
        place = next(i for i, item in enumerate(self.items) if item is record)
        self.items.insert(place + 1, new)

    def seal_again(self, session, sign):
        """Recomputes chain, seals and checkpoints; `sign` gives a text's signature line or b""."""
        topics, chain, number, tick = self.topics, bytes(32), 0, 0
        for message in self.messages():
            topic = topics[message.channel_id]
            if topic == "/trumpet/seals":
                tick = struct.unpack("<q", message.data[41:])[0]
                message.data = struct.pack("<BQ32sq", message.data[0], number, chain, tick)
            elif topic == "/trumpet/checkpoints":
                text = checkpoint_text(session, number, chain, tick)
                message.data = text + b"\n" + sign(text)
            chain = chained(chain, topic, message)
            number += 1

    def assembled(self):
        """The file."""
        out = BytesIO()
        out.write(MAGIC)
        summary = {kind: [] for kind in ("schemas", "channels", "chunks", "attachments", "metadata")}
        seen, counts, times = set(), {}, []
        for item in self.items:
            at = out.tell()
            for record in item.records if isinstance(item, Group) else [item]:
                kind = {Schema: "schemas", Channel: "channels"}.get(type(record))
                if kind and (kind, record.id) not in seen:
                    seen.add((kind, record.id))
                    summary[kind].append(record)
                if isinstance(record, Message):
                    counts[record.channel_id] = counts.get(record.channel_id, 0) + 1
                    times.append(record.log_time)
            if isinstance(item, Group):
                summary["chunks"].append(write_chunk(out, item))
                continue
            out.write(written(item))
            length = out.tell() - at
            if isinstance(item, Attachment):
                summary["attachments"].append(AttachmentIndex(
                    at, length, item.log_time, item.create_time, len(item.data), item.name,
                    item.media_type))
            elif isinstance(item, Metadata):
                summary["metadata"].append(MetadataIndex(at, length, item.name))
        out.write(written(DataEnd(zlib.crc32(out.getvalue()))))
        statistics = Statistics(
            len(summary["attachments"]), len(summary["channels"]), counts, len(summary["chunks"]),
            len(times), max(times, default=0), min(times, default=0), len(summary["metadata"]),
            len(summary["schemas"]))
        write_summary(out, [summary["schemas"], summary["channels"], [statistics],
                            summary["chunks"], summary["attachments"], summary["metadata"]])
        return out.getvalue()


def write_chunk(out, group):
    """Writes chunk and message indexes, and gives the chunk's entry for the summary."""
    data, places = b"", {}
    for record in group.records:
        if isinstance(record, Message):
            places.setdefault(record.channel_id, []).append((record.log_time, len(data)))
        data += written(record)
    packed = zstandard.ZstdCompressor().compress(data) if group.compression == "zstd" else data
    times = [time for each in places.values() for time, _ in each] or [0]
    at = out.tell()
    out.write(written(Chunk(
        group.compression, packed, max(times), min(times), zlib.crc32(data), len(data))))
    end, offsets = out.tell(), {}
    for channel, entries in places.items() if group.is_indexed else ():
        offsets[channel] = out.tell()
        out.write(written(MessageIndex(channel, entries)))
    return ChunkIndex(end - at, at, group.compression, len(packed), max(times), out.tell() - end,
                      offsets, min(times), len(data))


def write_summary(out, groups):
    start, offsets = out.tell(), []
    for group in groups:
        at = out.tell()
        for record in group:
            out.write(written(record))
        if group:
            offsets.append(SummaryOffset(written(group[0])[0], at, out.tell() - at))
    offset_start = out.tell()
    for offset in offsets:
        out.write(written(offset))
    footer = written(Footer(start, offset_start, 0))[:-4]
    crc = zlib.crc32(out.getvalue()[start:] + footer)
    out.write(footer + struct.pack("<I", crc) + MAGIC)


def records_of(data):
    """Every record's place in the file, footer included: (begin, end, kind)."""
    return [(each.at, each.end, each.kind) for each in walk(data)
            if each is not None and not isinstance(each, int)]
