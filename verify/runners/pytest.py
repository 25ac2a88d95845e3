"""pytest, also below tox and nox: its JUnit XML, or else what it prints."""

import itertools
import re
import shlex
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure, Frame
from . import frames, junit
from .runner import FOLDER, MOST_FAILURES, Found, Place, Runner

FILE = "pytest.xml"
OPTIONS = (
    f"--junitxml={FOLDER}/{FILE} -o junit_family=xunit1 -o junit_logging=all -o junit_log_passing_tests=false"
    " --tb=short --color=no -p no:cacheprovider"
)
"""Asked of pytest wherever it is started: a report that names files, and traces that fit on a screen."""
WORDS = {
    "PASSED": PASSED,
    "FAILED": FAILED,
    "ERROR": ERROR,
    "SKIPPED": SKIPPED,
    "XFAIL": SKIPPED,
    "XPASS": PASSED,
}
TEST = r"[^\s\[]+(?:\[.*?\](?= - | PASSED| FAILED| ERROR| SKIPPED| XFAIL| XPASS|$))?"
"""An id, whose parameters may hold blanks."""


def read(data: bytes, place: Place) -> Found:
    return junit.read(data, identity, lambda test, node, said: failure(test, node, said, place.root))


def identity(case: Element) -> str:
    """pytest's own id of a test, as far as the XML tells: file::Class::name."""
    file, name, classname = (case.get(key, "") for key in ("file", "name", "classname"))
    if not file:
        return f"{classname}::{name}" if classname else name
    module = file.removesuffix(".py").replace("/", ".")
    if name == module and not classname:
        return file
    inner = classname.removeprefix(module).strip(".") if classname.startswith(module) else ""
    return "::".join(filter(None, [file, inner.replace(".", "::"), name]))


def failure(test: str, node: Element, said: str, root: str) -> Failure:
    text = node.text or ""
    found = [*short_frames(text)] or [*frames.python(text)]
    output = [
        line for line in said.splitlines() if line and not re.fullmatch(r"-+ Captured .* -+", line.strip())
    ]
    return Failure(
        test=test,
        message=asserted(text) or node.get("message", "") or text.strip().rpartition("\n")[2],
        frames=frames.own(found, root) or tuple(found),
        output="\n".join(output).strip(),
    )


def asserted(text: str) -> str:
    """The lines that pytest marks with E: the error, and both values."""
    said = [line[1:].rstrip() for line in text.splitlines() if re.match(r"E( |$)", line)]
    return "\n".join(line.removeprefix("   ").removeprefix("  ") for line in said)


def short_frames(text: str) -> Iterator[Frame]:
    """Frames of pytest's short style: `path:line: in function`, then the source, indented."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if found := re.match(r"(\S.*?):(\d+): in (.+)$", line):
            below = lines[number + 1] if number + 1 < len(lines) else ""
            source = below.strip() if below.startswith("    ") else ""
            yield Frame(path=found[1], line=int(found[2]), function=found[3], source=source)


def understand(text: str, place: Place) -> Found | None:
    """What pytest prints: with -v or -rA every test is named, without only those that fail."""
    ends = re.findall(r"^=* ?((?:\d+ [a-z]+(?:, )?)+(?:, )?) in [\d.]+ ?s\S*.*$", text, re.MULTILINE)
    if not ends:
        return None
    found = Found()
    verbose = rf"^({TEST}) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b"
    summary = rf"^(?:\[gw\d+\] \[ *\d+%\] )?(PASSED|FAILED|ERROR|XFAIL|XPASS) ({TEST})(?: - .*)?\s*$"
    named = [(test, word) for test, word in re.findall(verbose, text, re.MULTILINE) if "::" in test]
    named += [(test, word) for word, test in re.findall(summary, text, re.MULTILINE)]
    for test, word in named:
        found.add(test, WORDS[word])
    passed, failed = printed(ends, "passed", "xpassed"), printed(ends, "failed", "error", "errors")
    well = {test for test, word in named if WORDS[word] == PASSED}  # one can pass, and be left with an error
    found.partial = len(well) < passed or found.count(FAILED, ERROR) < min(failed, 1)
    found.failures = [*itertools.islice(traces(text, found, place.root), MOST_FAILURES)]
    return found


def printed(ends: list[str], *words: str) -> int:
    """How many tests came to this, by the lines that end the runs."""
    return sum(int(n) for end in ends for n, word in re.findall(r"(\d+) ([a-z]+)", end) if word in words)


def traces(text: str, found: Found, root: str) -> Iterator[Failure]:
    """The failures, by the headings above their traces."""
    parts = re.split(r"^_{3,} (.+?) _{3,}$", text, flags=re.MULTILINE)
    blocks = {
        re.sub(r"^ERROR (at \w+ of|collecting) ", "", head): body
        for head, body in zip(parts[1::2], parts[2::2], strict=False)
    }
    for test, outcome in found.outcomes.items():
        if outcome not in (FAILED, ERROR):
            continue
        body = blocks.get(".".join(test.split("::")[1:]) or test, "").partition("\n=====")[0]
        long = [
            Frame(path=p, line=int(n), function="")
            for p, n in re.findall(r"^(\S+\.py):(\d+): ", body, re.MULTILINE)
        ]
        given = [*short_frames(body)] or long or [*frames.python(body)]
        output = re.search(r"^-+ Captured \w+ call -+\n((?:(?!-{3,}).*\n?)*)", body, re.MULTILINE)
        yield Failure(
            test=test,
            message=asserted(body) or "it failed",
            frames=frames.own(given, root) or tuple(given),
            output=(output[1] if output else "").strip(),
        )


def disagreement(found: Found, text: str) -> str:
    """What the report claims and the run's own last line does not; empty where they agree as far as they can."""
    ends = re.findall(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+ ?s\b.*$", text, re.MULTILINE)[-1:]
    if not ends or re.search(r"rerun|subtest", ends[0]):
        return ""
    passed, failed = printed(ends, "passed", "xpassed"), printed(ends, "failed", "error", "errors")
    if found.count(PASSED) > passed:
        return f"the test report names {found.count(PASSED)} passed tests, and pytest itself counts {passed}"
    if failed and not found.count(FAILED, ERROR):
        return f"the test report names no failed test, and pytest itself counts {failed}"
    return ""


def select(tests: Sequence[str]) -> str:
    return shlex.join(tests)


STARTS = r"(^|[\s/])(py\.?test|pytest-3)(\s|$)|-m\s+pytest\b"
ALONE = re.compile(
    r"-[qvsxl]+|-r\w+|--?[\w-]+=\S*|--(exitfirst|verbose|quiet|strict|strict-markers|strict-config)"
)
"""Options that take no further word."""
PATH = re.compile(r"[\w./][\w./-]*(::[\w:]+)?")
WORD = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:\\.|[^"])*")+""")


def bare(command: str) -> str:
    """A command line without the files and folders that it names: what may be an option's value stays."""
    begin = re.search(STARTS, command)
    if not begin:
        return command
    kept, free = list[str](), True
    for word in WORD.findall(command[begin.end() :]):
        named = free and PATH.fullmatch(word)
        kept += [] if named else [word]
        free = not word.startswith("-") or bool(ALONE.fullmatch(word))
    return command[: begin.end()].rstrip() + "".join(f" {word}" for word in kept)


PYTEST = Runner(
    name="pytest",
    starts=STARTS,
    env=(("PYTEST_ADDOPTS", OPTIONS),),
    file=FILE,
    read=read,
    text=understand,
    select=select,
    bare=bare,
)
