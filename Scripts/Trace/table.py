"""The joined table: requirement by requirement, as plain values and as text."""
import datetime
import os
import subprocess

import expected
from rules import flat


def join(root, documents, scan, results, findings):
    """Requirement by requirement, with everything that hangs on it, as plain values."""
    alarms = documents.of("ALARM")
    rows = []
    for node in documents.of("REQUIREMENT"):
        sources = {}
        for marker in scan.markers:
            if node.uid in marker.uids and marker.is_source:
                sources.setdefault(marker.path, []).append(marker.line)
        tests = results.of(node.uid) if results is not None else []
        about = [f.text for f in findings if f.about == node.uid]
        rows.append({
            "id": node.uid, "title": node.title, "document": node.document,
            "status": node.status, "statement": flat(node.fields.get("STATEMENT", "")),
            "parameters": flat(node.fields.get("PARAMETERS", "")), "reason": flat(node.reason),
            "verification": node.fields.get("VERIFICATION", ""),
            "hazards": node.related("Controls"), "faults": node.related("Answers"),
            "alarms": [a.uid for a in alarms if node.uid in a.related("Signals")],
            "sources": [{"path": path, "lines": lines} for path, lines in sorted(sources.items())],
            "tests": [{"name": t.name, "file": t.file, "line": t.line, "outcome": t.outcome,
                       "issues": t.issues[:5]} for t in tests],
            "result": result_of(node, tests, results), "findings": about})
    return {
        "commit": git(root, "rev-parse", "HEAD"),
        "changed": bool(git(root, "status", "--porcelain", "--untracked-files=no")),
        "tested": None if results is None or results.ended_at is None else
        datetime.datetime.fromtimestamp(results.ended_at, datetime.timezone.utc)
        .strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tests": 0 if results is None else len(results.tests),
        "hazards": [{"id": n.uid, "title": n.title} for n in documents.of("HAZARD")],
        "faults": [{"id": n.uid, "title": n.title, "hazards": n.related("Causes"),
                    "reason": flat(n.reason)} for n in documents.of("FAULT")],
        "alarms": [{"id": n.uid, "name": n.fields["NAME"], "title": n.title,
                    "requirements": n.related("Signals")} for n in alarms],
        "requirements": rows,
        "findings": [{"about": f.about, "text": f.text} for f in findings]}


def result_of(node, tests, results):
    """One word: passed, failed, open, untested, or why it needs no test."""
    if any(t.outcome not in ("passed", "not run") for t in tests):
        return "failed"
    if node.status not in expected.IN_SCOPE:
        return node.status
    if results is None:
        return "not run"
    return "passed" if any(t.is_passed for t in tests) else "untested"


def git(root, *words):
    """What git answers, or nothing where there is none."""
    ran = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True)
    return ran.stdout.strip() if ran.returncode == 0 else ""


def counts(joined):
    """How many requirements have which result."""
    found = {}
    for row in joined["requirements"]:
        found[row["result"]] = found.get(row["result"], 0) + 1
    return found


def text(joined):
    """The table for a terminal: requirement, result, sources, tests."""
    lines = []
    for row in joined["requirements"]:
        sources = [os.path.splitext(os.path.basename(s["path"]))[0] for s in row["sources"]]
        passed = sum(t["outcome"] == "passed" for t in row["tests"])
        lines.append(f"{row['id']}  {row['result']:<12}  {passed:>3}/{len(row['tests']):<3}  "
                     f"{row['title'][:38]:<38}  {short(sources, 4)}")
    head = f"{'':5}  {'result':<12}  tests    {'requirement':<38}  sources"
    summary = ", ".join(f"{n} {what}" for what, n in sorted(counts(joined).items()))
    return "\n".join([head, *lines, "", f"{len(joined['requirements'])} requirements: {summary}"])


def short(words, most):
    """The first few words, and how many more."""
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")
