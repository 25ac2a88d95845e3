"""What an edit is, whichever dialect it was written in."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Hunk:
    """One text in the place of another."""

    old: str
    new: str
    name: str = "old"
    """What the model calls `old`, for messages."""
    every: bool = False
    """Wherever it occurs; else it has to occur once."""
    lines: bool = False
    """Both are whole lines."""
    below: tuple[str, ...] = ()
    """Lines that it stands below, the outermost first: `class A`, then `def f`."""
    hint: bool = False
    """`below` only tells equals apart: it may be wrong, as where git names a function."""
    line: int = 0
    """The line that `old` is said to start at, from 1; 0 where nothing is said."""
    last: bool = False
    """It stands at the end of the file."""
    stays: tuple[int, ...] = ()
    """For each line of `new` the line of `old` that it is, from 0, else -1; empty where only the texts tell."""


@dataclass(frozen=True)
class Edit:
    """What is to become of one file."""

    path: str
    kind: Literal["change", "create", "whole", "delete"] = "change"
    """`create` asks that there is no such file; `whole` does not care."""
    hunks: tuple[Hunk, ...] = ()
    text: str = ""
    """All that a created or whole file holds."""
    to: str = ""
    """The path that it moves to."""
    notes: tuple[str, ...] = field(default=())
    """What the dialect asked for besides and is not done."""
