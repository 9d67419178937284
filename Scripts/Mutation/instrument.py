"""A copy of the portable core that holds every chosen mutant at once.

Each site becomes an operator or a call of its own, which behaves as it stood unless the environment
names its number. So there is one build, and as many runs as there are mutants.
"""

import os
import re
import shutil
import subprocess

C_HEADER = """#pragma once
#include <stdint.h>
extern int32_t mutant_active;
static inline int32_t mutant_number(void) { return mutant_active; }
"""

C_SOURCE = """#include "CMutant.h"
#include <stdlib.h>
int32_t mutant_active = 0;
__attribute__((constructor)) static void mutant_choose(void) {
  const char *text = getenv("TRUMPET_MUTANT");
  if (text) mutant_active = (int32_t)atoi(text);
}
"""

PRECEDENCE = {
    "<": "ComparisonPrecedence", "+": "AdditionPrecedence", "-": "AdditionPrecedence",
    "*": "MultiplicationPrecedence", "/": "MultiplicationPrecedence",
    "+=": "AssignmentPrecedence", "-=": "AssignmentPrecedence",
    "&&": "LogicalConjunctionPrecedence", "||": "LogicalDisjunctionPrecedence",
}


def operator_name(number):
    """An operator of mathematical signs that nobody else uses."""
    return "\u22c4" + chr(0x2200 + number // 180) + chr(0x2200 + number % 180)


def declaration(site):
    token, change, number = site.token, site.change, site.number
    name = operator_name(number)
    choose = f"mutant_number() == {number}"
    if site.kind == "constant":
        return ""
    if token in ("true", "false"):
        return ""
    if token == "!":
        return (
            f"prefix operator {name}\n@inline(__always) prefix func {name} (a: Bool) -> Bool "
            f"{{ {choose} ? a : !a }}\n"
        )
    group = PRECEDENCE.get(token, "ComparisonPrecedence")
    out = f"infix operator {name}: {group}\n"
    if token in ("&&", "||"):
        return out + (
            f"@inline(__always) func {name} (a: Bool, b: @autoclosure () -> Bool) -> Bool "
            f"{{ {choose} ? (a {change} b()) : (a {token} b()) }}\n"
        )
    if token in ("+=", "-="):
        signature = "(a: inout {0}, b: {0})"
        body = f"{{ if {choose} {{ a {change} b }} else {{ a {token} b }} }}"
        kinds = ["AdditiveArithmetic", "Quantity"]
    elif token in ("+", "-"):
        signature = "(a: {0}, b: {0}) -> {0}"
        body = f"{{ {choose} ? a {change} b : a {token} b }}"
        kinds = ["AdditiveArithmetic", "Quantity"]
    elif token in ("*", "/"):
        signature = "(a: {0}, b: {0}) -> {0}"
        body = f"{{ {choose} ? a {change} b : a {token} b }}"
        kinds = ["BinaryInteger"]
    else:
        signature = "(a: {0}, b: {0}) -> Bool"
        body = f"{{ {choose} ? a {change} b : a {token} b }}"
        kinds = ["Equatable" if token in ("==", "!=") else "Comparable"]
    for kind in kinds:
        out += (
            f"@inline(__always) func {name} <T: {kind}>{signature.format('T')} {body}\n"
        )
    if site.file.startswith("Sources/PumpFirmware/") and token in ("+", "-", "+=", "-="):
        out += f"@inline(__always) func {name} {signature.format('StepAmount')} {body}\n"
    if site.file.startswith("Sources/PumpFirmware/") and token in ("<", "<=", ">", ">="):
        # Amounts are compared by `<` alone.
        if token == "<" and change == ">=":
            out += (
                f"@inline(__always) func {name} (a: StepAmount, b: StepAmount) -> Bool "
                f"{{ {choose} ? !(a < b) : a < b }}\n"
            )
    return out


HELPERS = """import CMutant
import PumpHAL

@inline(__always)
func mutantConstant<T: ExpressibleByIntegerLiteral>(_ number: Int32, _ a: T, _ b: T) -> T {
  mutant_number() == number ? b : a
}

@inline(__always)
func mutantBool(_ number: Int32, _ a: Bool) -> Bool { mutant_number() == number ? !a : a }

"""


def replacement(site):
    if site.kind == "constant":
        return f"mutantConstant({site.number}, {site.token}, {site.change})"
    if site.token in ("true", "false"):
        return f"mutantBool({site.number}, {site.token})"
    return operator_name(site.number)


# What the core and its tests are built from, and what the program is.
CORE = re.compile(
    r"Package\.swift|Sources/(PumpHAL|PumpFirmware|PumpMonitor|PumpPlant|BoardProtocol"
    r"|Conformance|CConformance|ConformanceImage|PumpLoop)"
    r"|Tests/(PumpHAL|PumpFirmware|PumpMonitor|PumpPlant|BoardProtocol|Therapy|WireAttack)")
WHOLE = re.compile(r"Package\.swift|Sources/|Hardware/|Docs/|Tests/")


def copy_tree(source, target, keep):
    """The files of a checkout that match."""
    os.makedirs(target, exist_ok=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=source, check=True, capture_output=True, text=True).stdout.split("\n")
    wanted = {name for name in listed if name and keep.match(name)}
    for name in wanted:
        path = os.path.join(target, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        origin = os.path.join(source, name)
        if os.path.islink(origin) and keep is WHOLE:
            if not os.path.lexists(path):
                os.symlink(os.readlink(origin), path)
            continue
        if not os.path.exists(origin):
            continue
        with open(origin, "rb") as file:
            data = file.read()
        write(path, data)
    for top in ("Sources", "Tests"):
        for folder, _, names in os.walk(os.path.join(target, top)):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), target)
                if path not in wanted and "Mutant" not in path:
                    os.remove(os.path.join(target, path))


def write(path, data):
    """Writes only what changed, so that only that is built anew."""
    if isinstance(data, str):
        data = data.encode()
    if os.path.islink(path):
        os.remove(path)
    if os.path.exists(path):
        with open(path, "rb") as file:
            if file.read() == data:
                return
    with open(path, "wb") as file:
        file.write(data)


def instrument(source, target, sites, keep=CORE):
    """Writes the copy with all of `sites` in it."""
    copy_tree(source, target, keep)
    include = os.path.join(target, "Sources/CMutant/include")
    os.makedirs(include, exist_ok=True)
    write(os.path.join(include, "CMutant.h"), C_HEADER)
    write(os.path.join(target, "Sources/CMutant/CMutant.c"), C_SOURCE)
    with open(os.path.join(source, "Package.swift")) as file:
        package = file.read()
    for module in ("PumpFirmware", "PumpMonitor"):
        package = package.replace(
            f'name: "{module}", dependencies: ["PumpHAL"]',
            f'name: "{module}", dependencies: ["PumpHAL", "CMutant"]')
    package = package.replace(
        "let coreTargets: [Target] = [", 'let coreTargets: [Target] = [\n  .target(name: "CMutant"),')
    write(os.path.join(target, "Package.swift"), package)
    for module in ("PumpFirmware", "PumpMonitor"):
        mine = [site for site in sites if site.file.startswith(f"Sources/{module}/")]
        write(
            os.path.join(target, f"Sources/{module}/Mutants.swift"),
            HELPERS + "".join(declaration(site) for site in mine))
    by_file = {}
    for site in sites:
        by_file.setdefault(site.file, []).append(site)
    for name, here in by_file.items():
        with open(os.path.join(source, name)) as file:
            lines = file.read().split("\n")
        # From the right, so that columns stay what they were.
        for site in sorted(here, key=lambda site: (site.line, -site.column)):
            line = lines[site.line - 1]
            end = site.column + len(site.token)
            lines[site.line - 1] = line[: site.column] + replacement(site) + line[end:]
        write(os.path.join(target, name), "\n".join(lines))


ERROR = re.compile(r"(Sources/(?:PumpFirmware|PumpMonitor)/[\w+]+\.swift):(\d+):(\d+): error")


def build_program(swift, target, scratch, log):
    """Builds `trumpet` in release with every mutant in it; gives its path."""
    command = [
        swift, "build", "-c", "release", "--product", "trumpet", "--scratch-path", scratch]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True)
    with open(log, "w") as file:
        file.write(done.stdout + done.stderr)
    if done.returncode != 0:
        raise SystemExit(f"mutate: the program does not build; see {log}")
    return os.path.join(scratch, "release/trumpet")


def build(swift, target, scratch, log):
    """Builds tests in release; the places with errors, None where it built."""
    environment = dict(os.environ, TRUMPET_CORE="1")
    command = [
        swift, "build", "--build-tests", "-c", "release", "-Xswiftc", "-enable-testing",
        "--scratch-path", scratch]
    done = subprocess.run(command, cwd=target, env=environment, capture_output=True, text=True)
    with open(log, "w") as file:
        file.write(done.stdout + done.stderr)
    if done.returncode == 0:
        return None
    places = {(m.group(1), int(m.group(2))) for m in ERROR.finditer(done.stdout + done.stderr)}
    if not places:
        raise SystemExit(f"mutate: the build failed for another reason; see {log}")
    return places
