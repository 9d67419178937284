"""Plants one wrong token after another in firmware and monitor and asks the tests; see `Scripts/dev mutate`."""

import argparse
import concurrent.futures
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import instrument
import sites as finder

# What is no interlock: how a state is written down, and what a display shows.
LEFT_OUT = re.compile(r"\+Canonical\.swift$|Telemetry\.swift$")

# Which tests are asked, in this order; the next only where the one before killed nothing.
SUITES = {
    "PumpFirmware": ["PumpFirmwareTests", "TherapyTests"],
    "PumpMonitor": ["PumpMonitorTests", "TherapyTests"],
}
ISSUE = re.compile(r'Test "?(.*?)"?(?: with \d+ test cases)? (?:recorded an issue|failed)')


def sources(root):
    found = []
    for module in ("PumpFirmware", "PumpMonitor"):
        folder = os.path.join(root, "Sources", module)
        for name in sorted(os.listdir(folder)):
            if name.endswith(".swift") and not LEFT_OUT.search(name):
                found.append(f"Sources/{module}/{name}")
    return found


def choose(root, count, seed, kinds, only):
    """So many sites, by the seed, spread over files in proportion to what they hold, one a line and
    kind at most."""
    dice = random.Random(seed)
    piles = []
    for name in sources(root):
        if only and only not in name:
            continue
        with open(os.path.join(root, name)) as file:
            found = [site for site in finder.find(name, file.read()) if site.kind in kinds]
        # Two changes of one operator cannot stand in one build: the seed says which.
        places = {}
        for site in found:
            places.setdefault((site.line, site.column), []).append(site)
        pile = [dice.choice(sorted(options, key=lambda s: s.kind)) for options in places.values()]
        dice.shuffle(pile)
        piles.append(pile)
    total = sum(len(pile) for pile in piles)
    if count is None or count >= total:
        chosen = [site for pile in piles for site in pile]
    else:
        chosen = []
        for pile in piles:
            share = max(1, round(count * len(pile) / total)) if pile else 0
            chosen += pile[:share]
        dice.shuffle(chosen)
        chosen = chosen[:count]
    chosen.sort(key=lambda site: (site.file, site.line, site.column))
    for number, site in enumerate(chosen, 1):
        site.number = number
    return chosen, total


def find_again(root, results):
    """The sites of the survivors of an earlier run, where their line is still there."""
    found = []
    for result in results:
        if result["killed_by"]:
            continue
        with open(os.path.join(root, result["file"])) as file:
            options = [
                site for site in finder.find(result["file"], file.read())
                if site.text == result["text"] and site.token == result["was"]
                and site.change == result["is"] and site.kind == result["kind"]]
        options.sort(key=lambda site: (
            abs(site.column + 1 - result["column"]), abs(site.line - result["line"])))
        if options:
            found.append(options[0])
        else:
            print(f"gone: {result['file']}:{result['line']}: {result['text']}", flush=True)
    for number, site in enumerate(found, 1):
        site.number = number
    return found


def run_tests(binary, number, suite, seconds, skip):
    """What killed the mutant in one suite, or None."""
    environment = dict(os.environ, TRUMPET_MUTANT=str(number), NO_COLOR="1")
    command = [binary, "--testing-library", "swift-testing", "--filter", f"^{suite}\\."]
    for name in skip:
        command += ["--skip", name]
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", process_group=0)
    killer = None

    def stop():
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    with concurrent.futures.ThreadPoolExecutor(1) as watch:
        late = watch.submit(lambda: process.wait(timeout=seconds))
        timer = None
        try:
            import threading

            timer = threading.Timer(seconds, stop)
            timer.start()
            for line in process.stdout:
                match = ISSUE.search(line)
                if match and "recorded a known issue" not in line:
                    killer = match.group(1)
                    stop()
                    break
        finally:
            if timer:
                timer.cancel()
        try:
            late.result()
        except subprocess.TimeoutExpired:
            stop()
    process.wait()
    if killer:
        return killer
    if time.monotonic() - started >= seconds:
        return f"{suite} did not end"
    if process.returncode != 0:
        return f"{suite} trapped" if process.returncode < 0 else f"{suite} failed"
    return None


FUNCTIONS = {}


def find_function(root, display_name):
    """The function of a test, which is what can be left out, by the name that it shows."""
    folder = os.path.join(root, "Tests")
    for base, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(".swift"):
                continue
            with open(os.path.join(base, name)) as file:
                text = file.read()
            at = text.find(display_name)
            if at >= 0:
                match = re.search(r"func (\w+)\(", text[at:])
                if match:
                    return f"/{match.group(1)}\\("
    return None


def judge(binary, site, seconds, skip):
    module = site.file.split("/")[1]
    started = time.monotonic()
    killer = None
    for suite in SUITES[module]:
        killer = run_tests(binary, site.number, suite, seconds, skip)
        if killer:
            break
    return result_of(site, killer, started)


def result_of(site, killer, started):
    """A line of the table."""
    return {
        "file": site.file, "line": site.line, "column": site.column + 1, "kind": site.kind,
        "was": site.token, "is": site.change, "text": site.text, "killed_by": killer,
        "seconds": round(time.monotonic() - started, 1),
    }


def golden_records(root):
    """The records of the golden sessions, the smallest first."""
    folder = os.path.join(root, "Tests/SessionTests/Golden")
    paths = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".mcap")]
    return sorted(paths, key=os.path.getsize)


def replay(program, number, record):
    """Whether the firmware replays a record bit for bit; a trap or no end is a no."""
    try:
        return subprocess.run(
            [program, "replay", record], env=dict(os.environ, TRUMPET_MUTANT=str(number)),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def ask_golden(root, swift, scratch, chosen, jobs):
    """Lets every mutant replay the golden sessions; gives the results of those that do not."""
    tree = os.path.join(scratch, "program")
    instrument.instrument(root, tree, chosen, instrument.WHOLE)
    program = instrument.build_program(
        swift, tree, os.path.join(scratch, "program-build"), os.path.join(scratch, "program.log"))
    records = golden_records(root)
    for record in records:
        if not replay(program, 0, record):
            raise SystemExit(f"mutate: without a mutant, {record} does not replay")

    def ask(site):
        started = time.monotonic()
        for record in records:
            if not replay(program, site.number, record):
                name = os.path.basename(record).removesuffix(".mcap")
                return result_of(site, f"golden session {name}", started)
        return None

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        killed = [result for result in pool.map(ask, chosen) if result]
    print(f"golden sessions: {len(killed)} of {len(chosen)} killed", flush=True)
    return killed


def summarise(arguments, total, chosen, results, uncompiled, seconds):
    """The table, best first by place."""
    results = sorted(results, key=lambda r: (r["file"], r["line"], r["column"]))
    kinds = {}
    for result in results:
        tally = kinds.setdefault(result["kind"], {"killed": 0, "mutants": 0})
        tally["mutants"] += 1
        tally["killed"] += 1 if result["killed_by"] else 0
    killed = sum(1 for result in results if result["killed_by"])
    summary = {
        "seed": arguments.seed, "sites": total, "mutants": len(results), "killed": killed,
        "chosen": chosen,
        "percent": round(100 * killed / max(1, len(results)), 1), "not_compiled": uncompiled,
        "kinds": kinds, "seconds": round(seconds), "results": results,
    }
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(summary, file, indent=1, ensure_ascii=False)
            file.write("\n")
    return summary


def main():
    parser = argparse.ArgumentParser(prog="Scripts/dev mutate", description=__doc__)
    parser.add_argument("--mutants", type=int, default=150, help="how many; 0 for every site")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--again", help="only what survived in this table, in which the rest is kept")
    parser.add_argument("--only", help="files whose path contains this")
    parser.add_argument(
        "--kinds", default="comparison,constant,sign,logic,scale,boundary",
        help="comma-separated: comparison, boundary, constant, sign, scale, logic")
    parser.add_argument("--json", help="where the table goes")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for one suite")
    parser.add_argument(
        "--skip", action="append", default=["LongRunTests", "DefectivePropertyTests"],
        help="tests that are not asked, because they are slow or expect a defect")
    parser.add_argument(
        "--core-only", action="store_true", help="asks the tests of the core alone")
    parser.add_argument("--least", type=float, default=0, help="fails below this percentage")
    arguments = parser.parse_args()
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
    scratch = os.path.join(root, ".build-mutation")
    tree = os.path.join(scratch, "tree")
    os.makedirs(scratch, exist_ok=True)
    swift = os.environ.get("SWIFT", "swift")

    chosen, total = choose(
        root, arguments.mutants or None, arguments.seed, arguments.kinds.split(","),
        arguments.only)
    earlier = None
    if arguments.again:
        with open(arguments.again) as file:
            earlier = json.load(file)
        chosen = find_again(root, earlier["results"])
        total = earlier["sites"]
    print(f"{len(chosen)} of {total} sites, seed {arguments.seed}", flush=True)
    uncompiled = []
    while True:
        started = time.monotonic()
        instrument.instrument(root, tree, chosen)
        log = os.path.join(scratch, "build.log")
        places = instrument.build(swift, tree, os.path.join(scratch, "build"), log)
        if places is None:
            break
        bad = [site for site in chosen if (site.file, site.line) in places]
        if not bad:
            raise SystemExit(f"mutate: errors where no mutant is; see {log}")
        # Of several on a line one may be the cause: all go.
        uncompiled += bad
        chosen = [site for site in chosen if (site.file, site.line) not in places]
        print(f"{len(bad)} do not compile, {time.monotonic() - started:.0f} s", flush=True)
    print(f"built with {len(chosen)} mutants in {time.monotonic() - started:.0f} s", flush=True)

    results = []
    alive = chosen
    if not arguments.core_only:
        results = ask_golden(root, swift, scratch, chosen, arguments.jobs)
        fallen = {(result["file"], result["line"], result["column"]) for result in results}
        alive = [
            site for site in chosen if (site.file, site.line, site.column + 1) not in fallen]

    binary = os.path.join(scratch, "build/release/TrumpetPackageTests.xctest")
    skip = arguments.skip
    for suite in ("PumpFirmwareTests", "PumpMonitorTests", "TherapyTests"):
        while True:
            started = time.monotonic()
            killer = run_tests(binary, 0, suite, 3 * arguments.timeout, skip)
            if not killer:
                break
            name = FUNCTIONS.get(killer) or find_function(root, killer)
            if not name:
                raise SystemExit(f"mutate: without a mutant, {suite} fails: {killer}")
            print(f"left out, because it fails without a mutant: {name}", flush=True)
            skip.append(name)
        print(f"{suite}: {time.monotonic() - started:.1f} s without a mutant", flush=True)

    kept = []
    if earlier:
        kept = [result for result in earlier["results"] if result["killed_by"]]
    started = time.monotonic()

    def table():
        return summarise(
            arguments, total, len(kept) + len(chosen), kept + results, len(uncompiled),
            time.monotonic() - started)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        futures = [
            pool.submit(judge, binary, site, arguments.timeout, skip) for site in alive]
        for future in concurrent.futures.as_completed(futures):
            result = future.result()
            results.append(result)
            if not result["killed_by"]:
                print(
                    f"survived: {result['file']}:{result['line']}: {result['was']} → "
                    f"{result['is'] or 'nothing'}: {result['text']}", flush=True)
            if len(results) % 10 == 0:
                table()
                print(
                    f"{len(results)}/{len(chosen)}, {time.monotonic() - started:.0f} s", flush=True)
    summary = table()
    for kind, tally in sorted(summary["kinds"].items()):
        print(f"  {kind}: {tally['killed']} of {tally['mutants']}")
    print(f"{summary['killed']} of {summary['mutants']} mutants killed, {summary['percent']} %")
    return 0 if summary["percent"] >= arguments.least else 1


if __name__ == "__main__":
    sys.exit(main())
