"""Makes one change, asks both verifiers, and says what is wrong with their answers."""
import json
import os
import random
import subprocess
import traceback
import zlib
from dataclasses import dataclass

from audit.container import Unreadable, open_chunk, walk
from audit.seals import LodgedCheckpoint, VerifyingKey
from audit.verdict import NotARecord, verify_bytes

from mcap.opcode import Opcode

from . import forged, raw
from .parts import Parts

COMPARED = ("state", "unsealed_ticks", "signature", "container", "at_s")
NOT_A_RECORD = 65


@dataclass
class Target:
    """A record under attack."""

    path: str
    data: bytes
    parts: Parts
    other: Parts  # another valid record, for splicing; None without
    keys: list
    key_text: str
    allow_unsigned: bool
    trumpet: str  # None to ask only the Python verifier


def make_change(target, seed, number):
    """The change of that number: what it is, the file, the checkpoint that was lodged before it (or
    None), what has to be said of it, and whether it is harmless."""
    rng = random.Random(f"{seed}/{number}")
    lodged = None
    if rng.random() < 0.2:
        lodged = rng.choice(target.parts.messages("/trumpet/checkpoints")).data
    if rng.random() < 0.5:
        what, data = rng.choice(raw.CHANGES)(rng, target.data)
        return what, data, lodged, None, data == target.data
    parts = target.parts.copy()
    changes = list(forged.CHANGES)
    if target.keys:
        changes += forged.OF_SIGNED
    if target.other:
        changes += [forged.splice] * 2
    change = rng.choice(changes)
    if change is forged.splice:
        what, wanted = change(rng, parts, target.other.copy())
    else:
        what, wanted = change(rng, parts)
    data = parts.assembled()
    # A change may have changed nothing: two equal things swapped.
    # What a lodged checkpoint tells comes before what the file tells of itself.
    wanted = None if lodged else wanted
    return what, data, lodged, wanted, what in forged.HARMLESS or data == target.parts.assembled()


def python_answer(target, data, lodged=None):
    """Answer and exit status of Scripts/verify-record."""
    try:
        checkpoint = LodgedCheckpoint.parse(lodged) if lodged else None
        verdict, _ = verify_bytes(memoryview(data), target.keys, checkpoint)
    except NotARecord:
        return None, NOT_A_RECORD
    answer = {name: getattr(verdict, name) for name in COMPARED}
    return answer, 0 if verdict.is_good(target.allow_unsigned) else 1


def trumpet_answer(target, path, checkpoint):
    command = [target.trumpet, "verify", "--json", path]
    if target.key_text:
        command += ["--key", target.key_text]
    if checkpoint:
        command += ["--checkpoint", checkpoint]
    if target.allow_unsigned:
        command += ["--allow-unsigned"]
    # Keys that somebody pinned on this machine are not asked.
    environment = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent", "HOME": "/nonexistent"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    if done.returncode not in (0, 1, NOT_A_RECORD):
        return {"crash": done.stderr[-500:]}, done.returncode
    if done.returncode == NOT_A_RECORD:
        return None, NOT_A_RECORD
    try:
        answer = json.loads(done.stdout)
        return {name: answer[name] for name in COMPARED}, done.returncode
    except (ValueError, KeyError) as problem:
        return {"not JSON": f"{problem}: {done.stdout[-200:]}"}, done.returncode


def depends_on_zstd(data, ours, theirs):
    """Whether the answers may differ because a damaged zstd frame is in the file: one version of the
    library refuses what another reads as something else. Altered and damaged it is for both."""
    wanted = {"state": "altered", "container": "damaged"}
    if not ours or not theirs or any(wanted[name] != each.get(name) for each in (ours, theirs) for name in wanted):
        return False
    for record in walk(data):
        if record is None or isinstance(record, int):
            return False
        if record.kind == Opcode.CHUNK:
            try:
                chunk = open_chunk(record.content)
            except Unreadable as problem:
                return "zstd cannot read" in str(problem)
            if chunk.fields.compression and chunk.fields.uncompressed_crc != zlib.crc32(chunk.data):
                return True
    return False


def attack(target, seed, number, folder):
    """What is wrong with the answers to change `number`: (what was done, complaints)."""
    what, data, lodged, wanted, is_harmless = make_change(target, seed, number)
    what += " (a checkpoint was lodged)" if lodged else ""
    complaints = []
    try:
        answer, status = python_answer(target, data, lodged)
    except Exception:  # noqa: BLE001 - a traceback is a finding
        return what, ["verify-record fails: " + traceback.format_exc(limit=-3)], None
    if target.trumpet:
        path, checkpoint = os.path.join(folder, f"{number}.mcap"), None
        write(path, data)
        if lodged:
            checkpoint = os.path.join(folder, f"{number}.checkpoint")
            write(checkpoint, lodged)
        theirs = trumpet_answer(target, path, checkpoint)
        os.unlink(path)
        if theirs != (answer, status) and not depends_on_zstd(data, answer, theirs[0]):
            complaints.append(f"trumpet {theirs[1]} {theirs[0]}\n  python  {status} {answer}")
    # A record without key can be sealed again by anybody; nothing tells.
    if (status == 0) != is_harmless:
        complaints.append(f"is {'harmless' if is_harmless else 'not harmless'}, and the status is {status}")
    if is_harmless:
        wanted = None
    for name, value in (wanted or {}).items():
        if answer is None or answer[name] != value:
            complaints.append(f"{name} has to be {value}: {answer}")
    return what, complaints, answer and (answer["state"], answer["signature"], answer["container"])


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def load(path, other, key_text, allow_unsigned, trumpet):
    with open(path, "rb") as file:
        data = file.read()
    other_parts = None
    if other:
        with open(other, "rb") as file:
            other_parts = Parts.of(file.read())
    keys = []
    if key_text:
        keys = [VerifyingKey.parse(key_text)]
        if keys[0] is None:
            raise ValueError(f"{key_text} is not a verifying key (name+id+key)")
    return Target(path, data, Parts.of(data), other_parts, keys, key_text, allow_unsigned, trumpet)
