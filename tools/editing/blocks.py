"""SEARCH/REPLACE blocks: a path, then what to find and what to put there between conflict-like markers."""

import re

from ..base import ToolError
from .operation import Edit, Hunk

OPEN = re.compile(r"^ {0,3}(<{5,})[ \t]*(?:SEARCH|ORIGINAL|HEAD)\b[ \t]*(.*?)[ \t]*$")
DIVIDER = re.compile(r"^ {0,3}(={5,})[ \t]*$")
CLOSE = re.compile(r"^ {0,3}(>{5,})[ \t]*(?:REPLACE|UPDATED?|\S*)[ \t]*$")
DECORATION = re.compile(r"^(#+|[-*]|\*+|(file ?(name)?|path):)\s+", re.I)
FENCE = re.compile(r"^\s*(```+|~~~+)\s*([\w+#.-]*)\s*$")


def parse(text: str) -> list[Edit]:
    """The edits of a text with blocks; other prose is left aside. Raises ToolError that names the line."""
    lines = text.split("\n")
    edits: list[Edit] = []
    path, number = "", 0
    while number < len(lines):
        found = OPEN.match(lines[number])
        if not found:
            number += 1
            continue
        path = found[2] or above(lines, number, path)
        old, new, end = block(lines, number, len(found[1]))
        before = edits.pop().hunks if edits and edits[-1].path == path else ()
        edits.append(Edit(path, hunks=(*before, Hunk(old, new, "the SEARCH text", lines=bool(old)))))
        number = end
    if not edits:
        raise ToolError(
            "no block: a line <<<<<<< SEARCH, the old lines, =======, the new ones, >>>>>>> REPLACE"
        )
    return edits


def above(lines: list[str], number: int, before: str) -> str:
    """The path on the line above a block, without what decorates it; where none is there, that of the block before."""
    near = (line for line in reversed(lines[max(0, number - 4) : number]) if line.strip())
    line = next((line for line in near if not FENCE.match(line)), "")
    name = (
        ""
        if CLOSE.match(line)
        else re.sub(DECORATION, "", line.strip()).strip("`*\"' ").rstrip(":").strip("`*\"'")
    )
    if name and " " not in name:
        return name
    quoted = re.findall(r"`([^`\s]+)`", line)
    if len(quoted) == 1:
        return quoted[0]
    if not before or re.search(r"\w[./]\w", name):
        raise ToolError(f"line {number + 1}: the line above the block has to be its file's path, alone")
    return before


def block(lines: list[str], start: int, width: int) -> tuple[str, str, int]:
    """Both sides of a block, and the line behind it. The markers are as long as its first."""
    dividers: list[int] = []
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if (found := DIVIDER.match(line)) and len(found[1]) == width:
            dividers.append(number)
        elif (found := CLOSE.match(line)) and len(found[1]) == width and dividers:
            break
        elif (found := OPEN.match(line)) and len(found[1]) == width:
            raise ToolError(
                f"line {number + 1}: the block that begins on line {start + 1} has no end before this one"
            )
    else:
        missing = ">>>>>>> REPLACE" if dividers else "======="
        raise ToolError(
            f"the block that begins on line {start + 1} has no line {missing} as long as its first marker"
        )
    if len(dividers) > 1:
        raise ToolError(
            f"the block that begins on line {start + 1} has {len(dividers)} lines of {width} '=': "
            "make its three markers longer, so that one is told from the text"
        )
    at = dividers[0]
    old = "".join(f"{line}\n" for line in lines[start + 1 : at])
    new = "".join(f"{line}\n" for line in lines[at + 1 : number])
    return old, new, number + 1
