"""Relation markers in sources and tests, and the requirement ids in the names of tests."""
import os
import re
from dataclasses import dataclass

# As StrictDoc's reader for languages that it does not know takes them.
MARKER = re.compile(
    r"@relation\(([A-Za-z][\w/.-]+(?:, [A-Za-z][\w/.-]+)*), "
    r"scope=(file|line|range_start|range_end)(?:, role=([^)]+))?\)")
# A requirement list in a comment that is no marker.
BARE = re.compile(r"^\s*///?\s*-?\s*Requirements?: R-\d")
NAME = re.compile(r'@(Test|Suite)\(\s*"((?:[^"\\]|\\.)*)"')
IDS = re.compile(r"^(R-\d{3}(?:, R-\d{3})*): ")
MENTION = re.compile(r"\bR-\d{3}\b")
VERIFICATION = "Verification"
# These scripts implement a requirement as well.
TRACE = "Scripts/Trace"


@dataclass
class Marker:
    """One marker: where it stands and what it names."""

    path: str
    line: int
    uids: list
    scope: str
    role: str

    @property
    def is_source(self):
        """Whether it stands in what implements, not in what tests."""
        return not self.path.startswith("Tests")


@dataclass
class TestName:
    """The display name of a test or suite, as its source has it."""

    path: str
    line: int
    name: str

    @property
    def uids(self):
        """The requirements that it begins with."""
        return ids_of(self.name)


class Scan:
    """What stands in the Swift files of Sources and Tests."""

    def __init__(self):
        self.markers = []
        self.malformed = []  # (path, line, text)
        self.bare = []  # (path, line)
        self.names = []
        self.mentions = []  # (path, line, id)


def ids_of(name):
    """The requirements that a display name begins with: `R-001, R-002: what must be true`."""
    found = IDS.match(name or "")
    return found.group(1).split(", ") if found else []


def swift_files(root, folder):
    """Paths of the Swift files in a folder, relative to the root, in order."""
    paths = []
    for base, folders, files in os.walk(os.path.join(root, folder)):
        folders.sort()
        paths += [os.path.relpath(os.path.join(base, name), root)
                  # What a link leads to is read where it stands.
                  for name in files if name.endswith(".swift")
                  and not os.path.islink(os.path.join(base, name))]
    return sorted(paths)


def scan(root):
    """Reads every Swift file."""
    result = Scan()
    for folder in ("Sources", "Tests"):
        for path in swift_files(root, folder):
            scan_file(path, read_text(root, path), result)
    for name in sorted(os.listdir(os.path.join(root, TRACE))):
        if name.endswith(".py"):
            # In Python a marker is a line of a docstring; what these scripts say of markers is none.
            text = read_text(root, f"{TRACE}/{name}")
            scan_file(f"{TRACE}/{name}", "\n".join(
                line if line.startswith("@relation") else "" for line in text.split("\n")), result)
    return result


def read_text(root, path):
    """The text of a file."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def scan_file(path, text, result):
    """Adds what one file has."""
    for number, line in enumerate(text.split("\n"), 1):
        if "@relation" in line:
            found = MARKER.search(line)
            if found:
                result.markers.append(Marker(path, number, found.group(1).split(", "),
                                             found.group(2), found.group(3) or ""))
            else:
                result.malformed.append((path, number, line.strip()))
        elif BARE.match(line):
            result.bare.append((path, number))
        result.mentions += [(path, number, uid) for uid in MENTION.findall(line)]
    if path.startswith("Tests"):
        for found in NAME.finditer(text):
            result.names.append(TestName(path, text.count("\n", 0, found.start()) + 1,
                                         found.group(2)))


def expected_marker(uids):
    """The lines of the marker of a test file whose tests name these requirements."""
    lines, left = [], sorted(uids)
    while left:
        some = left[:8]
        left = left[8:]
        lines.append(f"// @relation({', '.join(some)}, scope=file, role={VERIFICATION})")
    return lines


def mark(root, result):
    """Writes each test file's marker as the names of its tests have it; the files it changed."""
    named = {}
    for name in result.names:
        named.setdefault(name.path, set()).update(name.uids)
    changed = []
    for path in swift_files(root, "Tests"):
        full = os.path.join(root, path)
        before = read_text(root, path)
        kept = [line for line in before.split("\n")
                if not (MARKER.search(line) and f"role={VERIFICATION}" in line)]
        after = "\n".join(expected_marker(named.get(path, set())) + kept)
        if after != before:
            with open(full, "w", encoding="utf-8") as file:
                file.write(after)
            changed.append(path)
    return changed


def convert(root):
    """Makes markers of requirement lists in doc comments of Sources; the files it changed."""
    changed = []
    for path in swift_files(root, "Sources"):
        before = read_text(root, path).split("\n")
        after, number = [], 0
        while number < len(before):
            line, number = before[number], number + 1
            if BARE.match(line):
                while number < len(before) and re.match(r"^\s*///\s+R-\d", before[number]):
                    line, number = line + before[number], number + 1
                after += marker_lines(line, before[number:])
            else:
                after.append(line)
        if after != before:
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write("\n".join(after))
            changed.append(path)
    return changed


def marker_lines(line, following):
    """The marker that a list stands for: of the file before a type, of its line before a function."""
    declaration = next((f for f in following if not f.lstrip().startswith(("//", "@"))), "")
    scope = "line" if declaration.startswith(" ") else "file"
    indent, lines, left = line[:len(line) - len(line.lstrip())], [], sorted(set(
        MENTION.findall(line)))
    while left:
        some, left = left[:8], left[8:]
        lines.append(f"{indent}///{'   ' if lines else ' - Requirements: '}"
                     f"@relation({', '.join(some)}, scope={scope})")
    return lines
