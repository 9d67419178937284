"""The joined table as a page that a regulator can read."""
import html

from table import counts

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
td:first-child { min-width: 20rem } td:nth-child(4) { min-width: 18rem }
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
    parts.append("<table><thead><tr><th>Requirement<th>Hazards, faults, alarms<th>Sources<th>Tests"
                 "<th>Result</thead><tbody>")
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
            f"<td>{named(row['hazards'], hazards)}{named(row['faults'], faults)}"
            f"{named(row['alarms'], alarms)}<td>{sources}<td>{tests}"
            f"<td class='result {row['result']}'>{e(row['result'])}")
