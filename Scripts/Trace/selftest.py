"""Plants each kind of defect in a copy of the project, and sees that it is found."""
import json
import os
import re
import shutil
import tempfile

import documents as documents_
import markers
import results as results_
import rules
from documents import DocumentsUnreadable

COPIED = ("Docs", "Sources", "Tests", "Hardware", "Scripts/Trace")
REQUIREMENTS = "Docs/Requirements"


class Copy:
    """A copy of the project in a folder of its own."""

    def __init__(self, root, folder):
        self.root = folder
        for name in COPIED:
            shutil.copytree(os.path.join(root, name), os.path.join(folder, name),
                            ignore=shutil.ignore_patterns("*.mcap", "Corpus", "__pycache__"))

    def edit(self, path, change):
        """Changes a file; a change that changes nothing is a mistake in this script."""
        full = os.path.join(self.root, path)
        with open(full, encoding="utf-8") as file:
            before = file.read()
        after = change(before)
        if after == before:
            raise AssertionError(f"nothing to change in {path}; bring the self-test up to date")
        with open(full, "w", encoding="utf-8") as file:
            file.write(after)

    def document_of(self, uid):
        """The document with this node."""
        folder = os.path.join(self.root, REQUIREMENTS)
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                if f"\nUID: {uid}\n" in file.read():
                    return f"{REQUIREMENTS}/{name}"
        raise AssertionError(f"{uid} is in no document")

    def edit_node(self, uid, change):
        """Changes the text of one node, from its UID to the next node."""
        def around(text):
            start = text.index(f"UID: {uid}\n")
            end = text.find("\n[", start)
            end = len(text) if end < 0 else end
            return text[:start] + change(text[start:end]) + text[end:]
        self.edit(self.document_of(uid), around)

    def remove_node(self, uid):
        """Takes a node out."""
        self.edit(self.document_of(uid), lambda text: re.sub(
            rf"\n\[[A-Z]+\]\nUID: {uid}\n(?:(?!\n\[).)*", "", text, flags=re.S))

    def add(self, path, line):
        """Appends a line."""
        self.edit(path, lambda text: text + line + "\n")


def events(scan, path):
    """An event stream in which every test of the sources passed."""
    lines = [{"kind": "event", "payload": {"kind": "runStarted", "messages": []}}]
    for name in scan.names:
        lines += passing(name.path, name.line, name.name)
    lines.append({"kind": "event", "payload": {"kind": "runEnded", "messages": [],
                                               "instant": {"since1970": 0}}})
    write_events(path, lines)
    return lines


def passing(path, line, name):
    """A test's description and its end."""
    file = os.path.basename(path)
    key = f"Module/{file}:{line}"
    where = {"fileID": f"Module/{file}", "line": line}
    return [{"kind": "test", "payload": {"id": key, "kind": "function", "displayName": name,
                                         "name": "f()", "sourceLocation": where}},
            {"kind": "event", "payload": {"kind": "testStarted", "testID": key, "messages": []}},
            {"kind": "event", "payload": {"kind": "testEnded", "testID": key,
                                          "messages": [{"symbol": "pass", "text": ""}]}}]


def write_events(path, lines):
    """Writes a stream."""
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def plant_in_documents(copy):
    """Defects of the documents, each with the finding that it has to make."""
    copy.remove_node("F25")
    yield "a fault that is missing", "F25: this fault is not in"
    copy.remove_node("ALM31")
    yield "an alarm that is missing", "ALM31: this alarm is not in"
    copy.remove_node("R-075")
    yield "a requirement that is missing", "R-075: this requirement is not in"
    copy.edit_node("R-114", lambda t: t.replace("UID: R-114", "UID: R-199"))
    yield "a requirement nobody has heard of", "R-199: no such requirement is known"
    copy.edit_node("R-086", lambda t: re.sub(r"REASON: (>>>\n.*?<<<|[^\n]*)\n", "", t, flags=re.S))
    yield "out of scope without a reason", "R-086: its status is out-of-scope, without a REASON"
    copy.edit_node("R-011", lambda t: t.replace("STATUS: implemented", "STATUS: open"))
    yield "open", "R-011: its status is open, without a REASON"
    copy.edit_node("R-010", lambda t: t.replace("RELATIONS:", "REASON: Because.\nRELATIONS:"))
    yield "implemented with a reason why not", "R-010: it is implemented, and has a REASON"
    copy.edit_node("R-116", lambda t: t[:t.index("RELATIONS:")])
    yield "a requirement without a hazard", "R-116: this requirement controls no hazard"
    copy.edit_node("R-117", lambda t: t.replace("VALUE: HAZ-11", "VALUE: HAZ-01"))
    yield "a hazard without a requirement", "HAZ-11: no requirement controls this hazard"
    copy.edit_node("F58", lambda t: t[:t.index("RELATIONS:")])
    yield "a fault without a hazard", "F58: this fault causes no hazard"
    copy.edit_node("R-001", lambda t: t.replace("VALUE: F20\n  ROLE: Answers",
                                                "VALUE: F37\n  ROLE: Answers", 1)
                   .replace("- TYPE: Parent\n  VALUE: F37\n  ROLE: Answers\n", "", 1))
    yield "a fault that nothing answers", "F20: no requirement answers this fault"
    copy.edit_node("ALM29", lambda t: t.replace("PRIORITY: information", "PRIORITY: low"))
    yield "an alarm of another priority", "ALM29: bolus-denied | low"
    copy.edit_node("ALM27", lambda t: t[:t.index("RELATIONS:")])
    yield "an alarm without a requirement", "ALM27: this alarm signals no requirement"


def plant_in_sources(copy):
    """Defects of markers and names."""
    for path in markers.swift_files(copy.root, "Sources"):
        with open(os.path.join(copy.root, path), encoding="utf-8") as file:
            text = file.read()
        if re.search(r"@relation\([^)]*R-033", text):
            copy.edit(path, lambda t: re.sub(r"R-033, |, R-033(?=[,)])", "", t)
                      .replace("@relation(R-033, scope", "@relation(R-006, scope"))
    yield "a requirement without a source", "R-033: no source has a marker"
    source, test = "Sources/PumpFirmware/DoseCap.swift", "Tests/PumpFirmwareTests/AlarmTests.swift"
    copy.add(source, "// @relation(R-900, scope=line)")
    yield "a marker for what does not exist", "a marker for R-900, which is no requirement"
    copy.add(source, "// @relation(R-086, scope=line)")
    yield "a marker for what is out of scope", "a marker for R-086, which is out-of-scope"
    copy.add(source, "// @relation(R-028 scope=line)")
    yield "a marker that is none", "no marker of the form"
    copy.add(source, "/// - Requirements: R-028.")
    yield "another convention", "a list of requirements that is no marker"
    copy.add(source, "// @relation(R-028, scope=line, role=Verification)")
    yield "a marker with the wrong role", "a marker here has no role"
    copy.add(source, "// @relation(R-028, R-028, scope=line)")
    yield "a marker that names one twice", "a marker that names a requirement twice"
    copy.add(test, '@Test("R-901: nothing") func nothing() {}')
    yield "a test named after nothing", "a test is named after R-901"
    copy.add(test, '@Test("R-040 to R-044: much") func much() {}')
    yield "a test named in another way", "a test's requirements are written"
    yield "a test file whose marker is not its tests'", f"{test}: its marker is not what"
    with open(os.path.join(copy.root, "Docs/Faults.md"), "w", encoding="utf-8") as file:
        file.writelines(f"F{n:02d}\n" for n in range(2, 59))
    yield "a fault that its page leaves out", "Docs/Faults.md: F01 "
    copy.add("Docs/Alarms.md", "See ALM77, F99 and R-902.")
    yield "an alarm that does not exist", "ALM77 does not exist"
    yield "a fault that does not exist", "F99 does not exist"
    yield "a requirement that does not exist", "R-902 does not exist"


def plant_in_events(copy, lines, path):
    """Defects of results."""
    def key(uid):
        return [line["payload"]["id"] for line in lines if line["kind"] == "test"
                and uid in markers.ids_of(line["payload"]["displayName"])]

    def ends(of):
        return [line for line in lines if line["payload"].get("testID") in of
                and line["payload"]["kind"] == "testEnded"]

    for end in ends(key("R-060")):
        end["payload"]["messages"] = [{"symbol": "fail", "text": ""}]
        lines.insert(lines.index(end), {"kind": "event", "payload": {
            "kind": "issueRecorded", "testID": end["payload"]["testID"],
            "issue": {"isKnown": False, "isFailure": True},
            "messages": [{"symbol": "fail", "text": "Expectation failed"}]}})
    yield "a test that failed", "R-060: failed: "
    yield "no test that passed", "R-060: no test of it passed"
    for end in ends(key("R-029")):
        end["payload"]["kind"] = "testSkipped"
    yield "a test that was skipped", "R-029: skipped: "
    for end in ends(key("R-023")):
        end["payload"]["messages"] = [{"symbol": "passWithKnownIssue", "text": ""}]
    yield "a known issue", "R-023: known issue: "
    for end in ends(key("R-079")):
        lines.remove(end)
    yield "a test that did not come to its end", "R-079: failed: "
    gone = set(key("R-081"))
    lines[:] = [line for line in lines if line["payload"].get("id") not in gone]
    yield "no test at all", "R-081: no test is named after it"
    yield "a test that did not run", "a test of R-081 that did not run"
    lines[:] = [line for line in lines if line["payload"]["kind"] != "runEnded"]
    yield "a run that was cut short", "the run did not come to its end"
    write_events(path, lines)


def findings(root, stream):
    """What the checks say of a project."""
    documents = documents_.read(root)
    scan = markers.scan(root)
    return [str(f) for f in rules.check(root, documents, scan, results_.read([stream]))]


def run(root):
    """Plants, looks, tells; the exit status."""
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(root, os.path.join(folder, "copy"))
        stream = os.path.join(folder, "events.jsonl")
        lines = events(markers.scan(copy.root), stream)
        before = findings(copy.root, stream)
        planted = [*plant_in_documents(copy), *plant_in_sources(copy),
                   *plant_in_events(copy, lines, stream)]
        after = findings(copy.root, stream)
        for what, text in planted:
            if any(text in finding for finding in before):
                missed.append(f"{what}: found before it was planted, `{text}`")
            elif not any(text in finding for finding in after):
                missed.append(f"{what}: not found, `{text}`")
        planted.append(("a relation to what does not exist", "F77"))
        copy.edit_node("R-102", lambda t: t.replace("VALUE: F55", "VALUE: F77"))
        try:
            documents_.read(copy.root)
            missed.append("a relation to what does not exist: not found")
        except DocumentsUnreadable as problem:
            if "F77" not in str(problem):
                missed.append(f"a relation to what does not exist: {problem}")
    for text in missed:
        print(f"Scripts/trace --self-test: {text}")
    print(f"{len(planted) - len(missed)} of {len(planted)} planted defects found")
    return 1 if missed else 0
