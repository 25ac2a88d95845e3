"""The size of a request in tokens."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

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
    size = counter()[1]
    system = [text(m) for m in body["messages"] if m["role"] in ("system", "developer")]
    others = [text(m) for m in body["messages"] if m["role"] not in ("system", "developer")]
    offered = body.get("tools")
    schemas = size(compact(offered).decode()) if offered else 0
    return Tokens(size("\n".join(system)), schemas, size("\n".join(others)))


def text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


@cache
def counter() -> tuple[str, Callable[[str], int]]:
    """How tokens are counted, by name, and the function. Never asks the network."""
    if (folder := vocabulary()) and find_spec("tiktoken"):
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
        import tiktoken

        encoding = tiktoken.get_encoding("cl100k_base")
        return "cl100k_base", lambda text: len(encoding.encode(text, disallowed_special=()))
    return "characters / 4", lambda text: len(text) // 4


def vocabulary() -> Path | None:
    """The folder in litellm's wheel that holds cl100k_base as tiktoken's cache names it; litellm stays unimported."""
    spec = find_spec("litellm")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "litellm_core_utils" / "tokenizers"
        if (folder / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4").exists():
            return folder
    return None
