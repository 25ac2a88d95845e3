"""What goes wrong at providers, as the stage plays it: by its name, a fault as data."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .base import ModelError

OVERFLOWS = {
    "openai": (400, "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."),
    "anthropic": (400, "prompt is too long: 200251 tokens > 199999 maximum"),
    "gemini": (400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
    "llama.cpp": (400, "the request exceeds the available context size (4096 tokens), try increasing it"),
    "mistral": (400, "Prompt contains 40000 tokens and is too large for model with 32768 maximum context length"),
    "groq": (413, "Request too large: please reduce the length of the messages or completion."),
}  # fmt: skip
"""What providers answer where a conversation is too long."""
STATUS = re.compile(r"(\d{3})(?: after ([\d.]+))?")


@dataclass(frozen=True)
class Spoken:
    """A call as it is sent: its arguments are text."""

    id: str
    tool: str
    arguments: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the stage answers, in no protocol's form."""

    text: str
    thinking: str
    calls: tuple[Spoken, ...]
    stop: Literal["stop", "tool_calls", "length", "content_filter"]
    counted: bool = True
    """Whether it says what it used."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one answer."""

    status: int = 0
    """It is refused with this."""
    says: str = ""
    after: str = ""
    """Seconds of Retry-After."""
    line: Literal["", "reset before", "reset middle", "reset after", "stall", "endless"] = ""
    """What happens to the connection."""
    spoil: Callable[[Answer], Answer] = lambda answer: answer


def emptied(answer: Answer) -> Answer:
    return replace(answer, text="", thinking="", calls=(), stop="stop")


def truncated(answer: Answer) -> Answer:
    cut = tuple(replace(c, arguments=c.arguments[: len(c.arguments) // 2]) for c in answer.calls)
    return replace(answer, calls=cut)


def twins(answer: Answer) -> Answer:
    return replace(answer, calls=tuple(replace(c, id="call_1") for c in answer.calls))


def misnamed(answer: Answer) -> Answer:
    return replace(answer, calls=tuple(replace(c, tool="no_such_tool") for c in answer.calls))


def mistyped(answer: Answer) -> Answer:
    wrong = (json.dumps({name: [value] for name, value in c.args.items()}) for c in answer.calls)
    return replace(
        answer, calls=tuple(replace(c, arguments=a) for c, a in zip(answer.calls, wrong, strict=True))
    )


def prose(answer: Answer) -> Answer:
    return replace(answer, text="I would look at the file and change it.", calls=(), stop="stop")


FAULTS = {
    "reset before": Fault(line="reset before"),
    "reset middle": Fault(line="reset middle"),
    "reset after": Fault(line="reset after"),
    "stall": Fault(line="stall"),
    "endless": Fault(line="endless"),
    "empty": Fault(spoil=emptied),
    "truncated arguments": Fault(spoil=truncated),
    "one id": Fault(spoil=twins),
    "unknown tool": Fault(spoil=misnamed),
    "wrong arguments": Fault(spoil=mistyped),
    "prose": Fault(spoil=prose),
    "length": Fault(spoil=lambda answer: replace(answer, stop="length")),
    "content_filter": Fault(spoil=lambda answer: replace(answer, stop="content_filter")),
    "no usage": Fault(spoil=lambda answer: replace(answer, counted=False)),
    "unpaid": Fault(429, "You exceeded your current quota, please check your plan and billing details."),
    **{f"overflow {name}": Fault(status, says) for name, (status, says) in OVERFLOWS.items()},
}
"""By name. Those that spoil an answer take its place in the script, the others come before it."""


def fault(name: str) -> Fault:
    """A fault by its name: one of FAULTS, or a status such as `503` or `429 after 20`. Raises ModelError."""
    if found := STATUS.fullmatch(name):
        return Fault(int(found[1]), f"it is {found[1]}", found[2] or "")
    if name not in FAULTS:
        raise ModelError(f"there is no fault {name!r}; there are {', '.join(FAULTS)}, and any HTTP status")
    return FAULTS[name]
