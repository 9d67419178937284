"""The joined table: as text, as JSON, and as a page that a regulator can read."""
import datetime
import html
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
            if node.uid in marker.uids and marker.path.startswith("Sources"):
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
    if node.status not in expected.IN_SCOPE:
        return node.status
    if any(t.outcome not in ("passed", "not run") for t in tests):
        return "failed"
    if node.status == "open":
        return "open"
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
        sources = [os.path.basename(s["path"]).removesuffix(".swift") for s in row["sources"]]
        passed = sum(t["outcome"] == "passed" for t in row["tests"])
        lines.append(f"{row['id']}  {row['result']:<12}  {passed:>3}/{len(row['tests']):<3}  "
                     f"{row['title'][:38]:<38}  {short(sources, 4)}")
    head = f"{'':5}  {'result':<12}  tests    {'requirement':<38}  sources"
    summary = ", ".join(f"{n} {what}" for what, n in sorted(counts(joined).items()))
    return "\n".join([head, *lines, "", f"{len(joined['requirements'])} requirements: {summary}"])


def short(words, most):
    """The first few words, and how many more."""
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #1a7f37; --bad: #cf222e;
  --warn: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --warn: #d29922 } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 84rem; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { margin-top: 2.5rem; font-size: 1.2rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { border-top: 1px solid var(--line); padding: .45rem .6rem; text-align: left;
  vertical-align: top }
th { position: sticky; top: 0; background: Canvas; z-index: 1 }
td > div + div { margin-top: .25rem }
.passed { color: var(--good) } .failed, .untested, .open { color: var(--bad) }
.out-of-scope, .not-sensed, .not-simulated, .partly, .skipped { color: var(--warn) }
.result { font-weight: 600; white-space: nowrap } .soft { opacity: .75 }
code { font-size: .85em } a { color: LinkText } .finding { color: var(--bad) }
nav label { margin-right: 1rem } ul.finding { padding-left: 1.2rem }
@media print { nav { display: none } body { max-width: none; margin: 0 } th { position: static } }
"""

SCRIPT = """
const boxes = [...document.querySelectorAll('nav input')];
const rows = [...document.querySelectorAll('tr[data-result]')];
function show() {
  const on = new Set(boxes.filter(b => b.checked).map(b => b.value));
  for (const row of rows) row.hidden = !on.has(row.dataset.result);
}
for (const box of boxes) box.addEventListener('change', show);
"""


def page(joined):
    """The page, self-contained; it links into StrictDoc's pages beside it."""
    e = html.escape
    hazards = {n["id"]: n["title"] for n in joined["hazards"]}
    faults = {n["id"]: n["title"] for n in joined["faults"]}
    alarms = {n["id"]: n["title"] for n in joined["alarms"]}
    found = counts(joined)
    parts = ["<!doctype html><html lang=en><meta charset=utf-8>"
             "<meta name=viewport content='width=device-width, initial-scale=1'>",
             "<title>Trumpet: requirements and results</title>", f"<style>{STYLE}</style>",
             "<h1>Trumpet: requirements and results</h1><p>",
             f"Commit <code>{e(joined['commit'][:12] or 'unknown')}</code>"
             + (", with changes that are not committed" if joined["changed"] else "") + "; "
             + (f"{joined['tests']} tests, run until {e(joined['tested'])}."
                if joined["tested"] else "no tests were read."),
             " Trumpet is a bench, test and audit tool. It is not a medical device.</p>",
             "<p>" + ", ".join(f"<b class='{e(k)}'>{n} {e(k)}</b>" for k, n in sorted(found.items()))
             + f" of {len(joined['requirements'])} requirements. The documents behind this table: "
             "<a href='index.html'>hazards, faults, requirements, alarms</a>.</p>"]
    if joined["findings"]:
        parts.append(f"<h2>Missing or wrong: {len(joined['findings'])}</h2><ul class=finding>")
        parts += [f"<li><b>{e(f['about'])}</b>: {e(f['text'])}</li>" for f in joined["findings"]]
        parts.append("</ul>")
    parts.append("<h2>Requirements</h2><nav>" + "".join(
        f"<label><input type=checkbox checked value='{e(k)}'> {e(k)} ({n})</label>"
        for k, n in sorted(found.items())) + "</nav>")
    parts.append("<table><thead><tr><th>Requirement<th>Controls<th>Answers<th>Alarms<th>Sources"
                 "<th>Tests<th>Result</thead><tbody>")
    parts += [row_of(row, hazards, faults, alarms) for row in joined["requirements"]]
    parts.append("</tbody></table><h2>Faults</h2><table><thead><tr><th>Fault<th>Causes"
                 "<th>Answered by</thead><tbody>")
    for fault in joined["faults"]:
        answers = [r for r in joined["requirements"] if fault["id"] in r["faults"]]
        parts.append(f"<tr id='{fault['id']}'><td><b>{fault['id']}</b> {e(fault['title'])}<td>"
                     + named(fault["hazards"], hazards) + "<td>"
                     + ("".join(f"<div><a href='#{r['id']}'>{r['id']}</a> {e(r['title'])} "
                                f"<span class='{r['result']}'>{r['result']}</span></div>"
                                for r in answers) or f"<span class=soft>{e(fault['reason'])}</span>"))
    parts.append(f"</tbody></table><script>{SCRIPT}</script></html>\n")
    return "\n".join(parts)


def named(ids, titles):
    """Ids with what they stand for."""
    return "".join(f"<div>{i} <span class=soft>{html.escape(titles.get(i, ''))}</span></div>"
                   for i in ids)


def row_of(row, hazards, faults, alarms):
    """One requirement."""
    e = html.escape
    sources = "".join(
        f"<div><a href='_source_files/{e(s['path'])}.html#{row['id']}'><code>"
        f"{e(s['path'].removeprefix('Sources/'))}</code></a></div>" for s in row["sources"])
    tests = "".join(
        f"<div><span class='{t['outcome'].replace(' ', '-')}'>{e(t['outcome'])}</span> "
        f"{e(t['name'])} <span class=soft><code>{e(t['file'])}:{t['line']}</code></span>"
        + "".join(f"<br><span class=finding>{e(i)}</span>" for i in t["issues"]) + "</div>"
        for t in row["tests"])
    more = ((f"<div class=soft>{e(row['parameters'])}</div>" if row["parameters"] else "")
            + (f"<div class='{row['status']}'>{e(row['status'])}: {e(row['reason'])}</div>"
               if row["reason"] else ""))
    return (f"<tr id='{row['id']}' data-result='{row['result']}'><td><div><b>{row['id']}</b> "
            f"{e(row['title'])}</div><div>{e(row['statement'])}</div>{more}"
            f"<td>{named(row['hazards'], hazards)}<td>{named(row['faults'], faults)}"
            f"<td>{named(row['alarms'], alarms)}<td>{sources}<td>{tests}"
            f"<td class='result {row['result']}'>{e(row['result'])}")
