"""The patch grammar of Codex's apply_patch: files by `*** … File:`, hunks by `@@`, places by their context alone."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..base import ToolError
from .operation import Edit, Hunk

BEGIN, END, EOF = "*** Begin Patch", "*** End Patch", "*** End of File"
HEAD = re.compile(r"^\*\*\* (Add|Update|Delete) File: *(.+?) *$")
MOVE = re.compile(r"^\*\*\* Move (?:to|File to): *(.+?) *$")
NUMBERS = re.compile(r"^-(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@ ?(.*)$")


def parse(text: str) -> list[Edit]:
    """The edits of a patch. Raises ToolError that names the line which is wrong."""
    lines = text.split("\n")
    number, edits = 0, list[Edit]()
    while number < len(lines):
        line = lines[number].rstrip()
        if found := HEAD.match(line):
            body = section(lines, number + 1)
            edits.append(edit(found[1], found[2], lines[number + 1 : body], number + 1))
            number = body
        elif line == END:
            break
        elif line.startswith("*** ") and line != BEGIN:
            raise ToolError(f"line {number + 1} of the patch, {line!r}: no such header")
        elif line.strip() and edits:
            raise ToolError(f"line {number + 1} of the patch, {line!r}: not in any file's part")
        else:
            number += 1
    if not edits:
        raise ToolError(
            "the patch names no file: `*** Update File: path`, `*** Add File: path` or `*** Delete File: path`"
        )
    return edits


def section(lines: list[str], start: int) -> int:
    """Where a file's part ends."""
    for number in range(start, len(lines)):
        line = lines[number].rstrip()
        if HEAD.match(line) or line == END:
            return number
    return len(lines)


def edit(kind: str, path: str, lines: list[str], first: int) -> Edit:
    if kind == "Delete":
        if rest := next((line for line in lines if line.strip()), ""):
            raise ToolError(f"{path} is deleted: {rest!r} has no place below that")
        return Edit(path, "delete")
    if kind == "Add":
        return Edit(path, "create", text=added(path, lines, first))
    to = ""
    if lines and (found := MOVE.match(lines[0].rstrip())):
        to, lines, first = found[1], lines[1:], first + 1
    hunks = tuple(parts(path, lines, first))
    if not hunks and not to:
        raise ToolError(f"{path}: no hunk: lines that begin with ' ', '-' or '+' are wanted")
    return Edit(path, hunks=hunks, to=to)


def added(path: str, lines: list[str], first: int) -> str:
    """A new file's text: what stands behind the + of each line."""
    lines = trimmed(lines)
    for number, line in enumerate(lines, first + 1):
        if line and not line.startswith("+"):
            raise ToolError(
                f"line {number} of the patch, {line!r}: every line of the new file {path} begins with +"
            )
    return "".join(f"{line[1:]}\n" for line in lines)


def trimmed(lines: list[str]) -> list[str]:
    """Without the empty lines at both ends: as context they would change nothing, and mostly they are no context."""
    kept = [number for number, line in enumerate(lines) if line]
    return lines[kept[0] : kept[-1] + 1] if kept else []


def parts(path: str, lines: list[str], first: int) -> list[Hunk]:
    """The hunks of a file: `@@` lines, then lines of context, old and new."""
    found: list[Hunk] = []
    below: list[str] = []
    rows: list[str] = []
    at = 0

    def close(last: bool = False) -> None:
        nonlocal below, at
        if any(row.startswith(("+", "-")) for row in rows):
            found.append(hunk(trimmed(rows), below, at, last))
        rows.clear()
        below, at = [], 0

    for number, line in enumerate(lines, first + 1):
        if line.startswith("@@"):
            if rows:
                close()
            header = line[2:].strip()
            if numbers := NUMBERS.match(header):
                at, header = int(numbers[1]), numbers[2]
            below += [header] if header.strip("@ ") else []
        elif line.rstrip() == EOF:
            close(last=True)
        elif not line or line[0] in " +-":
            rows.append(line)
        else:
            raise ToolError(
                f"line {number} of the patch, {line!r}, in {path}: lines of a hunk begin with ' ' (stays), '-' or '+'"
            )
    close()
    return found


def hunk(rows: list[str], below: list[str], line: int, last: bool) -> Hunk:
    old = "".join(f"{row[1:]}\n" for row in rows if not row.startswith("+"))
    new = "".join(f"{row[1:]}\n" for row in rows if not row.startswith("-"))
    where = Hunk(old, new, "the context", lines=True, below=tuple(below), hint=line > 0, line=line, last=last)
    return replace(where, stays=staying(rows))


def staying(rows: Sequence[str]) -> tuple[int, ...]:
    """For each new line of a hunk the old one that it is, or -1."""
    found: list[int] = []
    number = 0
    for row in rows:
        if not row.startswith("-"):
            found.append(-1 if row.startswith("+") else number)
        number += not row.startswith("+")
    return tuple(found)
