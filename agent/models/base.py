"""What a language model is to the loop."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

from ...sandbox.base import Frozen
from ...tools.base import Call


class Usage(Frozen):
    """What one or more calls cost."""

    prompt: int = 0
    cached: int = 0
    """Part of `prompt` that the provider had in its cache."""
    written: int = 0
    """Part of `prompt` that was written to its cache, which some charge more for."""
    completion: int = 0
    dollars: float | None = None
    """None where the price is not known."""

    def __add__(self, other: "Usage") -> "Usage":
        known = [d for d in (self.dollars, other.dollars) if d is not None]
        return Usage(
            prompt=self.prompt + other.prompt,
            cached=self.cached + other.cached,
            written=self.written + other.written,
            completion=self.completion + other.completion,
            dollars=sum(known) if known else None,
        )


class ModelError(Exception):
    """The model or its provider failed. Nothing is lost: `patchwright resume` goes on from here."""

    usage: Usage = Usage()
    """What the failed call has cost."""


class ModelRefused(ModelError):
    """The provider refuses: a wrong key, no credit, no such model. Trying again changes nothing."""


class TooSmall(ModelRefused):
    """A server's context is too small for the work, or a conversation was cut for it."""


class ModelOverflow(ModelError):
    """The conversation is longer than the model takes. `limit`: its tokens, where it says; else 0."""

    def __init__(self, text: str, limit: int = 0) -> None:
        super().__init__(text)
        self.limit = limit


class ModelUnreachable(ModelError):
    """No answer, also after several tries."""


class Transient(ModelError):
    """One try failed, and another may not. The text is a sentence for a person."""

    def __init__(
        self, text: str, after: float = 0.0, stranger: bool = False, usage: Usage | None = None
    ) -> None:
        super().__init__(text)
        self.after = after
        """Seconds that the provider asks to wait; 0: it does not say."""
        self.stranger = stranger
        """Nobody ever answered there."""
        self.usage = usage or Usage()
        """What an answer that broke off has probably cost, on the high side; the prompt only where it had begun."""


Opaque = dict[str, Any]
"""A provider's own data, kept as it is."""


class Reply(Frozen):
    """One answer of the model."""

    text: str = ""
    reasoning: str = ""
    thinking: tuple[Opaque, ...] = ()
    """The reasoning as the provider wants it back with what came of the calls: signed, and not to be changed."""
    calls: tuple[Call, ...] = ()
    usage: Usage = Usage()
    form: str = ""
    """How the calls came: native, or as a form in the text; empty where there are none."""
    stop: str = "stop"
    """Why it ended: stop, tool_calls, length (cut off), stopped (by us)."""


class Gap(Frozen):
    """A place in a text that is to be filled in."""

    after: str
    line: bool
    """Whether one line is wanted."""
    likeliest: bool = False
    """Whether what is likeliest is wanted, whatever the model's temperature."""


class Message(Frozen):
    """One message of the conversation, in no provider's form."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    calls: tuple[Call, ...] = ()
    call: str = ""
    """The call that a tool's message answers."""
    thinking: tuple[Opaque, ...] = ()
    """As in the reply that it is."""
    hole: Gap | None = None
    """What the text is to be followed by: it is to be filled in up to there, and nothing is to be said."""
    lines: tuple[str, ...] = ()
    """What the lines of the answer are to begin with, below a comment, where a model can be held to that."""


EDITS = ("edit", "patch", "write")
"""The tools that stand for each other."""


Speech = Literal["native", "json", "xml", "fenced"]
"""How tools are called: as the provider has it, or in the text as JSON, as XML, or as lines and fenced blocks."""


class Profile(Frozen):
    """How a model wants to be spoken to."""

    protocol: Speech = "native"
    text: Speech = "json"
    """How it calls where nothing takes native calls."""
    many: bool = True
    """It may call several tools in one answer; otherwise the first call is the one that counts."""
    system: bool = True
    """It heeds a system message; otherwise the rules stand in the user's first one."""
    prompt: str = "system"
    """Which system prompt it gets."""
    observation: int = 10_000
    """Most characters of an observation."""
    answer: int = 0
    """Tokens that an answer may have; 0: as many as the model gives."""
    window: int = 50_000
    """Tokens that a request may have before old observations are left out."""
    batch: int = 1
    """Answers to one prompt that it gives about as soon as one."""
    fills: bool = False
    """It fills in the middle of a text."""
    goes_on: bool = False
    """It goes on from an answer that was begun for it: a last message of its own."""
    guided: bool = False
    """Before its first turn it is told which tests fail, and shown the code that they lead to; others start at
    once, are told what fails when it is known, and look for themselves."""
    tools: tuple[str, ...] = (
        *("read", "search", "outline", "edit", "write", "run", "start", "job", "test", "finish"),
    )
    """What it may call, where it writes edits as most models do."""
    edits: Literal["edit", "patch", "write"] = "edit"
    """How it writes edits best: exact text and whole files, patches, or whole files alone."""

    @property
    def native(self) -> bool:
        return self.protocol == "native"

    @property
    def offered(self) -> tuple[str, ...]:
        """What it may call, with the edit tools that suit it."""
        if self.edits == "edit":
            return self.tools
        named = (self.edits if name == "edit" else name for name in self.tools)
        return tuple(name for name in dict.fromkeys(named) if name not in EDITS or name == self.edits)


CAPABLE = Profile()
SMALL = Profile(
    protocol="fenced",
    many=False,
    prompt="small",
    observation=2_500,
    window=13_000,
    answer=900,
    guided=True,
    batch=4,
    tools=("define",),
)

Schema = dict[str, Any]
Listener = Callable[[str], None]


class Model(Protocol):
    """A model that a session talks to."""

    name: str
    profile: Profile

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        """Ask once. Text is given to `listen` as it comes; `stop` ends the answer early.

        `most`: tokens that the answer may have; 0: as many as the model gives. Raises ModelError.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds; an answer that is waited for breaks off. From any thread, more than once."""
        ...


@runtime_checkable
class Batching(Protocol):
    """A model that gives several answers to one conversation, whose prompt is read once for all of them."""

    def complete_many(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        count: int,
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> list[Reply]:
        """As Model.complete, `count` times; `most` is for each of them."""
        ...


def several(
    model: Model,
    messages: Sequence[Message],
    tools: Sequence[Schema],
    count: int,
    listen: Listener,
    stop: threading.Event,
    most: int = 0,
) -> list[Reply]:
    """Answers to one conversation: at once where the model can, else one after the other. Raises ModelError."""
    if count > 1 and isinstance(model, Batching):
        return model.complete_many(messages, tools, count, listen, stop, most)
    return [model.complete(messages, tools, listen, stop, most) for _ in range(count)]


Make = Callable[[Profile], Model]
"""Makes a model that is spoken to so."""
