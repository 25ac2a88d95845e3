"""What stands beside the timeline: how the attempt stands, in lines. Pure."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...verify.report import PASSED, TestReport
from ..words import cut, wrapped
from .feed import State, since_the_base

NAMED = 6
"""Tests or files that are named."""
TASK = 5
"""Lines of the task."""


def aside(state: State, before: TestReport | None, width: int, now: float) -> Iterator[tuple[str, str]]:
    """Lines with what they are, cut to the width. `now` is the time, in seconds since 1970."""
    for name, text in told(state, before, width, now):
        yield name, cut(text, width).rstrip()


def told(state: State, before: TestReport | None, width: int, now: float) -> Iterator[tuple[str, str]]:
    yield "section", f"Attempt {state.attempt}" if state.attempt else "A test for the issue"
    if state.doing:
        yield "call", f"… {state.doing}, {max(now - state.since, 0):.0f} s"
    elif state.ended:
        yield from (("plain", line) for line in wrapped(f"ended: {state.ended}", width))
    if verdict := state.verdict:
        yield (("verified", "✔ VERIFIED") if verdict.verified else ("refused", "✘ NOT VERIFIED"))
        if verdict.refusal:
            yield from (("refused", line) for line in wrapped(verdict.refusal, width))
    yield "plain", ""
    yield "section", "Task"
    lines = [line for text in state.task.strip().splitlines() for line in wrapped(text, width)]
    yield from (("plain", line) for line in lines[:TASK])
    if lines[TASK:]:
        yield "note", f"… {len(lines) - TASK} more lines"
    yield "plain", ""
    yield "section", "Tests"
    yield from tests(state.tests, before)
    yield "plain", ""
    yield "section", f"Files ({len(state.files)})"
    yield from named(state.files, "result")
    yield "plain", ""
    yield "section", "Spent"
    used, limits = state.usage, state.limits
    yield "plain", f"steps    {state.steps}{f' of {limits.steps}' if limits.steps else ''}"
    yield "plain", f"tokens   {used.prompt + used.completion:,} ({used.cached:,} cached)"
    if state.context:
        yield "plain", f"context  {state.context:,} tokens"
    yield "plain", f"money    {'not known' if used.dollars is None else f'${used.dollars:.3f}'}"
    seconds = (now if state.doing else state.latest) - state.began
    yield "plain", f"time     {clock(seconds)}{f' of {clock(limits.seconds)}' if limits.seconds else ''}"
    yield "plain", ""
    yield "section", "Where"
    yield "plain", f"{Path(state.repo).name} at {state.base[:10]}{' + uncommitted' if state.dirty else ''}"
    yield "plain", f"model    {state.model}"
    yield (
        "plain",
        f"sandbox  {state.sandbox}, {f'network: {state.network}' if state.network else 'no network'}",
    )


def tests(now: TestReport | None, before: TestReport | None) -> Iterator[tuple[str, str]]:
    """What the latest run came to, and what became of the tests since the base."""
    if not now:
        yield "note", f"base: {counted(before)}" if before else "not run yet"
        return
    yield ("verified" if now.green else "failure"), counted(now)
    if not (found := since_the_base(before, now)):
        yield from (("failure", f"! {test}") for test in now.failing[:NAMED])
        return
    for sign, word, names, what in (
        ("+", "fixed", found.mended, "added"),
        ("-", "broke", found.broken, "removed"),
        ("!", "still failing", found.still, "failure"),
    ):
        if names:
            yield what, f"{len(names)} {word}"
            yield from named([f"{sign} {name}" for name in names], what)


def counted(report: TestReport) -> str:
    if report.problem:
        return report.problem
    if not report.outcomes:
        return "green" if report.green else f"exit code {report.code}"
    failing = len(report.failing)
    passed = len(report.having(PASSED))
    return f"{passed} passed" + (f", {failing} failing" if failing else "")


def named(names: Sequence[str], what: str) -> Iterator[tuple[str, str]]:
    yield from ((what, f"  {name}") for name in names[:NAMED])
    if names[NAMED:]:
        yield "note", f"  … {len(names) - NAMED} more"


def clock(seconds: float) -> str:
    minutes, rest = divmod(int(max(seconds, 0)), 60)
    return f"{minutes}:{rest:02}"
