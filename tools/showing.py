"""The work on a test that shows what an issue is about: it ends when the test fails on the code as it is."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from ..verify.finding import some
from ..verify.report import ERROR, FAILED, PASSED
from .base import Done, ToolError, tool
from .desk import Desk

SHOWN = "reproduction"
"""What the files of the test are called in the data of the call that ended the work."""


class Showing(Desk):
    """A desk for that work."""

    def shown(self, tree: str) -> Mapping[str, str]:
        """The files of the test, by their paths. Raises ToolError where the work is not done yet."""
        from ..verify.delta import changes  # the checks: nobody waits for them before the first request
        from ..verify.reproduce import written

        changed = changes(self.workspace, tree)
        if others := [c.path for c in changed if c.before or not c.after or not c.is_test]:
            raise ToolError(
                f"not yet: nothing but new files of tests may be there; undo this: {some(others)}"
            )
        files = {c.path: c.after for c in changed}
        before, report = self.baseline(), self.latest(tree)
        if broke := [t for t in before.having(PASSED) if not report.passes(t)]:
            raise ToolError(f"not yet: these passed before and do not now: {some(broke)}")
        if not any(report.outcomes[t] in (FAILED, ERROR) for t in written(report, files, before.outcomes)):
            why = report.problem or "none of the new tests fails on the code as it is"
            raise ToolError(f"not yet: {why}: the test has to fail for the reason that the issue names")
        return files


@tool
def finish(
    desk: Showing,
    summary: Annotated[str, Field(description="what the test asks for, and why it fails now")],
) -> Done:
    """End the work. Refused while no new test fails."""
    tree = desk.workspace.snapshot()
    if tree == desk.workspace.base:
        raise ToolError("there is no test yet")
    return Done(text=summary, data={SHOWN: dict(desk.shown(tree))})
