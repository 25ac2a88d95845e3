"""The counter-run: tests that speak for a patch, turned so that each has to fail, where and as they stand.

The code that is tested runs in the process that reports on it, so it can pass off any outcome. What it does to a test
it does to the turned one too, which has the same file and the same name: one that passes is no witness.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..sandbox.workspace import Workspace
from .report import PASSED, TestReport
from .steer import is_test
from .suite import Suite
from .turned import turned, turned_script

MOST = 40
"""Tests that are turned: all that the patch is for come first, then others, drawn by lot."""
FILES = 8
ENDING = re.compile(r"^=* ?(\d+ [a-z]+(, )?)+ in [\d.]+ ?s\b", re.MULTILINE)
"""pytest's last line."""
SECONDS = 120.0
WHOLE_SECONDS = 20.0
"""Up to this, a suite of which no part can be chosen is run once more as a whole."""


def witnessed(
    workspace: Workspace, suite: Suite, before: TestReport, after: TestReport, required: Sequence[str]
) -> TestReport:
    """The run that decides, with the reason where its tests are no witnesses.

    The workspace stands at the tree of that run, and is left so.
    """
    if after.problem:
        return after
    if why := unlike(before, after):
        return after.model_copy(update={"problem": why})
    if not after.outcomes:
        return scripted(workspace, suite, after)
    wanted = [t for t in (*required, *before.failing) if after.outcomes.get(t) == PASSED]
    if not wanted and before.failing:
        return after  # it is refused for what it does not do
    if not (wrong := unheeded(workspace, suite, after, wanted)):
        return after
    tests = f"{wrong[0]} passes" if len(wrong) == 1 else f"{wrong[0]} and {len(wrong) - 1} more pass"
    return after.model_copy(
        update={"problem": f"nothing that is asserted decides: {tests} also where other values are asked for"}
    )


def scripted(workspace: Workspace, suite: Suite, after: TestReport) -> TestReport:
    """The same where only an exit code tells, and the command names the script that tests."""
    found = [w for w in suite.command.split() if re.search(r"\.c?js$", w) and is_test(w)]
    if after.code or not found or after.seconds > WHOLE_SECONDS:
        return after
    tree = workspace.current()
    try:
        for path in found:
            if text := turned_script(source(workspace, path)):
                workspace.write(path, text.encode())
                if suite.run(seconds=SECONDS).green:
                    what = f"nothing that is asserted decides: {path} ends well also where it fails"
                    return after.model_copy(update={"problem": what})
    finally:
        workspace.restore(tree)
    return after


def unlike(before: TestReport, after: TestReport) -> str:
    """What a run does not show that its like showed on the base."""
    if after.code:
        return ""
    if before.runner == after.runner == "pytest" and ENDING.search(before.output):
        if not ENDING.search(after.output):
            return "pytest did not come to its own end: the line that counts the tests is missing"
    elif before.runner and not after.runner:
        return f"on the base {before.runner} reported on its tests, and now it does not"
    return ""


def unheeded(workspace: Workspace, suite: Suite, after: TestReport, first: Sequence[str]) -> tuple[str, ...]:
    """Tests that passed, and pass turned around too: nothing that they assert decides. Empty where none can be turned.

    The workspace stands at the tree of the run `after`, and is left so. `first`: those that the patch is for. What
    passes turned around on the base as well has its reason there: its failures are caught, or another copy runs.
    """
    passed = after.having(PASSED)
    found = located(workspace, drawn([t for t in first if t in set(passed)], passed))
    if not found:
        return ()
    tree = workspace.current()
    try:
        wrong = run(workspace, suite, after, found)
        if not wrong:
            return ()
        workspace.restore(workspace.base)
        blind = run(workspace, suite, after, found)
        seen = [t for t in wrong if t not in blind and t not in first]
        return () if blind and not seen else tuple(t for t in wrong if t not in blind)
    finally:
        workspace.restore(tree)


def run(
    workspace: Workspace, suite: Suite, after: TestReport, found: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """Turn the tests of these files and run them; those that pass."""
    ids = dict[str, None]()
    for path, keys in found.items():
        text, done = turned(source(workspace, path), set(keys.values()))
        if done:
            workspace.write(path, text.encode())
            ids |= dict.fromkeys(test for test, key in keys.items() if key in done)
    if not ids or (chosen := selected(suite, after, ids)) is None:
        return ()
    report = suite.run(seconds=SECONDS, tests=chosen)
    return tuple(test for test in ids if report.outcomes.get(test) == PASSED)


def selected(suite: Suite, after: TestReport, tests: Iterable[str]) -> tuple[str, ...] | None:
    """How to run these tests once more: by themselves; none, which is the whole suite, where that is short; or None."""
    chosen = tuple(dict.fromkeys(map(function, tests)))
    if "discover" not in suite.command and suite.selectable(chosen):
        return chosen
    return () if after.seconds <= WHOLE_SECONDS else None


def source(workspace: Workspace, path: str) -> str:
    try:
        return workspace.read(path).decode("utf-8", "replace")
    except OSError:  # it is new, and the workspace stands at the base
        return ""


def drawn(first: Sequence[str], passed: Sequence[str], most: int = MOST) -> list[str]:
    """The tests to turn: nobody can know which others are among them. Those with many cases come with all of them, so
    only where nothing else is left."""
    cases = dict[str, list[str]]()
    for test in passed:
        if test not in set(first):
            cases.setdefault(function(test), []).append(test)
    found, rest = list(first), list(cases.values())
    random.SystemRandom().shuffle(rest)
    for of_one in rest:
        if len(found) + len(of_one) <= most:
            found += of_one
    return (found or min(rest, key=len, default=[]))[:most]


def function(test: str) -> str:
    """A test without what tells its cases from each other."""
    return test.partition("[")[0]


def located(workspace: Workspace, tests: Iterable[str]) -> dict[str, dict[str, str]]:
    """Files, and the tests in each: id to its name in the file."""
    listed = workspace.git("ls-files", "--cached", "--others", "--exclude-standard", "--", "*.py")
    names = sorted(listed.output.splitlines()) if listed.ok else []
    found: dict[str, dict[str, str]] = {}
    for test in tests:
        for file, key in places(test):
            if path := only(names, file):
                if path in found or len(found) < FILES:
                    found.setdefault(path, {})[test] = key
                break
    return found


def places(test: str) -> Iterator[tuple[str, str]]:
    """Where a test may stand: its file, and its name there."""
    plain = test.partition("[")[0]
    if "::" in plain:
        file, _, key = plain.partition("::")
        yield file, key
        return
    parts = plain.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        yield "/".join(parts[:cut]) + ".py", "::".join(parts[cut:])


def only(names: Sequence[str], file: str) -> str:
    """The file of that path, or the only one that ends so."""
    if file in names:
        return file
    same = [name for name in names if name.endswith(f"/{file}")]
    return same[0] if len(same) == 1 else ""
