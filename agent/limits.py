"""When a run has to stop: sums over its log."""

from collections.abc import Sequence

from .events import Event, Expected, Filled, Opened, Proposed, Replied, Summarised
from .models.base import Usage
from .task import Limits


def used(events: Sequence[Event]) -> Usage:
    """What the model's answers cost so far. What was copied from another attempt was paid there."""
    own = events[copied(events) :]
    answers = (e.reply.usage for e in own if isinstance(e, Replied | Proposed))
    besides = (e.usage for e in own if isinstance(e, Summarised | Expected | Filled))
    return sum((*answers, *besides), Usage())


def copied(events: Sequence[Event]) -> int:
    """How many events an attempt begins with that are another's."""
    first = events[0] if events else None
    return first.start.fork.seq + 1 if isinstance(first, Opened) and first.start.fork else 0


def steps(events: Sequence[Event]) -> int:
    return sum(isinstance(e, Replied) for e in events)


def reached(events: Sequence[Event], limits: Limits, seconds: float) -> str:
    """The limit that is reached, in words; empty where none is. Budgets are kept where a call is paid."""
    if limits.steps and steps(events) >= limits.steps:
        return f"the limit of {limits.steps} steps"
    if limits.seconds and seconds >= limits.seconds:
        return f"the limit of {limits.seconds:g} seconds"
    return ""
