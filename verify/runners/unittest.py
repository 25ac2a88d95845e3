"""Python's unittest and Django's runner, by the text that they print with -v."""

import re
import shlex
from collections.abc import Iterator, Sequence

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure
from . import frames
from .runner import Found, Place, Runner

BEGINS = re.compile(r" {0,2}([\w.]+) \(([\w.<>]+)\)(?= |$)(.*)")
"""`name (module.Class.name)`, with what stands behind it."""
ENDS = re.compile(r"(.*?)(ok|FAIL|ERROR|skipped .*|expected failure|unexpected success)")
WORDS = {
    "ok": PASSED,
    "FAIL": FAILED,
    "ERROR": ERROR,
    "expected failure": PASSED,
    "unexpected success": FAILED,
}
BLOCK = re.compile(
    r"^={70}\n(FAIL|ERROR|UNEXPECTED SUCCESS): ([\w.]+) \(([\w.<>]+)\)(.*?)\n-{70}\n(.*?)(?=\n={70}\n|\n-{70}\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)


def understand(text: str, place: Place) -> Found | None:
    found, output = Found(), dict[str, list[str]]()
    for test, outcome in results(text, output):
        found.add(test, outcome)
    ran = [int(number) for number in RAN.findall(text)]
    if not ran and not found.outcomes:
        return None
    for word, name, where, subtest, trace in BLOCK.findall(text):
        test, last = identity(name, where), subtest.strip().partition("\n")[0]
        part = f"{last}\n" if last.startswith(("(", "[")) else ""
        said = "\n".join(output.get(test, ())).strip()
        given = [*frames.python(trace)]
        failed = Failure(
            test=test,
            message=part + (error(trace) or word.lower()),
            frames=frames.own(given, place.root) or tuple(given),
            output=said,
        )
        found.add(test, ERROR if word == "ERROR" else FAILED, failed)
    found.partial = sum(ran) > len(found.outcomes)
    if not ran:
        found.problem = "the test run broke off: its last line, which counts the tests, is missing"
    return found


def results(text: str, output: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Tests and what became of them, as the lines come; what a test printed stands between its name and its end."""
    test, running = "", False
    for line in text.partition("\n" + "=" * 70)[0].splitlines():
        if begun := BEGINS.fullmatch(line):
            test, running, line = identity(begun[1], begun[2]), False, begun[3]
        elif not test or RAN.match(line):
            continue
        if not running:
            _, dots, line = line.partition(" ... ")
            running = bool(dots)
        if running and (ended := ENDS.fullmatch(line)):
            line = ended[1]
            yield test, WORDS.get(ended[2], SKIPPED)
        if running and line:
            output.setdefault(test, []).append(line)


def identity(name: str, where: str) -> str:
    """`module.Class.test`, which older Pythons print in two parts. A class or a module whose set-up failed, or that
    could not be loaded, goes by its own name."""
    if name in ("setUpClass", "tearDownClass", "setUpModule", "tearDownModule"):
        return where
    where = where.removeprefix("unittest.loader._FailedTest").removeprefix(".") or name
    return where if where == name or where.endswith(f".{name}") else f"{where}.{name}"


def error(trace: str) -> str:
    """The last error of a traceback, with all its lines."""
    lines = trace.strip().split("\n")
    starts = [
        i
        for i, line in enumerate(lines)
        if re.match(r"[\w.]+(:|$)", line) and not line.startswith("Traceback")
    ]
    behind = [i for i, line in enumerate(lines) if line.startswith('  File "')]
    after = [i for i in starts if not behind or i > behind[-1]]
    return "\n".join(lines[after[0] :]) if after else ""


def select(tests: Sequence[str]) -> str:
    return shlex.join(tests)


UNITTEST = Runner(name="unittest", starts=r"-m\s+unittest\b", asked="-v", text=understand, select=select)
DJANGO = Runner(
    name="Django",
    starts=r"(manage\.py|django-admin(\.py)?)\s+test\b|(^|[\s/])runtests\.py\b",
    asked="-v 2",
    text=understand,
    select=select,
)
