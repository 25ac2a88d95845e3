"""Making edits in the working copy, and telling what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..sandbox.secrets import markers
from ..sandbox.workspace import Workspace
from .apart import broken
from .base import ToolError
from .clip import line
from .editing.draft import Change
from .editing.explain import IGNORING
from .editing.operation import Edit
from .editing.plan import inside, plan
from .editing.text import bodies, decoded, printable
from .land import land
from .read import WIDEST, check_name, fetch, missing, relative

Result = tuple[str, dict[str, Any]]


def apply(workspace: Workspace, edits: Sequence[Edit]) -> Result:
    """Make edits, and tell what became of the files. Raises ToolError, and then no file is changed."""
    edits = [
        replace(e, path=relative(workspace, e.path), to=e.to and relative(workspace, e.to)) for e in edits
    ]
    stale: list[str] = []

    def load(path: str) -> bytes | None:
        data = fetch(workspace, path)
        known = workspace.seen.get(path)
        if known and data is not None and known != hash(data):
            stale.append(path)
        return data

    try:
        changes = plan(edits, load, lambda path: missing(workspace, path))
    except ToolError as e:
        notes = [f"{path} has changed since you last saw it: read it again" for path in stale]
        notes += [unseen(m) for edit in edits for hunk in edit.hunks for m in markers(hunk.old)][:1]
        notes += ["No file was changed"] if len(edits) > 1 or len(edits[0].hunks) > 1 else []
        raise ToolError(". ".join([printable(str(e)), *notes])) from e
    for change in changes:
        check_markers(change)
    links = land(workspace, changes)
    for change in changes:
        workspace.seen.pop(change.path, None)
        if change.after is not None:
            names = {change.path, links.get(change.path, change.path)}
            workspace.seen |= dict.fromkeys(names, hash(change.after))
    told = [outcome(c, links.get(c.path, ""), c.path in stale) for c in changes if not moved_away(c, changes)]
    return "\n".join(told), {"files": [data(c, c.path in stale) for c in changes]}


def check_markers(change: Change) -> None:
    """Raises ToolError where a change would put a marker into a file that has none: over the secret, most likely."""
    after = decoded(change.after or b"")
    if after and (found := markers(after.text)):
        before = decoded(change.before or b"")
        for marker in found:
            if after.text.count(marker) > (before.text.count(marker) if before else 0):
                raise ToolError(f"not changed, {change.path}: {unseen(marker)}")


def unseen(marker: str) -> str:
    return f"{marker} stands for a secret that is not shown; edit around it"


def store(workspace: Workspace, path: str, data: bytes) -> None:
    """Write bytes as they are."""
    check_name(workspace, path)
    land(workspace, [Change(inside(relative(workspace, path)), None, data)])


def outcome(change: Change, link: str, stale: bool) -> str:
    """What became of a file: the one place where the model is told of a change. `link`: the file that it led to."""
    path, before, after = change.path, change.before, change.after
    if after is None:
        return f"deleted {path}"
    notes = [f"{path} is a link: {link} was changed"] if link else []
    notes += [f"matched {IGNORING[rung]}" for rung in dict.fromkeys(change.rungs) if rung in IGNORING]
    if stale:
        lost = "" if change.spans else ", which is overwritten"
        notes.append(f"it had changed since you last saw it, not by your edits{lost}")
    notes += [*change.notes, *other_indent(change)]
    if change.source:
        head = f"moved {change.source} to {path}"
    elif change.spans and before is not None:
        head = f"edited {path}"
    else:
        found = decoded(after)
        head = f"wrote {path}, {len(bodies(found.text)) if found else 0} lines"
    head += f" ({'; '.join(notes)})" if notes else ""
    shown = numbered(change.near) if before or change.source else ""
    news = broken(path, before or b"", after)
    parts = [f"{head}:\n{shown}" if shown else head, *([f"New problems:\n{news}"] if news else [])]
    return "\n".join(parts)


def other_indent(change: Change) -> list[str]:
    """That lines were put in with blanks where all others have tabs, or the other way round. They stay as given."""
    before = change.before or b""
    new = [change.near.get(n, "") for first, last in change.spans for n in range(first, last + 1)]
    for sign, name, others, other in (("  ", "blanks", b"\n\t", "tabs"), ("\t", "tabs", b"\n  ", "blanks")):
        own = f"\n{sign}".encode()
        if any(row.startswith(sign) for row in new) and own not in before and others in before:
            return [f"new lines are indented by {name}, the others by {other}"]
    return []


def moved_away(change: Change, changes: Sequence[Change]) -> bool:
    return change.after is None and any(c.source == change.path for c in changes)


def data(change: Change, stale: bool) -> dict[str, Any]:
    """A change for people and programs: which rung each hunk matched at tells how well a model quotes."""
    lines = [list(span) for span in change.spans]
    found = {"path": change.path, "rungs": list(change.rungs), "lines": lines, "stale": stale}
    return found | ({"from": change.source} if change.source else {})


def numbered(lines: Mapping[int, str]) -> str:
    """Lines with their numbers; dots where some are between them."""
    parts: list[str] = []
    for n in sorted(lines):
        if parts and n - 1 not in lines:
            parts.append("…")
        parts.append(f"{n}\t{printable(line(lines[n], WIDEST))}")
    return "\n".join(parts)
