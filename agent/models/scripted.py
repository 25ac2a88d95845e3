"""A model that answers what it was told to, for tests, demonstrations and measurements."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...tools.base import Call
from .base import CAPABLE, Listener, Message, ModelError, Profile, Reply, Schema


def say(*calls: Call, text: str = "", reasoning: str = "") -> Reply:
    """One answer."""
    return Reply(text=text, reasoning=reasoning, calls=calls, stop="tool_calls" if calls else "stop")


def call(tool: str, **args: Any) -> Call:
    return Call(id="", tool=tool, args=args)


class Scripted:
    """Plays its replies in order. Where it is in them is read from the conversation, so that it can be resumed."""

    profile: Profile

    def __init__(self, *replies: Reply, name: str = "scripted", profile: Profile = CAPABLE) -> None:
        self.name, self.profile, self._replies = name, profile, replies

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        turn = sum(m.role == "assistant" for m in messages)
        if turn >= len(self._replies):
            raise ModelError(
                f"the script of {self.name} has {len(self._replies)} answers and was asked for one more"
            )
        reply = self._replies[turn]
        listen(reply.text)
        return reply

    def close(self) -> None:
        """Nothing is held."""


def load(path: Path) -> Scripted:
    """A script from a file: a JSON list of {"text": …, "reasoning": …, "calls": [{"tool": …, "args": {…}}]}. Raises ModelError."""
    try:
        turns = json.loads(path.read_text())
        replies = [
            say(
                *(call(c["tool"], **c.get("args", {})) for c in t.get("calls", [])),
                text=t.get("text", ""),
                reasoning=t.get("reasoning", ""),
            )
            for t in turns
        ]
    except OSError as e:
        raise ModelError(f"{path}: {e.strerror}") from e
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise ModelError(
            f"{path} is no script: a JSON list of {{text, calls: [{{tool, args}}]}} is wanted ({e})"
        ) from e
    return Scripted(*replies, name=f"scripted:{path}")
