"""`go test`, by the text that it prints with -v, or its -json.

The lines are those of cmd/internal/test2json, which is Go's own reader of them.
"""

import json
import re
import shlex
from collections.abc import Sequence

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure, Frame
from . import frames
from .runner import MOST_FAILURES, Found, Place, Runner

RESULT = re.compile(r"--- (PASS|FAIL|SKIP): (\S+) \([\d.]+s\)$")
BEGINS = re.compile(r"=== (RUN|CONT|NAME|PAUSE)\s+(\S*)")
PACKAGE = re.compile(r"(ok  |FAIL|\?   )\t(\S+)(?:\t(.*)| (\[.*\]))?")
BUILD = re.compile(r"# (\S+)(?: \[\S+\])?")
WORDS = {"PASS": PASSED, "FAIL": FAILED, "SKIP": SKIPPED}


class Package:
    """The tests of one package, while its lines are read."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.output: dict[str, list[str]] = {}
        self.test = ""

    def take(self, line: str) -> None:
        """A line that belongs to a test, or to none."""
        if found := BEGINS.fullmatch(line):
            self.test = "" if found[1] == "PAUSE" else found[2]
            if found[1] == "RUN":
                self.outcomes.setdefault(self.test, "")
        elif found := RESULT.search(line):
            self.say(line[: found.start()].rstrip())
            self.test = found[2]
            self.outcomes[self.test] = WORDS[found[1]]
        else:
            self.say(line)

    def say(self, line: str) -> None:
        if line.strip():
            self.output.setdefault(self.test, []).append(line)

    def into(self, found: Found, name: str, ok: bool, why: str, place: Place) -> None:
        """All that the package came to. One that fails without a test of its own to blame is an error itself."""
        inner = name.removeprefix(place.module).strip("/") if place.module else ""
        failed = [test for test, outcome in self.outcomes.items() if outcome not in (PASSED, SKIPPED)]
        for test, outcome in self.outcomes.items():
            found.add(f"{name}::{test}", outcome or ERROR)
        parents = {test[:at] for test in failed for at, letter in enumerate(test) if letter == "/"}
        for test in failed:
            if test not in parents and len(found.failures) < MOST_FAILURES:
                found.failures.append(failure(f"{name}::{test}", self.output.get(test, []), inner, place))
        if not ok and not failed:
            found.add(name, ERROR, failure(name, self.output.get("", []) or [why], inner, place))


def understand(text: str, place: Place) -> Found | None:
    text = unpacked(text)
    found, package, built, building = Found(), Package(), dict[str, list[str]](), ""
    seen = False
    for line in text.splitlines():
        if done := PACKAGE.fullmatch(line):
            seen, building = True, ""
            why, ok = done[3] or done[4] or "", done[1] != "FAIL"
            if said := built.get(done[2]):
                package.output.setdefault("", []).extend(said)
            package.into(found, done[2], ok, why, place)
            found.partial |= done[1] == "ok  " and not package.outcomes and "no test" not in why
            package = Package()
        elif started := BUILD.fullmatch(line):
            building = started[1].removesuffix("_test")
        elif building and re.match(r"\S+\.go:\d+|\t|too many errors", line):
            built.setdefault(building, []).append(line)
        elif line not in ("PASS", "FAIL"):
            building = ""
            package.take(line)
    if package.outcomes and seen:  # it was cut off
        package.into(found, "?", False, "", place)
    return found if seen else None


def unpacked(text: str) -> str:
    """What `-json` wraps up, package by package; text that is none stays."""
    if '"Action":' not in text:
        return text
    parts: dict[str, list[str]] = {}
    for line in text.splitlines():
        try:
            event = json.loads(line) if line.startswith("{") else {}
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and isinstance(event.get("Output"), str):
            about = str(event.get("Package", ""))
            parts.setdefault(about, []).append(event["Output"])
    return "".join("".join(part) for part in parts.values())


def failure(test: str, lines: list[str], inner: str, place: Place) -> Failure:
    """A failed test: what it reported by its file and line, what it printed, and the stack where it panicked."""
    said, output, found = list[str](), list[str](), list[Frame]()
    text = "\n".join(lines)
    head, panic, stack = text.partition("panic: ")
    for line in head.splitlines():
        if told := re.match(r"( *)([\w./-]+\.go):(\d+)(?::\d+)?: (.*)", line):
            path = told[2] if "/" in told[2] or not inner else f"{inner}/{told[2]}"
            found.append(Frame(path=path, line=int(told[3]), function=""))
            said.append(told[4])
        elif said and line.startswith("        "):
            said.append(line.strip())
        else:
            output.append(line)
    if panic:
        found, output, said = (
            frames.go(stack),
            [*said, *output],
            ["panic: " + re.split(r" \[recovered|\n\t|\ngoroutine |\n\n", stack)[0]],
        )
    if not said:
        said, output = output or ["it did not run to its end"], []
    return Failure(
        test=test, message="\n".join(said), frames=frames.own(found, place.root), output="\n".join(output)
    )


def select(tests: Sequence[str]) -> str:
    """Packages, and a pattern of the tests' names: it may take in namesakes in the other packages."""
    packages = dict.fromkeys(test.partition("::")[0] for test in tests)
    names = [test.partition("::")[2] for test in tests]
    if not all(names):
        return shlex.join(packages)
    top = dict.fromkeys(name.partition("/")[0] for name in names)
    pattern = f"^({'|'.join(map(re.escape, top))})$"
    if len(names) == 1 and "/" in names[0]:
        pattern = "/".join(f"^{re.escape(part)}$" for part in names[0].split("/"))
    return f"{shlex.join(packages)} -count=1 -run {shlex.quote(pattern)}"


GO = Runner(
    name="go test",
    starts=r"(^|[\s/])go\s+test\b",
    asked="-v",
    text=understand,
    select=select,
    bare=lambda command: re.sub(r"\s\./\.\.\.(?=\s|$)", "", command),
)
