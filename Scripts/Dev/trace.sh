# Requirement to hazard, fault, source, test and result.
#
# Builds the pages, prints the table, and fails where a link is missing (Docs/Requirements/README.md has
# the rules).
#
#   Scripts/trace                  runs the tests, then traces
#   Scripts/trace --events FILE…   traces with the event streams of tests that ran already
#   Scripts/trace --no-results     documents and markers only, in seconds: nothing is said about tests
#   Scripts/trace --mark           writes the marker of each test file from the names of its tests, and
#                                  makes markers of requirement lists in the sources' comments
#   Scripts/trace --self-test      plants each kind of defect in a copy, and sees it found
#
# Leaves .build-trace/html/index.html (StrictDoc), .build-trace/html/trace.html and
# .build-trace/trace.json. Exit status: 0 nothing missing; 1 something; 64 wrong usage; 66 no such file.
prepared
if [ "$#" -eq 0 ]; then
  mkdir -p .build-trace
  rm -f .build-trace/events.jsonl
  release
  # What failed is told by the events.
  PATH="$PWD/.venv/bin:$PATH" "$swift" test \
    --event-stream-output-path .build-trace/events.jsonl --event-stream-version 6.3 || true
  set -- --events .build-trace/events.jsonl
fi
exec .venv/bin/python -B Scripts/Trace "$@"
