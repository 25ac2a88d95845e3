"""What the model is sent, as a pure function of the log: every request extends the one before."""

from collections.abc import Iterator, Sequence

from .events import Event, Observed, Replied, Said
from .models.base import Message


def messages(events: Sequence[Event]) -> list[Message]:
    """The conversation so far."""
    return list(_messages(events))


def _messages(events: Sequence[Event]) -> Iterator[Message]:
    for event in events:
        match event:
            case Said(role=role, text=text):
                yield Message(role=role, text=text)
            case Replied(reply=reply):
                yield Message(role="assistant", text=reply.text, calls=reply.calls)
            case Observed(observation=o):
                yield Message(role="tool", text=o.text, call=o.call)
            case _:
                continue
