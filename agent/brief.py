"""Old turns in brief: what was asked for stays, what came of it is only named."""

import json

from ..tools.base import Call
from ..tools.clip import clip
from .models.base import Message

LONG = 400
"""Characters of a result, or of a call's argument, that survive."""
FIRST = 120
"""Characters of a long result's first line that do."""
MARK = 100
"""More characters than say what was cut: what is cut once is not cut again."""


def masked(shown: list[Message]) -> list[Message]:
    """The messages of a turn, in brief."""
    return [without_result(shortened(m)) for m in shown]


def without_result(m: Message) -> Message:
    if len(m.text) <= LONG or m.role != "tool":
        return m
    first, _, more = m.text.partition("\n")
    what = f"{more.count(chr(10)) + 1} more lines" if more else f"{len(first) - FIRST} more characters"
    return m.model_copy(update={"text": f"{first[:FIRST]}\n[{what} were here and are left out by now]"})


def without_arguments(shown: list[Message]) -> list[Message]:
    return [shortened(m) for m in shown]


def cut(shown: list[Message], most: int) -> list[Message]:
    """The messages of a turn with at most about so many characters of each result."""
    return [shorter(m, most) for m in shown]


def shorter(m: Message, most: int) -> Message:
    if m.role != "tool" or len(m.text) <= most + MARK:
        return m
    return m.model_copy(update={"text": clip(m.text, most)})


def shortened(m: Message) -> Message:
    """A message without the long arguments of its calls."""
    if not any(is_long(value) for call in m.calls for value in call.args.values()):
        return m
    return m.model_copy(update={"calls": tuple(without_long(call) for call in m.calls)})


def without_long(call: Call) -> Call:
    args = {name: named(value) if is_long(value) else value for name, value in call.args.items()}
    return call.model_copy(update={"args": args})


def is_long(value: object) -> bool:
    """Whether an argument, say a file's text or a list of edits, is too long to be kept."""
    return len(value if isinstance(value, str) else json.dumps(value)) > LONG


def named(value: object) -> str:
    return f"[{len(value if isinstance(value, str) else json.dumps(value))} characters left out]"


def arguments(call: Call) -> str:
    """A call's arguments as they are sent."""
    return json.dumps(call.args)
