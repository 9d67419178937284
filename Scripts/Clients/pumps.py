"""What the scripts about pumps share: other people's packages, an emulated pump, scenarios.

A scenario is a function with the path of an emulated pump. Scenarios run in processes of their own,
several at once, since a client may wait for ever; or one after the other in one process, where a client
takes long to begin.
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
# Seconds that one process may take.
LIMIT = 100


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


def main(scenarios, variants, together=False):
    """Runs all scenarios on all variants of a client, or some of them where the arguments say so.

    `scenarios` maps a name to (options of the emulated pump, function); `variants` maps a name to the
    packages it needs; `together` runs the scenarios of a variant in one process.
    """
    if len(sys.argv) > 3:
        _, trumpet, variant, *names = sys.argv
        for name in names:
            options, scenario = scenarios[name]
            begin = time.monotonic()
            with emulated(trumpet, *options) as path:
                scenario(path)
            print(f"{variant}: {name}: ok ({time.monotonic() - begin:.1f} s)", flush=True)
        return
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit(f"usage: {Path(sys.argv[0]).name} TRUMPET (the executable)")
    folders = {variant: install(variant, packages) for variant, packages in variants.items()}
    names = [list(scenarios)] if together else [[name] for name in scenarios]
    work = [(variant, some) for variant in variants for some in names]
    with concurrent.futures.ThreadPoolExecutor(max_workers=6) as pool:
        results = list(pool.map(lambda one: _run(one[0], one[1], folders[one[0]]), work))
    print(f"{sum(results)} of {len(variants) * len(scenarios)} scenarios as they have to be")
    sys.exit(0 if sum(results) == len(variants) * len(scenarios) else 1)


def _run(variant, names, folder):
    """Runs scenarios in a process; gives how many were as they have to be."""
    environment = dict(os.environ, PYTHONPATH=str(folder))
    process = subprocess.Popen(
        [sys.executable, sys.argv[0], sys.argv[1], variant, *names], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    late = ""
    try:
        output, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        # Its emulated pump as well.
        os.killpg(process.pid, 9)
        output, _ = process.communicate()
        late = f"longer than {LIMIT} s"
    lines = output.splitlines()
    good = [line for line in lines if line.startswith(f"{variant}: ") and ": ok (" in line]
    for line in good:
        print(line, flush=True)
    if late or process.returncode != 0:
        name = names[min(len(good), len(names) - 1)]
        rest = "\n    ".join([line for line in lines if line not in good] + [late])
        print(f"{variant}: {name}: failed\n    {rest}", flush=True)
        return min(len(good), len(names) - 1)
    return len(good)
