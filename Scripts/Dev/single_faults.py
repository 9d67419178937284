"""Runs, checks and renders the single-fault table; Scripts/dev single-faults says how to call it."""

import json
import pathlib
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Docs/SingleFaults"
CAMPAIGN = FOLDER / "campaign.yaml"
NOTES = FOLDER / "notes.yaml"
TABLE = FOLDER / "table.json"
PAGE = ROOT / "Docs/SingleFaults.md"
TRUMPET = ROOT / ".build/release/trumpet"
BASELINE = "none"
SET_UP = "the pump accepts the set-up"
RANK = {None: 4, "high": 3, "medium": 2, "low": 1, "information": 0}


class Failure(Exception):
    """What could not be done, for people."""


def run():
    """The campaign's result."""
    done = subprocess.run(
        [TRUMPET, "campaign", "run", CAMPAIGN, "--json"],
        stdout=subprocess.PIPE, text=True, check=False,
    )
    if done.returncode not in (0, 1):
        raise Failure(f"trumpet campaign: status {done.returncode}")
    return json.loads(done.stdout)


def cell_of(result):
    """A cell of the table from a cell of the campaign."""
    cell = {"fault": result["values"]["fault"], "state": result["values"]["state"]}
    cell["status"] = result["status"]
    if result["status"] == "excluded":
        cell["reason"] = result["reason"]
    elif result["status"] == "refused":
        cell["refusal"] = result["refusal"][0].split(": ", 1)[-1]
    elif result["twin"]:
        twin = result["twin"]
        cell |= {key: twin[key] for key in (
            "found_by", "priority", "after_s", "over_mL", "under_mL", "over_to_end_mL")}
    if result["status"] == "failed":
        # That a faulty pump is not set up or started is what should happen.
        failed = [e["text"] + ": " + e["observed"] for e in result["expectations"]
                  if not e["held"] and e["text"] != SET_UP]
        if failed:
            cell["failed"] = failed
        else:
            cell["status"] = "passed"
    return cell


def table_of(result):
    """The table: every cell but those without a fault."""
    return [cell for cell in map(cell_of, result["results"]) if cell["fault"] != BASELINE]


def later(old, new):
    """Whether a time is later than it may be."""
    return new > old + max(5, old / 10)


def more(old, new, floor):
    """Whether a volume is more than it may be."""
    return new > old + floor + old / 20


def worse(old, new):
    """Lines for what is worse in a cell than it was."""
    if new is None:
        if old["status"] != "excluded":
            yield "is gone from the table"
        return
    if new["status"] in ("stopped", "not-run"):
        yield "was not run to its end"
        return
    if old["status"] == "excluded":
        return
    if new["status"] == "excluded":
        yield f"is left out now: {new['reason']}"
        return
    if new["status"] == "failed" and old["status"] != "failed":
        yield f"fails: {'; '.join(new['failed'])}"
    if old["status"] == "refused" or new["status"] == "refused":
        if old["status"] == "refused" and new["status"] != "refused":
            if not new.get("found_by"):
                yield "was refused, now it is neither refused nor found"
        return
    if old["found_by"] and not new["found_by"]:
        yield f"was found by {old['found_by']} after {old['after_s']} s, now it is not"
        return
    if old["found_by"]:
        if later(old["after_s"], new["after_s"]):
            yield f"is found after {new['after_s']} s, was after {old['after_s']} s"
        if RANK[new["priority"]] < RANK[old["priority"]]:
            yield f"is found by {new['found_by']}, {new['priority']}; was by {old['found_by']}"
    # A fault that is found now and was not counts to another moment.
    if bool(old["found_by"]) == bool(new["found_by"]):
        for key, floor in (("over_mL", 0.005), ("under_mL", 0.01)):
            if more(old[key], new[key], floor):
                yield f"{key} is {new[key]}, was {old[key]}"
    if more(old["over_to_end_mL"], new["over_to_end_mL"], 0.005):
        yield f"over_to_end_mL is {new['over_to_end_mL']}, was {old['over_to_end_mL']}"


def volume(cell):
    """How much too much and too little there was, for people."""
    parts = []
    if cell["over_mL"] >= 0.0005:
        parts.append(f"+{cell['over_mL']:.3f}")
    if cell["under_mL"] >= 0.0005:
        parts.append(f"−{cell['under_mL']:.3f}")
    return " ".join(parts) + " mL" if parts else "0 mL"


def time(seconds):
    """A time for people, to three figures or so."""
    if seconds < 100:
        return f"{seconds:.3g} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def shown(cell, about):
    """A cell of the page."""
    if cell is None or cell["status"] == "excluded":
        return "–"
    if cell["status"] == "refused":
        return "refused when read"
    if cell["found_by"]:
        text = f"{cell['found_by']}, {time(cell['after_s'])}, {volume(cell)}"
        later_on = cell["over_to_end_mL"]
        if more(cell["over_mL"], later_on, 0.005):
            text += f" (+{later_on:.3f} later)"
    elif about.startswith("harmless:"):
        text = f"silent, {volume(cell)}"
    else:
        text = f"**not found**, {volume(cell)}"
    return text + (", **FAILED**" if cell["status"] == "failed" else "")


def kinds(result):
    """Values of the two lists with what they are: faults, then states."""
    lists = {axis["name"]: axis["values"] for axis in result["axes"]}
    return ({value["label"]: value["about"] or "" for value in lists["fault"]
             if value["label"] != BASELINE},
            {value["label"]: value["about"] or "" for value in lists["state"]})


def page(result, table, notes):
    """The page of the table."""
    faults, states = kinds(result)
    cells = {(cell["fault"], cell["state"]): cell for cell in table}
    held = [cell for cell in table if cell["status"] not in ("excluded", "refused")]
    harmless = [cell for cell in held if faults[cell["fault"]].startswith("harmless:")]
    real = [cell for cell in held if cell not in harmless]
    found = [cell for cell in real if cell["found_by"]]
    silent = [cell for cell in harmless if not cell["found_by"]]
    refused = [cell for cell in table if cell["status"] == "refused"]
    out = [
        "# Single faults",
        "",
        "What one fault at a time comes to in the simulated pump: whether it is found, by which alarm, after",
        "how long, and how much more (+) or less (−) than without the fault was in the tissue by then, or, where",
        "it is not found, at most until the end. Measured on the plant's truth against the same session without",
        "the fault. Nothing here is a prediction for a real pump.",
        "",
        "Written by `Scripts/dev single-faults --renew` from `Docs/SingleFaults/campaign.yaml`; `table.json` beside it",
        "has the same in figures, and `Scripts/dev single-faults` fails where a cell gets worse.",
        "",
        f"{len(real)} combinations of a fault and a state were run: {len(found)} found,",
        f"{len(real) - len(found)} not. {len(harmless)} more are of faults that must raise no alarm:"
        f" {len(silent)} were silent.",
        f"{len(refused)} were refused when the file was read. The catalogue of faults is"
        " that of the requirements; a fault in",
        "two forms has two lines.",
        "",
        "The states: " + "; ".join(f"**{name}**: {about}" for name, about in states.items()) + ".",
        "A fault appears one hour after power-on; nobody helps, and what an alarm stopped stays stopped.",
        "",
        "| fault | what | " + " | ".join(states) + " |",
        "|---|---|" + "---|" * len(states),
    ]
    left_out = []
    for fault, about in faults.items():
        row = [cells.get((fault, state)) for state in states]
        if all(cell and cell["status"] == "excluded" for cell in row):
            left_out.append((fault, about, row[0]["reason"]))
            continue
        what = about.removeprefix("harmless:").strip()
        line = " | ".join(shown(cell, about) for cell in row)
        out.append(f"| {fault} | {what} | {line} |")
    out += [
        "",
        "*silent*: no alarm was raised, and none should have been. *later*: most that was too much until the",
        "end of the session, where that is more than when the fault was found. –: see below.",
        "",
        "## What is not found, and why",
        "",
    ]
    for fault, about in faults.items():
        missed = [cell for cell in real if cell["fault"] == fault and not cell["found_by"]]
        if missed:
            where = ", ".join(cell["state"] for cell in missed)
            out.append(f"- **{fault}**, {about} ({where}): {notes[fault]}")
    spoken = [cell for cell in harmless if cell["found_by"]]
    if spoken:
        out += ["", "## What is harmless and was alarmed about", ""]
        for cell in spoken:
            out.append(f"- **{cell['fault']}**, {cell['state']}: {cell['found_by']}"
                       f" after {time(cell['after_s'])}"
                       + (f". {notes[cell['fault']]}" if cell["fault"] in notes else ""))
    if refused:
        out += ["", "## What is refused when the file is read", ""]
        for text in sorted({f"- **{cell['fault']}**: {cell['refusal']}" for cell in refused}):
            out.append(text)
    out += ["", "## What a session file cannot bring about", ""]
    out += [f"- **{fault}**, {about}: {reason}." for fault, about, reason in left_out]
    out += ["", "In some states only:", ""]
    partly = {}
    for cell in table:
        if cell["status"] == "excluded" and cell["fault"] not in [item[0] for item in left_out]:
            partly.setdefault((cell["fault"], cell["reason"]), []).append(cell["state"])
    out += [f"- **{fault}** ({', '.join(states)}): {reason}."
            for (fault, reason), states in partly.items()]
    return "\n".join(out) + "\n"


def unexplained(result, table, notes):
    """Faults that are missed somewhere and of which nobody has said why."""
    faults, _ = kinds(result)
    missed = {cell["fault"] for cell in table
              if cell["status"] not in ("excluded", "refused") and not cell["found_by"]
              and not faults[cell["fault"]].startswith("harmless:")}
    return sorted(missed - notes.keys())


def written(table):
    """The table as a file: a line a cell."""
    return "[\n" + ",\n".join(" " + json.dumps(cell, ensure_ascii=False) for cell in table) + "\n]\n"


def main(arguments):
    """Does what the arguments ask; gives the exit status."""
    is_renewing = "--renew" in arguments
    rest = [argument for argument in arguments if argument != "--renew"]
    if rest and (rest[0] != "--from" or len(rest) != 2):
        print(f"Scripts/dev single-faults: unknown '{rest[0]}'; give --renew, --from FILE or nothing",
              file=sys.stderr)
        return 64
    result = json.loads(pathlib.Path(rest[1]).read_text()) if rest else run()
    table = table_of(result)
    notes = yaml.safe_load(NOTES.read_text())
    old = {(cell["fault"], cell["state"]): cell
           for cell in (json.loads(TABLE.read_text()) if TABLE.exists() else [])}
    new = {(cell["fault"], cell["state"]): cell for cell in table}
    count = changed = 0
    for key in sorted(old.keys() | new.keys()):
        if key not in old or old[key] == new.get(key):
            changed += key not in old
            continue
        changed += 1
        for line in worse(old[key], new.get(key)):
            count += 1
            print(f"{key[0]}, {key[1]}: {line}")
    silent = unexplained(result, table, notes)
    for fault in silent:
        print(f"{fault}: is not found, and {NOTES.relative_to(ROOT)} does not say why")
    if is_renewing and not silent:
        TABLE.write_text(written(table))
        PAGE.write_text(page(result, table, notes))
    print(f"{len(new)} cells, {count} worse, {changed} changed")
    if changed and not count and not is_renewing:
        print("Scripts/dev single-faults --renew writes the table anew")
    return 1 if silent or count and not is_renewing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        sys.exit(f"Scripts/dev single-faults: {failure}")
