"""Decodes the tick stream of a record from Docs/SessionRecord.md alone, and prints how many ticks
there are and the CRC-32 of the canonical encoding of all of them (Docs/CanonicalEncoding.md)."""
import struct
import sys
import zlib

from mcap.reader import SeekingReader

RESTART, SENSORS = 1, 8
NEVER = 1 << 63
# How many bytes an action's values take, by its byte.
ACTION = [0, 1, 36, 18, 8, 11, 25, 8, 10, 24, 27, 26, 1, 1, 0, 9, 0, 0, 0, 0, 0, 0, 17, 17, 1, 1, 0, 0, 4, 17, 1, 4]
POWER_ON = 176
MICROSTEPS_AT = 1 + 1 + 1 + 2 + 8


def wrap(value, bits):
    """`value` as a signed number of so many bits."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        value = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return value[0] if len(value) == 1 else value

    def raw(self, length):
        self.at += length
        return self.data[self.at - length : self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take("B")
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def zigzag(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)


class Prediction:
    def __init__(self, microsteps, counts):
        self.m, self.c = microsteps, counts
        self.clock = self.tick = self.steps = self.encoder = self.age = self.stride = 0
        self.times = [0] * SENSORS
        self.seen, self.due, self.strides = [None] * SENSORS, [NEVER] * SENSORS, [0] * SENSORS
        self.slots = {"force": ([0] * 15, [0]), "current": ([0] * 15, [0])}
        self.force = self.current = self.carriage = self.temperature = self.air = 0
        self.battery, self.syringe, self.wall = (0, 0), (0, 0), (0, 0)
        self.validities = self.keys = self.link = self.outcome = self.faults = self.annunciation = 0
        self.target = self.bound = self.permits = self.flow = self.lamp = 0
        self.display, self.alarms = (0, 0, 0, 65535), (0, 0)
        self.bounds = (0, 0)
        self.ahead = self.permit = self.objections = 0
        self.clear(1)

    def clear(self, elapsed):
        self.elapsed, self.command, self.result = elapsed, bytes(2), 0
        self.journal = self.monitor_journal = b""

    def floor(self, steps):
        return wrap(steps * self.c, 64) // self.m

    def encoder_at(self, steps):
        if self.m <= 0:
            return self.encoder_before
        return wrap(self.encoder_before + self.floor(steps) - self.floor(self.steps_before), 32)

    def advance(self, elapsed):
        self.clear(elapsed)
        self.clock += elapsed
        self.tick = (self.tick + elapsed) % (1 << 32)
        self.steps_before, self.encoder_before = self.steps, self.encoder
        distance = wrap(self.target - self.steps, 64)
        if distance and self.permits & 1 and self.permit:
            most = self.bound // 100
            self.steps = wrap(self.steps + min(max(distance, -most), most), 64)
            self.encoder = self.encoder_at(self.steps)
        for index in range(SENSORS):
            if self.clock >= self.due[index]:
                self.times[index] = (self.times[index] + self.strides[index]) % (1 << 32)
                period = self.clock - self.seen[index]
                self.seen[index], self.due[index] = self.clock, self.clock + period

    def correct(self, index, off):
        before = self.times[index]
        time = (before + off) % (1 << 32)
        if self.seen[index] == self.clock and self.due[index] != NEVER:
            earlier = (before - self.strides[index]) % (1 << 32)
            if time == earlier:
                self.seen[index] = self.clock - (self.due[index] - self.clock)
                self.due[index] = NEVER
            else:
                self.strides[index] = (time - earlier) % (1 << 32)
        else:
            self.strides[index] = (time - before) % (1 << 32)
            if self.seen[index] is not None:
                self.due[index] = self.clock + (self.clock - self.seen[index])
            self.seen[index] = self.clock
        self.times[index] = time

    def noisy(self, name, slot, value, cursor):
        slots, oldest = self.slots[name]
        if slot < 15:
            return slots[slot]
        value += cursor.zigzag()
        slots[oldest[0]] = value
        oldest[0] = (oldest[0] + 1) % 15
        return value

    def take(self, parts, cursor):
        more = cursor.take("H") if parts & 8 else 0
        self.advance(cursor.take("H") if more & 1 else 1)
        if parts & 3:
            slots = cursor.take("B")
            if parts & 1:
                self.force = self.noisy("force", slots & 15, self.force, cursor)
            if parts & 2:
                self.current = self.noisy("current", slots >> 4, self.current, cursor)
        if parts & 4:
            self.take_motion(cursor)
        if more & 1 << 1:
            self.tick = (self.tick + cursor.zigzag()) % (1 << 32)
        if more & 1 << 2:
            off = cursor.take("B")
            for index in range(SENSORS):
                if off >> index & 1:
                    self.correct(index, cursor.zigzag())
        if more & 1 << 3:
            self.take_slow(cursor)
        if more & 1 << 4:
            self.keys, self.link, self.outcome = cursor.varint(), cursor.take("B"), cursor.take("B")
            self.faults = cursor.varint()
            self.annunciation = cursor.take("B")
        if more & 1 << 5:
            self.command = cursor.raw(2)
            self.command += cursor.raw(ACTION[self.command[1]])
        if more & 1 << 6:
            self.bound, self.permits, self.flow = cursor.varint(), cursor.take("B"), cursor.varint()
        if more & 1 << 7:
            self.display = cursor.take("BBHH")
        if more & 1 << 8:
            self.lamp = cursor.take("B")
        if more & 1 << 9:
            self.journal = cursor.raw(32)
        if more & 1 << 10:
            self.result = cursor.take("B")
        if more & 1 << 11:
            self.alarms = cursor.varint(), cursor.varint()
        if more & 1 << 12:
            self.bounds = cursor.take("BB")
        if more & 1 << 13:
            self.ahead += cursor.zigzag()
        if more & 1 << 14:
            self.permit, self.objections = cursor.take("B"), cursor.varint()
        if more & 1 << 15:
            self.monitor_journal = cursor.raw(32)

    def take_motion(self, cursor):
        codes = cursor.take("B")
        steps = [0, 1, -1, None][codes & 3]
        steps = cursor.zigzag() if steps is None else steps
        encoder = [0, 1, -1, 2, -2, 3, -3, None][codes >> 2 & 7]
        encoder = cursor.zigzag() if encoder is None else encoder
        change = [0, 1, 2, 3, 4, -1, self.stride, None][codes >> 5]
        change = cursor.zigzag() if change is None else change
        if steps:
            self.steps = wrap(self.steps + steps, 64)
            self.encoder = self.encoder_at(self.steps)
        self.encoder = wrap(self.encoder + encoder, 32)
        self.target = wrap(self.target + change, 64)
        self.stride = change or self.stride

    def take_slow(self, cursor):
        off = cursor.take("B")
        if off & 1:
            self.carriage += cursor.zigzag()
        if off & 2:
            self.battery = cursor.take("Hh")
        if off & 4:
            self.temperature += cursor.zigzag()
        if off & 8:
            self.syringe = cursor.take("BH")
        if off & 16:
            self.air = cursor.take("H")
        if off & 32:
            is_set = cursor.take("B")
            self.wall = wrap(self.wall[0] + cursor.zigzag(), 64), is_set
        if off & 64:
            self.validities = cursor.take("I")
        if off & 128:
            self.age = cursor.take("H")

    def canonical(self):
        times = self.times
        motion, encoder = self.validities >> 16 & 3, self.validities >> 18 & 3
        result = struct.pack("<HIqiHB", self.elapsed, self.tick, self.steps, self.encoder, self.age, motion | encoder << 2 | self.annunciation << 4)
        result += struct.pack("<iIiIHI", self.carriage, times[0], self.force, times[1], self.current, times[2])
        result += struct.pack("<HhIhI", *self.battery, times[3], self.temperature, times[4])
        result += struct.pack("<BHIHI", *self.syringe, times[5], self.air, times[6])
        result += struct.pack("<qBIH", *self.wall, times[7], self.validities & 0xFFFF)
        result += struct.pack("<HBH", self.keys, self.link | self.outcome << 4, self.faults) + self.command
        result += struct.pack("<qIBB", self.target, self.bound, self.permits, self.lamp)
        result += struct.pack("<BBHHI", *self.display, self.flow)
        result += bytes([len(self.journal) > 0]) + self.journal
        result += struct.pack("<BQQBBI", self.result, *self.alarms, *self.bounds, self.ahead)
        result += struct.pack("<BQB", self.permit, self.objections, len(self.monitor_journal) > 0)
        return result + self.monitor_journal


def power_on(cursor):
    cursor.zigzag()
    content = cursor.raw(POWER_ON)
    total = cursor.varint()
    while total > 0:
        kind, length = cursor.take("B"), cursor.varint()
        cursor.raw(32 * length if kind == 1 else 0)
        total -= length
    return Prediction(*struct.unpack_from("<ii", content, MICROSTEPS_AT))


def main():
    ticks = crc = number = 0
    state = None
    with open(sys.argv[1], "rb") as file:
        reader = SeekingReader(file, validate_crcs=True)
        for _, _, message in reader.iter_messages(topics=["/trumpet/blocks"], log_time_order=False):
            cursor = Cursor(message.data)
            assert cursor.take("B") == 1
            flags = cursor.take("B")
            assert cursor.varint() == number
            number += 1
            cursor.zigzag()
            left = cursor.varint()
            ticks += left
            if flags & RESTART:
                state = Prediction(cursor.zigzag(), cursor.zigzag())
            while cursor.at < len(message.data) - 16:
                first = cursor.take("B")
                gap = first >> 4
                gap += cursor.varint() if gap == 15 else 0
                for _ in range(gap):
                    state.advance(1)
                    crc = zlib.crc32(state.canonical(), crc)
                left -= gap
                if first & 15:
                    state.take(first & 15, cursor)
                    crc = zlib.crc32(state.canonical(), crc)
                    left -= 1
                else:
                    assert cursor.take("B") == 1
                    state = power_on(cursor)
            for _ in range(left):
                state.advance(1)
                crc = zlib.crc32(state.canonical(), crc)
    print(ticks, crc)


main()
