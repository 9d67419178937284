#!/usr/bin/env python3
"""A motor board in Python, written from Docs/BoardProtocol.md alone; the standard library is enough.

It is a board without a world: a motor that follows its target, a few sensors, a memory, a dead man.
Real time only. Whoever writes a board for metal can begin by reading this one.

usage: board.py --link PATH [--seconds N]

Prints what it did as one JSON object when it ends: at SIGTERM, at SIGINT, or after N seconds.
"""

import argparse
import json
import os
import pty
import random
import select
import signal
import struct
import sys
import time
import tty

MAGIC, VERSION, DICTIONARY = 0x42505254, 1, 0x790813B9
IDENTIFY, READ_CAPABILITIES, OPEN, CLOSE, READ_MEMORY = 1, 2, 3, 4, 5
ACTUATE, ACTUATE_AND_WRITE, ELAPSE, WORLD, REFRESH = 6, 7, 8, 9, 10
IDENTITY, CAPABILITIES, OPENED, CLOSED, MEMORY, SENSE, REFUSAL = 129, 130, 131, 132, 133, 134, 143
NO_SESSION, MALFORMED, NOT_SUPPORTED = 0, 1, 3
ABSENT, VALID = 0, 1
DEAD_MAN = 1
TICK = 0.01
# Screw: 3200 microsteps of 250 nm a turn, 1600 counts.
MICROSTEPS, COUNTS, TRAVEL = 3200, 1600, 250


def crc32c(data):
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def checksum(kind, body):
    return crc32c(struct.pack("<I", 0 if kind in (IDENTIFY, IDENTITY) else DICTIONARY) + body)


def stuffed(body):
    """COBS and the delimiter; `body` is shorter than 254 bytes, so every run fits one distance."""
    out = bytearray()
    for run in body.split(b"\0"):
        out.append(len(run) + 1)
        out += run
    return bytes(out) + b"\0"


def unstuffed(wire):
    """What was stuffed, or None where a distance leads past the end."""
    out, index = bytearray(), 0
    while index < len(wire):
        end = index + wire[index]
        if wire[index] == 0 or end > len(wire):
            return None
        out += wire[index + 1:end]
        if end < len(wire):
            out.append(0)
        index = end
    return bytes(out)


def frame(kind, sequence, payload=b""):
    body = bytes([VERSION << 4, kind, sequence]) + payload
    wire = stuffed(body + struct.pack("<I", checksum(kind, body)))
    assert len(wire) <= 64
    return wire


def parsed(wire):
    """(type, sequence, payload) of what stood between two delimiters, or None."""
    if not 8 <= len(wire) <= 63:
        return None
    content = unstuffed(wire)
    if content is None or len(content) < 7:
        return None
    body, kind = content[:-4], content[1]
    if struct.unpack("<I", content[-4:])[0] != checksum(kind, body):
        return None
    frozen = kind in (IDENTIFY, IDENTITY)
    if (body[0] >> 4 != VERSION and not frozen) or body[0] & 15:
        return None
    return kind, body[2], body[3:]


class Motor:
    """Follows an absolute target, no faster than its bound, under both permits."""

    def __init__(self):
        self.position, self.target, self.bound, self.permits = 0.0, 0, 0, 0

    def pass_tick(self):
        if self.permits != 3:
            return
        most = self.bound * TICK
        self.position += max(-most, min(most, self.target - self.position))

    @property
    def steps(self):
        return int(self.position // 1)


class Board:
    def __init__(self):
        self.motor = Motor()
        self.boot = random.randrange(1 << 16)
        self.tick = 0
        self.memory = {}
        self.is_open = False
        self.answering, self.received = 0, 0
        self.sense_sequence = 0
        self.pending, self.journal = None, []
        self.unheard = 0
        self.owed = 0
        self.out = bytearray()
        self.counts = dict(frames=0, garbage=0, actuated=0, sensed=0, written=0, dead_man=0, late=0)

    # What comes in.

    def take(self, wire):
        found = parsed(wire)
        if found is None:
            self.counts["garbage"] += 1
            return
        self.counts["frames"] += 1
        kind, sequence, payload = found
        handlers = {
            IDENTIFY: (9, self.identify), READ_CAPABILITIES: (2, self.read_capabilities),
            OPEN: (1, self.open), CLOSE: (0, self.close), READ_MEMORY: (2, self.read_memory),
            ACTUATE: (23, self.actuate), ACTUATE_AND_WRITE: (55, self.actuate),
            ELAPSE: (0, self.unsupported), REFRESH: (0, self.refresh)}
        if kind == WORLD:
            self.refuse(kind, sequence, NOT_SUPPORTED)
        elif kind in handlers:
            size, act = handlers[kind]
            if len(payload) != size:
                self.refuse(kind, sequence, MALFORMED)
            else:
                act(kind, sequence, payload)

    def answer(self, kind, sequence, payload=b""):
        self.out += frame(kind, sequence, payload)

    def refuse(self, kind, sequence, reason):
        self.answer(REFUSAL, sequence, struct.pack("<BBH", kind, reason, self.boot))

    def unsupported(self, kind, sequence, _):
        self.refuse(kind, sequence, NOT_SUPPORTED if self.is_open else NO_SESSION)

    def identify(self, kind, sequence, payload):
        if struct.unpack("<I", payload[:4])[0] != MAGIC:
            return self.refuse(kind, sequence, MALFORMED)
        self.is_open = False
        self.motor.permits = 0
        self.answer(IDENTITY, sequence, struct.pack(
            "<IBIHIB16s", MAGIC, VERSION, DICTIONARY, self.boot, self.tick, 0, b"board.py"))

    def read_capabilities(self, kind, sequence, payload):
        block = struct.pack(
            "<BBBHqiiIiiqqiHIH", 2, 0, 0, 1 | 2 | 4 | 16 | 32 | 64, TRAVEL, MICROSTEPS, COUNTS, 4000,
            100_000_000, 100_000_000, 500_000, 0, 10, 250, 42, 0x0100)
        offset = struct.unpack("<H", payload)[0]
        if offset >= len(block):
            return self.refuse(kind, sequence, MALFORMED)
        self.note(sequence)
        self.answer(CAPABILITIES, sequence,
                    struct.pack("<HH", offset, len(block)) + block[offset:offset + 50])

    def open(self, kind, sequence, payload):
        if payload[0] > 1:
            return self.refuse(kind, sequence, MALFORMED)
        if payload[0] == 1:
            return self.refuse(kind, sequence, NOT_SUPPORTED)
        self.is_open, self.pending = True, None
        self.answering, self.received = sequence, 0
        self.answer(OPENED, sequence, struct.pack("<BHI", 0, self.boot, self.tick))
        self.owed = 0x1FE
        while self.owed:
            self.sense()

    def close(self, kind, sequence, _):
        self.is_open, self.pending = False, None
        self.motor.permits = 0
        self.answer(CLOSED, sequence)

    def read_memory(self, kind, sequence, payload):
        first = struct.unpack("<H", payload)[0]
        self.note(sequence)
        index = min((slot for slot in self.memory if slot >= first), default=1024)
        self.answer(MEMORY, sequence, struct.pack("<H", index) + self.memory.get(index, bytes(32)))

    def refresh(self, kind, sequence, _):
        if not self.is_open:
            return self.refuse(kind, sequence, NO_SESSION)
        self.note(sequence)
        self.owed = 0x1FE

    def actuate(self, kind, sequence, payload):
        if not self.is_open:
            return self.refuse(kind, sequence, NO_SESSION)
        target, bound, packed, screen = struct.unpack("<qIBB", payload[:14])
        if packed >> 2 & 7 > 4 or packed >> 5 > 5 or screen & 15 > 14:
            return self.refuse(kind, sequence, MALFORMED)
        entry = payload[23:]
        if entry and (len(self.journal) >= 64 or struct.unpack("<H", entry[:2])[0] > 511):
            return
        if not self.note(sequence):
            return
        if entry:
            self.journal.append(entry)
        self.counts["actuated"] += 1
        self.pending = (target, bound, packed & 3)

    def note(self, sequence):
        """Whether a frame is newer than the last one taken; it is taken then."""
        ahead = (sequence - self.answering) % 256
        if not self.is_open or not 1 <= ahead <= 127:
            return False
        self.received = (self.received << ahead | 1 << ahead - 1) & 0xFFFF
        self.answering = sequence
        return True

    # What goes out.

    def pass_tick(self):
        self.tick = (self.tick + 1) % (1 << 32)
        self.unheard += 1
        if self.pending:
            self.motor.target, self.motor.bound, self.motor.permits = self.pending
            self.pending, self.unheard = None, 0
        if self.unheard == 25:
            self.counts["dead_man"] += 1
        if self.unheard >= 25:
            self.motor.permits = 0
        self.motor.pass_tick()
        if self.journal:
            entry = self.journal.pop(0)
            slot = struct.unpack("<H", entry[:2])[0]
            self.memory[slot] = self.memory[slot + 512] = entry
            self.counts["written"] += 1
        if self.is_open:
            if self.tick % 10 == 0:
                self.owed |= 1 << 1 | 1 << 2 | 1 << 5 | 1 << 6
            if self.tick % 100 == 0:
                self.owed |= 0x1FE
            self.sense()

    def values(self):
        """Of each sensor group: validity and value, sampled in this very tick."""
        steps = self.motor.steps
        return {
            1: (VALID, struct.pack("<i", steps * TRAVEL // 10_000 * 10)),
            # Of a cell of metal the last bits are noise, and without noise it is taken for dead.
            2: (VALID, struct.pack("<i", 3_000_000 + random.randrange(-2000, 2000))),
            3: (ABSENT, struct.pack("<H", 0)),
            4: (VALID, struct.pack("<Hh", 3000, 60)),
            5: (VALID, struct.pack("<h", 2500)),
            6: (VALID, struct.pack("<BH", 7, 0)),
            7: (ABSENT, struct.pack("<H", 0)),
            8: (ABSENT, struct.pack("<qB", 0, 0))}

    def sense(self):
        groups, validities, tail, room = 1 << 15, 0, b"", 55 - 31
        for bit, (validity, value) in self.values().items():
            validities |= validity << 2 * (bit - 1)
            if self.owed >> bit & 1 and len(value) <= room:
                room -= len(value)
                groups |= 1 << bit
                tail += value
                self.owed &= ~(1 << bit)
        steps = self.motor.steps
        head = struct.pack(
            "<HBHIqiHHBHBH", self.boot, self.answering, self.received, self.tick, steps,
            steps * COUNTS // MICROSTEPS, 0, DEAD_MAN if self.unheard >= 25 else 0,
            VALID | VALID << 2, groups, 0xFF, validities)
        self.sense_sequence = (self.sense_sequence + 1) % 256
        self.counts["sensed"] += 1
        self.out += frame(SENSE, self.sense_sequence, head + tail)


def serve(board, link, seconds):
    master, slave = pty.openpty()
    tty.setraw(slave)
    if os.path.islink(link):
        os.unlink(link)
    os.symlink(os.ttyname(slave), link)
    os.set_blocking(master, False)
    piece, is_ending = bytearray(), []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: is_ending.append(True))
    begin = time.monotonic()
    due = begin + TICK
    while not is_ending and (seconds is None or time.monotonic() < begin + seconds):
        ready, _, _ = select.select([master], [], [], max(0, due - time.monotonic()))
        if ready:
            for byte in os.read(master, 4096):
                if byte:
                    piece.append(byte)
                elif piece:
                    board.take(bytes(piece))
                    piece.clear()
        now = time.monotonic()
        if now > due + TICK:
            board.counts["late"] += 1
        while due <= now:
            due += TICK
            board.pass_tick()
        try:
            if board.out:
                os.write(master, bytes(board.out))
        except BlockingIOError:
            pass
        board.out.clear()
    os.unlink(link)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--link", required=True, help="where to put the symbolic link to the port")
    parser.add_argument("--seconds", type=float, help="ends after so many")
    arguments = parser.parse_args()
    board = Board()
    serve(board, arguments.link, arguments.seconds)
    json.dump(dict(board.counts, steps=board.motor.steps, ticks=board.tick), sys.stdout)
    print()


if __name__ == "__main__":
    main()
