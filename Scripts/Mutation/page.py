"""Writes Docs/Mutation.md from the table of Scripts/dev mutate and from what is said of its survivors."""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")


def place_of(result):
    return result["file"].split("/")[-1].replace(".swift", "") + ":" + str(result["line"])


def change_of(result):
    return f"{result['was']} → {result['is'] or 'nothing'}"


def unjudged(table):
    """A run that was ended early says so: the score is then that of the mutants it came to."""
    left = table.get("chosen", table["mutants"]) - table["mutants"]
    if left == 0:
        return []
    least = 100 * table["killed"] / table["chosen"]
    return [
        f"The run was ended before {left} of the {table['chosen']} chosen mutants were judged, which none of the golden",
        f"sessions kills; counted as alive, they would make the score {least:.1f} %."]


def main():
    with open(os.path.join(ROOT, "Docs/Mutation.json")) as file:
        table = json.load(file)
    said = {}
    with open(os.path.join(HERE, "survivors.txt")) as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                place, change, text = (part.strip() for part in line.split(" :: ", 2))
                said[(place, change)] = text
    survivors = [result for result in table["results"] if not result["killed_by"]]
    equal = sum(
        1 for result in survivors
        if "equivalent" in said.get((place_of(result), change_of(result)), ""))
    golden = sum(
        1 for result in table["results"] if (result["killed_by"] or "").startswith("golden"))
    out = [
        "# Mutation", "",
        "Written by `Scripts/Mutation/page.py` from `Mutation.json`, which `Scripts/dev mutate --json Docs/Mutation.json` writes; what is",
        "said of survivors stands in `Scripts/Mutation/survivors.txt`.", "",
        "One wrong token at a time is planted in the firmware's and the monitor's sources, and the golden sessions and the tests of the portable core are asked: a",
        "comparison negated or moved to its bound, a sign, a constant (1 for 0, 2 for 1, any other doubled, a set of bits without its highest), a",
        "factor for a divisor, *and* for *or*. Left out: how a state is written down and read back, the telemetry, the value with which a",
        "variable begins. All mutants are built at once, each behind a switch that the environment sets; what does not compile is not",
        "counted. A mutant is killed when it does not replay a golden session bit for bit, or else when a test of the core fails, traps or does not end.", "",
        f"Seed {table['seed']}: {table['killed']} of {table['mutants']} killed, **{table['percent']} %**, {len(survivors)} survive.",
        *unjudged(table),
        f"{golden} of them fell to a golden session, the rest to a test of the core. Of the survivors,",
        f"{equal} are equivalent: no test could tell them from the original; of the other {table['mutants'] - equal} mutants",
        f"{table['killed']} were killed, {100 * table['killed'] / (table['mutants'] - equal):.1f} %.", "",
        "| kind | killed | mutants |", "|---|---|---|",
    ]
    for kind, tally in sorted(table["kinds"].items()):
        out.append(f"| {kind} | {tally['killed']} | {tally['mutants']} |")
    out += ["", "| file | killed | mutants |", "|---|---|---|"]
    files = {}
    for result in table["results"]:
        tally = files.setdefault(result["file"].replace("Sources/", ""), [0, 0])
        tally[1] += 1
        tally[0] += 1 if result["killed_by"] else 0
    for name, (killed, count) in sorted(files.items()):
        out.append(f"| {name} | {killed} | {count} |")
    out += ["", "## Survivors", "", "| where | was → is | line | what is said of it |", "|---|---|---|---|"]
    for result in survivors:
        place = place_of(result)
        change = change_of(result)
        text = said.get((place, change), "not yet explained")
        line = result["text"].replace("|", "\\|")
        change = change.replace("|", "\\|")
        out.append(f"| {place} | `{change}` | `{line}` | {text} |")
    with open(os.path.join(ROOT, "Docs/Mutation.md"), "w") as file:
        file.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
