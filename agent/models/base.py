"""What a language model is to the loop."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

from ...sandbox.base import Frozen
from ...tools.base import Call


class ModelError(Exception):
    """The model or its provider failed. Nothing is lost: `patchwright resume` goes on from here."""


class ModelRefused(ModelError):
    """The provider refuses: a wrong key, no credit, no such model. Trying again changes nothing."""


class ModelUnreachable(ModelError):
    """No answer, also after several tries."""


class Usage(Frozen):
    """What one or more calls cost."""

    prompt: int = 0
    cached: int = 0
    """Part of `prompt` that the provider had in its cache."""
    completion: int = 0
    dollars: float | None = None
    """None where the price is not known."""

    def __add__(self, other: "Usage") -> "Usage":
        known = [d for d in (self.dollars, other.dollars) if d is not None]
        return Usage(
            prompt=self.prompt + other.prompt,
            cached=self.cached + other.cached,
            completion=self.completion + other.completion,
            dollars=sum(known) if known else None,
        )


class Reply(Frozen):
    """One answer of the model."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    usage: Usage = Usage()
    stop: str = "stop"
    """Why it ended: stop, tool_calls, length (cut off), stopped (by us)."""


class Message(Frozen):
    """One message of the conversation, in no provider's form."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    calls: tuple[Call, ...] = ()
    call: str = ""
    """The call that a tool's message answers."""


class Profile(Frozen):
    """How a model wants to be spoken to."""

    native: bool = True
    """It calls tools by the provider's protocol; otherwise a call is read from its text, one a turn."""
    prompt: str = "system"
    """Which system prompt it gets."""
    observation: int = 10_000
    """Most characters of an observation."""
    guided: bool = False
    """Before its first turn it is told which tests fail, and shown the code that they lead to; others start at
    once, are told what fails when it is known, and look for themselves."""
    tools: tuple[str, ...] = (
        *("read", "search", "outline", "edit", "write", "run", "start", "job", "test", "finish"),
    )
    """What it may call."""


CAPABLE = Profile()
SMALL = Profile(native=False, prompt="small", observation=2_500, guided=True, tools=("define",))

Schema = dict[str, Any]
Listener = Callable[[str], None]


class Model(Protocol):
    """A model that a session talks to."""

    name: str
    profile: Profile

    def complete(
        self, messages: Sequence[Message], tools: Sequence[Schema], listen: Listener, stop: threading.Event
    ) -> Reply:
        """Ask once. Text is given to `listen` as it comes; `stop` ends the answer early.

        Raises ModelError.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds; an answer that is waited for breaks off. From any thread, more than once."""
        ...
