"""What the scripts about balances share: other people's packages, an emulated balance, checks."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_failures = []
_checks = 0


def begin(name, packages, seconds):
    """Installs packages where they are missing, and ends the script after so many seconds."""
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit(f"usage: {Path(sys.argv[0]).name} TRUMPET (the executable)")
    folder = ROOT / ".build-clients" / name
    mark = folder / "installed"
    wanted = "\n".join(packages)
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade",
             "--disable-pip-version-check", "--root-user-action=ignore", "--target", folder,
             *packages],
            check=True, timeout=300)
        mark.write_text(wanted)
    sys.path.insert(0, str(folder))
    # A client may wait for ever; this script does not.
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(seconds)


def _late(*_):
    sys.exit("failed: the time is over")


@contextlib.contextmanager
def emulated(*options):
    """An emulated balance; gives the path to open."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "balance")
        process = subprocess.Popen(
            [sys.argv[1], "emulate", "balance", "--link", path, *options],
            stdout=subprocess.PIPE, text=True)
        try:
            print(process.stdout.readline().strip())
            # The cell has to have weighed for a second before anything is stable.
            time.sleep(2)
            yield path
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                status = process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                status = process.wait()
            equal("exit status of the balance", status, 0)
            equal("the link is gone", os.path.islink(path), False)


def equal(what, found, wanted):
    """Notes whether what was found is what was wanted."""
    global _checks
    _checks += 1
    found = tuple(found) if isinstance(found, tuple) else found
    if found == wanted:
        print(f"  {what}: {found}")
    else:
        fail(what, found, wanted)


def near(what, found, wanted, tolerance):
    """Notes whether what was found is near to what was wanted."""
    global _checks
    _checks += 1
    if abs(found - wanted) <= tolerance:
        print(f"  {what}: {found:.4g}")
    else:
        fail(what, found, f"{wanted} ± {tolerance}")


def fail(what, found, wanted):
    """Notes a failure."""
    _failures.append(what)
    print(f"  FAILED {what}: {found!r} where {wanted!r} was due")


def end():
    """Says what it came to, and leaves with the status for it."""
    print(f"{_checks} checks, {len(_failures)} failed")
    sys.exit(1 if _failures else 0)
