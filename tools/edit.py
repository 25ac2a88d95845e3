"""Changing files: one text for another, or a whole file. Every byte outside of the change stays."""

import posixpath
from typing import Annotated

from pydantic import Field

from ..sandbox.patch import refused
from ..sandbox.workspace import Workspace
from .base import RepoPath, ToolError, tool
from .read import missing


@tool
def edit(
    workspace: Workspace,
    path: RepoPath,
    old: Annotated[str, Field(description="text to replace; must occur exactly once", min_length=1)],
    new: Annotated[str, Field(description="text to put there")],
) -> str:
    """Replace one text in a file by another."""
    try:
        data = workspace.read(path)
    except FileNotFoundError as e:
        raise ToolError(missing(workspace, path)) from e
    except OSError as e:
        raise ToolError(f"{path}: {e.strerror}") from e
    changed = replaced(data, old, new, path)
    store(workspace, path, changed)
    at = data[: changed_from(data, changed)].count(b"\n") + 1
    return f"edited {path}:\n{around(changed, at, new.count(chr(10)) + 1)}"


@tool
def write(
    workspace: Workspace,
    path: RepoPath,
    text: Annotated[str, Field(description="the whole new content")],
) -> str:
    """Create a file, or replace all of it."""
    store(workspace, path, text.encode())
    return f"wrote {path}, {len(text.splitlines())} lines"


def store(workspace: Workspace, path: str, data: bytes) -> None:
    inside = posixpath.normpath(posixpath.join(workspace.root, path)).removeprefix(f"{workspace.root}/")
    if not inside.startswith(("/", "../")) and (reason := refused(inside)):
        raise ToolError(f"{path} {reason}: only files of the repository can be written")
    try:
        workspace.write(path, data)
    except OSError as e:
        raise ToolError(f"{path}: {e.strerror}") from e


def replaced(data: bytes, old: str, new: str, path: str) -> bytes:
    """`data` with `old` replaced where it occurs exactly once. Line ends follow the file's own."""
    if old == new:
        raise ToolError("old and new are the same: nothing to change")
    found, put = old.encode(), new.encode()
    if b"\r\n" in data and b"\r\n" not in found and data.count(found) == 0:
        found, put = found.replace(b"\n", b"\r\n"), put.replace(b"\n", b"\r\n")
    times = data.count(found)
    if times == 1:
        return data.replace(found, put)
    if times > 1:
        rows = ", ".join(map(str, lines_of(data, found)))
        raise ToolError(f"old occurs {times} times in {path} (lines {rows}): take in more lines around it")
    if put.strip() and put in data:
        raise ToolError(f"old is not in {path}, but new is: already applied?")
    raise ToolError(f"old is not in {path}. {nearest(data.decode('utf-8', 'replace'), old)}")


def lines_of(data: bytes, found: bytes) -> list[int]:
    rows, at = [], data.find(found)
    while at >= 0:
        rows.append(data.count(b"\n", 0, at) + 1)
        at = data.find(found, at + 1)
    return rows


def nearest(text: str, old: str) -> str:
    """Where the match of `old` goes furthest, and the first line that differs, with its blanks visible."""
    rows, wanted = text.splitlines(), old.strip("\n").splitlines()
    best, length = -1, 0
    for start, row in enumerate(rows):
        if wanted and row.strip() == wanted[0].strip():
            same = matching(rows[start:], wanted)
            if same >= length:
                best, length = start, same
    if best < 0:
        return f"No line is like its first one: {wanted[0].strip()!r}" if wanted else ""
    if length < len(wanted) and best + length < len(rows):
        there, given = rows[best + length], wanted[length]
        return f"Line {best + length + 1} differs: there is {there!r}, you gave {given!r}"
    first = next((i for i, row in enumerate(wanted) if rows[best + i] != row), 0)
    return f"Line {best + first + 1} differs in its blanks: there is {rows[best + first]!r}"


def matching(rows: list[str], wanted: list[str]) -> int:
    """How many lines are the same but for blanks at their ends."""
    return next(
        (i for i, (a, b) in enumerate(zip(rows, wanted, strict=False)) if a.strip() != b.strip()),
        min(len(rows), len(wanted)),
    )


def changed_from(old: bytes, new: bytes) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )


def around(data: bytes, at: int, height: int, margin: int = 2) -> str:
    """The changed lines with their numbers and a few of those around them."""
    rows = data.decode("utf-8", "replace").splitlines()
    start, end = max(1, at - margin), min(len(rows), at + min(height, 30) - 1 + margin)
    return "\n".join(f"{n}\t{rows[n - 1]}" for n in range(start, end + 1))
