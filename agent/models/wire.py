"""OpenAI's chat completions as data: our messages into it, its streamed chunks into a Reply."""

import json
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from .base import Message, Profile, Reply, Schema, Usage
from .typed import parsed

LONG_TOKEN = 16
"""Characters that an answer has at most for each token that it may have."""
LONGEST = 600_000
"""Characters of the longest answer where nobody says: no model gives as many."""


def body(messages: Sequence[Message], tools: Sequence[Schema], profile: Profile) -> dict[str, Any]:
    """The part of a request that every adapter sends."""
    about = {
        "messages": conversation(messages, profile),
        **({"tools": list(tools)} if profile.native and tools else {}),
    }
    return {**about, "stream": True, "stream_options": {"include_usage": True}}


def conversation(messages: Sequence[Message], profile: Profile) -> list[dict[str, Any]]:
    """The messages as they are sent. Where calls are text, the user and the model take turns: many templates want it.

    The embedded model's does not, and it was measured without. An answer that was begun is for those that go on from it.
    """
    sent: list[dict[str, Any]] = []
    for m in messages if profile.goes_on or not head(messages) else messages[:-1]:
        one = message(m, profile)
        if one["role"] == "system" and not profile.system:
            one["role"] = "user"
        merges = not profile.guided and (not profile.native or not profile.system)
        if merges and sent and sent[-1]["role"] == one["role"] == "user":
            sent[-1]["content"] += f"\n\n{one['content']}"
        else:
            sent.append(one)
    return sent


def head(messages: Sequence[Message]) -> str:
    """What was begun of the answer; empty where nothing was."""
    return messages[-1].text if messages and messages[-1].role == "assistant" else ""


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
    """A reply in the making. `most`: the tokens that it may have; 0: none are named. `head`: what it goes on from."""

    def __init__(self, most: int = 0, head: str = "") -> None:
        self.text, self.reasoning, self.stop, self.begun = head, "", "", False
        self._head = head
        self.usage = Usage()
        self.thinking: list[dict[str, Any]] = []
        self._calls: list[dict[str, Any]] = []
        self._characters = 0
        self._longest = most * LONG_TOKEN if most else LONGEST

    def add(self, chunk: dict[str, Any]) -> str:
        """Take in one chunk; the text that is new in it."""
        self.begun = True
        if usage := chunk.get("usage"):
            self.usage = read_usage(usage)
        if not chunk.get("choices"):
            return ""
        choice = chunk["choices"][0]
        self.stop = choice.get("finish_reason") or self.stop
        delta = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
        for number, part in enumerate(delta.get("tool_calls") or []):
            self._add_call(part.get("index") or number, part)
        for block in delta.get("thinking_blocks") or []:
            self._think(block)
        thought = delta.get("reasoning_content") or ""
        self.reasoning += thought
        new = delta.get("content") or ""
        self.text += new
        self._characters += len(new) + len(thought)
        return new

    def _add_call(self, index: int, part: dict[str, Any]) -> None:
        """A part of a call. Some count all calls of an answer as the first one: a name after whole arguments is new."""
        function = part.get("function") or {}
        name, arguments = function.get("name") or "", function.get("arguments") or ""
        found = next((c for c in reversed(self._calls) if c["index"] == index), None)
        if not found or (name and is_whole(found["arguments"])):
            found = {"index": index, "name": "", "arguments": ""}
            self._calls.append(found)
        found["name"] = found["name"] or name
        found["arguments"] += arguments
        self._characters += len(arguments)

    def _think(self, block: dict[str, Any]) -> None:
        """A part of a block of signed thinking; the signature is its last one."""
        last = self.thinking[-1] if self.thinking else {}
        if block.get("type") != "thinking" or last.get("type") != "thinking" or last.get("signature"):
            self.thinking.append({k: v for k, v in block.items() if v is not None})
            return
        so_far, more = last.get("thinking") or "", block.get("thinking") or ""
        again = block.get("signature") and more.startswith(so_far)  # some send all of it once more with it
        last["thinking"] = more if again else so_far + more
        last["signature"] = block.get("signature") or ""

    def too_long(self) -> bool:
        """Whether it is longer than any answer; then it counts as cut off."""
        if self._characters <= self._longest:
            return False
        self.stop = "length"
        return True

    def lost(self) -> Usage:
        """What an answer that broke off has cost besides its prompt, on the high side."""
        written = (
            self.text.removeprefix(self._head)
            + self.reasoning
            + "".join(c["name"] + c["arguments"] for c in self._calls)
        )
        return Usage(prompt=int(self.begun), completion=(len(written.encode()) + 1) // 2)

    def reply(self, tools: Sequence[Schema], profile: Profile, *, whole: bool = True) -> Reply:
        """The reply. A call is taken only from a stream that ended properly (`whole`) and was not cut off."""
        cut = not whole or self.stop in ("length", "content_filter")
        calls = () if cut else tuple(parsed(c["name"], c["arguments"]) for c in self._calls)
        text, form = self.text, "native" if calls else ""
        if not calls and not cut:
            from . import spoken

            text, calls, form = spoken.heard(text, tools, profile)
        return Reply(
            text=text,
            reasoning=self.reasoning,
            thinking=() if cut else tuple(self.thinking),
            calls=calls if profile.many else calls[:1],
            usage=self.usage,
            form=form,
            stop=(self.stop or "stop") if whole else "stopped",
        )


class Batch:
    """Replies to one prompt in the making, all of which go on from one `head`."""

    def __init__(self, count: int, most: int = 0, head: str = "") -> None:
        self.parts = [Gathered(most, head) for _ in range(count)]
        self._last = 0

    def add(self, chunk: dict[str, Any]) -> str:
        """Take in one chunk; the text that is new in the first reply. A chunk without any is about the latest one."""
        choices = chunk.get("choices") or []
        for choice in choices[1:]:
            self._part(choice).add({"choices": [choice]})
        new = self._part(choices[0] if choices else {}).add(chunk)
        return "" if self._last else new

    def _part(self, choice: dict[str, Any]) -> Gathered:
        index = choice.get("index", self._last)
        self._last = index if 0 <= index < len(self.parts) else 0
        return self.parts[self._last]

    @property
    def stop(self) -> str:
        """Why it ended, once all of them have."""
        return self.parts[0].stop if all(part.stop for part in self.parts) else ""

    def too_long(self) -> bool:
        return any(part.too_long() for part in self.parts)

    def lost(self) -> Usage:
        every = sum((part.lost() for part in self.parts), Usage())
        return every.model_copy(update={"prompt": min(every.prompt, 1)})

    def replies(self, tools: Sequence[Schema], profile: Profile, *, whole: bool = True) -> list[Reply]:
        """The replies. The prompt was read once, and counts for the first."""
        found = [part.reply(tools, profile, whole=whole) for part in self.parts]
        free = {"prompt": 0, "cached": 0, "written": 0}
        return found[:1] + [
            r.model_copy(update={"usage": r.usage.model_copy(update=free)}) for r in found[1:]
        ]


def is_whole(arguments: str) -> bool:
    """Whether a call's arguments have come to their end."""
    try:
        return isinstance(json.loads(arguments, strict=False), dict)
    except ValueError:
        return False


def read_usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        prompt=usage.get("prompt_tokens") or 0,
        cached=details.get("cached_tokens") or 0,
        written=usage.get("cache_creation_input_tokens") or 0,
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
