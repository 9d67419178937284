#!/usr/bin/env python3
"""labmcp-new-era 0.1.2, unmodified, drives the emulated New Era pump: its `--check` and its driver.

    labmcp-new-era.py TRUMPET

TRUMPET is the executable. The package comes from PyPI into .build-clients/. Exit status 0: everything
was as it has to be.
"""

import os
import subprocess
import sys

import pumps


def driver(path):
    from labmcp_new_era.driver import NewEraPump
    from labmcp.transports.serial import SerialTransport

    transport = SerialTransport(
        path, baudrate=19200, read_termination="\x03", write_termination="\r", timeout=1)
    return NewEraPump(transport)


def check(path):
    """`labmcp-new-era --check` identifies the pump."""
    output = subprocess.run(
        [sys.executable, "-c", "from labmcp_new_era.server import main; main()",
         "--address", f"serial://{path}", "--check"],
        capture_output=True, text=True, timeout=60)
    if output.returncode != 0 or "NE-1000" not in output.stdout + output.stderr:
        sys.exit(f"failed: --check says {output.stdout}{output.stderr}")


def dispense(path):
    """A volume is infused by a program of two phases, and withdrawn."""
    pump = driver(path)
    pump.status()
    pump.set_diameter(19.05)
    pumps.equal("diameter_mm", pump.diameter_mm(), 19.05)
    pump.clear_dispensed()
    plan = pump.start_pumping("INF", 0.2, 9)
    pumps.near("volume", plan.volume_ml, 0.2, 1e-9)
    pumps.equal("state", pump.status().prompt, "I")
    pumps.until("the end", lambda: pump.status().prompt == "S", 5)
    pumps.near("infused", pump.dispensed()[0], 0.2, 1e-9)
    pump.start_pumping("WDR", 0.1, 9)
    pumps.until("the end", lambda: pump.status().prompt == "S", 5)
    pumps.near("withdrawn", pump.dispensed()[1], 0.1, 1e-9)
    pump.close()


def stop(path):
    """STP until the pump is neither running nor paused."""
    pump = driver(path)
    pump.status()
    pump.start_pumping("INF", 5, 5)
    pumps.equal("state", pump.status().prompt, "I")
    pumps.equal("state", pump.stop().prompt, "S")
    pumps.equal("state", pump.stop().prompt, "S")
    pump.close()


def refusals(path):
    """A rate that the syringe forbids is refused by the pump, and the client says so."""
    from labmcp.errors import InstrumentProtocolError

    pump = driver(path)
    pump.status()
    error = pumps.refused(
        "a rate too high", InstrumentProtocolError, lambda: pump.start_pumping("INF", 1, 100))
    if "out of range" not in str(error):
        sys.exit(f"failed: it says {error}")
    pump.start_pumping("INF", 1, 1)
    pumps.refused(
        "a second start", InstrumentProtocolError, lambda: pump.start_pumping("INF", 1, 1))
    pump.stop()
    pump.close()


def stall(path):
    """A blocked needle: the client is told A?S, and the alarm is acknowledged by that."""
    pump = driver(path)
    pump.status()
    pump.start_pumping("INF", 10, 10)
    pumps.until("A?S", lambda: pump.status().alarm == "S", 15)
    pumps.equal("state", pump.status().prompt, "S")
    pump.close()


pumps.main(
    {
        "--check": ([], check),
        "dispense": ([], dispense),
        "stop": ([], stop),
        "refusals": ([], refusals),
        "stall": (["--occlude-after", "0.5 s", "--stall-force", "40"], stall),
    },
    {"labmcp-new-era-0.1.2": ["labmcp-new-era==0.1.2"]},
    together=True,
)
