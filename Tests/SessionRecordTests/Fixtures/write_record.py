"""Writes a sealed session record with the official mcap package, as Docs/SessionRecord.md has it.

Usage: write_record.py PATH none|zstd SECONDS [SEED]

SEED is 64 hexadecimal digits of an Ed25519 seed: checkpoints are signed by the key `bench` then, and
the verifying key is printed. The package puts schemas and channels into the first chunk.
"""
import base64
import hashlib
import json
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from mcap.writer import CompressionType, Writer

JSON_TOPICS = {"events": "Event", "telemetry": "Telemetry", "truth": "Truth", "manifest": "Manifest"}
TOPICS = ["blocks", "events", "telemetry", "truth", "manifest", "seals", "checkpoints", "snapshots",
          "wire/sent", "wire/received"]
BLOCK_TICKS = 100


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def zigzag(value):
    return varint(value << 1 ^ value >> 63)


class Key:
    def __init__(self, name, seed):
        self.name, self.private = name, Ed25519PrivateKey.from_private_bytes(seed)
        public = b"\1" + self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        self.text = f"{name}+{self.id.hex()}+{base64.b64encode(public).decode()}"

    def line(self, text):
        return f"— {self.name} {base64.b64encode(self.id + self.private.sign(text)).decode()}\n".encode()


class RecordWriter:
    """Chains every message that it writes."""

    def __init__(self, file, compression, key, session):
        self.session = session
        self.writer = Writer(file, chunk_size=600, compression=compression, enable_data_crcs=True)
        self.writer.start(profile="trumpet", library="foreign")
        self.key = key
        self.hash, self.number, self.sequences, self.channels = bytes(32), 0, {}, {}
        lists = {"schemas": [], "channels": [], "metadata": [], "attachments": []}
        for topic in TOPICS:
            is_json = topic in JSON_TOPICS
            name = "trumpet." + JSON_TOPICS[topic] if is_json else f"trumpet.{topic.replace('/', '.')}.v1"
            encoding, data = ("jsonschema", b'{"type":"object"}') if is_json else ("", b"")
            schema = self.writer.register_schema(name=name, encoding=encoding, data=data)
            full, kind = "/trumpet/" + topic, "json" if is_json else f"trumpet.{topic.split('/')[0]}.v1"
            self.channels[topic] = self.writer.register_channel(full, kind, schema)
            lists["schemas"].append({"name": name, "encoding": encoding, "sha256": sha256(data)})
            lists["channels"].append({"topic": full, "messageEncoding": kind, "schema": name})
        pairs = {"blockEncoding": "trumpet.block.v1", "origin": "simulated", "ticksPerSecond": "100"}
        self.writer.add_metadata("trumpet.session", pairs)
        texts = [text.encode() for pair in sorted(pairs.items()) for text in pair]
        digest = sha256(b"".join(struct.pack("<I", len(text)) + text for text in texts))
        lists["metadata"].append({"name": "trumpet.session", "sha256": digest})
        for name, data in [("session.yaml", b"title: test\n"), ("notes.txt", b"hello")]:
            self.writer.add_attachment(0, 0, name, "text/plain", data)
            lists["attachments"].append(
                {"name": name, "mediaType": "text/plain", "bytes": len(data), "sha256": sha256(data)})
        manifest = {
            "format": "trumpet.record.v1", "session": self.session, "key": key and key.text,
            "previous": None, "profile": "trumpet", "library": "foreign", **lists}
        self.message("manifest", 0, json.dumps(manifest).encode())

    def message(self, topic, tick, data, first_tick=None, sequence=None):
        if sequence is None:
            sequence = self.sequences[topic] = self.sequences.get(topic, -1) + 1
        time = tick * 10_000_000
        published = time if first_tick is None else first_tick * 10_000_000
        full = ("/trumpet/" + topic).encode()
        self.hash = hashlib.sha256(
            self.hash + struct.pack("<I", len(full)) + full
            + struct.pack("<IQQQ", sequence, time, published, len(data)) + data).digest()
        self.number += 1
        self.writer.add_message(self.channels[topic], time, data, published, sequence)

    def block(self, number, tick):
        is_restart = number == 0
        data = bytes([1, is_restart]) + varint(number) + zigzag(tick) + varint(BLOCK_TICKS)
        data += zigzag(3200) + zigzag(400) if is_restart else b""
        # No items: every tick as predicted.
        self.message("blocks", tick + BLOCK_TICKS, data + bytes(16), first_tick=tick, sequence=number)
        self.seal(0, tick + BLOCK_TICKS)

    def seal(self, kind, tick):
        self.message("seals", tick, struct.pack("<BQ32sq", kind, self.number, self.hash, tick))

    def checkpoint(self, tick):
        hash_text = base64.b64encode(self.hash).decode()
        text = f"trumpet/session/{self.session}\n{self.number}\n{hash_text}\ntick {tick}\n".encode()
        self.message("checkpoints", tick, text + b"\n" + (self.key.line(text) if self.key else b""))


def main():
    path, compression, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    key = Key("bench", bytes.fromhex(sys.argv[4])) if len(sys.argv) > 4 else None
    with open(path, "wb") as file:
        kind = {"none": CompressionType.NONE, "zstd": CompressionType.ZSTD}[compression]
        record = RecordWriter(file, kind, key, sha256(repr(sys.argv[2:]).encode())[:32])
        for number in range(seconds):
            tick = number * BLOCK_TICKS
            record.message("events", tick, b'{"t_s":%d,"kind":"note"}' % number)
            record.block(number, tick)
            if number % 60 == 0:
                record.checkpoint(tick + BLOCK_TICKS)
        record.seal(1, seconds * BLOCK_TICKS)
        record.checkpoint(seconds * BLOCK_TICKS)
        record.writer.finish()
    if key:
        print(key.text)


if __name__ == "__main__":
    main()
