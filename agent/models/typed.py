"""Calls that were found in a text, and their arguments as their tool's schema has them."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...tools.base import Arguments, Call
from .base import Schema

WORDS = {"True": True, "False": False, "None": None}


class Found(NamedTuple):
    """A call with its place in the text, and the form that it is written in."""

    call: Call
    start: int
    end: int
    form: str


def properties(tool: Schema) -> dict[str, Schema]:
    return tool["function"]["parameters"].get("properties", {})


def kinds(about: Schema) -> set[str]:
    """The JSON types that an argument may have; none: any."""
    return {kind for one in (about, *about.get("anyOf", ())) if isinstance(kind := one.get("type"), str)}


def typed(text: str, about: Schema) -> Any:
    """An argument that was written as text, by its schema; a text stays as it is, byte for byte."""
    allowed = kinds(about)
    if not allowed or "string" in allowed:
        return text
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return WORDS.get(text.strip(), text)


def fitted(args: Arguments, tool: Schema) -> Arguments:
    """Arguments of the right JSON types, where what is meant is plain: "5" for 5, 5 for "5"."""
    about = properties(tool)
    return {key: fit(value, about.get(key, {})) for key, value in args.items()}


def fit(value: Any, about: Schema) -> Any:
    if isinstance(value, str):
        return typed(value, about)
    if kinds(about) == {"string"} and isinstance(value, int | float):
        return json.dumps(value)
    return value


def by_name(tools: Sequence[Schema]) -> dict[str, Schema]:
    return {t["function"]["name"]: t for t in tools}


def parsed(name: str, arguments: str) -> Call:
    """A call whose arguments come as JSON text; what is wrong with them goes back to the model."""
    try:
        args: Arguments = json.loads(arguments or "{}", strict=False)
    except (ValueError, RecursionError) as e:
        return Call(id="", tool=name, problem=f"{name}: the arguments are not valid JSON: {e}")
    if not isinstance(args, dict):
        return Call(id="", tool=name, problem=f"{name}: the arguments have to be a JSON object")
    return Call(id="", tool=name, args=args)
