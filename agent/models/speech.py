"""The two protocols that the stage speaks, from the provider's side: OpenAI's chat completions, Anthropic's messages.

What a provider refuses in a conversation is refused here too: a call without its result, thinking that was changed.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from .base import Usage
from .faults import Answer

Json = dict[str, Any]
MARKS = ("role", "type", "id", "tool_call_id", "tool_use_id", "signature")
PIECE = 24
"""Characters that are streamed at once."""


class Speech(Protocol):
    """One protocol."""

    def parts(self, body: Json) -> list[Json]:
        """The conversation: what comes before its messages, then them."""
        ...

    def fault(self, body: Json) -> str:
        """Why the provider refuses this conversation; empty where it does not."""
        ...

    def thinks(self, body: Json) -> bool:
        """Whether the thinking is told."""
        ...

    def whole(self, answer: Answer, usage: Usage) -> Json:
        """The answer in one piece."""
        ...

    def events(self, answer: Answer, usage: Usage, body: Json) -> Iterator[bytes]:
        """The answer as server-sent events."""
        ...

    def error(self, status: int, says: str) -> Json: ...


class OpenAI:
    """Chat completions. Usage is told where it is asked for."""

    def parts(self, body: Json) -> list[Json]:
        return [{"tools": body.get("tools") or []}, *body.get("messages", [])]

    def fault(self, body: Json) -> str:
        wanted: list[str] = []
        for m in body.get("messages", []):
            if m["role"] == "tool":
                if m.get("tool_call_id") not in wanted:
                    return "a message of role 'tool' has to follow a message with its tool_call_id"
                wanted.remove(m["tool_call_id"])
            elif wanted:
                return f"tool_call_ids without a message of role 'tool': {', '.join(wanted)}"
            else:
                wanted = [c["id"] for c in m.get("tool_calls") or []]
        return f"tool_call_ids without a message of role 'tool': {', '.join(wanted)}" if wanted else ""

    def thinks(self, body: Json) -> bool:
        return True

    def whole(self, answer: Answer, usage: Usage) -> Json:
        message: Json = {"role": "assistant", "content": answer.text or None}
        if answer.thinking:
            message["reasoning_content"] = answer.thinking
        if answer.calls:
            message["tool_calls"] = [
                {"id": c.id, "type": "function", "function": {"name": c.tool, "arguments": c.arguments}}
                for c in answer.calls
            ]
        choice = {"index": 0, "message": message, "finish_reason": answer.stop}
        told = {"usage": self._usage(usage)} if answer.counted else {}
        return {**self._head("chat.completion"), "choices": [choice], **told}

    def events(self, answer: Answer, usage: Usage, body: Json) -> Iterator[bytes]:
        for delta, end in self._deltas(answer):
            choice = {"index": 0, "delta": delta, "finish_reason": end}
            yield event({**self._head("chat.completion.chunk"), "choices": [choice]})
        if answer.counted and (body.get("stream_options") or {}).get("include_usage"):
            chunk = {**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage(usage)}
            yield event(chunk)
        yield b"data: [DONE]\n\n"

    def error(self, status: int, says: str) -> Json:
        return {"error": {"message": says, "type": "error", "param": None, "code": str(status)}}

    @staticmethod
    def _deltas(answer: Answer) -> Iterator[tuple[Json, str | None]]:
        yield {"role": "assistant", "content": ""}, None
        for piece in pieces(answer.thinking):
            yield {"reasoning_content": piece}, None
        for piece in pieces(answer.text):
            yield {"content": piece}, None
        for i, c in enumerate(answer.calls):
            first = {"name": c.tool, "arguments": ""}
            yield {"tool_calls": [{"index": i, "id": c.id, "type": "function", "function": first}]}, None
            for piece in pieces(c.arguments):
                yield {"tool_calls": [{"index": i, "function": {"arguments": piece}}]}, None
        yield {}, answer.stop

    @staticmethod
    def _usage(usage: Usage) -> Json:
        return {
            "prompt_tokens": usage.prompt,
            "completion_tokens": usage.completion,
            "total_tokens": usage.prompt + usage.completion,
            "prompt_tokens_details": {"cached_tokens": usage.cached},
        }

    @staticmethod
    def _head(kind: str) -> Json:
        return {"id": "chatcmpl-0", "object": kind, "created": 0, "model": "scripted"}


class Anthropic:
    """Messages. Thinking is signed, and comes where it is asked for."""

    STOPS = {
        "stop": "end_turn",
        "tool_calls": "tool_use",
        "length": "max_tokens",
        "content_filter": "refusal",
    }
    KINDS = {401: "authentication_error", 403: "permission_error", 404: "not_found_error"} | {
        413: "request_too_large",
        429: "rate_limit_error",
        529: "overloaded_error",
    }

    def parts(self, body: Json) -> list[Json]:
        first = [{"tools": body.get("tools") or []}, {"system": body.get("system") or ""}]
        return [*first, *body.get("messages", [])]

    def fault(self, body: Json) -> str:
        wanted: list[str] = []
        for m in body.get("messages", []):
            blocks = [b for b in m["content"] if isinstance(b, dict)]
            given = [b["tool_use_id"] for b in blocks if b["type"] == "tool_result"]
            if sorted(given) != sorted(wanted):
                return f"tool_use ids {wanted} are answered by tool_result blocks {given}"
            wanted = [b["id"] for b in blocks if b["type"] == "tool_use"]
            if any(b["type"] == "thinking" and b["signature"] != signed(b["thinking"]) for b in blocks):
                return "messages: Invalid `signature` in `thinking` block"
        if str(body).count("'cache_control'") > 4:
            return "A maximum of 4 blocks with cache_control may be provided"
        return f"tool_use ids {wanted} have no tool_result blocks" if wanted else ""

    def thinks(self, body: Json) -> bool:
        return body.get("thinking", {}).get("type") in ("enabled", "adaptive")

    def whole(self, answer: Answer, usage: Usage) -> Json:
        used = self._usage(usage) | {"output_tokens": usage.completion}
        blocks = [whole for _, _, whole in self._blocks(answer)]
        end = {"stop_reason": self.STOPS[answer.stop], "usage": used if answer.counted else {}}
        return {**self._message(), "content": blocks, **end}

    def events(self, answer: Answer, usage: Usage, body: Json) -> Iterator[bytes]:
        used = self._usage(usage) if answer.counted else {}
        yield named({"type": "message_start", "message": {**self._message(), "usage": used}})
        for i, (start, deltas, _) in enumerate(self._blocks(answer)):
            yield named({"type": "content_block_start", "index": i, "content_block": start})
            for delta in deltas:
                yield named({"type": "content_block_delta", "index": i, "delta": delta})
            yield named({"type": "content_block_stop", "index": i})
        end = {"stop_reason": self.STOPS[answer.stop], "stop_sequence": None}
        written = {"output_tokens": usage.completion} if answer.counted else {}
        yield named({"type": "message_delta", "delta": end, "usage": written})
        yield named({"type": "message_stop"})

    def error(self, status: int, says: str) -> Json:
        kind = self.KINDS.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": says}}

    @staticmethod
    def _blocks(answer: Answer) -> Iterator[tuple[Json, list[Json], Json]]:
        """Each block of the content: as it starts, what is streamed of it, and whole."""
        if answer.thinking:
            whole = {"type": "thinking", "thinking": answer.thinking, "signature": signed(answer.thinking)}
            deltas = [{"type": "thinking_delta", "thinking": p} for p in pieces(answer.thinking)]
            deltas.append({"type": "signature_delta", "signature": whole["signature"]})
            yield {"type": "thinking", "thinking": "", "signature": ""}, deltas, whole
        if answer.text:
            deltas = [{"type": "text_delta", "text": p} for p in pieces(answer.text)]
            yield {"type": "text", "text": ""}, deltas, {"type": "text", "text": answer.text}
        for c in answer.calls:
            start = {"type": "tool_use", "id": c.id, "name": c.tool, "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": p} for p in pieces(c.arguments)]
            yield start, deltas, start | {"input": c.args}

    @staticmethod
    def _usage(usage: Usage) -> Json:
        return {
            "input_tokens": usage.prompt - usage.cached - usage.written,
            "cache_read_input_tokens": usage.cached,
            "cache_creation_input_tokens": usage.written,
            "output_tokens": 1,
        }

    @staticmethod
    def _message() -> Json:
        first = {"id": "msg_0", "type": "message", "role": "assistant", "model": "scripted"}
        return {**first, "content": [], "stop_reason": None, "stop_sequence": None}


def signed(thinking: str) -> str:
    """What a provider signs its thinking with."""
    return hashlib.sha256(b"stage" + thinking.encode()).hexdigest()


def pieces(text: str) -> Iterator[str]:
    return (text[i : i + PIECE] for i in range(0, len(text), PIECE))


def event(value: Json) -> bytes:
    return b"data: " + compact(value) + b"\n\n"


def named(value: Json) -> bytes:
    return b"event: " + value["type"].encode() + b"\n" + event(value)


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def tokens(part: Json) -> int:
    """Tokens of a part of a conversation: one for four bytes of its text, and a few for what it is."""
    text = compact(part).decode() if "tools" in part else "".join(texts(part))
    return (len(text.encode()) + 3) // 4 + 4


def texts(value: Any, key: str = "") -> Iterator[str]:
    """What is read of a message, not what only marks it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    elif key not in MARKS:
        yield str(value or "")


def bare(value: Any) -> Any:
    """A value without the marks for the cache, which are no part of the conversation."""
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if k != "cache_control"}
    return [bare(v) for v in value] if isinstance(value, list) else value


def prefixes(parts: Sequence[Json]) -> list[str]:
    """A digest of the conversation up to each of its parts."""
    found, digest = [], hashlib.sha256()
    for part in parts:
        digest.update(compact(bare(part)) + b"\n")
        found.append(digest.hexdigest())
    return found
