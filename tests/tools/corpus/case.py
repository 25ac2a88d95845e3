"""One case of the corpus, and short ways to write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Asked:
    """A call of an edit tool."""

    tool: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    name: str
    files: Files
    asked: Asked
    then: Mapping[str, bytes | None]
    """The files that differ afterwards; None: it is gone. Empty where the call is refused."""
    says: str = ""
    """Words of the refusal."""
    rung: str = ""
    """The rung that the last hunk matched at."""


def edit(path: str, old: str, new: str, **more: Any) -> Asked:
    return Asked("edit", {"path": path, "old": old, "new": new, **more})


def patch(text: str) -> Asked:
    return Asked("patch", {"text": text})


def write(path: str, text: str) -> Asked:
    return Asked("write", {"path": path, "text": text})


def lands(
    name: str, before: bytes, old: str, new: str, after: bytes, rung: str = "exact", **more: Any
) -> Case:
    """An exact edit of a file `f`."""
    return Case(name, {"f": before}, edit("f", old, new, **more), {"f": after}, rung=rung)


def refused(name: str, before: bytes, old: str, new: str, says: str, **more: Any) -> Case:
    return Case(name, {"f": before}, edit("f", old, new, **more), {}, says)


def patched(name: str, before: bytes, text: str, after: bytes, rung: str = "exact") -> Case:
    """A patch of a file `f`."""
    return Case(name, {"f": before}, patch(text), {"f": after}, rung=rung)


def unpatched(name: str, before: bytes, text: str, says: str) -> Case:
    return Case(name, {"f": before}, patch(text), {}, says)
