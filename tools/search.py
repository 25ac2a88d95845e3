"""Finding text in the repository."""

from typing import Annotated

from pydantic import Field

from ..sandbox.workspace import Workspace
from .base import ToolError, tool
from .clip import line

MOST = 100


@tool
def search(
    workspace: Workspace,
    pattern: Annotated[str, Field(description="regular expression", min_length=1)],
    path: Annotated[str, Field(description="folder or file")] = ".",
) -> str:
    """Find lines that match a pattern, as path:line:text."""
    inside = [] if path in (".", "", "./") else ["--", path]
    found = workspace.git("grep", "-nIP", "--untracked", "--no-color", "-e", pattern, *inside)
    if found.ended:
        raise ToolError(f"the search {found.ended}: use a simpler pattern or a smaller folder")
    if found.code == 1:
        return f"nothing matches {pattern!r}"
    if not found.ok:
        raise ToolError(found.output.strip().removeprefix("fatal: "))
    rows = found.output.splitlines()
    more = f"\n[{len(rows) - MOST} more lines match]" if len(rows) > MOST else ""
    return "\n".join(line(row, 300) for row in rows[:MOST]) + more
