"""A model that answers what it was told to, for tests, demonstrations and measurements."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...sandbox.base import Frozen
from ...tools.base import Call
from .base import CAPABLE, Listener, Message, ModelError, Profile, Reply, Schema


class Turn(Frozen):
    """An answer of a script."""

    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = ()
    faults: tuple[str, ...] = ()
    """What goes wrong, one try after the other, before it is given. Only the stage plays them."""


def say(*calls: Call, text: str = "", reasoning: str = "") -> Reply:
    """One answer."""
    return Reply(text=text, reasoning=reasoning, calls=calls, stop="tool_calls" if calls else "stop")


def call(tool: str, **args: Any) -> Call:
    return Call(id="", tool=tool, args=args)


class Scripted:
    """Plays its replies in order. Where it is in them is read from the conversation, so that it can be resumed."""

    profile: Profile

    def __init__(
        self, *replies: Reply, name: str = "scripted", profile: Profile = CAPABLE, skip: int = 0
    ) -> None:
        self.name, self.profile, self._replies, self._skip = name, profile, replies, skip

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        turn = place(messages) + self._skip
        if turn >= len(self._replies):
            raise ModelError(
                f"the script of {self.name} has {len(self._replies)} answers and was asked for one more"
            )
        reply = self._replies[turn]
        listen(reply.text)
        return reply

    def single(self, number: int) -> "Scripted":
        """The one that answers the so many-th of questions that each stand alone, from 1."""
        return Scripted(*self._replies, name=self.name, profile=self.profile, skip=number - 1)

    def close(self) -> None:
        """Nothing is held."""


def place(messages: Sequence[Message]) -> int:
    """How many answers a conversation had, those that it has dropped too: a call's id begins with its step."""
    since = 0
    for m in reversed(messages):
        step = m.calls[0].id.partition(".")[0] if m.calls else ""
        if step.isdigit():
            return int(step) + since
        since += m.role == "assistant"
    return since


def load(path: Path) -> Scripted:
    """A model that plays a script. Raises ModelError."""
    turns = read(path)
    if any(turn.faults for turn in turns):
        raise ModelError(f"{path} has faults in it, which `patchwright model serve {path}` plays.")
    replies = (say(*t.calls, text=t.text, reasoning=t.thinking) for t in turns)
    return Scripted(*replies, name=f"scripted:{path}")


def read(path: Path) -> list[Turn]:
    """A script from a file: a JSON list of {"text": …, "thinking": …, "calls": [{"tool": …, "args": {…}}], "fault": …}.

    A fault is a word of `faults`, or a list of them. Raises ModelError.
    """
    try:
        return [turn(value) for value in json.loads(path.read_text())]
    except OSError as e:
        raise ModelError(f"{path}: {e.strerror}") from e
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise ModelError(
            f"{path} is no script: a JSON list of {{text, calls: [{{tool, args}}], fault}} is wanted ({e})"
        ) from e


def turn(value: dict[str, Any]) -> Turn:
    faults = value.get("fault", [])
    return Turn(
        text=value.get("text", ""),
        thinking=value.get("thinking", ""),
        calls=tuple(call(c["tool"], **c.get("args", {})) for c in value.get("calls", [])),
        faults=(faults,) if isinstance(faults, str) else tuple(faults),
    )
