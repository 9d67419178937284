"""Puts the answers together."""
import mmap
import os
from dataclasses import dataclass

from mcap.opcode import Opcode
from mcap.records import Header

from .container import MAGIC, ContainerCheck, Unreadable, open_chunk, read, walk, whole_chunk_after
from .content import Content
from .manifest import Difference


class NotARecord(Exception):
    """The file is not a session record."""


@dataclass
class Verdict:
    """The answers of a verification, under the keys of `--json`."""

    state: str
    unsealed_ticks: int
    signature: str
    container: str
    at_s: float
    reason: str
    origin: str

    def is_good(self, allow_unsigned):
        """Whether a record with these answers will do."""
        signatures = ("valid", "absent") if allow_unsigned else ("valid",)
        return (self.state == "complete" and self.container == "intact"
                and self.signature in signatures)


def verify(path, keys, lodged=None):
    """The verdict on the file at `path`, and the blocks, seals and checkpoints in it."""
    with open(path, "rb") as file:
        # An empty file cannot be mapped.
        size = os.fstat(file.fileno()).st_size
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        with memoryview(data) as view:
            return verify_bytes(view, keys, lodged)


def verify_bytes(data, keys, lodged=None):
    """The same for bytes."""
    if bytes(data[:8]) != MAGIC and not has_header_of_ours(data):
        raise NotARecord("it begins neither like an MCAP file nor like a damaged session record")
    content, container = Content(lodged), ContainerCheck(data)
    alteration = None  # (what, where)
    is_content, ended_in_order, broke_at = True, False, None

    for record in walk(data):
        if record is None or isinstance(record, int):
            broke_at = record
            break
        # Content ends at the data end, or at a footer.
        if record.kind in (Opcode.DATA_END, Opcode.FOOTER):
            is_content, ended_in_order = False, True
        chunk = None
        try:
            if is_content:
                if record.kind == Opcode.CHUNK:
                    chunk = open_chunk(record.content)
                if alteration is None:
                    content.take(record, chunk)
        except Unreadable as problem:
            # The walk fails here: nothing behind it can be trusted to be what it seems.
            alteration = alteration or (f"a record of kind {record.kind} {problem}", record.at)
            container.wrong(record.at, f"a record of kind {record.kind} {problem}")
            break
        except Difference as problem:
            alteration = (str(problem), record.at)
        container.take(record, chunk)
    else:
        raise AssertionError("the walk always ends with a byte or None")

    if alteration is None:
        try:
            content.finish()
        except Difference as problem:
            alteration = (str(problem), len(data))
    if not content.is_ours:
        raise NotARecord("no header with profile `trumpet` and no channel of ours is in it")
    container.finish()

    state, reason = "complete", "everything is as it was written"
    if alteration:
        state, reason = "altered", f"{alteration[0]} (byte {alteration[1]})"
    elif not content.is_complete:
        state, reason = how_it_ends(data, broke_at, ended_in_order)
    if state != "altered" and lodged and lodged.number > content.messages:
        state = "truncated"
        reason = f"the lodged checkpoint covers {lodged.number} messages, and {content.messages} are left"
    signature = signature_of(content, keys, lodged)
    if state == "complete" and signature == "invalid":
        reason = "a checkpoint is not signed by the record's key"
    elif state == "complete" and container.problem:
        reason = container.problem
    key = content.manifest.key if content.manifest else None
    verdict = Verdict(
        state, content.ticks_after_signature if key else content.ticks_after_seal, signature,
        "damaged" if container.problem else "intact", time_of(state, content), reason, content.origin)
    return verdict, content.rows


def has_header_of_ours(data):
    for record in walk(data):
        try:
            return record.kind == Opcode.HEADER and read(Header, record.content).profile == "trumpet"
        except (AttributeError, Unreadable):
            return False
    return False


def how_it_ends(data, broke_at, ended_in_order):
    """A record without its end, and unaltered as far as it goes: was it cut off or cut out?"""
    if ended_in_order:
        return "altered", "the file ends in order and has no seal of the end"
    if bytes(data[-len(MAGIC) :]) == MAGIC and len(data) > len(MAGIC):
        return "altered", f"the file ends with the magic, and breaks off at byte {broke_at}"
    later = whole_chunk_after(data, broke_at)
    if later is not None:
        return "altered", f"the file breaks off at byte {broke_at} and has a whole chunk at byte {later}"
    return "truncated", f"the file ends at byte {broke_at}, without a seal of the end"


def signature_of(content, keys, lodged):
    key = content.manifest.key if content.manifest else None
    if key and lodged and not key.has_signed(lodged.text, lodged.signatures):
        return "invalid"
    if key is None or content.checkpoints == 0:
        return "absent"
    if content.unsigned_checkpoints:
        return "invalid"
    if key in keys:
        return "valid"
    return "other-key" if keys else "unknown-key"


def time_of(state, content):
    if state == "complete":
        return None
    if state == "truncated":
        return (content.block_time or 0) / 1e9
    return (content.seal_tick or 0) / 100
