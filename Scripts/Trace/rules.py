"""What has to be so; whatever is not is a finding.

@relation(R-116, scope=file)
"""
import os
import re
from dataclasses import dataclass

import expected
from markers import VERIFICATION, expected_marker

ALARM_ROW = re.compile(r"^\| (ALM\d\d) \| `([a-z-]+)` \| ([^|]+) \| (yes|no) \| ([a-z-]+) \| "
                       r"([^|]+) \|", re.M)
IDS_IN_TEXT = re.compile(r"\b(R-\d{3}|ALM\d{2}|F\d{2})\b")
MENTIONING = (".md", ".yaml", ".swift")


@dataclass(frozen=True)
class Finding:
    """Something that is missing or wrong: about what, and what would be right."""

    about: str
    text: str

    def __str__(self):
        return f"{self.about}: {self.text}"


def check(root, documents, scan, results):
    """All findings; `results` is None where nothing is to be said about tests."""
    return (numbers(documents) + reasons(documents) + relations(documents)
            + alarm_table(root, documents) + marked(documents, scan)
            + test_markers(root, scan) + implementations(documents, scan)
            + mentions(root, documents) + fault_pages(root, documents)
            + (verifications(documents, results, scan) if results is not None else []))


def numbers(documents):
    """None is missing, none is unknown."""
    found = []
    for kind, ids in (("REQUIREMENT", expected.REQUIREMENTS), ("FAULT", expected.FAULTS),
                      ("ALARM", expected.ALARMS)):
        there = {node.uid for node in documents.of(kind)}
        found += [Finding(uid, f"this {kind.lower()} is not in Docs/Requirements")
                  for uid in ids if uid not in there]
        found += [Finding(uid, f"no such {kind.lower()} is known to Scripts/Trace/expected.py")
                  for uid in sorted(there - set(ids))]
    return found


def reasons(documents):
    """A requirement that is not simply implemented says why; one that is has nothing to say."""
    found = []
    for node in documents.of("REQUIREMENT"):
        if node.status in expected.WITH_REASON and not node.reason:
            found.append(Finding(node.uid, f"its status is {node.status}, without a REASON"))
        if node.status == "implemented" and node.reason:
            found.append(Finding(node.uid, "it is implemented, and has a REASON why it is not"))
        if node.status == "open":
            found.append(Finding(node.uid, f"open: {flat(node.reason)}"))
    return found


def relations(documents):
    """Hazards are controlled, faults cause hazards and are answered, alarms signal something."""
    found = []
    requirements = documents.of("REQUIREMENT")
    controlled = {uid for node in requirements for uid in node.related("Controls")}
    answered = {uid for node in requirements for uid in node.related("Answers")}
    for node in documents.of("HAZARD"):
        if node.uid not in controlled:
            found.append(Finding(node.uid, "no requirement controls this hazard"))
    for node in documents.of("FAULT"):
        if not node.related("Causes"):
            found.append(Finding(node.uid, "this fault causes no hazard"))
        if node.uid not in answered and not node.reason:
            found.append(Finding(node.uid, "no requirement answers this fault, and it has no REASON"))
        if node.uid in answered and node.reason:
            found.append(Finding(node.uid, "answered by a requirement, and has a REASON why not"))
    for node in requirements:
        if not node.related("Controls"):
            found.append(Finding(node.uid, "this requirement controls no hazard"))
    for node in documents.of("ALARM"):
        if not node.related("Signals"):
            found.append(Finding(node.uid, "this alarm signals no requirement"))
    kinds = {"Controls": "HAZARD", "Causes": "HAZARD", "Answers": "FAULT", "Signals": "REQUIREMENT"}
    for node in documents.nodes.values():
        for role, uid in node.relations:
            target = documents.nodes.get(uid)
            if target is None or target.kind != kinds.get(role):
                found.append(Finding(node.uid, f"{role} {uid}, which is no {kinds.get(role)}"))
    return found


def alarm_table(root, documents):
    """The alarm table is that of Docs/Alarms.md, which a Swift test compares with the controller."""
    with open(os.path.join(root, "Docs/Alarms.md"), encoding="utf-8") as file:
        rows = {row[0]: [cell.strip() for cell in row[1:]] for row in
                ALARM_ROW.findall(file.read())}
    found = []
    for node in documents.of("ALARM"):
        ours = [node.fields.get(key, "") for key in ("NAME", "PRIORITY", "LATCHES", "ACTION")]
        ours.append(node.title)
        theirs = rows.get(node.uid)
        if theirs is None:
            found.append(Finding(node.uid, "not in the table of Docs/Alarms.md"))
        elif ours != theirs:
            found.append(Finding(node.uid, f"{' | '.join(ours)} here, {' | '.join(theirs)} in "
                                           "Docs/Alarms.md"))
    return found


def marked(documents, scan):
    """Markers are well formed, name what exists, and have the role of their place."""
    found = [Finding(f"{path}:{line}", "no marker of the form "
                     f"@relation(R-001, R-002, scope=file|line[, role={VERIFICATION}]): {text}")
             for path, line, text in scan.malformed]
    found += [Finding(f"{path}:{line}", "a list of requirements that is no marker; write "
                      "`- Requirements: @relation(R-001, scope=file)`") for path, line in scan.bare]
    for marker in scan.markers:
        where = f"{marker.path}:{marker.line}"
        for uid in marker.uids:
            node = documents.nodes.get(uid)
            if node is None or node.kind != "REQUIREMENT":
                found.append(Finding(where, f"a marker for {uid}, which is no requirement"))
            elif marker.is_source and node.status in expected.WITHOUT_SOURCE:
                found.append(Finding(where, f"a marker for {uid}, which is {node.status}"))
        if len(set(marker.uids)) != len(marker.uids):
            found.append(Finding(where, "a marker that names a requirement twice"))
        role = "" if marker.is_source else VERIFICATION
        if marker.role != role:
            found.append(Finding(where, f"a marker here has {f'role={role}' if role else 'no role'}"))
    for name in scan.names:
        for uid in IDS_IN_TEXT.findall(name.name):
            if uid.startswith("R-") and uid not in documents.nodes:
                found.append(Finding(f"{name.path}:{name.line}",
                                     f"a test is named after {uid}, which is no requirement"))
        if re.match(r"R-\d", name.name) and not name.uids:
            found.append(Finding(f"{name.path}:{name.line}", "a test's requirements are written "
                                 f"`R-001, R-002: what must be true`, not `{name.name}`"))
    return found


def test_markers(root, scan):
    """A test file's marker names what its tests are named after."""
    named, marked_ = {}, {}
    for name in scan.names:
        named.setdefault(name.path, set()).update(name.uids)
    for marker in scan.markers:
        if not marker.is_source:
            marked_.setdefault(marker.path, []).extend(marker.uids)
    return [Finding(path, "its marker is not what its tests' names say; Scripts/trace --mark "
                          f"writes {' '.join(expected_marker(named.get(path, set()))) or 'none'}")
            for path in sorted(set(named) | set(marked_))
            if sorted(marked_.get(path, [])) != sorted(named.get(path, set()))]


def implementations(documents, scan):
    """What is in scope is marked in a source."""
    there = {uid for marker in scan.markers if marker.is_source for uid in marker.uids}
    return [Finding(node.uid, "no source has a marker for it")
            for node in documents.of("REQUIREMENT")
            if node.status in expected.IN_SCOPE and node.uid not in there]


def verifications(documents, results, scan):
    """What is in scope has a test that passed and none that did not."""
    found = [Finding("tests", text) for text in results.broken]
    known = set(documents.nodes)
    for test in results.tests.values():
        found += [Finding(f"{test.file}:{test.line}", f"a test names {uid}, which does not exist")
                  for uid in test.uids if uid not in known]
        if test.outcome == "failed" and not test.uids:
            found.append(Finding(f"{test.file}:{test.line}", f"failed: {test.name}"))
    for node in documents.of("REQUIREMENT"):
        tests = results.of(node.uid)
        for test in tests:
            if not test.is_passed:
                found.append(Finding(node.uid, f"{test.outcome}: {test.name} "
                                               f"({test.file}:{test.line})"))
        if node.status in expected.IN_SCOPE:
            if not tests:
                found.append(Finding(node.uid, "no test is named after it"))
            elif not any(test.is_passed for test in tests):
                found.append(Finding(node.uid, "no test of it passed"))
    ran = {(t.file.rpartition("/")[2], uid) for t in results.tests.values() for uid in t.uids}
    for name in scan.names:
        file = os.path.basename(name.path)
        found += [Finding(f"{name.path}:{name.line}", f"a test of {uid} that did not run")
                  for uid in name.uids if uid in known and (file, uid) not in ran]
    return found


def fault_pages(root, documents):
    """A page about all faults has all of them."""
    found = []
    for path in ("Docs/Faults.md", "Docs/SingleFaults.md"):
        if os.path.exists(os.path.join(root, path)):
            with open(os.path.join(root, path), encoding="utf-8") as file:
                there = set(IDS_IN_TEXT.findall(file.read()))
            found += [Finding(path, f"{node.uid} ({node.title}) is not on this page")
                      for node in documents.of("FAULT") if node.uid not in there]
    return found


def mentions(root, documents):
    """Whatever text names a requirement, an alarm or a fault names one that exists."""
    found = []
    for folder in ("Docs", "Sources", "Tests", "Hardware"):
        for base, folders, files in os.walk(os.path.join(root, folder)):
            folders[:] = sorted(f for f in folders if f not in ("Requirements", "Corpus"))
            for name in sorted(files):
                if name.endswith(MENTIONING):
                    path = os.path.relpath(os.path.join(base, name), root)
                    found += mentions_in(root, path, documents)
    return found


def mentions_in(root, path, documents):
    """Those of one file; markers and names of tests have their own rules."""
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        lines = file.read().split("\n")
    return [Finding(f"{path}:{number}", f"{uid} does not exist")
            for number, line in enumerate(lines, 1) if "@relation" not in line
            for uid in IDS_IN_TEXT.findall(line) if uid not in documents.nodes]


def flat(text):
    """Text on one line."""
    return " ".join(text.split())
