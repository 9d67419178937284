"""Reads a record with the official mcap package, checksums validated, and prints what it found."""
import json
import sys

from mcap.reader import NonSeekingReader, SeekingReader
from mcap.records import Attachment
from mcap.stream_reader import StreamReader

path = sys.argv[1]
with open(path, "rb") as file:
    reader = SeekingReader(file, validate_crcs=True)
    summary = reader.get_summary()
    counts = {}
    samples = {}
    for schema, channel, message in reader.iter_messages():
        counts[channel.topic] = counts.get(channel.topic, 0) + 1
        if channel.message_encoding == "json":
            samples[channel.topic] = json.loads(message.data)
            assert json.loads(schema.data)["type"] == "object"
    by_topic = sum(1 for _ in reader.iter_messages(topics=["/trumpet/events"]))
    attachments = {a.name: a.data.decode() for a in reader.iter_attachments()}
    metadata = {m.name: dict(m.metadata) for m in reader.iter_metadata()}
    header = reader.get_header()

with open(path, "rb") as file:
    streamed = sum(1 for _ in NonSeekingReader(file, validate_crcs=True).iter_messages())

with open(path, "rb") as file:
    records = sum(1 for _ in StreamReader(file, validate_crcs=True).records)

statistics = summary.statistics
assert statistics.message_count == sum(counts.values()) == streamed
assert statistics.chunk_count == len(summary.chunk_indexes)
assert statistics.attachment_count == len(attachments)
assert {summary.channels[i].topic: n for i, n in statistics.channel_message_counts.items()} == counts
print(
    json.dumps(
        {
            "counts": counts,
            "eventsByTopic": by_topic,
            "attachments": attachments,
            "metadata": metadata,
            "library": header.library,
            "samples": samples,
            "records": records,
        },
        sort_keys=True,
    )
)
