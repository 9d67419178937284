"""The manifest: what belongs to the record, and nothing else does."""
import hashlib
import json
import re
import struct
from collections import Counter

from .seals import VerifyingKey


class Difference(Exception):
    """Something is in the file that the manifest does not have so, or the other way round."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def is_number(value):
    return type(value) is int


def is_hex(digits):
    return lambda value: isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", value)


def is_text(value):
    return isinstance(value, str)


PREVIOUS = {"session": is_hex(32), "messages": is_number, "hash": is_hex(64), "tick": is_number}
LISTS = {
    "schemas": {"name": is_text, "encoding": is_text, "sha256": is_hex(64)},
    "channels": {"topic": is_text, "messageEncoding": is_text, "schema": is_text},
    "metadata": {"name": is_text, "sha256": is_hex(64)},
    "attachments": {"name": is_text, "mediaType": is_text, "bytes": is_number, "sha256": is_hex(64)},
}


def has_form(value, form):
    return isinstance(value, dict) and all(key in value and test(value[key]) for key, test in form.items())


def without_doubles(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


class Manifest:
    """What the manifest lists, and what of that was not met yet."""

    def __init__(self, data):
        try:
            value = json.loads(data.decode(), object_pairs_hook=without_doubles, parse_constant=refuse)
        except (ValueError, RecursionError) as problem:
            raise Difference(f"the manifest is not JSON as it should be ({problem})") from None
        is_formed = (
            has_form(value, {"format": is_text, "session": is_hex(32), "profile": is_text,
                             "library": is_text, "key": lambda key: key is None or is_text(key),
                             "previous": lambda before: before is None or has_form(before, PREVIOUS)})
            and all(isinstance(value.get(key), list) and all(has_form(each, form) for each in value[key])
                    for key, form in LISTS.items()))
        if not is_formed or value["format"] != "trumpet.record.v1":
            raise Difference("the first message is not a manifest of format trumpet.record.v1")
        self.session = value["session"]
        self.previous = value["previous"]
        self.key = None
        if value["key"] is not None:
            self.key = VerifyingKey.parse(value["key"])
            if self.key is None:
                raise Difference("the manifest's key is not a verifying key")
        self.left = {"header": Counter([(value["profile"], value["library"])])}
        for kind, form in LISTS.items():
            entries = [tuple(each[key] for key in form) for each in value[kind]]
            # A schema may be there under several ids; everything else has a name of its own.
            if kind != "schemas" and len({entry[0] for entry in entries}) != len(entries):
                raise Difference(f"the manifest lists one of its {kind} twice")
            self.left[kind] = Counter(entries)

    def meet(self, kind, *entry):
        """Crosses out what is in the file."""
        if not self.left[kind][entry]:
            raise Difference(f"{kind}: the manifest does not list {entry[0]!r} as it is in the file")
        self.left[kind][entry] -= 1

    def missing(self):
        """Raises if something that is listed was never met."""
        for kind, entries in self.left.items():
            for entry, count in entries.items():
                if count:
                    raise Difference(f"{kind}: {entry[0]!r} is in the manifest and not in the file")


def metadata_digest(pairs):
    """SHA-256 over the pairs in byte order of the keys."""
    pairs = sorted((key.encode(), value.encode()) for key, value in pairs)
    parts = [struct.pack("<I", len(text)) + text for pair in pairs for text in pair]
    return sha256(b"".join(parts))
