"""Checks and renews the golden sessions; Scripts/dev golden says how to call it."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from mcap.reader import make_reader

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "Tests/SessionTests/Golden"
EXAMPLES = ROOT / "Docs/Examples"
WHOLE_EXAMPLES = GOLDEN / "whole-examples.json"
TRUMPET = ROOT / ".build/release/trumpet"
NEW = "there was none before"


class Failure(Exception):
    """What a session could not do, for people."""


def trumpet(*arguments, folder=None):
    """Runs the program in a folder; gives its standard output."""
    done = subprocess.run(
        [TRUMPET, *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=600
    )
    if done.returncode not in (0, 1):
        raise Failure(f"trumpet {arguments[0]}: status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def emulated_board(folder):
    """An emulated board; gives its port, relative to the folder: it goes into the record."""
    port = "board"
    board = subprocess.Popen(
        [TRUMPET, "emulate", "board", "--link", port], cwd=folder, stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(1000):
            if (pathlib.Path(folder) / port).exists() or board.poll() is not None:
                break
            time.sleep(0.01)
        yield port
    finally:
        board.terminate()
        board.wait()


def run(session, record, folder):
    """Runs a session file on the hardware that its name asks for; gives the result."""
    arguments = ["run", session, "--record", record, "--without-sources", "--unsigned", "--json"]
    if not session.stem.startswith("board-"):
        return json.loads(trumpet(*arguments))
    arguments += ["--wire", "full" if session.stem == "board-wire" else "none"]
    with emulated_board(folder) as port:
        return json.loads(trumpet(*arguments, "--hardware", f"board:{port}", folder=folder))


class Outcome:
    """What a record says of its session, as far as a renewal reports it."""

    def __init__(self, path):
        self.bytes = path.stat().st_size
        self.alarms, self.digest, self.ticks = [], "", 0
        self.dispensed = self.infused = None
        with open(path, "rb") as file:
            for _, channel, message in make_reader(file, validate_crcs=True).iter_messages(
                log_time_order=False
            ):
                take = self.TAKE.get(channel.topic)
                if take:
                    take(self, message)

    def _event(self, message):
        event = json.loads(message.data)
        if event["kind"] == "alarm-raised":
            self.alarms.append((event["name"], message.log_time / 1e9))

    def _telemetry(self, message):
        self.dispensed = json.loads(message.data).get("dispensed_mL", self.dispensed)

    def _truth(self, message):
        self.infused = json.loads(message.data).get("infused_mL", self.infused)

    def _block(self, message):
        self.digest = message.data[-16:].hex()
        self.ticks = message.log_time // 10_000_000

    TAKE = {
        "/trumpet/events": _event,
        "/trumpet/telemetry": _telemetry,
        "/trumpet/truth": _truth,
        "/trumpet/blocks": _block,
    }

    @classmethod
    def of_result(cls, result):
        """The same of a session's JSON result."""
        outcome = cls.__new__(cls)
        outcome.bytes = 0
        outcome.alarms = [(alarm["name"], alarm["raised_s"]) for alarm in result["alarms"]]
        outcome.digest = result["state_digest"]
        outcome.ticks = round(result["simulated_s"] * 100)
        outcome.dispensed = sum(drug["dispensed_mL"] for drug in result["delivered"])
        infused = [drug["infused_mL"] for drug in result["delivered"]]
        outcome.infused = None if None in infused else sum(infused)
        return outcome


def moved_alarms(old, new):
    """Lines for alarms that moved, appeared or went; the n-th of a name is taken for the n-th."""
    lines = []
    for name in sorted({name for name, _ in old + new}):
        before = [at for other, at in old if other == name]
        after = [at for other, at in new if other == name]
        for number, (was, is_now) in enumerate(zip(before, after), 1):
            if was != is_now:
                lines.append(
                    f"alarm {name} #{number} moved by {is_now - was:+.2f} s: {was:.2f} -> {is_now:.2f} s"
                )
        lines += [f"alarm {name} went: was at {at:.2f} s" for at in before[len(after) :]]
        lines += [f"alarm {name} appeared at {at:.2f} s" for at in after[len(before) :]]
    return lines


def amount(value):
    """A volume for people."""
    return "unknown" if value is None else f"{value:.6f} mL"


def changes(old, new):
    """Lines for everything that is not as it was."""
    lines = moved_alarms(old.alarms, new.alarms)
    for name in ("dispensed", "infused"):
        was, is_now = getattr(old, name), getattr(new, name)
        if was != is_now:
            lines.append(f"{name} {amount(was)} -> {amount(is_now)}")
    if old.ticks != new.ticks:
        lines.append(f"length {old.ticks / 100:.2f} s -> {new.ticks / 100:.2f} s")
    if old.digest != new.digest:
        lines.append(f"state digest {old.digest} -> {new.digest}")
    return lines


def difference(first, sides, what):
    """The first difference between two sides as lines; none where there is none."""
    if not first:
        return
    yield f"{what} differ first at tick {first['tick']}, {first['at_s']} s"
    for field in first["fields"]:
        said = ", ".join(f"{word} {field[key]}" for key, word in sides.items())
        yield f"  {field['field']}: {said}"


def check(session):
    """Lines for what is wrong with one golden session."""
    record = session.with_suffix(".mcap")
    if not record.exists():
        return [f"{record.name} is missing: Scripts/dev golden --renew {session.stem}"]
    lines = []
    replayed = json.loads(trumpet("replay", record, "--json"))
    if not replayed["identical"]:
        lines.append("the firmware does not replay the record")
        sides = {"recorded": "recorded", "replayed": "replayed"}
        lines += difference(replayed["first_difference"], sides, "outputs")
    with tempfile.TemporaryDirectory() as folder:
        again = pathlib.Path(folder) / "again.mcap"
        run(session, again, folder)
        compared = json.loads(trumpet("replay", record, "--against", again, "--json"))
        if not compared["identical"]:
            lines.append("the file, run again, gives another session")
            for key in ("power_on", "first_input", "first_output"):
                sides = {"a": "recorded", "b": "now"}
                lines += difference(compared[key], sides, key.removeprefix("first_") + "s")
            lines += changes(Outcome(record), Outcome(again))
        elif not lines:
            lines += changes(Outcome(record), Outcome(again))
    return lines


def renew(session):
    """Writes one record anew if its session is another now; lines for what moved.

    A record that still holds stays as it is, although other versions of the program made it.
    """
    record = session.with_suffix(".mcap")
    try:
        found = check(session) if record.exists() else []
    except Failure as failure:
        # A record of an older layout cannot be replayed; what it says of itself is still compared.
        found = [f"the record before cannot be replayed: {failure}"]
    if record.exists() and not found:
        return []
    with tempfile.TemporaryDirectory() as folder:
        again = pathlib.Path(folder) / "again.mcap"
        run(session, again, folder)
        new = Outcome(again)
        if record.exists():
            lines = changes(Outcome(record), new) or found
        else:
            lines = [NEW] + [f"alarm {name} at {at:.2f} s" for name, at in new.alarms]
            lines += [f"dispensed {amount(new.dispensed)}", f"state digest {new.digest}"]
        shutil.copyfile(again, record)
    return lines


def whole_example(example):
    """The outcome of an example in full, without a record."""
    return json.loads(trumpet("run", example, "--json"))


def kept(result):
    """What is kept of an example's result."""
    return {key: result[key] for key in ("state_digest", "simulated_s", "delivered", "alarms")}


def whole_examples(is_renewing):
    """Runs every example in full; lines for what moved, by example."""
    old = json.loads(WHOLE_EXAMPLES.read_text()) if WHOLE_EXAMPLES.exists() else {}
    new = {path.stem: kept(whole_example(path)) for path in sorted(EXAMPLES.glob("*.yaml"))}
    if is_renewing:
        WHOLE_EXAMPLES.write_text(json.dumps(new, indent=1) + "\n")
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield name, ["the example is gone"]
        elif name not in old:
            yield name, [NEW, f"state digest {new[name]['state_digest']}"]
        else:
            lines = changes(Outcome.of_result(old[name]), Outcome.of_result(new[name]))
            if not lines and old[name] != new[name]:
                lines = ["something else of its result is not as it was"]
            yield name, lines


def verdict(lines):
    """One word for what follows."""
    if not lines:
        return "identical"
    return "new" if lines[0] == NEW else "differs"


def main(arguments):
    """Does what the arguments ask; gives the exit status."""
    is_renewing = "--renew" in arguments
    names = [argument for argument in arguments if argument != "--renew"]
    if unknown := [name for name in names if name.startswith("-")]:
        print(f"Scripts/dev golden: unknown option '{unknown[0]}'; give --renew, or names",
              file=sys.stderr)
        return 64
    sessions = sorted(GOLDEN.glob("*.yaml"))
    if missing := set(names) - {session.stem for session in sessions}:
        print(f"Scripts/dev golden: no golden session '{sorted(missing)[0]}'", file=sys.stderr)
        return 66
    differing = 0
    for session in sessions:
        if names and session.stem not in names:
            continue
        lines = renew(session) if is_renewing else check(session)
        differing += bool(lines)
        print(f"{session.stem}: {verdict(lines)}")
        for line in lines:
            print(f"  {line}")
    if not names:
        for name, lines in whole_examples(is_renewing):
            differing += bool(lines)
            print(f"Docs/Examples/{name}, in full: {verdict(lines)}")
            for line in lines:
                print(f"  {line}")
    records = list(GOLDEN.glob("*.mcap"))
    size = sum(record.stat().st_size for record in records)
    print(f"{len(records)} records, {size / 1e6:.2f} MB; {differing} "
          + ("renewed with changes" if is_renewing else "differ"))
    return 1 if differing and not is_renewing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        sys.exit(f"Scripts/dev golden: {failure}")
