"""The test runners that are understood: how each is asked for a report, and what a run of it came to.

A runner is asked through its environment where it listens to that, else by words at the end of the command line, so
that nothing of the project changes. What none of them understands speaks by its exit code alone.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...sandbox.base import Completed
from ..report import NOT_INSTALLED, NOT_STARTED, TestReport
from . import cargo, phpunit, pytest
from .cargo import CARGO, NEXTEST
from .ctest import CTEST
from .go import GO
from .java import GRADLE, MAVEN
from .javascript import JEST, MOCHA, VITEST
from .phpunit import PHPUNIT
from .pytest import PYTEST
from .rspec import RSPEC
from .runner import Found, Line, Place, Runner, ending, extended
from .unittest import DJANGO, UNITTEST

RUNNERS = (
    *(PYTEST, UNITTEST, DJANGO, GO, NEXTEST, CARGO, JEST, VITEST, MOCHA),
    *(MAVEN, GRADLE, RSPEC, PHPUNIT, CTEST),
)
TOX = {
    "TOX_TESTENV_PASSENV": "PYTEST_ADDOPTS",  # tox 3
    "TOX_OVERRIDE": "testenv.pass_env+=PYTEST_ADDOPTS",  # tox 4
}
"""Makes tox hand on what pytest is asked for."""
JAVASCRIPT = {"CI": "1"}
"""Makes runners that would watch the files run once."""
PACKAGER = re.compile(r"(npm|yarn|pnpm|bun)\s+(?:run\s+)?(?:-\S+\s+)*(test|t|run test)\b")
COMPOSER = re.compile(r"composer\s+(?:run(?:-script)?\s+)?test\b")
SETTINGS = cargo.SETTINGS


class Project(NamedTuple):
    """What a command line alone does not tell."""

    script: str = ""
    """What `npm test` runs."""
    composer: str = ""
    """What `composer test` runs."""
    module: str = ""
    """The Go module at the top."""
    java: bool = False
    """Maven or Gradle builds it."""


class Asked(NamedTuple):
    """A command line as it is run, and who is to answer."""

    line: str
    env: Mapping[str, str]
    runner: Runner | None
    anyway: tuple[str, ...]
    """Patterns for the paths of reports that are written without being asked for."""


def project(files: Mapping[str, str]) -> Project:
    """What the files at the top, as far as they are there, tell about the test command."""
    module = re.search(r"^module\s+(\S+)", files.get("go.mod", ""), re.MULTILINE)
    return Project(
        script=script(files.get("package.json", "")),
        composer=script(files.get("composer.json", "")),
        module=module[1] if module else "",
        java=bool({"pom.xml", "build.gradle", "build.gradle.kts"} & files.keys()),
    )


def script(text: str, name: str = "test") -> str:
    """A script of a package.json or composer.json; empty where there is none."""
    try:
        found = json.loads(text)["scripts"][name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def ask(command: str, about: Project, words: str = "", tests: Sequence[str] = ()) -> Asked:
    """The command line with what makes its runner tell all, and only `words`, or these tests, chosen."""
    line = ending(command)
    runner, through = recognise(line, about)
    env = {name: value for one in ((runner,) if runner else RUNNERS) for name, value in one.env}
    env |= JAVASCRIPT if runner in (JEST, VITEST, MOCHA) or PACKAGER.search(command) else {}
    env |= TOX if re.search(r"\btox\b", command) else {}
    anyway = (runner,) if runner and runner.anyway else (MAVEN, GRADLE) if about.java and not runner else ()
    patterns = tuple(one.anyway for one in anyway)
    chosen = words or (runner.select(tests) if runner and tests else "")
    if about.module and not runner:
        command = f'export GOFLAGS="-v${{GOFLAGS:+ $GOFLAGS}}"; {command}'  # Go below, say, make
        line = ending(command)
    if not line:
        return Asked(f"{command} {chosen}".strip(), env, None, patterns)
    last = line.last
    if chosen and runner:
        last = runner.bare(last)
    for part in (chosen, runner.asked if runner else ""):
        last = extended(last, part, through)
    return Asked(line.before + last, env, runner, patterns)


def recognise(line: Line | None, about: Project) -> tuple[Runner | None, bool]:
    """Whose command it is, and whether more words reach it only behind a `--`."""
    if not line:
        return None, False
    for runner in RUNNERS:
        if re.search(runner.starts, line.last):
            return runner, False
    packager, composer = PACKAGER.search(line.last), COMPOSER.search(line.last)
    within = ending(about.script if packager else about.composer if composer else "")
    runner = next((r for r in RUNNERS if within and re.search(r.starts, within.last)), None)
    return runner, bool(composer) or bool(packager and packager[1] == "npm")


def selectable(command: str, about: Project, tests: Sequence[str]) -> bool:
    """Whether single tests can be run by what we call them."""
    runner, _ = recognise(ending(command), about)
    return bool(runner and tests and runner.select(tests))


def read(
    command: str,
    asked: Asked,
    done: Completed,
    text: str,
    files: Mapping[str, bytes],
    place: Place,
) -> TestReport:
    """What a finished run came to: by the reports that were written, else by the text, else by its exit code."""
    found, names = gathered(files, place)
    if not names:
        found, names = printed(asked, text, place)
    if not names:
        found = Found()
    elif names == [PYTEST.name]:
        found.problem = found.problem or pytest.disagreement(found, text)
    elif names == [PHPUNIT.name]:
        found.problem = found.problem or phpunit.disagreement(found, text)
    outcomes = {} if found.partial else found.outcomes
    return TestReport(
        command=command,
        code=done.code,
        outcomes=outcomes,
        failures=tuple(found.failures),
        problem=problem(done, found) or silent(asked, done, found, names),
        output=done.output,
        seconds=done.seconds,
        runner=" and ".join(names),
        kept=done.kept,
        times=found.times,
    )


def gathered(files: Mapping[str, bytes], place: Place) -> tuple[Found, list[str]]:
    """What the reports say, and whose they are."""
    found, names = Found(), list[str]()
    for path, data in files.items():
        name = path.rpartition("/")[2]
        java = MAVEN if "/target/" in path else GRADLE if name.startswith("TEST-") else None
        runner = java or next((r for r in RUNNERS if r.file == name), None)
        if runner and runner.read:
            found.absorb(runner.read(data, place))
            names += [] if runner.name in names else [runner.name]
    return found, names


def printed(asked: Asked, text: str, place: Place) -> tuple[Found, list[str]]:
    """What the text says, to its own runner, or to any where the command does not tell which it is."""
    for runner in (asked.runner,) if asked.runner else RUNNERS:
        if (found := runner.text(text, place)) is not None:
            return found, [runner.name]
    return Found(), []


def problem(done: Completed, found: Found) -> str:
    """Why a run as a whole says nothing."""
    if done.ended:
        return f"the test run {'was stopped' if done.ended == 'stopped' else done.ended} after {done.seconds:.0f} s"
    if found.problem:
        return found.problem
    if found.outcomes:
        return ""
    if done.code in (126, 127):
        return f"{NOT_STARTED}: {last_line(done.output)}"
    if re.search(r"No module named (pytest|unittest)\b", done.output):
        return f"{NOT_INSTALLED}: {last_line(done.output)}"
    if done.code == 5:
        return "no tests were found"
    if done.code == 4 and "usage:" not in done.output:
        return f"the test runner refused its command line: {first_error(done.output)}"
    return ""


def silent(asked: Asked, done: Completed, found: Found, names: Sequence[str]) -> str:
    """What is wrong where a runner that we know ends well, and names no test: its process may have been ended from
    inside, or nothing ran."""
    if done.code or not asked.runner or found.outcomes or found.partial:
        return ""
    if names:
        return "no tests were found"
    if asked.runner is PYTEST and "--junit" in asked.line:
        return ""  # its own command line sends the report elsewhere
    return f"{asked.runner.name} ended with 0 and left no report: the tests did not run to their end, or there are none"


def first_error(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if "error" in line.lower()), last_line(text))


def last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no output")


def quoted(target: str) -> str:
    """A target as the model gave it, as words that no shell takes for more."""
    try:
        return shlex.join(shlex.split(target))
    except ValueError:
        return shlex.quote(target)
