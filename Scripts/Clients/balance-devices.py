#!/usr/bin/env python3
"""Our balance drivers against balances that are not ours: the simulators of labmcp-mettler-toledo
0.1.3 and labmcp-sartorius 0.1.2, each on a pseudo-terminal.

    balance-devices.py

Runs the tests of ForeignBalanceTests against them; build the tests first. The packages come from PyPI
into .build-clients/balance-devices. Exit status 0: everything was as it has to be.
"""

import os
import pty
import re
import subprocess
import sys
import threading
import tty

import balances

balances.install(
    "balance-devices", ["labmcp-mettler-toledo==0.1.3", "labmcp-sartorius==0.1.2"], seconds=300)


def serve(simulator):
    """Puts a simulator on a pseudo-terminal; gives its path."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)

    def run():
        text = b""
        while True:
            text += os.read(master, 256)
            while b"\r\n" in text:
                line, _, text = text.partition(b"\r\n")
                answer = simulator.handle(line.decode("latin-1"))
                lines = [answer] if isinstance(answer, str) else answer or []
                os.write(master, "".join(item + "\r\n" for item in lines).encode())

    threading.Thread(target=run, daemon=True).start()
    return path


from labmcp_mettler_toledo.simulator import MTSICSSimulator  # noqa: E402
from labmcp_sartorius.simulator import SBISimulator  # noqa: E402

environment = dict(
    os.environ,
    TRUMPET_MT_SICS_DEVICE=serve(MTSICSSimulator()),
    TRUMPET_SBI_DEVICE=serve(SBISimulator()),
)
swift = os.environ.get("SWIFT", "swift")
finished = subprocess.run(
    [swift, "test", "--skip-build", "--filter", "ForeignBalanceTests"],
    cwd=balances.ROOT, env=environment, timeout=280, stdout=subprocess.PIPE, text=True)
print(finished.stdout, end="")
# Tests that are not there, or were skipped, do not fail.
passed = len(re.findall(r"^\S+ Test \".*\" passed", finished.stdout, re.MULTILINE))
print(f"{passed} of 2 passed")
sys.exit(0 if finished.returncode == 0 and passed == 2 else 1)
