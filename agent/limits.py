"""When a run has to stop: sums over its log."""

from collections.abc import Sequence

from .events import Event, Observed, Replied
from .models.base import Usage
from .task import Limits

PATIENCE = 4
"""Answers in a row without one usable call before a model is given up."""


def used(events: Sequence[Event]) -> Usage:
    """What the model's answers cost so far."""
    return sum((e.reply.usage for e in events if isinstance(e, Replied)), Usage())


def steps(events: Sequence[Event]) -> int:
    return sum(isinstance(e, Replied) for e in events)


def reached(events: Sequence[Event], limits: Limits, seconds: float) -> str:
    """The limit that is reached, in words; empty where none is."""
    usage = used(events)
    if limits.steps and steps(events) >= limits.steps:
        return f"the limit of {limits.steps} steps"
    if limits.tokens and usage.prompt + usage.completion >= limits.tokens:
        return f"the limit of {limits.tokens} tokens"
    if limits.dollars and (usage.dollars or 0) >= limits.dollars:
        return f"the limit of ${limits.dollars:g}"
    if limits.seconds and seconds >= limits.seconds:
        return f"the limit of {limits.seconds:g} seconds"
    return ""


def repeats(events: Sequence[Event], tools: Sequence[str]) -> str:
    """Why going on is no use: the same call of a tool was refused twice in a row. Else empty."""
    answers = [e.reply for e in events if isinstance(e, Replied)][-2:]
    refused = {e.observation.call for e in events if isinstance(e, Observed) and not e.observation.ok}
    calls = [[(c.tool, c.args) for c in reply.calls] for reply in answers]
    if (
        len(answers) < 2
        or not calls[0]
        or calls[0] != calls[1]
        or any(name not in tools for name, _ in calls[0])
    ):
        return ""
    if not all(c.id in refused for reply in answers for c in reply.calls):
        return ""
    return f"the model repeats a call of {answers[1].calls[0].tool} that was refused"


def at_a_loss(events: Sequence[Event], tools: Sequence[str]) -> str:
    """Why going on is no use: answers that call nothing, or only what does not exist. Else empty."""
    if steps(events) < PATIENCE:
        return ""
    called: list[str] = []
    answers = 0
    for event in reversed(events):
        if isinstance(event, Observed) and event.observation.ok:
            return ""
        if isinstance(event, Replied):
            answers += 1
            called += [call.tool for call in event.reply.calls]
            if any(call.tool in tools and not call.problem for call in event.reply.calls):
                return ""
            if answers == PATIENCE:
                break
    if not called:
        return f"the model called no tool in {PATIENCE} answers"
    return f"the model called only tools that do not exist in {PATIENCE} answers: {', '.join(sorted(set(called)))}"
