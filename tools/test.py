"""Running the tests, and a failure as something to act on."""

from collections import Counter
from typing import Annotated, Any

from pydantic import Field

from ..verify.report import Failure, TestReport
from .base import Done, ToolError, tool
from .clip import clip
from .desk import Desk

SHOWN = 3
"""Failures that are shown in full; the others by name."""


@tool
def test(
    desk: Desk,
    target: Annotated[str, Field(description="a file or test id; empty: all")] = "",
) -> tuple[str, dict[str, Any]]:
    """Run the tests; shows each failure with its trace."""
    report = desk.test(target)
    return digest(report), kept(report)


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


def digest(report: TestReport, most: int = 6_000) -> str:
    """A test run as the counts, then each failure: the assertion, the project's frames, the output."""
    counts = Counter(report.outcomes.values())
    line = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))
    if report.problem:
        line = f"{report.problem} ({line})" if line else report.problem
    if not report.outcomes:
        tail = clip(report.output.strip(), most)
        return (
            f"{line or 'passed' if report.green else line or f'failed with exit code {report.code}'}\n{tail}"
        )
    parts = [line, *(described(f) for f in unlike(report.failures)[:SHOWN])]
    shown = {f.test for f in unlike(report.failures)[:SHOWN]}
    if rest := [f.test for f in report.failures if f.test not in shown]:
        parts.append(
            "also failing: " + ", ".join(rest[:20]) + (f" and {len(rest) - 20} more" if rest[20:] else "")
        )
    if not report.failures and not report.green:
        parts.append(f"exit code {report.code}\n{clip(report.output.strip(), most)}")
    return clip("\n\n".join(parts), most)


def unlike(failures: tuple[Failure, ...]) -> list[Failure]:
    """One of each kind: without other parameters of the same test, and without the same error at the same place."""
    seen: dict[object, Failure] = {}
    for failure in failures:
        place = (failure.frames[-1].path, failure.frames[-1].line) if failure.frames else failure.test
        seen.setdefault((place, failure.message), failure)
    tests: dict[str, Failure] = {}
    for failure in seen.values():
        tests.setdefault(failure.test.partition("[")[0], failure)
    return list(tests.values())


def described(failure: Failure) -> str:
    rows = [f"FAILED {failure.test}"]
    for frame in failure.frames[-8:]:
        rows.append(f"  {frame.path}:{frame.line} in {frame.function}")
        if frame.source:
            rows.append(f"    {frame.source}")
    rows += [f"E {row}" for row in clip(failure.message, 1_500).splitlines()]
    if failure.output:
        rows += ["  printed:", *(f"  | {row}" for row in clip(failure.output, 600).splitlines())]
    return "\n".join(rows)
