#!/usr/bin/env python3
"""A New Era pump that is not ours, on a pseudo-terminal: the simulator of labmcp-new-era.

    labmcp-pump.py LINK [--stall-after ML] [--seconds N]

LINK becomes a symbolic link to the pseudo-terminal. Basic mode only, as the simulator is; it begins
with the alarm A?R. At the end, on SIGTERM or after N seconds, it prints what was dispensed, in mL.
"""

import argparse
import os
import pty
import select
import signal
import sys
import time
import tty

from labmcp_new_era.simulator import NewEraSimulator


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("link")
    parser.add_argument("--stall-after", type=float, metavar="ML")
    parser.add_argument("--seconds", type=float, default=600)
    options = parser.parse_args()
    pump = NewEraSimulator()
    pump.stall_after_ml = options.stall_after
    master, slave = pty.openpty()
    tty.setraw(slave)
    if os.path.islink(options.link):
        os.unlink(options.link)
    os.symlink(os.ttyname(slave), options.link)
    is_ending = []
    signal.signal(signal.SIGTERM, lambda *_: is_ending.append(True))
    end = time.monotonic() + options.seconds
    line = b""
    while not is_ending and time.monotonic() < end:
        ready, _, _ = select.select([master], [], [], 0.05)
        if not ready:
            continue
        for byte in os.read(master, 256):
            if byte != 0x0D:
                line += bytes([byte])
                continue
            reply = pump.handle(line.decode("ascii", "replace"))
            line = b""
            for part in [reply] if isinstance(reply, str) else reply or []:
                os.write(master, part.encode("ascii") + b"\x03")
    pump._advance()
    print(f"{pump.dispensed['INF']:.6f} {'running' if pump.running else 'stopped'}")
    os.unlink(options.link)
    return 0


if __name__ == "__main__":
    sys.exit(main())
