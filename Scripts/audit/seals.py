"""The hash chain, verifying keys and checkpoints (Docs/SessionRecord.md, "Seals")."""
import base64
import binascii
import hashlib
import re
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"  # the algorithm byte of signed notes


def chained(before, topic, message):
    """The hash after `message`, from the one before it."""
    topic = topic.encode()
    data = message.data
    return hashlib.sha256(
        before + struct.pack("<I", len(topic)) + topic
        + struct.pack("<IQQQ", message.sequence, message.log_time, message.publish_time, len(data))
        + data).digest()


def unbase64(text):
    """The bytes of base64 that could not be written otherwise; None of anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


@dataclass(frozen=True)
class VerifyingKey:
    """Whom to believe: `name+id+key`."""

    name: str
    id: bytes
    public: bytes

    @staticmethod
    def of(name, public):
        """The key of that name; its id follows from both."""
        digest = hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()
        return VerifyingKey(name, digest[:4], public)

    @property
    def text(self):
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @staticmethod
    def parse(text):
        """The key; None where `text` is not one."""
        match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
        key = unbase64(match[3]) if match else None
        if key is None or len(key) != 33 or key[:1] != ED25519:
            return None
        found = VerifyingKey.of(match[1], key[1:])
        return found if found.id.hex() == match[2] else None

    def has_signed(self, text, signatures):
        """Whether one of the signature lines is a good one by this key."""
        for name, key_id, signature in signatures:
            if (name, key_id) != (self.name, self.id):
                continue
            try:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
                return True
            except (InvalidSignature, ValueError):
                pass
        return False


def checkpoint_text(session, number, chain, tick):
    """What a checkpoint says, to the last byte."""
    return (f"trumpet/session/{session}\n{number}\n{base64.b64encode(chain).decode()}\n"
            f"tick {tick}\n").encode()


def signature_lines(data):
    """Name, key id and signature of each line; None if one has another form."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if text and not text.endswith("\n"):
        return None
    found = []
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        signed = unbase64(match[2]) if match else None
        if signed is None or len(signed) < 5:
            return None
        found.append((match[1], signed[:4], signed[4:]))
    return found


@dataclass
class LodgedCheckpoint:
    """A checkpoint that somebody kept elsewhere."""

    session: str
    number: int
    chain: bytes
    text: bytes
    signatures: list

    @staticmethod
    def parse(data):
        """The checkpoint; None where `data` is not one."""
        # It may have been copied from a terminal, with empty lines around it.
        text, _, rest = data.strip(b"\r\n").partition(b"\n\n")
        rest = rest + b"\n" if rest else b""
        match = re.fullmatch(
            r"trumpet/session/([0-9a-f]{32})\n(0|[1-9][0-9]{0,19})\n(\S{44})\ntick (-?[0-9]{1,19})",
            text.decode("ascii", "replace"))
        chain = unbase64(match[3]) if match else None
        signatures = signature_lines(rest)
        if chain is None or len(chain) != 32 or signatures is None:
            return None
        return LodgedCheckpoint(match[1], int(match[2]), chain, text + b"\n", signatures)
