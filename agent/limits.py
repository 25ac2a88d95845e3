"""When a run has to stop: sums over its log."""

from collections.abc import Sequence

from .events import Event, Replied, Summarised
from .models.base import Usage
from .task import Limits


def used(events: Sequence[Event]) -> Usage:
    """What the model's answers cost so far."""
    answers = (e.reply.usage for e in events if isinstance(e, Replied))
    summaries = (e.usage for e in events if isinstance(e, Summarised))
    return sum((*answers, *summaries), Usage())


def steps(events: Sequence[Event]) -> int:
    return sum(isinstance(e, Replied) for e in events)


def reached(events: Sequence[Event], limits: Limits, seconds: float) -> str:
    """The limit that is reached, in words; empty where none is. Budgets are kept where a call is paid."""
    if limits.steps and steps(events) >= limits.steps:
        return f"the limit of {limits.steps} steps"
    if limits.seconds and seconds >= limits.seconds:
        return f"the limit of {limits.seconds:g} seconds"
    return ""
