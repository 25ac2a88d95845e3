"""The candidates of a run at a glance, as data, and who looks at them."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...sandbox.base import Frozen
from ..attempt import Candidate
from ..events import Event
from ..models.base import Usage
from .choice import Decision, Standing

DECISION = "decision.json"
"""Where a run's folder keeps how its candidates stood last."""


class Kept(NamedTuple):
    """What is kept of a candidate, since there may be thousands: its log has the rest."""

    attempt: int
    log: str
    model: str
    alike: int
    state: str
    """Of its verdict."""
    judged: bool
    verified: bool
    applies: bool
    broke: int
    fixed: int
    findings: int
    files: tuple[str, ...]
    added: int
    removed: int
    empty: bool
    spent: tuple[int, int, int, int, float | None]
    """See `usage`; a model takes eight times the memory."""
    seconds: float

    @property
    def usage(self) -> Usage:
        prompt, cached, written, completion, dollars = self.spent
        return Usage(prompt=prompt, cached=cached, written=written, completion=completion, dollars=dollars)


def kept(found: Candidate) -> Kept:
    verdict, patch, judged, used = found.verdict, found.patch, found.judged, found.usage
    return Kept(
        attempt=found.attempt,
        log=found.log,
        model=sys.intern(found.model),
        alike=found.alike,
        state=sys.intern(verdict.state),
        judged=judged,
        verified=verdict.verified if judged else found.ended.outcome == "finished" and bool(patch),
        applies=verdict.applies if judged else True,
        broke=len(verdict.broke) if judged else 0,
        fixed=len(verdict.fixed) if judged else 0,
        findings=sum(f.severity != "note" for f in verdict.findings) if judged else 0,
        files=tuple(map(sys.intern, patch.files)),
        added=patch.added,
        removed=patch.removed,
        empty=not patch,
        spent=(used.prompt, used.cached, used.written, used.completion, used.dollars),
        seconds=found.seconds,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate."""

    attempt: int
    state: str
    """What its verdict comes to; or what stands in for one."""
    model: str = ""
    alike: int = 0
    """The earlier attempt with the same patch; 0: none."""
    cluster: str = ""
    """A letter for those that do the same, A for the largest group; empty where it was not compared."""
    fixed: int = 0
    broke: int = 0
    findings: int = 0
    files: tuple[str, ...] = ()
    added: int = 0
    removed: int = 0
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0


class Board(Frozen):
    """All candidates so far."""

    rows: tuple[Row, ...]
    decision: Decision | None = None
    standings: tuple[Standing, ...] = ()
    """What the decision went by: from it the choice can be made once more, or otherwise."""
    differing: tuple[str, ...] = ()
    """Inputs at which compared candidates give different answers."""
    over: bool = False
    """Whether no further attempt is made."""
    ended: str = ""
    """Why; empty where as many were made as were asked for."""


class Watcher:
    """Who looks on while attempts are made. Its methods are called from several threads; here they do nothing."""

    def show(self, attempt: int, event: Event) -> None:
        """An attempt's log has one more event."""

    def listen(self, attempt: int, text: str) -> None:
        """Text of an answer in the making, and notices of waits."""

    def board(self, board: Board) -> None:
        """The candidates stand otherwise than before."""


def board(
    candidates: Sequence[Kept],
    standings: Mapping[int, Standing],
    decision: Decision | None,
    differing: Sequence[str] = (),
    over: bool = False,
    ended: str = "",
) -> Board:
    """Put together what is known of each candidate. Pure."""
    letters: dict[int, str] = {}
    for number, cluster in enumerate(decision.clusters if decision else ()):
        for attempt in cluster.members:
            letters[attempt] = name(number)
    rows = [row(c, standings.get(c.attempt), letters) for c in sorted(candidates, key=lambda c: c.attempt)]
    return Board(
        rows=tuple(rows),
        decision=decision,
        standings=tuple(standings.values()),
        differing=tuple(differing),
        over=over,
        ended=ended,
    )


def row(one: Kept, standing: Standing | None, letters: Mapping[int, str]) -> Row:
    return Row(
        attempt=one.attempt,
        state=state(one, standing),
        model=one.model,
        alike=one.alike,
        cluster=letters.get(one.alike or one.attempt, ""),
        fixed=standing.fixed if standing else 0,
        broke=standing.broke if standing else 0,
        findings=standing.findings if standing else 0,
        files=one.files,
        added=one.added,
        removed=one.removed,
        usage=one.usage,
        seconds=round(one.seconds, 1),
    )


def state(one: Kept, standing: Standing | None) -> str:
    if one.alike:
        return f"as {one.alike}"
    if one.judged:
        return one.state
    if one.empty:
        return "no patch"
    return "tests green, not judged" if standing and standing.verified else "tests not green"


def name(number: int) -> str:
    """A, B, … Z, AA, AB, …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
