"""The state of the work, as the log knows it: what is pinned where old observations are no longer in view."""

from collections.abc import Iterator, Sequence

from ..tools.base import Call, Observation
from .events import Called, Changed, Event, Observed, Replied

MOST = 12
"""Entries of each list."""


def progress(events: Sequence[Event]) -> str:
    """Changed files, what the tests said last, and what was tried, newest last. Nothing in it is a guess."""
    parts = ["[Older results are left out. What the log says of the work so far:]"]
    if files := changed(events):
        parts.append(f"Files you changed: {', '.join(files)}")
    if tests := list(tested(events)):
        parts.append(f"The tests, last run in step {tests[-1][0]}: {tests[-1][1]}")
    if tries := list(tried(events)):
        parts.append("What you changed, and what the tests said then:")
        parts += [f"- {line}" for line in tries[-MOST:]]
    if refused := list(refusals(events)):
        parts.append("What was refused:")
        parts += [f"- {line}" for line in refused[-MOST:]]
    return "\n".join(parts)


def answers(events: Sequence[Event]) -> Iterator[tuple[int, Call, Observation, bool]]:
    """Each answered call: its step, the call, the observation, and whether files changed by it."""
    step, call, change = 0, None, False
    for event in events:
        match event:
            case Replied():
                step += 1
            case Called(call=call):
                change = False
            case Changed():
                change = True
            case Observed(observation=o) if call:
                yield step, call, o, change
            case _:
                continue


def changed(events: Sequence[Event]) -> list[str]:
    """Paths that calls named and changed."""
    paths = [c.args.get("path") for _, c, o, change in answers(events) if change and o.ok]
    return list(dict.fromkeys(p for p in paths if isinstance(p, str)))


def tested(events: Sequence[Event]) -> Iterator[tuple[int, str]]:
    for step, _, o, _ in answers(events):
        if report := o.data.get("report"):
            yield step, said(report)


def said(report: dict) -> str:
    """A report in a line."""
    outcomes = report.get("outcomes") or {}
    failing = [test for test, outcome in outcomes.items() if outcome in ("failed", "error")]
    if report.get("problem"):
        return report["problem"]
    if not outcomes:
        return "passed" if report.get("code") == 0 else f"exit code {report.get('code')}"
    if not failing:
        return f"all {len(outcomes)} pass"
    more = f" and {len(failing) - MOST} more" if len(failing) > MOST else ""
    return f"{len(failing)} of {len(outcomes)} fail: {', '.join(failing[:MOST])}{more}"


def tried(events: Sequence[Event]) -> Iterator[str]:
    """Runs of changes with what the tests said after them; the last ones may be untested."""
    changes: list[str] = []
    for step, call, o, change in answers(events):
        if change and o.ok:
            changes.append(f"step {step} {call.tool} {call.args.get('path') or ''}".rstrip())
        if (report := o.data.get("report")) and changes:
            yield f"{'; '.join(changes[-4:])}: {said(report)}"
            changes = []
    if changes:
        yield f"{'; '.join(changes[-4:])}: not tested yet"


def refusals(events: Sequence[Event]) -> Iterator[str]:
    for step, call, o, _ in answers(events):
        if not o.ok:
            first = o.text.strip().partition("\n")[0][:160]
            yield f"step {step} {call.tool} {call.args.get('path') or ''}".rstrip() + f": {first}"
