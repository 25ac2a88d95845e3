"""Tool calls as XML: <function=NAME><parameter=KEY>, <invoke name="NAME"><parameter name="KEY">, and GLM's pairs.

A value is what stands between its tags, byte for byte. Where it begins on a line of its own, the line break before it
and the one behind it are the tags', as Qwen3-Coder's template has it.
"""

import re
from collections.abc import Mapping

from ...tools.base import Arguments, Call
from .base import Schema
from .typed import Found, properties, typed

SPACE = r"(?:[\w-]+:|｜DSML｜)?"
OPEN = rf"<{SPACE}(?:function=|invoke\s+name=)[\"']?[\w.-]+[\"']?\s*>"
START = re.compile(rf"<({SPACE})(function|invoke)(?:=|\s+name=)[\"']?([\w.-]+)[\"']?\s*>")
PARAMETER = re.compile(rf"<{SPACE}parameter(?:=|\s+name=)[\"']?([\w.-]+)[\"']?[^>\n]*>")
WRAPPER = re.compile(rf"<{SPACE}(?:tool|function)_calls?>\s*\Z")
NEXT = re.compile(rf"\s*(?:<{SPACE}parameter[=\s]|</{SPACE}(?:function|invoke)>)")
PAIR = re.compile(r"\s*<arg_key>\s*([\w.-]+)\s*</arg_key>\s*<arg_value>")
NAME = re.compile(r"([\w.-]+)\s*(?=<arg_key>|</tool_call>)")
LINES = frozenset({"text", "code"})
"""Arguments that are whole lines: the line break at their end is theirs."""


def step(text: str, at: int, tools: Mapping[str, Schema]) -> tuple[list[Found], int]:
    """The call that begins at a place, and where to look on."""
    opening = START.match(text, at)
    assert opening, "a match of OPEN"
    space, word, name = opening.groups()
    name = name.removeprefix("functions.")
    if name not in tools:
        return [], opening.end()
    args, end = parameters(text, opening.end(), f"</{space}parameter>", tools[name])
    closing = re.compile(rf"\s*</{re.escape(space)}{word}>").match(text, end) if end >= 0 else None
    if not closing:
        return [Found(cut_off(name, f"</{space}{word}>"), at, len(text), "xml")], len(text)
    wrapped = WRAPPER.search(text, max(0, at - 60), at)
    tail = re.compile(rf"\s*</{SPACE}(?:tool|function)_calls?>").match(text, closing.end())
    start, end = wrapped.start() if wrapped else at, tail.end() if tail else closing.end()
    return [Found(Call(id="", tool=name, args=args), start, end, "xml")], end


def parameters(text: str, at: int, closing: str, tool: Schema) -> tuple[Arguments, int]:
    """The parameters from a place on, and where they end; -1 where one does not end."""
    args: Arguments = {}
    while opening := re.compile(r"\s*").match(text, at):
        opening = PARAMETER.match(text, opening.end())
        if not opening:
            return args, at
        end = text.find(closing, opening.end())
        while end >= 0 and not NEXT.match(text, end + len(closing)):
            end = text.find(closing, end + 1)  # it is part of the value
        if end < 0:
            return args, -1
        args[opening[1]] = value(text[opening.end() : end], opening[1], tool)
        at = end + len(closing)
    return args, at


def value(body: str, key: str, tool: Schema) -> object:
    if body.startswith("\n"):
        body = body[1:] if key in LINES else body[1:].removesuffix("\n")
    return typed(body, properties(tool).get(key, {}))


def pairs(text: str, start: int, at: int, tools: Mapping[str, Schema]) -> Found | None:
    """GLM's form: the tool's name, then <arg_key> and <arg_value>, in <tool_call>. None where it is not that."""
    name = NAME.match(text, at)
    if not name or name[1] not in tools:
        return None
    tool, args, end = tools[name[1]], Arguments(), name.end()
    while pair := PAIR.match(text, end):
        closing = text.find("</arg_value>", pair.end())
        if closing < 0:
            break
        args[pair[1]] = value(text[pair.end() : closing], pair[1], tool)
        end = closing + len("</arg_value>")
    closing = re.compile(r"\s*</tool_call>").match(text, end)
    if not closing:
        return Found(cut_off(name[1], "</tool_call>"), start, len(text), "xml")
    return Found(Call(id="", tool=name[1], args=args), start, closing.end(), "xml")


def cut_off(name: str, missing: str) -> Call:
    return Call(
        id="", tool=name, problem=f"{name}: the call was cut off before {missing}: write it again, whole"
    )
