"""Looking at files."""

from typing import Annotated

from pydantic import Field

from ..sandbox.workspace import Workspace
from .base import RepoPath, ToolError, tool
from .clip import line

Line = Annotated[int, Field(ge=1)]
WIDEST = 2_000


@tool
def read(workspace: Workspace, path: RepoPath, start: Line = 1, lines: Line = 200) -> str:
    """Show a file with line numbers, or list a folder."""
    text = load(workspace, path)
    if text is None:
        return listing(workspace, path)
    rows = text.splitlines()
    if not rows:
        return f"{path} is empty"
    if start > len(rows):
        raise ToolError(f"{path} has {len(rows)} lines")
    shown = [f"{n}\t{line(row, WIDEST)}" for n, row in enumerate(rows[start - 1 : start - 1 + lines], start)]
    end = start + len(shown) - 1
    rest = f"\n[lines {start}-{end} of {len(rows)}]" if start > 1 or end < len(rows) else ""
    return "\n".join(shown) + rest


def load(workspace: Workspace, path: str) -> str | None:
    """A file's text; None where it is a folder. Raises ToolError where it cannot be shown."""
    try:
        data = workspace.read(path)
    except IsADirectoryError:
        return None
    except FileNotFoundError as e:
        raise ToolError(missing(workspace, path)) from e
    except OSError as e:
        raise ToolError(f"{path}: {e.strerror}") from e
    if b"\0" in data[:8_000]:
        raise ToolError(f"{path} is a binary file of {len(data)} bytes")
    return data.decode("utf-8", "replace")


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
