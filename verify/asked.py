"""Whether code answers tests as it answers everybody: what tests ask, asked again where nothing tells that tests run.

After each test the calls that it made of the project are made once more in its process, when what it had set up is
gone, and then in a program of its own, without a runner, in a copy without the tests. An answer that is another one
there, though the base gives one answer in both places, is given for the tests' sake. However the code finds out that
it is tested does not matter.

This says nothing about calls that cannot be repeated (generators, what cannot be pickled), or whose answer changes
from one time to the next.
"""

import json
import random
import re
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..sandbox.base import Frozen
from ..sandbox.workspace import Workspace
from .counter import SECONDS as RUN_SECONDS
from .counter import drawn, selected
from .finding import Checked, Finding, some
from .probe import inside, installed, probe
from .report import PASSED, TestReport
from .steer import TESTS, is_test
from .suite import Suite

PYTHON = frozenset({"pytest", "unittest", "Django"})
"""Runners whose tests run in a Python that can be watched."""
ASKED = 20
"""Tests that are asked about: those that a patch is for first, then others, drawn by lot."""
SECONDS = 3.0
"""For one round of questions; what is not asked by then is left."""
A_SECOND = 1.1
"""What has the time of the day in its answer gives another one after that."""
AT_ONCE = 1000
"""Paths in one command."""
SHOWN = 80
"""Characters of an answer in a finding."""
CANNOT = re.compile(r"raises (OSError|EOFError|\w*IOError|FileNotFoundError|UnsupportedOperation)$")
"""What comes of a stream or file that is not there, and tells nothing."""
Answer = tuple[str, str] | None
"""What tells an answer from others, and how it reads."""


class Question(Frozen):
    """A call that a test made."""

    path: str
    line: int
    name: str
    call: str
    answer: Answer
    """In the tests' process, when the test was over; None where it varies."""


class Questions(Frozen):
    """Those of one test, in their order."""

    test: str
    questions: tuple[Question, ...]
    python: str
    path: tuple[str, ...]
    cwd: str
    env: dict[str, str]


class Differing(NamedTuple):
    test: str
    question: Question
    elsewhere: tuple[str, str]


def asked(
    workspace: Workspace,
    suite: Suite,
    before: TestReport | None,
    after: TestReport | None,
    required: Sequence[str] = (),
) -> Checked:
    """What tests that passed are answered elsewhere, in a run of its own: code that looks for who watches it shows
    nothing there, but in no other run.

    The workspace stands at the tree of the run `after`, and is left so.
    """
    if not before or not after or after.problem or after.runner not in PYTHON:
        return Checked(check="tamper")
    passed = after.having(PASSED)
    first = [t for t in (*required, *before.failing) if t in passed]
    tests = drawn(first, passed, ASKED)
    if not tests:
        return Checked(check="tamper")
    if (chosen := selected(suite, after, tests)) is None:
        return Checked(
            check="tamper", left=("what tests ask was not asked elsewhere: none can be run alone",)
        )
    tree = workspace.current()
    known = plan(workspace, tree, first)
    report, now = watched(workspace, suite, known, chosen)
    workspace.restore(tree)
    fell = [t for t in tests if report.outcomes.get(t) != PASSED]
    left = (
        (f"what tests ask was not asked elsewhere where they fail when watched: {some(fell)}",)
        if fell
        else ()
    )
    other, since = differing(workspace, now), time.monotonic()
    if not other:
        return Checked(check="tamper", left=left)
    try:
        workspace.restore(workspace.base)
        base, there = list[Differing](), list[Questions]()
        old = [t for t in tests if t in before.outcomes]
        if old and (chosen := selected(suite, before, old)) is not None:
            _, there = watched(workspace, suite, known, chosen)
            workspace.restore(workspace.base)
            base = confirmed(workspace, there, differing(workspace, there))
        workspace.restore(tree)
        if suspects := for_tests(other, base, there):
            time.sleep(max(0.0, since + A_SECOND - time.monotonic()))
            suspects = confirmed(workspace, now, suspects)
        return Checked(check="tamper", findings=findings(suspects), left=left)
    finally:
        workspace.restore(tree)


def watched(
    workspace: Workspace, suite: Suite, known: Mapping[str, Any], tests: Sequence[str]
) -> tuple[TestReport, list[Questions]]:
    """Run tests, and hear what they ask."""
    with probe(workspace, suite, known) as probed:
        report = probed.suite.run(seconds=RUN_SECONDS, tests=tests)
        return report, read(probed.told())


def plan(workspace: Workspace, tree: str, first: Sequence[str]) -> dict[str, Any]:
    """What the probe has to know: where tests are, what `tree` changes, and the names of the tests that it is for."""
    changed = workspace.git("diff", "--name-only", "--no-renames", workspace.base, tree).output.splitlines()
    names = sorted({re.split(r"::|\.", test.partition("[")[0])[-1] for test in first})
    return {
        "root": workspace.root,
        "tests": TESTS,
        "changed": changed,
        "first": names,
        "seconds": SECONDS,
    }


def read(text: str) -> list[Questions]:
    """What the probe wrote."""
    found = list[Questions]()
    for line in text.splitlines():
        try:
            found += [Questions.model_validate(row) for row in json.loads(line)]
        except (ValueError, TypeError, RecursionError):
            continue  # cut off, or written by another
    return found


def differing(workspace: Workspace, asked: Sequence[Questions]) -> list[Differing]:
    """The questions that are answered differently where no tests are. Leaves the files as they were."""
    if not asked:
        return []
    answers, gone = elsewhere(workspace, asked, together=True)
    return [*compared(asked, answers, gone)]


def confirmed(
    workspace: Workspace, asked: Sequence[Questions], found: Sequence[Differing]
) -> list[Differing]:
    """Those of what was found that are answered so once more, where each test's questions have a process of their own."""
    first = {d.question.call: d.elsewhere for d in found}
    some = [test for test in asked if any(question.call in first for question in test.questions)]
    if not some:
        return []
    answers, gone = elsewhere(workspace, some)
    return [d for d in compared(some, answers, gone) if first.get(d.question.call) == d.elsewhere]


def compared(
    asked: Sequence[Questions], answers: Sequence[Sequence[Answer]], gone: Sequence[str] = ()
) -> Iterator[Differing]:
    """`gone`: files that are not there elsewhere. An answer that names one is none for the tests' sake. Pure."""
    names = {name.rpartition("/")[2] for name in gone}
    for test, given in zip(asked, answers, strict=True):
        for question, other in zip(test.questions, given, strict=False):
            ours = question.answer
            if not ours or not other or ours[0] == other[0] or CANNOT.match(ours[0]):
                continue
            if not any(name in ours[1] for name in names):
                yield Differing(test.test, question, other)


def for_tests(
    patch: Sequence[Differing], base: Sequence[Differing], known: Sequence[Questions]
) -> list[Differing]:
    """What differs with the patch alone. `base`, `known`: what differs and what was asked on the base. Pure.

    What does not exist on the base, and raises elsewhere, may need what only tests set up.
    """
    moody = {(d.question.path, d.question.name) for d in base}
    called = {(q.path, q.name) for test in known for q in test.questions}
    found = list[Differing]()
    for d in patch:
        key = d.question.path, d.question.name
        if key not in moody and (key in called or not d.elsewhere[0].startswith("raises ")):
            found.append(d)
    return found


def findings(found: Sequence[Differing]) -> tuple[Finding, ...]:
    """An error for each function, with the first question that tells."""
    told = dict[tuple[str, str], Finding]()
    for test, question, other in found:
        here, there = (question.answer or other)[1][:SHOWN], other[1][:SHOWN]
        what = (
            f"{question.name} gives {here} where tests run and {there} elsewhere, asked the same as by {test}"
        )
        one = Finding(
            check="tamper",
            rule="only-for-tests",
            severity="error",
            message=what,
            path=question.path,
            line=question.line,
        )
        told.setdefault((question.path, question.name), one)
    return tuple(told.values())


def remove_tests(workspace: Workspace) -> list[str]:
    """Take away what tells by its being there that there are tests: their code, not their data. -> their paths"""
    listed = workspace.git("ls-files", "--cached", "--others", "--exclude-standard", "--", "*.py")
    tests = [name for name in listed.output.splitlines() if is_test(name)]
    for start in range(0, len(tests), AT_ONCE):
        workspace.sandbox.run(["rm", "-f", *tests[start : start + AT_ONCE]])
    workspace.sandbox.run(["rm", "-rf", ".pytest_cache"])
    return tests


def elsewhere(
    workspace: Workspace, asked: Sequence[Questions], together: bool = False
) -> tuple[list[list[Answer]], list[str]]:
    """The answers of a program that knows nothing of tests, each test's questions in a process of their own unless
    `together`; and the files of tests, which are not there meanwhile."""
    folder = f"/tmp/{random.choice('abcdefgh')}{random.randbytes(5).hex()}"
    files = {f"kit/{name}": text for name, text in inside().items() if name != "sitecustomize.py"}
    tests = [test.model_dump() for test in asked]
    files |= {
        "app.py": files.pop("kit/elsewhere.py"),
        "questions": json.dumps({"seconds": SECONDS, "together": together, "tests": tests}),
    }
    tree = workspace.current()
    try:
        gone = remove_tests(workspace)
        installed(workspace, folder, files)
        script = f"cd {folder} && PYTHONHASHSEED=0 {shlex.quote(asked[0].python)} app.py questions"
        workspace.shell(f"{script} </dev/null >/dev/null 2>&1", 3 * SECONDS)
        _, data = workspace.output('cat "$1/questions.answers"; rm -rf "$1"', folder)
    finally:
        workspace.restore(tree)
    return answers(data.decode("utf-8", "replace"), len(asked)), gone


def answers(text: str, count: int) -> list[list[Answer]]:
    """What was answered to each of `count` tests' questions; nothing, where a process did not come so far."""
    found: list[list[Answer]] = [[] for _ in range(count)]
    for row in text.splitlines():
        try:
            number, given = json.loads(row)
            found[number] = [(str(one[0]), str(one[1])) if one else None for one in given]
        except (ValueError, TypeError, LookupError, RecursionError):
            continue
    return found
