"""The size of a request in tokens."""

from dataclasses import dataclass
from typing import Any

from patchwright.agent.tokens import count

from .server import compact


@dataclass(frozen=True)
class Tokens:
    """A request's text: the system prompt, the tools' schemas as compact JSON, and the other messages."""

    system: int
    tools: int
    messages: int

    @property
    def total(self) -> int:
        return self.system + self.tools + self.messages


def measured(body: dict[str, Any]) -> Tokens:
    system = [text(m) for m in body["messages"] if m["role"] in ("system", "developer")]
    others = [text(m) for m in body["messages"] if m["role"] not in ("system", "developer")]
    offered = body.get("tools")
    schemas = count(compact(offered).decode()) if offered else 0
    return Tokens(count("\n".join(system)), schemas, count("\n".join(others)))


def text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)
