"""What the test tools work on: the workspace with its test command, and what is known of the tests so far."""

import shlex
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..sandbox.workspace import Workspace
from ..verify.finding import some
from ..verify.report import PASSED, TestReport
from ..verify.suite import TRIES, Suite
from ..verify.verdict import broken
from ..verify.verdict import told as said
from .base import ToolError
from .digest import Change, change, listed, told

REMEMBERED = 256
"""Runs of the tests that are kept of what comes to the same: the latest ones."""
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
        reproduction: Mapping[str, str] | None = None,
    ) -> None:
        self.workspace, self._command, self.baseline = workspace, command, baseline
        self.required, self.allow_test_edits = required, allow_test_edits
        self.reproduction = reproduction or {}
        """A test written from the issue, which has to pass in the end: its files, by their paths."""
        self._last: tuple[str, TestReport] | None = None
        self._known: dict[str, str] = {}
        """What each test came to when it ran last."""
        self._told = set[str]()
        self.seconds = 600.0
        """The most for one run of the tests."""
        self.memory: dict[str, bytes] | None = None
        """What the tests came to on files that are the same but for comments and layout, where that is to be kept: packed,
        since failures are long and alike."""

    @property
    def command(self) -> str:
        """The test command; empty where the project names none. Finding out may take as long as the baseline."""
        return self._command()

    @property
    def suite(self) -> Suite:
        """Raises ToolError where the project names no command."""
        if not self.command:
            raise ToolError("this project names no test command: use run")
        return Suite(self.workspace, self.command, self.seconds)

    def test(self, target: str = "") -> TestReport:
        """Run the tests on the files as they are. Raises ToolError where the project names no command."""
        suite, tree = self.suite, self.workspace.snapshot()
        report = self._remembered(tree, suite) if not target else suite.run(*self.chosen(target))
        if not target:
            self._last = tree, report
        self._known |= report.outcomes
        return report

    def _remembered(self, tree: str, suite: Suite) -> TestReport:
        """A run of all tests, which is made once for what comes to the same."""
        if self.memory is None:
            return suite.run()
        from ..verify.delta import changes
        from ..verify.same import normal

        key = normal(changes(self.workspace, tree))
        if key not in self.memory:
            report = suite.run().model_copy(update={"output": ""})
            self.memory[key] = zlib.compress(report.model_dump_json().encode())
            if len(self.memory) > REMEMBERED:
                del self.memory[next(iter(self.memory))]
            return report
        return TestReport.model_validate_json(zlib.decompress(self.memory[key]))

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

    def flaky(self, failed: Sequence[str], times: int = 1) -> tuple[str, ...]:
        """Which of a few newly failing tests pass when only these are run again at once, on the same files."""
        if not failed:
            return ()
        tree = self.workspace.snapshot()
        again = self.suite.again(failed, times)
        if again and self.workspace.snapshot() != tree:
            return ()
        return tuple(test for test in failed if again.get(test) == PASSED)

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
        if not self.allow_test_edits and (taken := self.tampered(tree)):
            return f"tests may not be made weaker or got past, nor what steers them changed; undo this: {some(taken, 10)}"
        before = self.baseline()
        wanted = self.required or [t for t in before.failing if t not in before.flaky]
        broke = [t for t in broken(before, report) if t in self.required or t not in before.flaky]
        left = report.problem or any(name in wanted for name in report.failing)
        if broke and (left or set(broke) - {*self.flaky(broke, TRIES)}):
            return f"{len(broke)} tests passed before your change and fail now"
        return "the tests are not green" if left else self.doubt(tree)

    def doubt(self, tree: str) -> str:
        """What would keep green work on `tree` from being verified, told once: then the model has had its say."""
        from ..verify.delta import changes  # the checks: nobody waits for them before the first request
        from ..verify.reproduce import reproduces
        from ..verify.trial import reading

        changed = changes(self.workspace, tree)
        checks = [*reading(self.workspace, changed, self.suite.command, tree)]
        if self.reproduction:
            known = self.baseline().outcomes
            checks.append(reproduces(self.workspace, tree, self.reproduction, self.suite, known))
        found = {said(f) for check in checks for f in check.findings if f.severity == "error"}
        news = sorted(found - self._told)
        self._told |= found
        return (
            f"this would keep the patch from being verified, mend it if it is true: {some(news, 10)}"
            if news
            else ""
        )

    def tampered(self, tree: str) -> tuple[str, ...]:
        from ..verify.delta import changes
        from ..verify.tamper import findings, touched

        changed = changes(self.workspace, tree)
        found = touched(self.workspace, changed)
        taken = [f for f in findings(self.workspace, found, changed) if f.severity == "error"]
        return (*found.steering, *map(said, taken))


def since(last: Change | None, base: Change | None) -> Iterator[str]:
    """What changed since the last run and since the baseline, in one line where that is the same."""
    if base and last == base:
        yield told("the last run, and since the baseline", base)
        return
    if last:
        yield told("the last run", last, still=False)
    if base:
        yield told("the baseline", base)
