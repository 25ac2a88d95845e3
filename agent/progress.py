"""The state of the work, as the log knows it: what is pinned where old observations are no longer in view.

The task and the user's words are pinned as they were said. This is the rest of what must not be forgotten: what was
changed and why, which tests fail, what did not work, what was refused. It is rendered from the log and never guessed.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..tools.base import Call, Observation
from ..tools.clip import line
from .events import Called, Changed, Event, Observed, Opened, Replied

MOST = 12
"""Entries of each list."""
WHY = 160
"""Characters of what the model said with a change, and of why it was refused."""


class Move(NamedTuple):
    """A call that was answered, in its step, with what the model said to it."""

    step: int
    why: str
    call: Call
    observation: Observation
    tree: str
    """The files after it, where they changed by it; else empty."""

    @property
    def report(self) -> dict:
        return self.observation.data.get("report") or {}

    def __str__(self) -> str:
        return f"step {self.step} {self.call.tool} {self.call.args.get('path') or ''}".rstrip()


def progress(events: Sequence[Event]) -> str:
    """Changed files, what the tests said last, what was tried and what was refused, newest last."""
    done = list(moves(events))
    parts = ["[Older results are left out. What the log says of the work so far:]"]
    if files := changed(done):
        parts.append(f"Files you changed: {', '.join(files)}")
    parts += tested(done)
    base = next((e.base.tree for e in events if isinstance(e, Opened)), "")
    if tries := list(tried(done, base)):
        parts.append("What you changed, with what you said to it, and what the tests said then:")
        parts += [f"- {line}" for line in tries[-MOST:]]
    if refused := [f"{m}: {first_line(m.observation.text)}" for m in done if not m.observation.ok]:
        parts.append("What was refused:")
        parts += [f"- {line}" for line in refused[-MOST:]]
    return "\n".join(parts)


def moves(events: Sequence[Event]) -> Iterator[Move]:
    """The calls that were answered."""
    step, why, call, tree = 0, "", None, ""
    for event in events:
        match event:
            case Replied(reply=reply):
                written = reply.text.lstrip().startswith("{")  # that is the call itself
                step, why = step + 1, "" if written else first_line(reply.text)
            case Called(call=call):
                tree = ""
            case Changed(tree=tree):
                pass
            case Observed(observation=o) if call:
                yield Move(step, why, call, o, tree)
                why = ""  # it was said to the first call of an answer
            case _:
                continue


def changed(done: Sequence[Move]) -> list[str]:
    """Paths that calls named and changed."""
    named = (path for m in done if m.tree and m.observation.ok for path in paths(m))
    return list(dict.fromkeys(named))


def paths(m: Move) -> list[str]:
    files = [file["path"] for file in m.observation.data.get("files") or ()]
    path = m.call.args.get("path")
    return files or ([path] if isinstance(path, str) else [])


def tested(done: Sequence[Move]) -> Iterator[str]:
    """What the tests said last, and whether that still holds."""
    last = next((n for n in range(len(done) - 1, -1, -1) if done[n].report), None)
    if last is not None:
        since = ", before the last changes" if any(m.tree for m in done[last + 1 :]) else ""
        yield f"The tests, last run in step {done[last].step}{since}: {said(done[last].report)}"


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


def tried(done: Sequence[Move], base: str) -> Iterator[str]:
    """Runs of changes with what the tests said after them, and which of them took files back to what they were."""
    seen, pending = {base: "the start"}, list[str]()
    for m in done:
        if m.tree:
            back = f" (the files are as after {seen[m.tree]} again)" if m.tree in seen else ""
            pending.append(f"{m}{f', “{m.why}”' if m.why else ''}{back}")
            seen.setdefault(m.tree, f"step {m.step}")
        if m.report and pending:
            yield f"{'; '.join(pending[-4:])}: {said(m.report)}"
            pending = []
    if pending:
        yield f"{'; '.join(pending[-4:])}: not tested yet"


def first_line(text: str) -> str:
    return line(text.strip().partition("\n")[0], WHY)
