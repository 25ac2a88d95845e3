"""Going in circles: the same calls on the same files with the same results. Pure functions of the log."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..tools.base import Arguments, Call, Observation
from .events import Called, Changed, Event, Observed, Opened, Replied

PATIENCE = 4
"""Answers in a row without one usable call before a model is given up."""
HINTED, REFUSED, GIVEN_UP = 3, 4, 5
"""The how-manieth of the same calls is answered with a hint, is not done, ends the attempt. A call that the tool
refused counts for one more: its refusal was a hint already."""
HINT = "\n[the same call on the same files with the same result as before: do something else]"
WINDOW = 250
"""Events back to which a call is compared, some fifty calls: much later, to look again may be sensible."""

VOLATILE = re.compile(
    r"\b\d+(\.\d+)? ?(s|ms|µs|ns|sec|secs|seconds?|minutes?)\b"  # durations
    r"|\b\d\d:\d\d(:\d\d(\.\d+)?)?\b|\b0x[0-9a-f]+\b|/tmp/\S+"  # times of day, addresses, names of scratch files
)
"""What differs from one run of the same thing to the next."""


class Move(NamedTuple):
    """A call that was answered, with the files' tree when it was asked and when it was answered."""

    call: Call
    before: str
    after: str
    observation: Observation

    @property
    def repeated(self) -> int:
        """The how-manieth of the same it was, where it was not done for that; else 0."""
        return self.observation.data.get("repeated", 0)


def recent(events: Sequence[Event]) -> Iterator[Move]:
    """The latest moves, oldest first; without those that wait for something that goes on."""
    start = max(0, len(events) - WINDOW)
    call, before, tree = None, "", known(events[:start])
    for event in events[start:]:
        match event:
            case Opened(base=base):
                tree = base.tree
            case Called(call=call):
                before = tree
            case Changed(tree=tree):
                pass
            case Observed(observation=o) if call and not o.data.get("waiting"):
                yield Move(call, before, tree, o)
            case _:
                continue


def known(events: Sequence[Event]) -> str:
    """The tree after these events."""
    for event in reversed(events):
        match event:
            case Opened(base=base):
                return base.tree
            case Changed(tree=tree):
                return tree
            case _:
                continue
    return ""


def asked(call: Call) -> str:
    """A call without what makes no difference: the order of its arguments, blanks around them, a path's `./`."""
    values: Arguments = {name: v.strip() if isinstance(v, str) else v for name, v in call.args.items()}
    if isinstance(path := values.get("path"), str):
        values["path"] = path.removeprefix("./").rstrip("/")
    return f"{call.tool} {json.dumps(values, sort_keys=True)} {call.problem}"


def result(tree: str, observation: Observation) -> str:
    return f"{tree} {VOLATILE.sub('', observation.text.removesuffix(HINT))}"


def same(events: Sequence[Event], call: Call, tree: str) -> list[Move]:
    """The latest moves that were this call on these files and had one and the same result."""
    found = [m for m in recent(events) if m.before == tree and asked(m.call) == asked(call)]
    last = next((result(m.after, m.observation) for m in reversed(found) if not m.repeated), "")
    return [m for m in found if m.repeated or result(m.after, m.observation) == last]


def times(before: Sequence[Move]) -> int:
    """The how-manieth of the same a call is that comes after these."""
    return len(before) + 1 + any(not m.observation.ok and not m.repeated for m in before)


def in_vain(call: Call, before: Sequence[Move]) -> Observation | None:
    """The answer to a call that is not done, since it was done often enough. None where it is to be done."""
    if (number := times(before)) < REFUSED:
        return None
    text = (
        f"not done: {call.tool} gave the same answer to this on these same files before. Do something else."
    )
    return Observation(call=call.id, ok=False, text=text, data={"repeated": number})


def hinted(observation: Observation, tree: str, before: Sequence[Move]) -> Observation:
    """An observation that says that it is the same as before, where it is so for the last time."""
    if times(before) != HINTED or result(tree, observation) != result(
        before[-1].after, before[-1].observation
    ):
        return observation
    return observation.model_copy(update={"text": observation.text + HINT})


def in_circles(events: Sequence[Event], hasty: bool = False) -> str:
    """Why going on is no use: a call is asked for again that was not done for being the same. Else empty.

    `hasty`: a refused call that comes again is enough. A small model does not leave that circle, and another attempt
    costs no more than its next answer.
    """
    moves = list(recent(events))
    if not moves:
        return ""
    last = moves[-1]
    if last.repeated >= GIVEN_UP:
        return f"the model repeats a call of {last.call.tool} that changes nothing"
    if hasty and not last.observation.ok and len(same(events, last.call, last.before)) > 1:
        return f"the model repeats a call of {last.call.tool} that was refused"
    return ""


def at_a_loss(events: Sequence[Event], tools: Sequence[str]) -> str:
    """Why going on is no use: answers that call nothing, or only what does not exist. Else empty."""
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
    if answers < PATIENCE:
        return ""
    if not called:
        return f"the model called no tool in {PATIENCE} answers"
    return f"the model called only tools that do not exist in {PATIENCE} answers: {', '.join(sorted(set(called)))}"
