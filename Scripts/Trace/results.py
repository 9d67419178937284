"""Results of the tests, from the event stream of Swift Testing (`--event-stream-version 6.3`)."""
import json
from dataclasses import dataclass, field

from markers import ids_of


@dataclass
class Test:
    """One test function: its names, the requirements it verifies, and how it ended."""

    id: str
    name: str
    file: str  # Module/File.swift
    line: int
    uids: list
    suites: list
    outcome: str = "not run"
    issues: list = field(default_factory=list)

    @property
    def is_passed(self):
        return self.outcome == "passed"


class Results:
    """The tests of one or several runs."""

    def __init__(self):
        self.tests = {}
        self.broken = []  # what is wrong with a stream
        self.ended_at = None

    def of(self, uid):
        """The tests that verify a requirement, in order."""
        return sorted((t for t in self.tests.values() if uid in t.uids),
                      key=lambda t: (t.file, t.line))


def read(paths):
    """The results in some event streams; a test that is in several has to pass in each."""
    results = Results()
    for path in paths:
        read_stream(path, results)
    return results


def read_stream(path, results):
    """Adds one stream."""
    suites, tests, ended = {}, {}, False
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                payload = record["payload"]
            except (ValueError, KeyError, TypeError):
                results.broken.append(f"{path}:{number}: not an event; the run was cut short?")
                continue
            if record["kind"] == "test":
                if payload["kind"] == "suite":
                    suites[payload["id"]] = payload.get("displayName") or payload["name"]
                else:
                    tests[payload["id"]] = payload
            elif record["kind"] == "event":
                if payload["kind"] == "runEnded":
                    ended = True
                    results.ended_at = max(results.ended_at or 0,
                                           payload["instant"]["since1970"])
                elif payload.get("testID") in tests:
                    tests[payload["testID"]].setdefault("events", []).append(payload)
    if not ended:
        results.broken.append(f"{path}: the run did not come to its end")
    for key, payload in tests.items():
        add(results, key, payload, suites)


def add(results, key, payload, suites):
    """Adds one test with its suites' requirements."""
    above, parent = [], key
    while "/" in parent:
        parent = parent.rpartition("/")[0]
        if parent in suites:
            above.insert(0, suites[parent])
    name = payload.get("displayName") or payload["name"]
    uids = sorted({uid for text in [*above, name] for uid in ids_of(text)})
    outcome, issues = outcome_of(payload.get("events", []))
    test = results.tests.get(key)
    if test is None:
        where = payload["sourceLocation"]
        results.tests[key] = Test(key, name, where["fileID"], where["line"], uids, above, outcome,
                                  issues)
    elif not test.is_passed or outcome == "passed":
        test.issues += issues
    else:
        test.outcome, test.issues = outcome, issues


def outcome_of(events):
    """How a test ended: a known issue is no pass, a test that began and did not end has failed."""
    issues = [e["messages"][0]["text"] for e in events
              if e["kind"] == "issueRecorded" and e["messages"]
              and (e["issue"].get("isFailure", True) or e["issue"]["isKnown"])]
    kinds = {e["kind"] for e in events}
    ends = [m["symbol"] for e in events if e["kind"] == "testEnded" for m in e["messages"]]
    if "testSkipped" in kinds:
        return "skipped", issues
    if any(e["kind"] == "issueRecorded" and not e["issue"]["isKnown"]
           and e["issue"].get("isFailure", True) for e in events):
        return "failed", issues
    if "passWithKnownIssue" in ends:
        return "known issue", issues
    if "pass" in ends:
        return "passed", issues
    return ("failed" if kinds else "not run"), issues
