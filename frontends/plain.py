"""A run as plain lines: for pipes, logs and people who like to scroll."""

import json
import sys
import threading
from collections.abc import Iterator
from typing import Any, TextIO

from ..agent.events import (
    SHOWING,
    Alike,
    Called,
    Changed,
    Connected,
    Ended,
    Event,
    Expected,
    Filled,
    Judged,
    Narrowed,
    Observed,
    Opened,
    Proposed,
    Replied,
    Rescored,
    Said,
    Scored,
    Summarised,
)
from ..agent.search.board import Board, Watcher
from ..tools.base import Call
from ..tools.clip import clip, line
from ..verify.finding import some
from ..verify.report import PASSED
from ..verify.verdict import Verdict
from .board import standing, table

SHOWS = "the tests show that nothing broke, not that the issue is solved"
SHOWS_LITTLE = "the command names no test, and that it ends with 0 as before is all that is known"


WIDE = 1_500
"""Characters of a text that are shown."""


class Plain(Watcher):
    """Prints events as they come. While the model answers, a dot a while shows that it lives.

    `many`: attempts are made at the same time, so that each line begins with its attempt's number.
    """

    def __init__(self, out: TextIO = sys.stderr, wide: int = WIDE, many: bool = False) -> None:
        self._out, self._wide, self._many, self._waiting = out, wide, many, 0
        self._open = False
        """Whether a notice goes on, as a countdown does."""
        self._lock = threading.RLock()
        self._told = ""

    def show(self, attempt: int, event: Event) -> None:
        with self._lock:
            self._end_of_dots()
            margin = f"{attempt:>3} " if self._many and attempt else ""
            for row in lines(event, self._wide):
                print(margin + row, file=self._out)
            self._out.flush()

    def listen(self, attempt: int, text: str) -> None:
        """Text of an answer in the making: shown whole once it is complete, so here only that it grows."""
        with self._lock:
            if text.startswith("\n["):
                self._end_of_dots()
                self._notice(text.strip())
            elif self._open:
                self._notice(text.rstrip())
            elif self._out.isatty():
                self._waiting += 1
                if self._waiting % 10 == 1:
                    print(".", end="", file=self._out, flush=True)

    def board(self, board: Board) -> None:
        """In a line as candidates come, as a table at the end."""
        with self._lock:
            self._end_of_dots()
            rows = list(table(board)) if board.over else [standing(board)]
            if (told := "\n".join(rows)) != self._told:
                print(told, file=self._out, flush=True)
            self._told = told

    def _notice(self, text: str) -> None:
        """A part of a line that ends with its bracket."""
        self._open = not text.endswith("]")
        print(text, end="" if self._open else "\n", file=self._out, flush=True)

    def _end_of_dots(self) -> None:
        if self._waiting or self._open:
            print(file=self._out)
        self._waiting, self._open = 0, False


def lines(event: Event, wide: int = WIDE) -> Iterator[str]:
    """One event as the lines that a person reads."""
    match event:
        case Opened(model=model, base=base, attempt=number):
            dirty = ", with your uncommitted changes" if base.dirty else ""
            what = f"attempt {number}" if number != SHOWING else "a test for the issue"
            if fork := event.start.fork:
                what += f", from event {fork.seq} of attempt {fork.attempt}"
            if event.start.hole:
                what += f", place {event.start.hole} filled in anew"
            what = f"evolving, {event.task.objective.command}" if event.task.objective else what
            yield f"── {what}: {base.repo} at {base.head[:10]}{dirty}; model {model}"
            yield from (f"   note: {note}" for note in base.notes)
        case Said(about="task" | "rules"):
            return
        case Said(text=text, about=about):
            yield from block("  ", clip(text, wide if about != "reminder" else 200))
        case Replied(reply=reply, model=model, seconds=seconds):
            if words := reply.text.strip():
                yield from block("  ", clip(words, wide))
            yield f"   [{model + ', ' if model else ''}{seconds:.1f} s, {reply.usage.prompt} + {reply.usage.completion} tokens]"
        case Called(call=call):
            yield f"▸ {called(call)}"
        case Observed(observation=o):
            yield from block("    " if o.ok else "  ! ", clip(o.text, wide))
        case Changed(tree=tree):
            yield f"    (files changed: {tree[:10]})"
        case Narrowed(window=window):
            yield f"   (too long for the model: older results are left out, to {window} tokens)"
        case Summarised(text=text, usage=usage, seconds=seconds):
            how = "with a summary" if text else "without a summary"
            yield f"   (the oldest turns are dropped, {how}; {seconds:.1f} s, {usage.prompt} + {usage.completion} tokens)"
        case Connected():
            yield connection(event)
        case Proposed():
            return
        case Scored():
            yield score(event)
        case Rescored(score=again, reason=reason):
            what = f"scores {figure(again)}" if again is not None else f"has no score: {reason}"
            yield f"── in a fresh workspace the best version {what}"
        case Expected(name=name, usage=usage, seconds=seconds):
            yield f"── the model says what `{name}` has to return; {seconds:.1f} s, {usage.prompt} + {usage.completion} tokens"
        case Filled(looked=looked, usage=usage, seconds=seconds):
            yield f"── {looked} places filled in by now; {seconds:.1f} s, {usage.prompt} + {usage.completion} tokens"
        case Ended(outcome=outcome, reason=reason, patch=patch):
            yield f"── ended: {outcome}{f', {reason}' if reason else ''}; {summary(patch.files, patch.added, patch.removed)}"
        case Alike(attempt=other):
            yield f"── the patch is that of attempt {other}: it is not run again"
        case Judged(verdict=verdict):
            yield from verdict_lines(verdict)


def called(call: Call) -> str:
    """A call in a line or a few: long texts are shown below it."""
    short = {k: v for k, v in call.args.items() if not (isinstance(v, str) and ("\n" in v or len(v) > 80))}
    words = " ".join(f"{k}={json.dumps(v, ensure_ascii=False)}" for k, v in short.items())
    long = "".join(
        f"\n    {k}:\n" + "\n".join(block("    | ", clip(str(v), 1_200)))
        for k, v in call.args.items()
        if k not in short
    )
    return f"{call.tool} {words}".rstrip() + long


def connection(made: Connected) -> str:
    """Where a command connected to, or wanted to."""
    if made.reason:
        place = f" to {made.host}:{made.port}" if made.host else ""
        return line(f"  ! {'no' if made.allowed else 'refused'} connection{place}: {made.reason}", 400)
    return f"    (connected to {made.host}:{made.port}: {made.sent} bytes out, {made.received} in, {made.seconds:.1f} s)"


def score(event: Scored) -> str:
    """What a version came to, in a line."""
    if event.island is None:
        return f"   the base scores {figure(event.score)} ({event.seconds:.1f} s)"
    what = figure(event.score) if event.score is not None else f"no score: {event.reason}"
    same = f", the same as {event.same}" if event.same is not None else ""
    return line(f"   {event.number}  island {event.island + 1}  {what}{same}  best {figure(event.best)}", 400)


def figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def block(margin: str, text: str) -> Iterator[str]:
    yield from (margin + line(row, 400) for row in text.splitlines())


def summary(files: tuple[str, ...], added: int, removed: int) -> str:
    return f"{len(files)} files, +{added} -{removed} ({some(files)})" if files else "no change"


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """What was verified and what was not, in words."""
    yield f"── {'VERIFIED' if verdict.verified else 'NOT VERIFIED'}" + (
        f": {verdict.refusal}" if verdict.refusal else ""
    )
    if verdict.before and verdict.after:
        yield f"   before  {counts(verdict.before.outcomes, verdict.before.code)}"
        yield f"   after   {counts(verdict.after.outcomes, verdict.after.code)}   ({verdict.after.command})"
    for word, tests in (
        ("fixed", verdict.fixed),
        ("broke", verdict.broke),
        ("still failing", verdict.failing),
        ("flaky, failed and then passed when run alone", verdict.flaky),
        ("new", verdict.new),
    ):
        if tests:
            yield f"   {word}: {some(tests, 10)}"
    if verdict.verified and not verdict.fixed and not any(f.rule == "reproduces" for f in verdict.findings):
        named = verdict.after and verdict.after.outcomes
        yield f"   nothing failed before: {SHOWS if named else SHOWS_LITTLE}"
    if verdict.decided not in ("", verdict.tree):
        yield f"   decided with the tests of the base, tree {verdict.decided[:16]}; then run with the patch's own"
    for finding in verdict.findings:
        where = f"{finding.path}:{finding.line}" if finding.line else finding.path
        yield f"   {finding.severity} {finding.check}/{finding.rule} {where}: {finding.message}"
    for text in verdict.left:
        yield f"   not looked at: {text}"
    if verdict.secrets:
        yield f"   the patch holds secrets: {some(verdict.secrets, 10)}"
    if verdict.tree:
        yield f"   tree {verdict.tree}, patch sha256 {verdict.patch[:16]}, in a fresh workspace"


def counts(outcomes: dict[str, str], code: int) -> str:
    if not outcomes:
        return f"exit code {code}"
    names = sorted(set(outcomes.values()), key=lambda name: name != PASSED)
    return ", ".join(f"{sum(o == name for o in outcomes.values())} {name}" for name in names)


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
