"""Running a project's tests in a workspace."""

from collections.abc import Sequence

from ..sandbox.workspace import Workspace
from .report import PASSED, TestReport

AGAIN = 5
"""The most tests that are run again: what more fail together fail for a reason."""
AGAIN_SECONDS = 30.0
TRIES = 3
"""How often they are, where a verdict hangs on them: one that fails every other time is taken for steady once in 16."""


class Suite:
    """The test command of a workspace."""

    def __init__(self, workspace: Workspace, command: str, seconds: float = 600) -> None:
        self.workspace, self.command, self.seconds = workspace, command, seconds

    def run(self, target: str = "", seconds: float = 0, tests: Sequence[str] = ()) -> TestReport:
        """Run the tests; or only what `target` names in the runner's own terms, or `tests` by their ids."""
        from .gather import run  # the runners are not loaded before the first test is run
        from .trace import traced

        report = run(self.workspace, self.command, target, tests, seconds or self.seconds)
        return traced(self.workspace, report)

    def baseline(self) -> TestReport:
        """What the tests come to on the base that the workspace stands at, and which of those that fail are flaky."""
        report = self.run()
        if report.problem:
            return report
        self.workspace.restore(self.workspace.base)
        again = self.again(report.failing, TRIES)
        return report.model_copy(update={"flaky": tuple(t for t, o in again.items() if o == PASSED)})

    def again(self, tests: Sequence[str], times: int = 1) -> dict[str, str]:
        """What a few tests come to when they are run once more, alone, on the same files, or so many times until they
        pass; empty where they cannot be.

        Where the command names files itself, a runner may run those along: what they come to is not told.
        """
        found: dict[str, str] = {}
        if len(tests) > AGAIN or not self.selectable(tests):
            return found
        for _ in range(times):
            if not (left := [t for t in tests if found.get(t) != PASSED]):
                break
            report = self.run(seconds=AGAIN_SECONDS, tests=left)
            if report.problem:
                break
            found |= {t: o for t, o in report.outcomes.items() if t in left}
        return found

    def selectable(self, tests: Sequence[str]) -> bool:
        """Whether the runner can run these tests alone."""
        from .gather import prepared
        from .runners import selectable

        return selectable(self.command, prepared(self.workspace), tests)
