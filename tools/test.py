"""Running the tests, and the claim to be done."""

from typing import Annotated, Any

from pydantic import Field

from ..verify.report import TestReport
from .base import Done, ToolError, tool
from .desk import Desk
from .digest import digest


@tool
def test(
    desk: Desk,
    target: Annotated[str, Field(description="a file or test id; empty: all")] = "",
) -> tuple[str, dict[str, Any]]:
    """Run the tests; shows what changed, and each failure with its trace."""
    ran = desk.try_out(target)
    return digest(ran.report, notes=ran.notes, first=ran.news), kept(ran.report)


@tool
def finish(
    desk: Desk,
    summary: Annotated[str, Field(description="what was wrong and what you changed")],
) -> Done:
    """End the work. Refused while required tests fail."""
    tree = desk.workspace.snapshot()
    if tree == desk.workspace.base:
        raise ToolError("nothing is changed yet")
    if not desk.command:
        return Done(text=summary)
    report = desk.latest(tree)
    if objection := desk.objection(tree, report):
        raise ToolError(f"not yet: {objection}\n{digest(report)}")
    return Done(text=summary, data=kept(report))


def kept(report: TestReport) -> dict[str, Any]:
    """A report as an observation's data."""
    return {"report": report.model_dump(mode="json", exclude={"output"})}
