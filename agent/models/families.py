"""What is known of models by their names: a table of families, from name patterns to a profile's fields.

A pattern is looked for where a model's own name begins, behind its provider and its maker (`openrouter/qwen/…`,
`anthropic.…`); the first row that fits is taken. A field that a row does not name has the default of `Profile`:
native calls, exact edits, several calls an answer. How families write calls in text follows their chat templates:
Qwen3-Coder's are XML, Hermes' and Qwen's are JSON in <tool_call>, Gemma's have no place for a system message.
"""

import re
from typing import Any, NamedTuple

from .base import Profile


class Family(NamedTuple):
    name: str
    pattern: str
    fields: dict[str, Any] = {}
    open: bool = False
    """Its weights are public: whether it can call tools, and how long its context is, is up to who serves it."""
    short: bool = False
    """Some of its models take less than a conversation may have by default: the list of models is asked."""


SMALL = r".*[-:_](0\.\d+|[1-4](\.\d+)?|e[24])b\b"
"""A size in the name of at most four thousand million weights."""

FAMILIES = (
    Family("scripted", r"scripted"),
    Family(
        "small",
        SMALL,
        {"text": "fenced", "many": False, "observation": 4_000, "window": 16_000, "answer": 4_000},
        open=True,
        short=True,
    ),
    Family("gpt-oss", r"gpt-oss", {"edits": "patch"}, open=True),
    Family("gpt, before 4o", r"gpt-(3|4$|4-)", short=True),
    Family("gpt, o-series, codex", r"gpt-|chatgpt-|codex|o[134]($|-)", {"edits": "patch"}),
    Family("claude", r"claude", {"text": "xml"}),
    Family("gemini", r"gemini"),
    Family("gemma", r"(code|function)?gemma", {"many": False, "system": False}, open=True, short=True),
    Family("mistral", r"(open-)?(mistral|mixtral|ministral|devstral|codestral|magistral)", {}, True, True),
    Family("deepseek", r"deepseek", {}, open=True, short=True),
    Family("qwen-coder", r"qwen-?3.*coder", {"text": "xml"}, open=True, short=True),
    Family("qwen", r"qwen|qwq", {}, open=True, short=True),
    Family("llama, before 4", r"(meta-)?(code-?)?llama-?[123]", {"many": False}, open=True, short=True),
    Family("llama", r"(meta-)?(code-?)?llama", {}, open=True, short=True),
    Family("glm", r"(chat)?glm", {}, open=True, short=True),
    Family("kimi", r"kimi|moonshot", {}, open=True, short=True),
)


def family(name: str) -> Family | None:
    """The family of a model by its name; None where none fits."""
    model = name.rpartition("/")[2].lower()
    return next((f for f in FAMILIES if re.match(rf"([a-z-]+\.)*({f.pattern})", model)), None)


def profile(name: str) -> Profile:
    """How a named model wants to be spoken to, as far as its family tells."""
    found = family(name)
    return Profile(**found.fields) if found else Profile()
