"""What the test tools work on: the workspace with its test command, and what is known of the tests so far."""

import shlex
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..sandbox.workspace import Workspace
from ..verify.report import PASSED, TestReport
from ..verify.suite import Suite
from ..verify.tamper import some, tampering
from ..verify.verdict import broken
from .base import ToolError
from .digest import Change, change, listed, told

AGAIN = 5
"""The most tests that are run again: what more fail together fail for a reason."""
AGAIN_SECONDS = 30.0
QUICK = 10.0
"""Seconds of a whole run up to which no part of it is run first."""


class Ran(NamedTuple):
    """A test run, and what there is to say of it beside itself."""

    report: TestReport
    notes: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    """Tests that fail now and did not before."""


class Desk:
    """A workspace, its tests, and the baseline to compare with."""

    def __init__(
        self,
        workspace: Workspace,
        command: Callable[[], str],
        baseline: Callable[[], TestReport],
        required: tuple[str, ...] = (),
        allow_test_edits: bool = False,
    ) -> None:
        self.workspace, self._command, self.baseline = workspace, command, baseline
        self.required, self.allow_test_edits = required, allow_test_edits
        self._last: tuple[str, TestReport] | None = None
        self._known: dict[str, str] = {}
        """What each test came to when it ran last."""

    @property
    def command(self) -> str:
        """The test command; empty where the project names none. Finding out may take as long as the baseline."""
        return self._command()

    @property
    def suite(self) -> Suite:
        """Raises ToolError where the project names no command."""
        if not self.command:
            raise ToolError("this project names no test command: use run")
        return Suite(self.workspace, self.command)

    def test(self, target: str = "") -> TestReport:
        """Run the tests on the files as they are. Raises ToolError where the project names no command."""
        suite, tree = self.suite, self.workspace.snapshot()
        report = suite.run(*self.chosen(target))
        if not target:
            self._last = tree, report
        self._known |= report.outcomes
        return report

    def try_out(self, target: str = "") -> Ran:
        """As `test`, compared with the last run and with the baseline. Without a target the tests that the changed
        files reach come first, where the whole takes long; if they fail, the others are not run."""
        before = self.baseline()
        known = dict(self._known)
        if not target and (part := self._reached(before)):
            report = self.test(shlex.join(part))
            if not report.green:
                note = f"only the tests in {listed(part)} were run, which the changed files reach; the rest were not"
                return self._compared(report, before, known, False, (note,))
        report = self.test(target)
        return self._compared(report, before, known, not target, ())

    def _reached(self, before: TestReport) -> tuple[str, ...]:
        """Test files that the changed files reach, where running all of them takes long."""
        if before.seconds <= QUICK:
            return ()
        from ..verify.impact import impacted

        return impacted(self.workspace, self.suite.command)

    def _compared(
        self,
        report: TestReport,
        before: TestReport,
        known: dict[str, str],
        whole: bool,
        notes: tuple[str, ...],
    ) -> Ran:
        last, base = change(known, report, whole), change(before.outcomes, report, whole)
        lines = [*notes, *since(last if known else None, base if before.outcomes else None)]
        if shaky := self.flaky(last.broken if known else base.broken if before.outcomes else ()):
            self._last = None  # another run may say something else
            lines.append(f"flaky, failed and then passed when run alone on the same files: {listed(shaky)}")
        return Ran(report, tuple(filter(None, lines)), last.broken if known else base.broken)

    def flaky(self, failed: tuple[str, ...]) -> tuple[str, ...]:
        """Which of a few newly failing tests pass when only these are run once more at once, on the same files."""
        if not 0 < len(failed) <= AGAIN:
            return ()
        tree, suite = self.workspace.snapshot(), self.suite
        if not suite.selectable(failed):
            return ()
        again = suite.run(seconds=AGAIN_SECONDS, tests=failed)
        if self.workspace.snapshot() != tree or again.problem:
            return ()
        return tuple(test for test in failed if again.outcomes.get(test) == PASSED)

    def chosen(self, target: str) -> tuple[str, float, tuple[str, ...]]:
        """A target as what Suite.run takes: by an id where it is one that we gave, else in the runner's own terms."""
        known = target in self._known or target in self.baseline().outcomes
        if known and self.suite.selectable((target,)):
            return "", 0.0, (target,)
        return target, 0.0, ()

    def latest(self, tree: str) -> TestReport:
        """The whole suite's result on `tree`, the present state: the one at hand, or a new run."""
        if self._last and self._last[0] == tree:
            return self._last[1]
        return self.test()

    def objection(self, tree: str, report: TestReport) -> str:
        """Why work on `tree` that tests as `report` is not done yet; empty where it is."""
        if not self.allow_test_edits and (changed := self.tampered(tree)):
            return f"tests that were there before, and what steers them, may not be changed; undo this: {some(changed, 10)}"
        before = self.baseline()
        if broke := broken(before, report):
            return f"{len(broke)} tests passed before your change and fail now"
        wanted = self.required or before.failing
        if report.problem or any(name in wanted for name in report.failing):
            return "the tests are not green"
        return ""

    def tampered(self, tree: str) -> tuple[str, ...]:
        found = tampering(self.workspace, self.workspace.diff(self.workspace.base, tree).files)
        return found.tests + found.steering


def since(last: Change | None, base: Change | None) -> Iterator[str]:
    """What changed since the last run and since the baseline, in one line where that is the same."""
    if base and last == base:
        yield told("the last run, and since the baseline", base)
        return
    if last:
        yield told("the last run", last, still=False)
    if base:
        yield told("the baseline", base)
