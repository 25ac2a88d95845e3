"""OpenAI's chat completions as data: our messages into it, its streamed chunks into a Reply."""

import json
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from .base import Message, Profile, Reply, Schema, Usage
from .typed import parsed


def body(messages: Sequence[Message], tools: Sequence[Schema], profile: Profile) -> dict[str, Any]:
    """The part of a request that every adapter sends."""
    about = {
        "messages": conversation(messages, profile),
        **({"tools": list(tools)} if profile.native else {}),
    }
    return {**about, "stream": True, "stream_options": {"include_usage": True}}


def conversation(messages: Sequence[Message], profile: Profile) -> list[dict[str, Any]]:
    """The messages as they are sent. Where calls are text, the user and the model take turns: many templates want it.

    The embedded model's does not, and it was measured without.
    """
    sent: list[dict[str, Any]] = []
    for m in messages:
        one = message(m, profile)
        if one["role"] == "system" and not profile.system:
            one["role"] = "user"
        merges = not profile.guided and (not profile.native or not profile.system)
        if merges and sent and sent[-1]["role"] == one["role"] == "user":
            sent[-1]["content"] += f"\n\n{one['content']}"
        else:
            sent.append(one)
    return sent


def message(m: Message, profile: Profile) -> dict[str, Any]:
    """One message. Without native calls an observation is the user's, and a call stands in the text."""
    if not profile.native:
        from . import spoken  # what reads text is imported where there is some

        return {"role": "user" if m.role == "tool" else m.role, "content": spoken.shown(m, profile)}
    if m.role == "tool":
        return {"role": "tool", "tool_call_id": m.call, "content": m.text}
    if not m.calls:
        return {"role": m.role, "content": m.text}
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.tool, "arguments": json.dumps(c.args)}}
        for c in m.calls
    ]
    return {"role": m.role, "content": m.text or None, "tool_calls": calls}


class Gathered:
    """A reply in the making."""

    def __init__(self) -> None:
        self.text, self.reasoning, self.stop = "", "", ""
        self.usage = Usage()
        self._calls: dict[int, dict[str, str]] = {}

    def add(self, chunk: dict[str, Any]) -> str:
        """Take in one chunk; the text that is new in it."""
        if usage := chunk.get("usage"):
            self.usage = read_usage(usage)
        if not chunk.get("choices"):
            return ""
        choice = chunk["choices"][0]
        self.stop = choice.get("finish_reason") or self.stop
        delta = choice.get("delta") or choice.get("message") or {}
        for number, part in enumerate(delta.get("tool_calls") or []):
            call = self._calls.setdefault(part.get("index") or number, {"name": "", "arguments": ""})
            function = part.get("function") or {}
            call["name"] += function.get("name") or ""
            call["arguments"] += function.get("arguments") or ""
        self.reasoning += delta.get("reasoning_content") or ""
        new = delta.get("content") or ""
        self.text += new
        return new

    def lost(self, messages: Sequence[Message]) -> Usage:
        """What an answer that broke off has cost, on the high side; one that had not begun cost nothing."""
        written = len((self.text + self.reasoning).encode()) + sum(
            len(c["arguments"]) for c in self._calls.values()
        )
        asked = sum(len(m.text.encode()) for m in messages)
        return Usage(prompt=asked // 2, completion=written // 2) if written else Usage()

    def reply(self, tools: Sequence[Schema], profile: Profile, *, whole: bool = True) -> Reply:
        """The reply. A call is taken only from a stream that ended properly (`whole`) and was not cut off."""
        cut = not whole or self.stop in ("length", "content_filter")
        calls = () if cut else tuple(parsed(c["name"], c["arguments"]) for c in self._calls.values())
        text, form = self.text, "native" if calls else ""
        if not calls and not cut:
            from . import spoken

            text, calls, form = spoken.heard(text, tools, profile)
        calls = calls if profile.many else calls[:1]
        stop = (self.stop if whole else "stopped") or "stop"
        about = {"reasoning": self.reasoning, "usage": self.usage, "stop": stop}
        return Reply(text=text, calls=calls, form=form, **about)


def read_usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        prompt=usage.get("prompt_tokens") or 0,
        cached=details.get("cached_tokens") or 0,
        completion=usage.get("completion_tokens") or 0,
    )


def retry_after(value: str) -> float:
    """Seconds of a Retry-After header: a number, or a date (RFC 9110, 10.2.3); 0 where it says nothing."""
    try:
        return max(float(value), 0.0)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError):
        return 0.0
