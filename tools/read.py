"""Looking at files."""

import posixpath
from errno import EFBIG, EISDIR, EPERM
from typing import Annotated

from pydantic import Field

from ..sandbox.withheld import withheld
from ..sandbox.workspace import Workspace
from .base import RepoPath, ToolError, tool
from .clip import line
from .editing.text import Text, bodies, decoded, printable

Line = Annotated[int, Field(ge=1)]
WIDEST = 2_000


@tool
def read(workspace: Workspace, path: RepoPath, start: Line = 1, lines: Line = 200) -> str:
    """Show a file with line numbers, or list a folder."""
    try:
        data = existing(workspace, path)
    except IsADirectoryError:
        return listing(workspace, path)
    found = text_of(data, path)
    workspace.seen[relative(workspace, path)] = hash(data)
    shown = bodies(found.text)
    if not shown:
        return f"{path} is empty"
    if start > len(shown):
        raise ToolError(f"{path} has {len(shown)} lines")
    part = shown[start - 1 : start - 1 + lines]
    numbered = [f"{n}\t{line(printable(row), WIDEST)}" for n, row in enumerate(part, start)]
    end = start + len(part) - 1
    notes = [f"lines {start}-{end} of {len(shown)}"] if start > 1 or end < len(shown) else []
    notes += [f"encoding {found.encoding}"] if found.encoding != "utf-8" else []
    return "\n".join([*numbered, f"[{', '.join(notes)}]"] if notes else numbered)


def load(workspace: Workspace, path: str) -> str | None:
    """A file's text; None where it is a folder. Raises ToolError where it cannot be shown."""
    try:
        return printable(text_of(existing(workspace, path), path).text)
    except IsADirectoryError:
        return None


def text_of(data: bytes, path: str) -> Text:
    if found := decoded(data):
        return found
    raise ToolError(f"{path} is a binary file of {len(data)} bytes")


def existing(workspace: Workspace, path: str) -> bytes:
    """A file's bytes. Raises ToolError where there is no such file, and IsADirectoryError."""
    data = fetch(workspace, path, folders=True)
    if data is None:
        raise ToolError(missing(workspace, path))
    return data


def fetch(workspace: Workspace, path: str, folders: bool = False) -> bytes | None:
    """A file's bytes; None where there is no such file. Raises ToolError where it cannot be read.

    `folders`: IsADirectoryError is raised as it is.
    """
    check_name(workspace, path)
    try:
        return workspace.read(path, inside=True)
    except FileNotFoundError:
        return None
    except OSError as e:
        if folders and isinstance(e, IsADirectoryError):
            raise
        if e.errno == EPERM:
            raise ToolError(f"{path}: outside the working copy; only commands reach it") from e
        if e.errno == EFBIG:
            raise ToolError(f"{path} is {e.strerror}: look at it, and change it, by commands") from e
        raise ToolError(f"{path} is a folder" if e.errno == EISDIR else f"{path}: {e.strerror}") from e


def check_name(workspace: Workspace, path: str) -> None:
    """Raises ToolError where it is a file of secrets."""
    if not workspace.folders.env_files and withheld(path):
        raise ToolError(
            f"{path} is kept back: files of that name hold secrets, are not shown, and go into no patch"
        )


def relative(workspace: Workspace, path: str) -> str:
    """A path from the repository's top, where it lies below that; else as it is."""
    whole, top = posixpath.normpath(posixpath.join(workspace.root, path)), f"{workspace.root}/"
    return whole.removeprefix(top) if whole.startswith(top) else path


def missing(workspace: Workspace, path: str) -> str:
    """That there is no such file, and which one of the same name there is."""
    name = path.rstrip("/").rpartition("/")[2]
    found = workspace.git("ls-files", "--cached", "--others", "--exclude-standard", "--", f":(glob)**/{name}")
    same = found.output.split("\n")[:3] if found.ok and found.output.strip() else []
    return f"there is no file {path}" + (f"; there is {', '.join(filter(None, same))}" if same else "")


def listing(workspace: Workspace, path: str) -> str:
    """A folder's entries, folders with a slash, without what git ignores."""
    top = path.strip("/").removeprefix("./")
    spec = [] if top in ("", ".") else ["--", f":(literal){top}"]
    found = workspace.git("ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", *spec)
    start = 0 if top in ("", ".") else len(top) + 1
    names: dict[str, None] = {}
    for file in found.output.splitlines():
        head, slash, _ = file[start:].partition("/")
        names[head + slash] = None
    return "\n".join(sorted(names)) or f"{path} is an empty folder"
