"""Where a source could be wrong by one token: comparisons, constants, signs and logic."""

import re
from dataclasses import dataclass

OPERATORS = {
    # kind, token, what it becomes, precedence group
    "<": [("comparison", ">="), ("boundary", "<=")],
    "<=": [("comparison", ">"), ("boundary", "<")],
    ">": [("comparison", "<="), ("boundary", ">=")],
    ">=": [("comparison", "<"), ("boundary", ">")],
    "==": [("comparison", "!=")],
    "!=": [("comparison", "==")],
    "+": [("sign", "-")],
    "-": [("sign", "+")],
    "+=": [("sign", "-=")],
    "-=": [("sign", "+=")],
    "*": [("scale", "/")],
    "/": [("scale", "*")],
    "&&": [("logic", "||")],
    "||": [("logic", "&&")],
}

BINARY = re.compile(r"(?<=\s)(<=|>=|==|!=|\+=|-=|&&|\|\||<|>|\+|-|\*|/)(?=\s)")
NOT = re.compile(r"(?<![\w)\]!])!(?=[\w(])")
NUMBER = re.compile(r"(?<![\w.$])(0x[0-9a-f_]+|\d[\d_]*)(?![\w.]|\.\d)")
BOOLEAN = re.compile(r"(?:(?<== )|(?<=return )|(?<=: ))(true|false)\b")
SWITCH_CASE = re.compile(r"^\s*case\b.*?:\s*(?=$|\S)")


@dataclass
class Site:
    file: str
    line: int  # from 1
    column: int  # from 0
    token: str
    kind: str
    change: str  # what stands there instead
    text: str  # the line
    number: int = 0

    def where(self):
        return f"{self.file}:{self.line}:{self.column + 1}"


def other_number(token):
    """Another constant: 1 for 0, 2 for 1, a set of bits without its highest, every other number doubled."""
    if token.startswith("0x"):
        value = int(token.replace("_", ""), 16)
        return hex(value & ~(1 << (value.bit_length() - 1))) if value else "0x1"
    value = int(token.replace("_", ""))
    return {0: "1", 1: "2"}.get(value, str(value * 2))


def code_of(line):
    """The line with comments and strings blanked out."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: " " * len(m.group(0)), line)
    comment = line.find("//")
    return line if comment < 0 else line[:comment] + " " * (len(line) - comment)


# How a state is written down, read back and compared in tests is not what is attacked.
CODING = re.compile(r"\b(func encode<|init<Source|static func == )")
# Where a state begins before power-on fills it, and the bits of a set that only need to differ.
INITIAL = re.compile(
    r"^\s*(?:public |private |internal |private\(set\) |public internal\(set\) )*var \w+(?:: [\w.<>?]+)?"
    r" = (?:-?[01]|false|true)\s*$|\(rawValue: 1 << "
)
# What a call cannot stand in for.
UNTOUCHED = re.compile(
    r"^\s*(@|#|import |case \.?\w+ = |infix |prefix |extension |struct |enum |public struct )"
    r"|InlineArray<|\bSpan<|precondition\("
)


def find(path, text):
    """Every site of one file, in order."""
    sites = []
    coding_indent = None
    for index, line in enumerate(text.split("\n")):
        code = code_of(line)
        indent = len(code) - len(code.lstrip())
        if coding_indent is not None:
            if code.strip() and indent <= coding_indent and code.strip() == "}":
                coding_indent = None
            continue
        if CODING.search(code) and code.rstrip().endswith("{"):
            coding_indent = indent
            continue
        if UNTOUCHED.search(code) or INITIAL.search(code):
            continue
        # Patterns before the colon of a case are left alone.
        start = 0
        label = SWITCH_CASE.match(code)
        if label:
            start = label.end()

        def add(match, kind, change):
            if match.start() >= start:
                sites.append(
                    Site(path, index + 1, match.start(), match.group(0), kind, change, line.strip())
                )

        for match in BINARY.finditer(code):
            # `<` after a name and `>` close generics only without spaces, which BINARY asks for.
            if "func " in code:
                continue
            for kind, change in OPERATORS[match.group(1)]:
                add(match, kind, change)
        for match in NOT.finditer(code):
            add(match, "logic", "")
        for match in NUMBER.finditer(code):
            add(match, "constant", other_number(match.group(1)))
        for match in BOOLEAN.finditer(code):
            add(match, "logic", "false" if match.group(1) == "true" else "true")
    return sites
