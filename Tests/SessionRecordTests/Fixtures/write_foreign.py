"""Writes an MCAP file with the official mcap package: messages, an attachment, metadata.

Usage: write_foreign.py PATH none|zstd|lz4 chunked|plain
"""
import sys

from mcap.writer import CompressionType, Writer

path, compression, layout = sys.argv[1:]
kind = {"none": CompressionType.NONE, "zstd": CompressionType.ZSTD, "lz4": CompressionType.LZ4}
with open(path, "wb") as file:
    writer = Writer(
        file,
        chunk_size=512,
        compression=kind[compression],
        use_chunking=layout == "chunked",
        enable_data_crcs=True,
    )
    writer.start(profile="", library="foreign")
    schema = writer.register_schema(name="s", encoding="jsonschema", data=b'{"type":"object"}')
    channel = writer.register_channel(topic="/a", message_encoding="json", schema_id=schema)
    other = writer.register_channel(topic="/b", message_encoding="json", schema_id=schema)
    for index in range(100):
        writer.add_message(
            channel_id=channel if index % 2 == 0 else other,
            log_time=index * 10,
            publish_time=index * 10,
            sequence=index,
            data=b'{"value": %d}' % index,
        )
    writer.add_attachment(
        create_time=1, log_time=2, name="notes.txt", media_type="text/plain", data=b"hello"
    )
    writer.add_metadata(name="m", data={"key": "value"})
    writer.finish()
