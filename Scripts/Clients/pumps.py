"""What the scripts about pumps share: other people's packages, an emulated pump, scenarios.

A scenario is a function with the path of an emulated pump. It runs in a process of its own, since a
client may wait for ever, and several run at once.
"""

import concurrent.futures
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Seconds that one scenario may take.
LIMIT = 25


def install(name, packages):
    """A folder with packages from PyPI, installed where they are missing."""
    folder = ROOT / ".build-clients" / name
    mark = folder / "installed"
    wanted = "\n".join(packages)
    if not mark.exists() or mark.read_text() != wanted:
        # What pip says of other packages on this machine is no concern of ours.
        result = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade",
             "--disable-pip-version-check", "--root-user-action=ignore", "--target", folder,
             *packages],
            timeout=300, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"failed: {wanted} could not be installed\n{result.stderr}")
        mark.write_text(wanted)
    return folder


@contextlib.contextmanager
def emulated(trumpet, *options):
    """An emulated pump; gives the path of its port."""
    with tempfile.TemporaryDirectory() as folder:
        link = os.path.join(folder, "pump")
        process = subprocess.Popen(
            [trumpet, "emulate", "new-era", "--link", link, *options], stdout=subprocess.PIPE)
        try:
            # It says so when its port is there.
            if not process.stdout.readline():
                sys.exit("failed: the emulated pump did not begin")
            yield link
        finally:
            process.terminate()
            process.wait(timeout=5)


def equal(what, found, wanted):
    """Both are the same."""
    if found != wanted:
        sys.exit(f"failed: {what} is {found!r}, not {wanted!r}")


def near(what, found, wanted, within):
    """A number is near another."""
    if not abs(found - wanted) <= within:
        sys.exit(f"failed: {what} is {found!r}, not {wanted!r} within {within!r}")


def refused(what, error, action):
    """An action raises an error; gives it."""
    try:
        action()
    except error as raised:
        return raised
    sys.exit(f"failed: {what} did not raise {error.__name__}")


def until(what, condition, seconds):
    """Something becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    sys.exit(f"failed: {what} did not happen within {seconds} s")


def main(scenarios, variants):
    """Runs all scenarios on all variants of a client, or one of them where the arguments say so.

    `scenarios` maps a name to (options of the emulated pump, function); `variants` maps a name to the
    packages it needs.
    """
    if len(sys.argv) == 4:
        _, trumpet, variant, name = sys.argv
        options, scenario = scenarios[name]
        with emulated(trumpet, *options) as path:
            scenario(path)
        return
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit(f"usage: {Path(sys.argv[0]).name} TRUMPET (the executable)")
    folders = {variant: install(variant, packages) for variant, packages in variants.items()}
    work = [(variant, name) for variant in variants for name in scenarios]
    with concurrent.futures.ThreadPoolExecutor(max_workers=6) as pool:
        results = pool.map(lambda one: _run(one[0], one[1], folders[one[0]]), work)
        failures = sum(not good for good in results)
    print(f"{len(work) - failures} of {len(work)} scenarios as they have to be")
    sys.exit(1 if failures else 0)


def _run(variant, name, folder):
    command = [sys.executable, sys.argv[0], sys.argv[1], variant, name]
    environment = dict(os.environ, PYTHONPATH=str(folder))
    begin = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True)
    try:
        output, _ = process.communicate(timeout=LIMIT)
        verdict = "ok" if process.returncode == 0 else "failed"
    except subprocess.TimeoutExpired:
        # Its emulated pump as well.
        os.killpg(process.pid, 9)
        output, _ = process.communicate()
        verdict = f"failed: longer than {LIMIT} s"
    seconds = time.monotonic() - begin
    print(f"{variant}: {name}: {verdict} ({seconds:.1f} s)", flush=True)
    if verdict != "ok":
        print("    " + output.strip().replace("\n", "\n    "), flush=True)
    return verdict == "ok"
