"""What a test runner is to us: how it is asked for a report, and how what it says is read."""

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..report import ERROR, FAILED, PASSED, SKIPPED, Failure

FOLDER = "/tmp/.patchwright-tests"
"""Where runners are asked to put their reports. It is made anew for each run, outside of the working copy."""
MOST_FAILURES = 500
"""Failures of a run that are kept with what they say; the others by their names."""
WORST = (ERROR, FAILED, SKIPPED, PASSED)


class Place(NamedTuple):
    """Where a run took place: what turns a runner's paths into the project's."""

    root: str = "/"
    module: str = ""
    """The Go module at the top."""


@dataclass
class Found:
    """What one runner said of its tests."""

    outcomes: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    times: dict[str, float] = field(default_factory=dict)
    problem: str = ""
    """Why the run as a whole says nothing."""
    partial: bool = False
    """Not every test that ran is named, or not every one that is named ran to its end: only the exit code counts."""

    def add(self, test: str, outcome: str, failure: Failure | None = None) -> None:
        """Note a test. Of two with one name the worse counts."""
        old = self.outcomes.get(test, outcome)
        self.outcomes[test] = min(old, outcome, key=WORST.index)
        if failure and len(self.failures) < MOST_FAILURES:
            self.failures.append(failure)

    def count(self, *outcomes: str) -> int:
        return sum(outcome in outcomes for outcome in self.outcomes.values())

    def absorb(self, other: "Found") -> None:
        """Take in what another report of the same run says."""
        for test, outcome in other.outcomes.items():
            self.add(test, outcome)
        self.times |= other.times
        self.failures += other.failures[: MOST_FAILURES - len(self.failures)]
        self.problem = self.problem or other.problem
        self.partial |= other.partial


Read = Callable[[bytes, Place], Found]
Understand = Callable[[str, Place], Found | None]


def nothing(text: str, place: Place) -> Found | None:
    """Understands no text."""
    return None


def unselectable(tests: Sequence[str]) -> str:
    """Cannot choose single tests by what we call them."""
    return ""


def unchanged(command: str) -> str:
    """The command line as it is."""
    return command


class Runner(NamedTuple):
    """One test runner, as data."""

    name: str
    starts: str
    """A pattern for the command line that starts it."""
    asked: str = ""
    """Words for its command line that make it report in full."""
    env: tuple[tuple[str, str], ...] = ()
    """What it, or what lies below it, is asked for through the environment."""
    file: str = ""
    """The report that those words, or its environment, make it write: a name in FOLDER."""
    read: Read | None = None
    text: Understand = nothing
    """Reads what it prints; None where that is not its own."""
    select: Callable[[Sequence[str]], str] = unselectable
    """Words for its command line that run these tests only; empty where it cannot."""
    bare: Callable[[str], str] = unchanged
    """Its command line without the words that choose tests: they go where others are chosen."""
    anyway: str = ""
    """A pattern, for `find -path`, of the reports that it writes in the working copy without being asked."""


class Line(NamedTuple):
    """A command line that ends in one simple command, which can be given more words."""

    before: str
    """All up to the last command: `cd web && `."""
    last: str


def ending(command: str) -> Line | None:
    """The last command of a line; None where it is none that words can be added to."""
    found = re.fullmatch(r"((?:.*(?:&&|\|\||;)\s*)?)([^|&;<>()`\n]+)", command.strip(), re.DOTALL)
    if not found:
        return None
    try:
        shlex.split(found[2])
    except ValueError:
        return None
    return Line(found[1], found[2].strip())


def extended(command: str, words: str, through: bool = False) -> str:
    """A command line with more words at its end, or before a bare `--` that is there; what follows a `--` of `words`
    goes behind that. `through`: it is a package manager's, which hands on only what stands behind."""
    head, behind = parted(command)
    front, back = parted(words)
    if not words:
        return command
    if through:
        front, behind = "", f"{behind} {front}"
    behind = f"{behind} {back}".strip()
    return " ".join(filter(None, [head, front, f"-- {behind}" if behind else ""]))


def parted(words: str) -> tuple[str, str]:
    """What stands before and behind a bare `--`."""
    found = re.search(r"(^|\s)--(\s|$)", words)
    return (words[: found.start()].strip(), words[found.end() :].strip()) if found else (words.strip(), "")
