#!/usr/bin/env python3
"""SartoriUSB 0.2.3 and labmcp-sartorius 0.1.2, unmodified, read the emulated balance over SBI, and
so does a reader written here after the manuals' tables of positions.

    sartorius.py TRUMPET

TRUMPET is the executable. The packages come from PyPI into .build-clients/sartorius. Exit status 0:
everything was as it has to be.
"""

import time

import balances

balances.begin("sartorius", ["sartoriusb==0.2.3", "labmcp-sartorius==0.1.2"], seconds=90)


def read_line(line):
    """A line of SBI by its positions: identification, value, unit; unit None while not stable."""
    if len(line) not in (16, 22) or line[-2:] != b"\r\n":
        raise ValueError(f"a line of {len(line)} characters: {line!r}")
    text = line.decode("ascii")
    identification, body = ("", text) if len(text) == 16 else (text[:6].strip(), text[6:])
    sign, value, gap, unit = body[0], body[1:10], body[10], body[11:14].strip()
    if sign not in "+- " or gap != " ":
        raise ValueError(f"no mass: {line!r}")
    return identification, float(value) * (-1 if sign == "-" else 1), unit or None


def check_positions(path, characters):
    import serial

    with serial.Serial(path, 9600, timeout=2) as port:
        time.sleep(2)
        port.write(b"\x1bP\r\n")
        identification = "N" if characters == 22 else ""
        balances.equal("ESC P", read_line(port.readline()), (identification, 0.0, "g"))
        port.write(b"\x1bx2_\r\n")
        balances.equal("ESC x2_", port.readline(), b"0000000001\r\n")


def check_sartoriusb(path, mode):
    import sartoriusb

    with sartoriusb.SartoriusUsb(path) as balance:
        measured = balance.measure()
        balances.equal("measure", measured, (mode, "+0.0000", "g", True, None))
        balances.equal(
            "type", balance.get(sartoriusb.CMD_INFO_TYPE), ["TRUMPET-EMUL\r\n"])


def check_labmcp(path):
    from labmcp.transports.serial import SerialTransport
    from labmcp_sartorius.driver import SBIBalance

    balance = SBIBalance(
        SerialTransport(path, baudrate=9600, read_termination="\r\n", write_termination="\r\n")
    )
    balances.equal("identify", balance.identify()["model"], "TRUMPET-EMUL")
    balance.tare()
    reading = balance.weight(stable=True, timeout=10)
    balances.equal(
        "weight", (reading.value, reading.unit, reading.stable, reading.ident), (0, "g", True, "N"))
    balance.zero()
    balances.equal("weight", balance.weight(stable=True, timeout=10).value, 0)
    balance.close()


def check_flow(path):
    import sartoriusb

    with sartoriusb.SartoriusUsb(path) as balance:
        first, begun = balance.measure(), time.monotonic()
        time.sleep(3)
        second, ended = balance.measure(), time.monotonic()
    balances.equal("unit while it flows", (first.unit, second.stable), (None, False))
    rate = (float(second.value) - float(first.value)) / (ended - begun) * 3600
    # Each measurement reads on for a second until nothing more comes, which both do.
    balances.near("flow, g/h", rate, 60, 3)


def check_overload(path):
    import sartoriusb

    with sartoriusb.SartoriusUsb(path) as balance:
        balances.equal("overload", balance.measure().message.split()[-1], "High")


quiet = ("--protocol", "sbi", "--repeatability", "0 mg")
with balances.emulated(*quiet) as path:
    check_positions(path, 22)
    check_sartoriusb(path, "N")
    check_labmcp(path)
with balances.emulated(*quiet, "--sbi-characters", "16") as path:
    check_positions(path, 16)
    check_sartoriusb(path, "unknown")
with balances.emulated("--protocol", "sbi", "--flow", "60 mL/h") as path:
    check_flow(path)
with balances.emulated("--protocol", "sbi", "--capacity", "10 g", "--vessel", "12 g") as path:
    check_overload(path)
balances.end()
