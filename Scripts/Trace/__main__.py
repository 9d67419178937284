"""Traces requirements to hazards, faults, sources, tests and their results."""
import argparse
import json
import os
import shutil
import sys

import documents as documents_
import markers
import page
import results as results_
import rules
import table


def main():
    parser = argparse.ArgumentParser(prog="Scripts/trace", description=__doc__)
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--events", metavar="FILE", nargs="+", help="event streams of the tests")
    kind.add_argument("--no-results", action="store_true", help="documents and markers only")
    kind.add_argument("--mark", action="store_true",
                      help="write the markers of the test files, and make markers of lists")
    kind.add_argument("--self-test", action="store_true", help="see each kind of defect found")
    parser.add_argument("--root", default=".", help=argparse.SUPPRESS)
    try:
        arguments = parser.parse_args()
    except SystemExit as problem:
        sys.exit(64 if problem.code else 0)
    root = os.path.abspath(arguments.root)
    if arguments.self_test:
        import selftest
        sys.exit(selftest.run(root))
    if arguments.mark:
        for path in markers.convert(root) + markers.mark(root, markers.scan(root)):
            print(f"marked: {path}")
        sys.exit(0)
    for path in arguments.events or []:
        if not os.path.exists(path):
            print(f"Scripts/trace: {path}: no such file; give what `swift test "
                  "--event-stream-output-path` wrote", file=sys.stderr)
            sys.exit(66)
    sys.exit(trace(root, arguments.events))


def trace(root, events):
    """Reads, checks, writes and prints; the exit status."""
    output = os.path.join(root, ".build-trace")
    os.makedirs(output, exist_ok=True)
    try:
        documents = documents_.read(root)
    except documents_.DocumentsUnreadable as problem:
        print(f"Scripts/trace: Docs/Requirements: {problem}", file=sys.stderr)
        return 1
    scan = markers.scan(root)
    results = results_.read(events) if events else None
    findings = rules.check(root, documents, scan, results)
    if results is not None:
        shutil.rmtree(os.path.join(output, "html"), ignore_errors=True)
        try:
            documents_.strictdoc(root, ".build-trace", "html")
        except documents_.DocumentsUnreadable as problem:
            findings.append(rules.Finding("StrictDoc", str(problem)))
    joined = table.join(root, documents, scan, results, findings)
    print(table.text(joined))
    if results is not None:
        os.makedirs(os.path.join(output, "html"), exist_ok=True)
        write(os.path.join(output, "trace.json"), json.dumps(joined, indent=1, ensure_ascii=False))
        write(os.path.join(output, "html", "trace.html"), page.page(joined))
        print("pages: .build-trace/html/trace.html, .build-trace/html/index.html")
    if findings:
        print(f"\nScripts/trace: {len(findings)} missing or wrong:", file=sys.stderr)
        for finding in findings:
            print(f"  {finding}", file=sys.stderr)
    return 1 if findings else 0


def write(path, content):
    """Writes a text file."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


if __name__ == "__main__":
    main()
