"""Unified diffs as models write them: line numbers and counts may be wrong, the lines themselves not.

Git's extended headers: https://git-scm.com/docs/diff-format
"""

import re
from collections.abc import Sequence

from ...sandbox.patch import path as named
from ..base import ToolError
from .codex import staying, trimmed
from .operation import Edit, Hunk

AT = re.compile(r"^@@+ *(?:-(\d+)(?:,(\d+))? +\+(\d+)(?:,(\d+))? *@@+)? ?(.*)$")
GIT = re.compile(r"^diff --git (?P<old>\"?a/.+?\"?) (?P<new>\"?b/.+\"?)$")
NONE = "/dev/null"
HARMLESS = ("index ", "similarity index", "dissimilarity index", "Index: ", "=====")


class File:
    """One file of a diff, while it is read."""

    def __init__(self, old: str = "", new: str = "") -> None:
        self.old, self.new, self.moved = old, new, False
        self.hunks: list[Hunk] = []
        self.notes: list[str] = []
        self.created = self.deleted = False

    def edit(self) -> Edit:
        old, new = self.names()
        if self.created or old == NONE:
            return Edit(new, "create", text="".join(h.new for h in self.hunks), notes=tuple(self.notes))
        if self.deleted or new == NONE:
            return Edit(old, "delete")
        if not self.hunks and old == new:
            raise ToolError(
                f"{old}: no hunk that can be read: `@@ -1,2 +1,2 @@`, then lines with ' ', '-' or '+'"
            )
        return Edit(old, hunks=tuple(self.hunks), to=new if new != old else "", notes=tuple(self.notes))

    def names(self) -> tuple[str, str]:
        """Both paths, without the a/ and b/ where both have them."""
        old, new = clean(self.old), clean(self.new)
        if self.moved:
            return old, new
        plain = [n.strip('"') for n in (self.old, self.new) if n != NONE]
        prefixed = all(n.startswith(("a/", "b/")) for n in plain)
        if prefixed:
            return unquoted(old), unquoted(new)
        return old, new


def unquoted(header: str) -> str:
    """A path without a/ or b/, and without git's quotes."""
    try:
        return header if header == NONE else named(header)
    except UnicodeDecodeError as e:
        raise ToolError(f"{header} is no path as git quotes them") from e


def clean(header: str) -> str:
    """A header's path without the time that diff writes behind it."""
    return header.partition("\t")[0].strip()


def parse(text: str) -> list[Edit]:
    """The edits of a diff. Raises ToolError that names the line which is wrong."""
    lines = text.split("\n")
    files: list[File] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if found := GIT.match(line):
            files.append(File(found["old"], found["new"]))
        elif heads(lines, number):
            if not (files and not files[-1].hunks and same(files[-1], line)):
                files.append(File())
            if not files[-1].moved:
                files[-1].old, files[-1].new = clean(line[4:]), clean(lines[number + 1][4:])
            number += 1
        elif line.startswith("@@"):
            if not files:
                raise ToolError(
                    f"line {number + 1} of the diff: no file is named above it (--- a/path, +++ b/path)"
                )
            hunk, number = read(lines, number)
            if hunk:
                files[-1].hunks.append(hunk)
            continue
        elif files and line.strip():
            extended(files[-1], line, number + 1)
        number += 1
    if not files:
        raise ToolError("the diff names no file: --- a/path and +++ b/path are wanted")
    return [file.edit() for file in files]


def heads(lines: Sequence[str], number: int) -> bool:
    """Whether a file's part begins here: --- and +++."""
    return (
        lines[number].startswith("--- ") and number + 1 < len(lines) and lines[number + 1].startswith("+++ ")
    )


def same(file: File, header: str) -> bool:
    """Whether the --- line belongs to the `diff --git` line above it."""
    name = clean(header[4:])
    return (name in (file.old, NONE) and not file.moved) or name.strip('"')[2:] == file.old


def extended(file: File, line: str, number: int) -> None:
    """One of git's own header lines."""
    word, _, rest = line.partition(" from ")
    if word == "rename":
        file.old, file.moved = rest.strip(), True
    elif line.startswith("rename to "):
        file.new, file.moved = line[10:].strip(), True
    elif line.startswith("new file mode "):
        file.created = True
        mode(file, line[14:].strip())
    elif line.startswith("deleted file mode "):
        file.deleted = True
    elif line.startswith(("old mode ", "new mode ", "copy ")):
        raise ToolError(
            f"line {number} of the diff, {line!r}: modes and copies are changed by commands, not here"
        )
    elif line.startswith(("GIT binary patch", "Binary files ")):
        raise ToolError(f"line {number} of the diff: binary files are not changed here")
    elif not line.startswith(HARMLESS):
        raise ToolError(
            f"line {number} of the diff, {line!r}: it belongs to no hunk: lines of one begin with ' ', '-' or '+'"
        )


def mode(file: File, value: str) -> None:
    if value == "120000":
        raise ToolError("links are made by commands, not here")
    if value == "100755":
        file.notes.append("it is not executable yet: use chmod +x")


def read(lines: Sequence[str], start: int) -> tuple[Hunk | None, int]:
    """A hunk, and the line behind it; None where it holds nothing but context."""
    found = AT.match(lines[start])
    first, count, _, new_count, header = found.groups() if found else (None, None, None, None, "")
    promised = [int(count or 1), int(new_count or 1)] if first else [0, 0]
    rows: list[str] = []
    number = start + 1
    while number < len(lines):
        line = lines[number]
        done = promised[0] <= 0 and promised[1] <= 0
        if line.startswith(("@@", "diff --git ")) or (heads(lines, number) and ends(lines, number, done)):
            break
        if line and line[0] not in " +-\\":
            break
        rows.append(line)
        promised[0] -= not line.startswith(("+", "\\"))
        promised[1] -= not line.startswith(("-", "\\"))
        number += 1
    return made(trimmed(rows), (header or "").removesuffix("@@").strip(" ."), int(first or 0)), number


def ends(lines: Sequence[str], number: int, done: bool) -> bool:
    """Whether `--- ` begins another file, and is not a removed line that begins with `-- `."""
    return done or (number + 2 < len(lines) and lines[number + 2].startswith("@@"))


def made(rows: Sequence[str], header: str, line: int) -> Hunk | None:
    sides = {"-": list[str](), "+": list[str]()}
    last: list[list[str]] = []
    for row in rows:
        if row.startswith("\\"):
            for side in last:
                side[-1] = side[-1].removesuffix("\n")
            continue
        last = [sides[row[0]]] if row[:1] in sides else [*sides.values()]
        for side in last:
            side.append(f"{row[1:]}\n")
    if not any(row.startswith(("+", "-")) for row in rows):
        return None
    old, new = "".join(sides["-"]), "".join(sides["+"])
    below = (header,) if header else ()
    told = staying([row for row in rows if not row.startswith("\\")])
    return Hunk(old, new, "the context", lines=True, below=below, hint=True, line=line, stays=told)
