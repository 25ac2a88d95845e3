"""A tool call read from plain text: what a model writes that was not trained, or not asked, to call natively."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ...tools.base import Call

NAMES, ARGUMENTS = ("name", "tool", "function", "action"), ("arguments", "args", "parameters", "input")


def calls(text: str, tools: list[str]) -> tuple[Call, ...]:
    """The first call in a text that names one of the tools, in any of the usual forms; else nothing."""
    for found in candidates(text):
        if call := read(found, tools):
            return (call,)
    return ()


def candidates(text: str) -> Iterator[Any]:
    """JSON values in the order of their trust: tagged, fenced, bare."""
    for pattern in (
        r"<tool_call>\s*(.*?)\s*(?:</tool_call>|\Z)",
        r"```(?:json|tool_call)?\s*\n(.*?)(?:```|\Z)",
    ):
        for body in re.findall(pattern, text, re.DOTALL):
            yield from values(body)
    yield from values(text)


def values(text: str) -> Iterator[Any]:
    """Every JSON object that starts in a text, outermost only."""
    decoder, at = json.JSONDecoder(strict=False), text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            yield value
        at = text.find("{", end)


def read(value: Any, tools: list[str]) -> Call | None:
    """A call from a JSON object, whichever words it uses."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("function"), dict):
        value = value["function"]
    name = next((value[key] for key in NAMES if isinstance(value.get(key), str)), "")
    if name not in tools:
        return None
    given = next((value[key] for key in ARGUMENTS if key in value), None)
    if isinstance(given, str):
        return parsed(name, given)
    if isinstance(given, dict):
        return Call(id="", tool=name, args=given)
    rest = {k: v for k, v in value.items() if k not in NAMES and k != "id"}
    return Call(id="", tool=name, args=rest)


def parsed(name: str, arguments: str) -> Call:
    """A call whose arguments come as JSON text; what is wrong with them goes back to the model."""
    try:
        args = json.loads(arguments or "{}", strict=False)
    except ValueError as e:
        return Call(id="", tool=name, problem=f"{name}: the arguments are not valid JSON: {e}")
    if not isinstance(args, dict):
        return Call(id="", tool=name, problem=f"{name}: the arguments have to be a JSON object")
    return Call(id="", tool=name, args=args)
