"""What the test tools work on: the workspace with its test command, and what is known of the tests so far."""

from collections.abc import Callable

from ..sandbox.workspace import Workspace
from ..verify.report import TestReport
from ..verify.suite import Suite
from ..verify.tamper import some, tampering
from ..verify.verdict import broken
from .base import ToolError


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

    @property
    def command(self) -> str:
        """The test command; empty where the project names none. Finding out may take as long as the baseline."""
        return self._command()

    def test(self, target: str = "") -> TestReport:
        """Run the tests on the files as they are. Raises ToolError where the project names no command."""
        if not self.command:
            raise ToolError("this project names no test command: use run")
        tree = self.workspace.snapshot()
        report = Suite(self.workspace, self.command).run(target)
        if not target:
            self._last = tree, report
        return report

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
