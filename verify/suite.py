"""Running a project's tests in a workspace."""

from collections.abc import Sequence

from ..sandbox.workspace import Workspace
from .report import TestReport


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

    def selectable(self, tests: Sequence[str]) -> bool:
        """Whether the runner can run these tests alone."""
        from .gather import prepared
        from .runners import selectable

        return selectable(self.command, prepared(self.workspace), tests)
