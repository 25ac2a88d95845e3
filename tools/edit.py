"""Changing files: one text for another, a whole file, or a patch in one of several forms.

What does the work is imported by the first call: a start is to be quick.
"""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from ..sandbox.base import Frozen
from ..sandbox.workspace import Workspace
from .base import RepoPath, tool

Result = tuple[str, dict[str, Any]]


class Pair(Frozen):
    """One more replacement of a call."""

    old: str
    new: str


TEXT = {"type": "string"}
PAIRS = {
    "type": "array",
    "items": {"type": "object", "properties": {"old": TEXT, "new": TEXT}},
    "description": "further replacements in the file; all or none",
}


@tool
def edit(
    workspace: Workspace,
    path: RepoPath,
    old: Annotated[str, Field(description="text to replace; must occur exactly once")],
    new: Annotated[str, Field(description="text to put there")],
    every: Annotated[bool, Field(description="replace all occurrences")] = False,
    more: Annotated[list[Pair], WithJsonSchema(PAIRS)] = [],  # noqa: B006 (never changed)
) -> Result:
    """Replace one text in a file by another."""
    from .change import apply
    from .editing.operation import Edit, Hunk

    pairs = [(old, new), *((pair.old, pair.new) for pair in more)]
    return apply(workspace, [Edit(path, hunks=tuple(Hunk(a, b, every=every) for a, b in pairs))])


@tool
def write(
    workspace: Workspace,
    path: RepoPath,
    text: Annotated[str, Field(description="the whole new content")],
) -> Result:
    """Create a file, or replace all of it."""
    from .change import apply
    from .editing.operation import Edit

    return apply(workspace, [Edit(path, "whole", text=text)])


@tool
def patch(
    workspace: Workspace,
    text: Annotated[str, Field(description="the patch", min_length=1)],
) -> Result:
    """Change files, all or none, by a patch: *** Begin Patch, then for each file *** Add File: PATH with lines +…, *** Delete File: PATH, or *** Update File: PATH (then *** Move to: PATH, if it moves) with hunks: a line @@, @@ class X or @@ def f, then 3 lines of context with a blank in front, old lines with -, new with +, 3 of context; at last *** End Patch. A unified diff or SEARCH/REPLACE blocks will do too."""
    from .change import apply
    from .editing import dialects

    return apply(workspace, dialects.parse(text))
