"""What a patch does to the text of each file: what the checks that read code begin from."""

import os
import shlex
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from weakref import WeakKeyDictionary

from ..sandbox.base import Frozen
from ..sandbox.workspace import GIT, Workspace
from .steer import is_test

LARGEST = 2_000_000
"""Bytes of a file that are worth reading as code."""
TALLEST = 5_000
"""Lines up to which the middle of a change is compared line by line: the time grows with the square."""


class Changed(Frozen):
    """A file that a patch changes. Binary files and those that are too large have no texts."""

    path: str
    before: str = ""
    """Empty where it is new."""
    after: str = ""
    """Empty where it is gone."""

    @property
    def is_test(self) -> bool:
        return is_test(self.path)

    @cached_property
    def lines(self) -> frozenset[int]:
        """The numbers of the lines of `after` that are new or changed, from 1."""
        old, new = (text.removesuffix("\n").split("\n") if text else [] for text in (self.before, self.after))
        head = alike(old, new)
        tail = alike(old[head:][::-1], new[head:][::-1])
        a, b = old[head : len(old) - tail], new[head : len(new) - tail]
        if max(len(a), len(b)) > TALLEST:
            return frozenset(range(head + 1, head + len(b) + 1))
        found: set[int] = set()
        for kind, _, _, first, last in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if kind in ("replace", "insert"):
                found |= set(range(head + first + 1, head + last + 1))
        return frozenset(found)


def alike(a: Sequence[str], b: Sequence[str]) -> int:
    """How many lines two texts begin with in common."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


_LATEST: WeakKeyDictionary[Workspace, tuple[str, tuple[Changed, ...]]] = WeakKeyDictionary()
"""Several checks ask for the same tree, one after the other. What one working copy says is not believed of another."""


def changes(workspace: Workspace, tree: str) -> tuple[Changed, ...]:
    """The files in which a tree differs from the workspace's base."""
    latest, found = _LATEST.get(workspace, ("", ()))
    if latest != tree:
        found = tuple(read(workspace, tree))
        _LATEST[workspace] = tree, found
    return found


def read(workspace: Workspace, tree: str) -> Iterator[Changed]:
    names = workspace.checked_output(
        shlex.join([*GIT, "diff", "--name-only", "--no-renames", "-z", workspace.base, tree])
    )
    for name in map(os.fsdecode, filter(None, names.split(b"\0"))):
        before, after = text(workspace, workspace.base, name), text(workspace, tree, name)
        yield Changed(path=name, before=before, after=after)


def text(workspace: Workspace, tree: str, name: str) -> str:
    """A file's text in a tree; empty where it has none."""
    done, data = workspace.output(f'{shlex.join(GIT)} cat-file blob "$1"', f"{tree}:{name}")
    if not done.ok or len(data) > LARGEST or b"\0" in data:
        return ""
    return data.decode("utf-8", "replace")
