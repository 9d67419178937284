"""The content: what the messages say, in file order (Docs/SessionRecord.md, "Verification")."""
import struct
from dataclasses import dataclass

from mcap.opcode import Opcode
from mcap.records import Attachment, Channel, Header, Metadata, Schema

from .container import Unreadable, read, read_message, read_pairs
from .manifest import Difference, Manifest, metadata_digest, sha256
from .seals import chained, checkpoint_text, signature_lines

TICK_NANOSECONDS = 10_000_000
LARGEST_BLOCK = 1 << 24
TOPICS = {"/trumpet/" + name for name in (
    "blocks", "events", "telemetry", "truth", "manifest", "seals", "checkpoints", "snapshots",
    "wire/sent", "wire/received")}
ORIGINS = ("simulated", "emulated", "hardware")
OF_BLOCK, OF_END = 0, 1  # kinds of seals


@dataclass
class BlockHead:
    """The beginning of a block message."""

    number: int
    first_tick: int
    ticks: int
    is_restart: bool

    @staticmethod
    def parse(data):
        """The head; None where it does not decode."""
        if len(data) < 2 or data[0] != 1 or data[1] & ~1:
            return None
        at, values = 2, []
        for _ in range(5 if data[1] & 1 else 3):
            value, at = varint(data, at)
            if value is None:
                return None
            values.append(value)
        if values[2] > LARGEST_BLOCK or len(data) - at < 16:
            return None
        first = (values[1] >> 1) ^ -(values[1] & 1)
        return BlockHead(values[0], first, values[2], bool(data[1] & 1))


def varint(data, at):
    """The number at `at` and where the next begins; None where it has no end within 64 bits."""
    value = shift = 0
    while at < len(data):
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return (value, at) if value < 1 << 64 else (None, at)
        if shift > 63:
            break
    return None, at


class Content:
    """Takes the records of the content and says what of them is as it was written.

    `take` raises Difference or Unreadable at the first alteration; what was read until then stays.
    """

    def __init__(self, lodged):
        self.lodged = lodged
        self.is_ours = False
        self.header = None
        self.schemas, self.channels = {}, {}
        self.met = []  # what came before the manifest, which has to list it
        self.manifest = None
        self.origin, self.has_origin = None, False
        self.chain, self.messages = bytes(32), 0
        self.before = None  # what the last message of blocks, seals, checkpoints and others was
        self.blocks, self.block_time = 0, None
        self.seal_tick = None  # of the last good seal
        self.has_end_seal = self.is_complete = False
        self.ticks_after_seal = self.ticks_after_signature = 0
        self.checkpoints = self.unsigned_checkpoints = 0
        self.rows = []  # for --list

    # Records

    def take(self, record, chunk=None):
        if record.kind == 0:
            raise Unreadable("is of kind 0")
        if record.kind == Opcode.HEADER:
            header = read(Header, record.content)
            self.is_ours = self.is_ours or header.profile == "trumpet"
            if header != self.header:
                self.header = header
                self.meet("header", header.profile, header.library)
        elif record.kind == Opcode.ATTACHMENT:
            file = read(Attachment, record.content)
            # An attachment has no times that mean anything; none can hide in them.
            times = file.log_time, file.create_time
            digest = sha256(file.data) if times == (0, 0) else None
            self.meet("attachments", file.name, file.media_type, len(file.data), digest)
        elif record.kind == Opcode.METADATA:
            self.take_metadata(record)
        elif record.kind == Opcode.CHUNK:
            for inner in chunk.records:
                if inner.kind == 0:
                    raise Unreadable("is a chunk with a record of kind 0")
                self.take_described(inner)
        else:
            self.take_described(record)

    def take_described(self, record):
        """A schema, channel or message, in a chunk or not."""
        if record.kind == Opcode.SCHEMA:
            schema = read(Schema, record.content)
            if self.is_new(self.schemas, schema):
                self.meet("schemas", schema.name, schema.encoding, sha256(schema.data))
        elif record.kind == Opcode.CHANNEL:
            self.take_channel(record)
        elif record.kind == Opcode.MESSAGE:
            message = read_message(record.content)
            if message.channel_id not in self.channels:
                raise Unreadable(f"names channel {message.channel_id}, which was not described")
            self.take_message(self.channels[message.channel_id].topic, message)

    def take_channel(self, record):
        pairs = read_pairs(record.content, record.kind)
        channel = read(Channel, record.content)
        if not self.is_new(self.channels, channel):
            return
        self.is_ours = self.is_ours or channel.topic in TOPICS
        schema = self.schemas.get(channel.schema_id)
        # A channel without schema, or with metadata, is none that a manifest can list.
        name = None if schema is None or pairs else schema.name
        self.meet("channels", channel.topic, channel.message_encoding, name)

    def is_new(self, described, record):
        """Whether a schema or channel comes for the first time; again it may come alike."""
        before = described.setdefault(record.id, record)
        if before != record:
            raise Unreadable(f"describes {type(record).__name__.lower()} {record.id} in a second way")
        return before is record

    def take_metadata(self, record):
        pairs = read_pairs(record.content, record.kind)
        name = read(Metadata, record.content).name
        has_doubles = len(dict(pairs)) != len(pairs)
        if name == "trumpet.session" and not self.has_origin:
            self.has_origin = True
            origin = dict(pairs).get("origin")
            self.origin = origin if origin in ORIGINS else None
        self.meet("metadata", name, None if has_doubles else metadata_digest(pairs))

    def meet(self, kind, *entry):
        """Something that the manifest has to list, once; before the manifest it is kept for it."""
        if self.manifest:
            self.manifest.meet(kind, *entry)
        else:
            self.met.append((kind, *entry))

    # Messages

    def take_message(self, topic, message):
        self.check_lodged()
        if self.is_complete:
            raise Difference("there is a message after the last checkpoint")
        if self.has_end_seal and topic != "/trumpet/checkpoints":
            raise Difference("the seal of the end is not followed by a checkpoint")
        if self.before == "block" and topic != "/trumpet/seals":
            raise Difference(f"block {self.blocks - 1} is not followed by its seal")
        if (self.messages == 0) != (topic == "/trumpet/manifest"):
            raise Difference("the manifest is not the first message, or not the only one")
        before = "other"
        if topic == "/trumpet/manifest":
            self.take_manifest(message)
        elif topic == "/trumpet/blocks":
            self.take_block(message)
            before = "block"
        elif topic == "/trumpet/seals":
            self.take_seal(message)
            before = "seal"
        elif topic == "/trumpet/checkpoints":
            self.take_checkpoint(message)
            before = "checkpoint"
        self.before = before
        self.chain = chained(self.chain, topic, message)
        self.messages += 1

    def take_manifest(self, message):
        manifest = Manifest(message.data)
        for each in self.met:
            manifest.meet(*each)
        self.manifest = manifest
        if self.lodged and self.lodged.session != manifest.session:
            raise Difference("the lodged checkpoint is of another session")

    def take_block(self, message):
        head = BlockHead.parse(message.data)
        if head is None:
            raise Difference(f"the head of block {self.blocks} does not decode")
        if head.number != self.blocks:
            raise Difference(f"block {self.blocks} is missing: there is block {head.number}")
        if self.blocks and head.first_tick * TICK_NANOSECONDS != self.block_time:
            raise Difference(f"block {head.number} does not begin where the one before it ends")
        self.blocks += 1
        self.block_time = message.log_time
        self.ticks_after_seal += head.ticks
        self.ticks_after_signature += head.ticks
        self.rows.append(["block", self.messages, head.number, message.log_time, head.ticks, ""])

    def take_seal(self, message):
        if len(message.data) != 49:
            raise Difference(f"a seal has {len(message.data)} bytes, not 49")
        kind, number, chain, tick = struct.unpack("<BQ32sq", message.data)
        after = {OF_BLOCK: ("block",), OF_END: ("seal", "checkpoint")}.get(kind)
        if after is None or self.before not in after:
            raise Difference(f"a seal of kind {kind} stands where none belongs")
        if (number, chain) != (self.messages, self.chain):
            raise Difference(f"the seal at message {self.messages} is not that of what stands before it")
        if tick * TICK_NANOSECONDS != self.block_time:
            raise Difference("a seal's tick is not that of the block before it")
        self.seal_tick = tick
        self.has_end_seal = kind == OF_END
        self.ticks_after_seal = 0
        name = "end" if kind == OF_END else "block"
        self.rows.append(["seal", self.messages, name, tick * TICK_NANOSECONDS, "", "good"])

    def take_checkpoint(self, message):
        key = self.manifest.key
        text = b""
        if self.seal_tick is not None:
            text = checkpoint_text(self.manifest.session, self.messages, self.chain, self.seal_tick)
        if not text or not message.data.startswith(text + b"\n"):
            raise Difference(f"the checkpoint at message {self.messages} is not that of what stands before it")
        time = self.seal_tick * TICK_NANOSECONDS
        if (message.sequence, message.log_time, message.publish_time) != (self.checkpoints, time, time):
            raise Difference(f"the checkpoint at message {self.messages} has another sequence or time")
        signatures = signature_lines(message.data[len(text) + 1 :])
        if signatures is None or len(signatures) != (0 if key is None else 1):
            raise Difference(f"the signature of the checkpoint at message {self.messages} has another form")
        self.checkpoints += 1
        self.is_complete = self.has_end_seal
        answer = "unsigned"
        if key:
            answer = "signed" if key.has_signed(text, signatures) else "BAD SIGNATURE"
            if answer == "signed":
                self.ticks_after_signature = 0
            else:
                self.unsigned_checkpoints += 1
        self.rows.append(["checkpoint", self.messages, "", time, "", answer])

    # The end

    def check_lodged(self):
        if self.lodged and self.lodged.number == self.messages and self.lodged.chain != self.chain:
            raise Difference(f"the lodged checkpoint knows other messages before message {self.messages}")

    def finish(self):
        """When the walk has ended without an alteration."""
        self.check_lodged()
        if self.manifest:
            self.manifest.missing()
