"""Whether another attempt is worth its cost. Pure."""

from collections.abc import Sequence

from .choice import Standing, choose

LEAD = 2
"""Votes by which a behaviour has to lead before its candidates count as agreed upon."""
UNWRITTEN = 3
"""The same where code is yet to be written: what is wrong agrees there more often, and an answer costs little."""
FEW = 6
"""Attempts before which nothing is concluded from their repeating each other."""
NEW = 0.1
"""The chance of a new patch below which nobody waits for one."""


def enough(standings: Sequence[Standing], lead: int = LEAD) -> str:
    """Why no further attempt is made; empty where one is worth it."""
    return agreed(standings, lead) or exhausted(standings)


def agreed(standings: Sequence[Standing], lead: int = LEAD) -> str:
    """That verified candidates do the same, and more of them than do anything else."""
    if not any(s.verified and s.judged for s in standings):
        return ""
    first, *others = choose(standings).clusters
    second = max((other.votes for other in others), default=0)
    if first.votes - second < lead:
        return ""
    beside = f", {second} the next most frequent thing" if second else ""
    return f"{first.votes} candidates agree{beside}"


def exhausted(standings: Sequence[Standing]) -> str:
    """That the patches repeat: the chance that another one is new is about the share of those that came once (Good,
    The population frequencies of species, 1953)."""
    made = sum(s.votes for s in standings)
    once = sum(s.votes == 1 for s in standings)
    if made < FEW or once / made >= NEW:
        return ""
    return f"the {made} attempts came to {len(standings)} patches, again and again: a new one is unlikely"
