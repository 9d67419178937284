"""Counts false and missed alarms in nominal sessions; Scripts/dev false-alarms says how to call it."""

import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAMPAIGN = ROOT / "Docs/FalseAlarms/campaign.yaml"
PAGE = ROOT / "Docs/FalseAlarms.md"
TRUMPET = ROOT / ".build/release/trumpet"
MOST_FALSE = 2
HOURS = 7200


def run():
    """The campaign's result."""
    done = subprocess.run(
        [TRUMPET, "campaign", "run", CAMPAIGN, "--json"],
        stdout=subprocess.PIPE, text=True, check=False,
    )
    if done.returncode not in (0, 1):
        sys.exit(f"Scripts/dev false-alarms: trumpet campaign: status {done.returncode}")
    return json.loads(done.stdout)


def name(result):
    """A cell, for people."""
    values = ", ".join(result["values"].values())
    return f"cell {result['cell']} ({values})"


class Count:
    """What the sessions came to."""

    def __init__(self, result):
        self.hours = 0.0
        self.false, self.missed, self.unrun = [], [], []
        self.alarms = collections.Counter()
        for cell in result["results"]:
            if cell["status"] not in ("passed", "failed"):
                self.unrun.append(f"{name(cell)}: {cell['status']}")
                continue
            self.hours += (cell["simulated_s"] - cell["started_s"]) / 3600
            for alarm in cell["alarms"]:
                self.alarms[alarm["priority"], alarm["name"]] += 1
                if alarm["priority"] == "high":
                    at = (alarm["raised_s"] - cell["started_s"]) / 3600
                    self.false.append(f"{name(cell)}: {alarm['name']} at {at:.2f} h")
            for expectation in cell["expectations"]:
                if not expectation["held"] and not expectation["text"].startswith("noAlarm"):
                    self.missed.append(
                        f"{name(cell)}: {expectation['text']}: {expectation['observed']}")

    @property
    def is_good(self):
        """Whether the figures are within what is asked."""
        return (len(self.false) <= MOST_FALSE and not self.missed and not self.unrun
                and self.hours >= HOURS)

    def lines(self):
        """The figures, then every case."""
        yield f"{self.hours:.0f} h: {len(self.false)} false alarms of high priority" \
            f" (at most {MOST_FALSE} in {HOURS} h), {len(self.missed)} missed"
        for title, cases in (("false", self.false), ("missed", self.missed), ("not run", self.unrun)):
            for case in cases:
                yield f"{title}: {case}"


def page(result, count):
    """The page of the count."""
    out = [
        "# False alarms",
        "",
        f"{len(result['results'])} sessions of a day each on which nothing is wrong:"
        " rates of 0.05 to 5 mL/h, several syringes,",
        "a patient who walks (±0.8 m of height and pressure on the site in steps of 1 s to 9 s) and lies on the",
        "site, 10 to 40 °C, resting pressures of the tissue of −1 to 60 mmHg, the 540 mmHg limit. The sessions are",
        "those of `Docs/FalseAlarms/campaign.yaml`; `Scripts/dev false-alarms` counts, and `--renew` writes this page.",
        "",
        "**False** is every alarm of high priority, since none is due in any of them. **Missed** is a session in",
        "which the warning near the end or the alarm at the end does not come when it is due, or the programme is",
        "not completed.",
        "",
        "| | |",
        "|---|---|",
        f"| hours from the start of the programme | {count.hours:.1f} |",
        f"| false alarms of high priority | {len(count.false)} (at most {MOST_FALSE} in {HOURS} h) |",
        f"| missed alarms | {len(count.missed)} |",
        "",
        "All alarms that were raised:",
        "",
        "| priority | alarm | times |",
        "|---|---|---|",
    ]
    out += [f"| {priority} | {alarm} | {times} |"
            for (priority, alarm), times in sorted(count.alarms.items())]
    cases = list(count.lines())[1:]
    if cases:
        out += ["", "Each case, for `trumpet campaign show Docs/FalseAlarms/campaign.yaml --cell N`:", ""]
        out += [f"- {case}" for case in cases]
    out += ["", "The model is the one of `Docs/Plant.md`: what it cannot show, such as the shocks of a fall or the",
            "friction of one real syringe, is not in these figures."]
    return "\n".join(out) + "\n"


def main(arguments):
    """Does what the arguments ask; gives the exit status."""
    is_renewing = "--renew" in arguments
    rest = [argument for argument in arguments if argument != "--renew"]
    if rest and (rest[0] != "--from" or len(rest) != 2):
        print(f"Scripts/dev false-alarms: unknown '{rest[0]}'; give --renew, --from FILE or nothing",
              file=sys.stderr)
        return 64
    result = json.loads(pathlib.Path(rest[1]).read_text()) if rest else run()
    count = Count(result)
    print("\n".join(count.lines()))
    if is_renewing:
        PAGE.write_text(page(result, count))
    return 0 if count.is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
