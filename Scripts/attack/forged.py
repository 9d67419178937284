"""Changes by somebody who knows the format: the container is put in order after each.

Each change gives what it did, the file, and what has to be said of it (nothing where it depends).
"""
import base64
import json
import struct
from dataclasses import replace

from audit.seals import VerifyingKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from mcap.records import Attachment, Channel, Header, Message, Metadata, Schema

from .parts import Group

ALTERED = {"state": "altered", "container": "intact"}


class Forger:
    """A key of the attacker's own."""

    def __init__(self, rng, name):
        self.private = Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = VerifyingKey.of(name, public)

    def line(self, text):
        return signature_line(self.key.name, self.key.id, self.private.sign(text))


def signature_line(name, key_id, signature):
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n".encode()


def manifest_of(parts):
    return json.loads(parts.messages("/trumpet/manifest")[0].data)


def set_manifest(parts, manifest):
    text = json.dumps(manifest, separators=(",", ":"), ensure_ascii=False)
    parts.messages("/trumpet/manifest")[0].data = text.encode()


# One message

def change_data(rng, parts):
    message = rng.choice([each for each in parts.messages() if each.data])
    data = bytearray(message.data)
    place = rng.randrange(len(data))
    data[place] ^= 1 << rng.randrange(8)
    message.data = bytes(data)
    return f"byte {place} of a message on {parts.topics[message.channel_id]} changed", None


def change_head(rng, parts):
    message = rng.choice(parts.messages("/trumpet/blocks"))
    data = bytearray(message.data)
    place = rng.randrange(min(12, len(data)))
    data[place] = rng.randrange(256)
    message.data = bytes(data)
    return f"byte {place} of block {message.sequence} made {data[place]}", None


def change_fields(rng, parts):
    # Often the last one, which no chain covers.
    message = parts.messages()[-1] if rng.random() < 0.3 else rng.choice(parts.messages())
    name = rng.choice(["sequence", "log_time", "publish_time", "channel_id"])
    value, topic = getattr(message, name), parts.topics[message.channel_id]
    other = rng.choice([value + 1, value ^ 1, 1, 7])
    setattr(message, name, other)
    return (f"{name} of a message on {topic} from {value} to {other}",
            ALTERED if other != value and name != "channel_id" else None)


def drop_message(rng, parts):
    message = rng.choice(parts.messages())
    topic = parts.topics[message.channel_id]
    parts.remove(message)
    return f"a message on {topic} dropped", ALTERED


def double_message(rng, parts):
    message = rng.choice(parts.messages())
    parts.insert_after(message, replace(message))
    return f"a message on {parts.topics[message.channel_id]} doubled", ALTERED


def swap_messages(rng, parts):
    first, second = rng.sample(parts.messages(), 2)
    names = ["channel_id", "sequence", "log_time", "publish_time", "data"]
    kept = {name: getattr(first, name) for name in names}
    for name in names:
        setattr(first, name, getattr(second, name))
        setattr(second, name, kept[name])
    return "two messages swapped", None


def drop_seal_of(topic):
    def change(rng, parts):
        message = rng.choice(parts.messages(topic))
        parts.remove(message)
        return f"one of {topic} dropped", ALTERED
    return change


def exchange_in(topic):
    def change(rng, parts):
        messages = parts.messages(topic)
        if len(messages) < 2:
            return "nothing", None
        first, second = rng.sample(messages, 2)
        first.data, second.data = second.data, first.data
        return f"the data of two of {topic} exchanged", ALTERED
    return change


# Whole blocks and chunks

def swap_chunks(rng, parts):
    first, second = rng.sample(parts.groups, 2)
    # Descriptions that come after what they describe are not in order either.
    wanted = {"state": "altered"} if parts.of_type(Channel)[0] in first.records + second.records else ALTERED
    for name in ("records", "compression", "is_indexed"):
        kept = getattr(first, name)
        setattr(first, name, getattr(second, name))
        setattr(second, name, kept)
    return "two chunks swapped", None if first.records == second.records else wanted


def drop_chunks(rng, parts):
    groups = parts.groups
    first = rng.randrange(1, len(groups))
    count = rng.choice([1, 1, 2, 5])
    gone = [id(group) for group in groups[first : first + count]]
    parts.items = [item for item in parts.items if id(item) not in gone]
    return f"chunks {first}..<{first + len(gone)} dropped", ALTERED


def double_chunk(rng, parts):
    group = rng.choice(parts.groups)
    place = next(i for i, item in enumerate(parts.items) if item is group)
    parts.items.insert(rng.randint(place, len(parts.items)), group)
    return "a chunk doubled", ALTERED


def end_at_seal(rng, parts):
    """Cut back to a seal or checkpoint, and closed as if the session had ended there."""
    places = [(item, i) for item in parts.groups for i, each in enumerate(item.records[:-1])
              if isinstance(each, Message)
              and parts.topics[each.channel_id] in ("/trumpet/seals", "/trumpet/checkpoints")]
    group, last = rng.choice(places)
    group.records = group.records[: last + 1]
    place = next(i for i, item in enumerate(parts.items) if item is group)
    has_more = any(isinstance(item, Group) for item in parts.items[place + 1 :])
    parts.items = parts.items[: place + 1]
    return "ended behind a seal and closed in order", ALTERED if has_more else None


# What the manifest lists

def exchange_attachments(rng, parts):
    files = parts.of_type(Attachment)
    if len(files) < 2:
        return "nothing", None
    first, second = rng.sample(files, 2)
    first.data, second.data = second.data, first.data
    return (f"contents of {first.name} and {second.name} exchanged",
            ALTERED if first.data != second.data else None)


def change_attachment(rng, parts):
    file = rng.choice(parts.of_type(Attachment))
    which = rng.choice(["data", "name", "media_type", "log_time", "create_time"])
    value = getattr(file, which)
    setattr(file, which, value + {"data": b" ", "name": "x", "media_type": "x"}.get(which, 1))
    return f"{which} of attachment {file.name} changed", ALTERED


def drop_attachment(rng, parts):
    file = rng.choice(parts.of_type(Attachment))
    parts.remove(file)
    return f"attachment {file.name} dropped", ALTERED


def add_attachment(rng, parts):
    file = rng.choice(parts.of_type(Attachment))
    new = replace(file, name=rng.choice([file.name, "more.txt"]))
    parts.items.insert(rng.randrange(1, len(parts.items) + 1), new)
    return f"attachment {new.name} added", ALTERED


def change_metadata(rng, parts):
    metadata = rng.choice(parts.of_type(Metadata))
    pairs = dict(metadata.metadata)
    key = rng.choice(sorted(pairs))
    way = rng.choice(["value", "key", "more"])
    if way == "value":
        pairs[key] = "hardware" if key == "origin" and pairs[key] != "hardware" else pairs[key] + "1"
    elif way == "key":
        pairs[key + "x"] = pairs.pop(key)
    else:
        pairs["more"] = ""
    metadata.metadata = pairs
    return f"metadata {key}: another {way}", ALTERED


def change_description(rng, parts):
    header = parts.of_type(Header)[0]
    schema, channel = rng.choice(parts.of_type(Schema)), rng.choice(parts.of_type(Channel))
    way = rng.choice(["library", "schema data", "schema name", "topic", "encoding", "metadata", "schema"])
    if way == "library":
        header.library += "1"
    elif way == "schema data":
        schema.data += b" "
    elif way == "schema name":
        schema.name += "x"
    elif way == "topic":
        channel.topic += "x"
    elif way == "encoding":
        channel.message_encoding += "x"
    elif way == "metadata":
        channel.metadata = {"key": "value"}
    else:
        # The two schemas of the wire differ in nothing but their id.
        name = next(each.name for each in parts.of_type(Schema) if each.id == channel.schema_id)
        others = [each.id for each in parts.of_type(Schema) if each.name != name]
        channel.schema_id = rng.choice(others)
    # Descriptions in chunks may come after messages that need them; then the container is not in order.
    return f"another {way} in header, schema or channel", {"state": "altered"}


def describe_again(rng, parts):
    """A schema or channel a second time: the same under the same id means nothing, otherwise it does."""
    record = rng.choice(parts.of_type(Schema) + parts.of_type(Channel))
    new = replace(record)
    if rng.random() < 0.7:
        new.id = rng.choice([99, record.id % 10 + 1])
    is_known = any(each == new for each in parts.of_type(type(record)))
    parts.insert_after(record, new)
    if is_known:
        return AGAIN, None
    return f"{type(record).__name__} {record.id} described again as {new.id}", {"state": "altered"}


# Seals

def seal_with_old_signatures(rng, parts):
    """Something changed, chain and seals recomputed, the signatures left as they were."""
    lines = {id(each): each.data.partition(b"\n\n")[2] for each in parts.messages("/trumpet/checkpoints")}
    order = iter(list(lines.values()))
    what = change_sample(rng, parts)
    parts.seal_again(manifest_of(parts)["session"], lambda text: next(order))
    return f"{what}, sealed again, signatures left", {
        "state": "complete", "signature": "invalid", "container": "intact"}


def seal_with_forged_signatures(rng, parts):
    """The same, signed by another key that claims the name and id of the record's."""
    manifest = manifest_of(parts)
    key = VerifyingKey.parse(manifest["key"])
    forger = Forger(rng, key.name)
    what = change_sample(rng, parts)
    parts.seal_again(manifest["session"],
                     lambda text: signature_line(key.name, key.id, forger.private.sign(text)))
    return f"{what}, sealed again under a forged key id", {
        "state": "complete", "signature": "invalid", "container": "intact"}


def sign_with_other_key(rng, parts):
    """The same, signed by another key that the manifest names: whole, but not by whom we trust."""
    manifest = manifest_of(parts)
    name = VerifyingKey.parse(manifest["key"]).name
    forger = Forger(rng, rng.choice([name, "somebody"]))
    manifest["key"] = forger.key.text
    what = change_sample(rng, parts)
    set_manifest(parts, manifest)
    parts.seal_again(manifest["session"], forger.line)
    return f"{what}, signed again under another key", {
        "state": "complete", "signature": "other-key", "container": "intact"}


def seal_without_key(rng, parts):
    """The same, as a record without key."""
    manifest = manifest_of(parts)
    manifest["key"] = None
    what = change_sample(rng, parts)
    set_manifest(parts, manifest)
    parts.seal_again(manifest["session"], lambda text: b"")
    return f"{what}, sealed again without key", {
        "state": "complete", "signature": "absent", "container": "intact"}


def change_sample(rng, parts):
    """Changes or drops a message for people, which a chain made anew can cover."""
    candidates = parts.messages("/trumpet/events") + parts.messages("/trumpet/telemetry")
    if not candidates:
        return "nothing"
    message = rng.choice(candidates)
    if rng.random() < 0.5:
        parts.remove(message)
        return "a message dropped"
    message.data += b" "
    return "a message changed"


def spoil_signature(rng, parts):
    """The last checkpoint, behind which no seal follows."""
    message = parts.messages("/trumpet/checkpoints")[-1]
    text, _, line = message.data.partition(b"\n\n")
    place = rng.randrange(len(line))
    changed = line[:place] + bytes([line[place] ^ 1 << rng.randrange(8)]) + line[place + 1 :]
    # The last character before the padding has two bits that mean nothing: the next one says the same.
    spare = line[:-3] + bytes([line[-3] + 1]) + line[-2:]
    way = rng.choice(["changed", "gone", "double", "more", "with other spare bits"])
    line = {"changed": changed, "gone": b"", "double": line + line, "more": line + b"x",
            "with other spare bits": spare}[way]
    message.data = text + b"\n\n" + line
    return f"signature of the last checkpoint {way}", None


def splice(rng, parts, other):
    """The first chunks of one record and the last of another; the manifest's of one of the two."""
    ours, theirs = parts.groups, other.groups
    first = rng.randrange(1, len(ours))
    last = rng.randrange(1, len(theirs))
    place = next(i for i, item in enumerate(parts.items) if item is ours[first])
    parts.items = parts.items[:place] + theirs[last:]
    return f"chunks before {first} of this record and from {last} of another", ALTERED


# Harmless: the same messages in another container

HARMLESS = CHUNKED, AGAIN, RENUMBERED = (
    "chunked otherwise", "a schema or channel described again alike", "ids of channels exchanged")


def renumbered(rng, parts):
    """Other ids for the same channels."""
    channels = parts.of_type(Channel)
    numbers = [each.id for each in channels]
    others = dict(zip(numbers, rng.sample(range(1, 60), len(numbers))))
    for record in channels:
        record.id = others[record.id]
    for message in parts.messages():
        message.channel_id = others[message.channel_id]
    return RENUMBERED, None


def chunked_otherwise(rng, parts):
    """Other chunks, compressed otherwise, indexed otherwise."""
    records = [each for group in parts.groups for each in group.records]
    parts.items = [item for item in parts.items if not isinstance(item, Group)]
    while records:
        count = rng.choice([1, 2, 5, 50])
        parts.items.append(Group(records[:count], rng.choice(["", "zstd"]), rng.random() < 0.5))
        records = records[count:]
    return CHUNKED, None


CHANGES = [
    change_data, change_data, change_data, change_head, change_head, change_fields, change_fields,
    drop_message, double_message, swap_messages, drop_seal_of("/trumpet/seals"),
    drop_seal_of("/trumpet/checkpoints"), exchange_in("/trumpet/seals"),
    exchange_in("/trumpet/checkpoints"), exchange_in("/trumpet/blocks"), swap_chunks, drop_chunks,
    double_chunk, end_at_seal, exchange_attachments, change_attachment, drop_attachment,
    add_attachment, change_metadata, change_description,
    describe_again, chunked_otherwise, renumbered,
]
OF_SIGNED = [
    seal_with_old_signatures, seal_with_forged_signatures, sign_with_other_key, seal_without_key,
    spoil_signature,
]
