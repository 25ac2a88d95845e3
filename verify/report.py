"""What a test run printed, as data: which test did what, and each failure with its frames."""

import contextlib
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from ..sandbox.base import Completed, Frozen

PASSED, FAILED, ERROR, SKIPPED = "passed", "failed", "error", "skipped"


class Frame(Frozen):
    """One call of a traceback, inside the project."""

    path: str
    line: int
    function: str
    source: str = ""


class Failure(Frozen):
    """One test that failed, or could not run."""

    test: str
    message: str
    """The exception or the assertion with both values."""
    frames: tuple[Frame, ...] = ()
    """Outermost first."""
    output: str = ""
    """What the test printed."""


class TestReport(Frozen):
    """One run of a test command."""

    __test__ = False  # for pytest: not a class of tests

    command: str
    code: int
    outcomes: dict[str, str] = {}
    """Test id to passed, failed, error or skipped; empty where the runner's output is not understood."""
    failures: tuple[Failure, ...] = ()
    problem: str = ""
    """Why the run as a whole says nothing: it timed out, the command does not exist, no test was found."""
    output: str = ""
    seconds: float = 0.0

    @property
    def green(self) -> bool:
        return self.code == 0 and not self.problem

    def having(self, *outcomes: str) -> tuple[str, ...]:
        return tuple(test for test, outcome in self.outcomes.items() if outcome in outcomes)

    @property
    def failing(self) -> tuple[str, ...]:
        """Ids of what failed; the command itself stands for them where the runner is not understood."""
        named = self.having(FAILED, ERROR)
        return named if named or self.green else (self.command,)


def report(command: str, done: Completed, junit: bytes, root: str) -> TestReport:
    """Read a finished run: JUnit XML where the runner wrote it, else unittest's text, else the exit code."""
    outcomes, failures = from_junit(junit, root) if junit else from_unittest(done.output, root)
    return TestReport(
        command=command,
        code=done.code,
        outcomes=outcomes,
        failures=tuple(failures),
        problem=problem(done, outcomes),
        output=done.output,
        seconds=done.seconds,
    )


def problem(done: Completed, outcomes: dict[str, str]) -> str:
    if done.ended:
        return f"the test run {'was stopped' if done.ended == 'stopped' else done.ended} after {done.seconds:.0f} s"
    if done.code in (126, 127) and not outcomes:
        return f"the test command could not be started: {last_line(done.output)}"
    if re.search(r"No module named (pytest|unittest)\b", done.output) and not outcomes:
        return f"the test runner is not installed: {last_line(done.output)}"
    if done.code == 5 and not outcomes:
        return "no tests were found"
    if done.code == 4 and "usage:" not in done.output and not outcomes:
        return f"the test runner refused its command line: {first_error(done.output)}"
    return ""


def first_error(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if "error" in line.lower()), last_line(text))


def last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no output")


def from_junit(data: bytes, root: str) -> tuple[dict[str, str], list[Failure]]:
    """Outcomes and failures from JUnit XML; what stands before a cut is kept."""
    outcomes: dict[str, str] = {}
    failures: list[Failure] = []
    for case in cases(data):
        test = identity(case)
        outcome, node = PASSED, None
        for tag, name in (("skipped", SKIPPED), ("failure", FAILED), ("error", ERROR)):
            if (found := case.find(tag)) is not None:
                outcome, node = name, found
        outcomes[test] = outcome
        if node is not None and outcome in (FAILED, ERROR):
            failures.append(failure(test, node, printed(case), root))
    return outcomes, failures


def cases(data: bytes) -> Iterator[ElementTree.Element]:
    """The test cases up to where the XML ends or stops being XML."""
    parser = ElementTree.XMLPullParser(["end"])
    with contextlib.suppress(ElementTree.ParseError):
        parser.feed(data)
        for event in parser.read_events():
            case = event[1] if len(event) > 1 else None
            if isinstance(case, ElementTree.Element) and case.tag == "testcase":
                yield case


def identity(case: ElementTree.Element) -> str:
    """pytest's own id of a test, as far as the XML tells: file::Class::name."""
    file, name, classname = (case.get(key, "") for key in ("file", "name", "classname"))
    if not file:
        return f"{classname}::{name}" if classname else name
    module = file.removesuffix(".py").replace("/", ".")
    if name == module and not classname:
        return file  # the file could not be imported
    inner = classname.removeprefix(module).strip(".") if classname.startswith(module) else ""
    return "::".join(filter(None, [file, inner.replace(".", "::"), name]))


def printed(case: ElementTree.Element) -> str:
    parts = [case.findtext(tag) or "" for tag in ("system-out", "system-err")]
    lines = "\n".join(parts).strip().splitlines()
    return "\n".join(line for line in lines if not re.fullmatch(r"-+ Captured .* -+", line.strip()) and line)


def failure(test: str, node: ElementTree.Element, output: str, root: str) -> Failure:
    text = node.text or ""
    frames = [*short_frames(text)] or [*native_frames(text)]
    said = [line[1:].rstrip() for line in text.splitlines() if re.match(r"E( |$)", line)]
    message = "\n".join(line.removeprefix("   ").removeprefix("  ") for line in said)
    message = message or node.get("message", "") or last_line(text)
    return Failure(test=test, message=message, frames=tuple(inside(frames, root)), output=output)


def short_frames(text: str) -> Iterator[Frame]:
    """Frames of pytest's short style: `path:line: in function`, then the source, indented."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if found := re.match(r"(\S.*?):(\d+): in (.+)$", line):
            below = lines[number + 1] if number + 1 < len(lines) else ""
            source = below.strip() if below.startswith("    ") else ""
            yield Frame(path=found[1], line=int(found[2]), function=found[3], source=source)


def native_frames(text: str) -> Iterator[Frame]:
    """Frames of Python's own traceback."""
    for found in re.finditer(
        r'^ *File "(.+?)", line (\d+)(?:, in (.+))?\n(?: {4,}(.+))?', text, re.MULTILINE
    ):
        yield Frame(
            path=found[1], line=int(found[2]), function=found[3] or "", source=(found[4] or "").strip()
        )


def inside(frames: list[Frame], root: str) -> Iterator[Frame]:
    """Only the project's own frames, by paths relative to its top; all of them where none is the project's."""
    own = []
    for frame in frames:
        path = frame.path.removeprefix(root.rstrip("/") + "/").removeprefix("./")
        if not path.startswith(("/", "../", "<")) and "site-packages/" not in path:
            own.append(frame.model_copy(update={"path": path}))
    yield from own or frames


def from_unittest(text: str, root: str) -> tuple[dict[str, str], list[Failure]]:
    """Outcomes and failures from the text that Python's unittest prints."""
    outcomes: dict[str, str] = {}
    words = {"ok": PASSED, "FAIL": FAILED, "ERROR": ERROR, "expected failure": PASSED}
    for name, where, word in re.findall(r"^(\w+) \((\S+?)\)(?:\n.*?)?? \.\.\. (.+)$", text, re.MULTILINE):
        outcomes[unittest_id(name, where)] = words.get(word, SKIPPED)
    failures = []
    pattern = r"^={70}\n(FAIL|ERROR): (\w+) \((\S+?)\).*?\n-{70}\n(.*?)\n(?=\n?={70}|-{70})"
    for word, name, where, trace in re.findall(pattern, text, re.MULTILINE | re.DOTALL):
        test = unittest_id(name, where)
        outcomes[test] = words[word]
        blocks = trace.strip().split("\n")
        start = next(
            (
                i
                for i in range(len(blocks) - 1, -1, -1)
                if re.match(r"\S+(Error|Exception|Exit)?:", blocks[i])
            ),
            -1,
        )
        frames = tuple(inside([*native_frames(trace)], root))
        failures.append(Failure(test=test, message="\n".join(blocks[start:]), frames=frames))
    return outcomes, failures


def unittest_id(name: str, where: str) -> str:
    """`module.Class.test`; older Pythons print only the class."""
    return where if where.endswith("." + name) else f"{where}.{name}"
