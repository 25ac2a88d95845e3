"""Which dialect a patch is written in, by its form."""

import re

from ..base import ToolError
from . import blocks, codex, unified
from .operation import Edit

WRAPPING = re.compile(r"^\s*(```|~~~)[\w+-]*\s*$")


def parse(text: str) -> list[Edit]:
    """The edits of a patch in any of the dialects. Raises ToolError where it has no form that is known."""
    text = text.replace("\r\n", "\n")
    if re.search(r"^\*\*\* (Begin Patch|(Add|Update|Delete) File:)", text, re.M):
        return codex.parse(unfenced(text))
    if re.search(r"^ {0,3}<{5,} *(SEARCH|ORIGINAL|HEAD)\b", text, re.M):
        return blocks.parse(text)
    if re.search(r"^(diff --git |--- |\+\+\+ |@@)", text, re.M):
        return unified.parse(beginning(unfenced(text)))
    raise ToolError(
        "this is no patch: give `*** Begin Patch` with `*** Update File: path`, a unified diff, or SEARCH/REPLACE blocks"
    )


def unfenced(text: str) -> str:
    """Without the fence around it, and without the line of a shell that feeds it to a program."""
    lines = text.strip("\n").split("\n")
    starts = [i for i, line in enumerate(lines) if re.match(r"(\*\*\* |diff --git |--- |@@)", line)]
    first = starts[0] if starts else 0
    if first and lines and re.fullmatch(r"\s*(```|~~~)\s*", lines[-1]):
        lines = lines[:-1]
    if first and re.search(r"<<\s*['\"]?(\w+)['\"]?", lines[first - 1]):
        word = re.findall(r"<<\s*['\"]?(\w+)['\"]?", lines[first - 1])[-1]
        lines = lines[:-1] if lines[-1].strip() == word else lines
    return "\n".join(lines)


def beginning(text: str) -> str:
    """From the first line of a diff on: what stands before it is prose."""
    found = re.search(r"^(diff --git |--- |\+\+\+ |@@)", text, re.M)
    return text[found.start() :] if found else text
