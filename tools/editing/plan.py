"""What edits make of files: all of them, or a ToolError and nothing."""

import posixpath
import re
from collections.abc import Callable, Sequence

from ..base import ToolError
from . import explain
from .draft import Change, Draft, Span, spliced
from .ladder import Place, Source, find
from .operation import Edit, Hunk
from .scope import meant
from .splice import replacement
from .text import SURROGATE, decoded, printable, rows

Load = Callable[[str], bytes | None]
"""A file's bytes; None where there is no such file. Raises ToolError where it cannot be read."""
LAZY = r"\s*(#|//|/\*|--|<!--|;)\s*(\.\.\.|…).*\b(existing|rest of|remaining|unchanged|as before|same as)\b"


def plan(
    edits: Sequence[Edit], load: Load, missing: Callable[[str], str] = lambda path: f"there is no file {path}"
) -> list[Change]:
    """The changes that edits make, on files as `load` gives them. Raises ToolError; nothing is written here."""
    drafts: dict[str, Draft] = {}

    def draft(path: str) -> Draft:
        if path not in drafts:
            drafts[path] = Draft(path, load(path))
        return drafts[path]

    for edit in edits:
        path = inside(edit.path)
        found = draft(path)
        found.notes += edit.notes
        if edit.kind == "create":
            create(found, edit.text)
        elif edit.kind == "whole":
            overwrite(found, edit.text)
        elif found.after is None and not fresh(edit):
            gone = found.before is not None
            raise ToolError(f"{path} is deleted or moved earlier in this patch" if gone else missing(path))
        elif edit.kind == "delete":
            found.become(None)
        else:
            apply(found, edit.hunks)
        if edit.to and inside(edit.to) != path:
            move(found, draft(inside(edit.to)))
    changes = [d.change() for d in drafts.values() if d.after != d.before or d.source]
    if not changes:
        raise ToolError("nothing would change: every file is like that already")
    return changes


def inside(path: str) -> str:
    """A path as git names it. Raises ToolError where it leads out of the repository, or to no file."""
    if SURROGATE.search(path):
        raise ToolError(f"{printable(path)!r} is no path in UTF-8: change this file by a command")
    found = posixpath.normpath(path.strip())
    if found.startswith(("/", "../")) or found in ("..", "."):
        raise ToolError(
            f"{path!r} is outside the working copy, or no file: give a path from the repository's top"
        )
    return found


def fresh(edit: Edit) -> bool:
    """Whether an edit can only mean a new file: it asks for nothing to be there."""
    return edit.kind == "change" and [h.old for h in edit.hunks] == [""] and not edit.to


def create(draft: Draft, text: str) -> None:
    unlazy(text, "")
    if draft.after is None and draft.before is None:
        draft.become(text.encode())
        return
    if draft.after is None:
        overwrite(draft, text)
        return
    if draft.after == text.encode():
        raise ToolError(f"{draft.path} is there already, and is like that: already applied?")
    raise ToolError(f"{draft.path} is there already: update it, or delete it first")


def overwrite(draft: Draft, text: str) -> None:
    """Another text for all of a file, whose encoding and line ends stay, and the bytes of the lines that stay."""
    old = draft.after if draft.after is not None else draft.before
    found = decoded(old or b"")
    if not found:
        unlazy(text, "")
        draft.become(text.encode())
        return
    unlazy(text, found.text)
    draft.kind = found
    plain = found.text.replace("\r\n", "\n")
    if "\n" not in plain:
        plain = plain.replace("\r", "\n")
    text = text.removeprefix("\ufeff")
    hunk = Hunk(plain, text, lines=True)
    draft.put(replacement(found.text, Place(0, len(found.text)), hunk) if found.text else text)
    draft.spans = []


def move(draft: Draft, to: Draft) -> None:
    if to.after is not None:
        raise ToolError(f"{draft.path} cannot move to {to.path}, which is there already")
    to.become(draft.after)
    to.source, to.rungs, to.spans = draft.path, draft.rungs, draft.spans
    draft.become(None)


def apply(draft: Draft, hunks: Sequence[Hunk]) -> None:
    """Change a file, hunk by hunk, each on what those before it left."""
    if draft.after is None:
        draft.become(b"")
    asked = [h for h in hunks if h.old != h.new]
    if not asked and hunks:
        raise ToolError(f"{draft.path}: old and new are the same: nothing to change")
    for number, hunk in enumerate(asked, 1):
        try:
            one(draft, hunk)
        except ToolError as e:
            raise ToolError(f"hunk {number} of {len(asked)}: {e}" if len(asked) > 1 else str(e)) from e


def one(draft: Draft, hunk: Hunk) -> None:
    source = draft.text
    unlazy(hunk.new, source.text)
    if not hunk.old:
        insert(draft, source, hunk)
        return
    places = find(source, hunk)
    if not places:
        raise ToolError(explain.nowhere(source, hunk, draft.path))
    left = [
        p for p in places if not any(s.start <= p.start and p.end <= s.end for s in draft.spans)
    ] or places
    chosen = left if hunk.every else meant(source, hunk, left, draft.was)
    if not chosen:
        raise ToolError(explain.elsewhere(source, hunk, draft.path, left))
    if len(chosen) > 1 and not hunk.every:
        raise ToolError(explain.several(source, hunk, draft.path, chosen))
    text = spliced(draft, source.text, chosen, hunk)
    if text == source.text:
        raise ToolError(f"{draft.path}: it is like that already: line ends and blanks follow the file's own")
    draft.rungs.append(chosen[0].rung)
    draft.put(text)


def insert(draft: Draft, source: Source, hunk: Hunk) -> None:
    """Put a text where none is given to replace: into an empty file, or at the end where that is said."""
    text = source.text
    if text and not hunk.last:
        raise ToolError(
            f"{hunk.name} is empty, and {draft.path} is not: give the lines that the new ones stand beside"
        )
    end = "\r\n" if "\r\n" in text else "\n"
    ended = text if not text or text.endswith(("\n", "\r")) else text + end
    draft.spans.append(Span(len(ended), len(ended) + len(hunk.new), hunk.new.count("\n")))
    draft.rungs.append("exact")
    draft.put(ended + (hunk.new.replace("\n", end) if end != "\n" and "\r" not in hunk.new else hunk.new))


def unlazy(new: str, there: str) -> None:
    """Raises ToolError where a comment stands for code that was left out."""
    if "..." not in new and "…" not in new:
        return
    for number, row in enumerate(rows(new), 1):
        if re.match(LAZY, row, re.I) and row.strip() not in there:
            raise ToolError(
                f"line {number} of the new text, {row.strip()!r}, stands for code that is left out: write it out"
            )
