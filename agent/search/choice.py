"""The choice among candidates: a pure function of what is known of them, with the reasons written down.

What passes the tests is grouped by what it does, not by how it is written, and the largest group wins: right programs
agree with each other, wrong ones are wrong in different ways (Chen et al., CodeT, 2022; Li et al., AlphaCode, 2022).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import NamedTuple

from ...sandbox.base import Frozen


@dataclass(frozen=True, slots=True)
class Standing:
    """What the choice knows of a candidate. A thousand of them are put together again and again: no model, which takes
    ten times the memory."""

    attempt: int
    alike: tuple[int, ...] = ()
    """Later attempts with the same patch but for comments and layout."""
    verified: bool = False
    judged: bool = False
    """Whether there is a verdict. Without one, `verified` says that nothing is known against it."""
    applies: bool = True
    broke: int = 0
    fixed: int = 0
    findings: int = 0
    """Errors and warnings of the checks."""
    size: int = 0
    """Lines added and removed; 0: the patch is empty."""
    behaviour: str = ""
    """A name for what it does, by tests, other candidates' tests and probes. Empty: it was not compared."""
    agreement: float = 0.0
    """The share of tests and probes, from 0 to 1, that come to the same as for the candidates, by votes."""
    met: int = 0
    """Calls that come to what the model expects of them, of those that do not for all."""
    finer: tuple[str, ...] = ()
    """As `behaviour`, which is by usual inputs: by all inputs, and with what becomes of arguments."""

    @property
    def votes(self) -> int:
        return 1 + len(self.alike)


class Cluster(Frozen):
    """Candidates that do the same."""

    members: tuple[int, ...]
    """First the best one."""
    votes: int
    """With those whose patch is the same."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a candidate is not the one."""

    attempt: int
    to: int
    on: str
    """The criterion; empty where they are equal in all, and the earlier one was taken."""
    mine: str = ""
    theirs: str = ""


class Decision(Frozen):
    """Who was chosen, and who lost to whom on what."""

    best: int
    order: tuple[int, ...]
    """All that were compared, the best first."""
    clusters: tuple[Cluster, ...]
    """Of those that could win: all verified ones, or else the best of the others."""
    lost: tuple[Lost, ...]


class Criterion(NamedTuple):
    """What candidates are compared by: a larger value is better."""

    name: str
    value: Callable[[Standing, Mapping[str, int]], float]
    told: Callable[[Standing, Mapping[str, int]], str]


def votes(one: Standing, every: Mapping[str, int]) -> int:
    return every.get(one.behaviour, 0) if one.behaviour else one.votes


def votes_within(one: Standing, every: Mapping[str, int], depth: int) -> int:
    return every.get(within(one, depth), 0) if one.behaviour else 0


def within(one: Standing, depth: int) -> str:
    """A name for a part of the group: one of finer groups may have members of several."""
    return ", ".join((one.behaviour, *one.finer[:depth]))


def told_within(one: Standing, every: Mapping[str, int], depth: int) -> str:
    return str(votes_within(one, every, depth))


def weight(one: Standing, every: Mapping[str, int]) -> float:
    """By votes alone where nothing is expected. With that, each expectation met counts as much as it does in Chen et
    al., and a vote by its root, since it is the same model that errs in both, and in votes alike."""
    return sqrt(votes(one, every)) * (1 + one.met)


def support(one: Standing, every: Mapping[str, int]) -> str:
    beside = f" and {one.met} expected answers" if one.met else ""
    return f"{votes(one, every)}{beside}"


def state(one: Standing) -> str:
    return ("verified" if one.judged else "nothing against it yet") if one.verified else "not verified"


FINER = ("votes for what it does on unusual inputs", "votes for what it does to arguments")
FIRST = (
    Criterion("verified", lambda s, _: s.verified, lambda s, _: state(s)),
    Criterion("a patch", lambda s, _: bool(s.size), lambda s, _: "one" if s.size else "none"),
    Criterion("applies", lambda s, _: s.applies, lambda s, _: "yes" if s.applies else "no"),
    Criterion("tests broken", lambda s, _: -s.broke * (not s.verified), lambda s, _: str(s.broke)),
    Criterion("tests fixed", lambda s, _: s.fixed * (not s.verified), lambda s, _: str(s.fixed)),
)
"""What decides who is compared by behaviour."""
THEN = (
    Criterion("votes for its behaviour", weight, support),
    *(
        Criterion(name, partial(votes_within, depth=depth), partial(told_within, depth=depth))
        for depth, name in enumerate(FINER, 1)
    ),
    Criterion("agreement", lambda s, _: round(s.agreement, 3), lambda s, _: f"{s.agreement:.1%}"),
    Criterion("findings", lambda s, _: -s.findings, lambda s, _: str(s.findings)),
    Criterion("lines", lambda s, _: -s.size, lambda s, _: str(s.size)),
)


def contenders(standings: Sequence[Standing]) -> list[Standing]:
    """Those that what was run so far cannot tell apart, and that nobody is better than."""

    def key(one: Standing) -> tuple[float, ...]:
        return tuple(c.value(one, {}) for c in FIRST)

    top = max(map(key, standings), default=())
    return [one for one in standings if key(one) == top]


def choose(standings: Sequence[Standing]) -> Decision:
    """The best of the candidates: verified, then of the largest cluster, then by findings, then the smallest. Pure.

    Equals go by their numbers, so the order in which they came to be known does not matter.
    """
    every: dict[str, int] = defaultdict(int)
    for one in standings:
        every[one.behaviour] += one.votes
        for depth in range(len(one.finer)):
            every[within(one, depth + 1)] += one.votes

    def key(one: Standing) -> tuple[float, ...]:
        return (*(-c.value(one, every) for c in (*FIRST, *THEN)), one.attempt)

    order = sorted(standings, key=key)
    best, among = order[0], {one.attempt for one in contenders(standings)}
    lost = tuple(lost_to(one, best, every) for one in order[1:])
    return Decision(
        best=best.attempt,
        order=tuple(one.attempt for one in order),
        clusters=clusters([one for one in order if one.attempt in among]),
        lost=lost,
    )


def lost_to(one: Standing, best: Standing, every: Mapping[str, int]) -> Lost:
    for c in (*FIRST, *THEN):
        if c.value(one, every) != c.value(best, every):
            return Lost(one.attempt, best.attempt, c.name, c.told(one, every), c.told(best, every))
    return Lost(attempt=one.attempt, to=best.attempt, on="")


def clusters(order: Sequence[Standing]) -> tuple[Cluster, ...]:
    """Groups of the same behaviour, in the order of the best of each; what was not compared stands alone."""
    groups: dict[str, list[Standing]] = defaultdict(list)
    for one in order:
        groups[one.behaviour or f"alone {one.attempt}"].append(one)
    return tuple(
        Cluster(members=tuple(s.attempt for s in group), votes=sum(s.votes for s in group))
        for group in groups.values()
    )
