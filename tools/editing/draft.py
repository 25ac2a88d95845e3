"""A file in the making, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..base import ToolError
from .ladder import Place, Source, downwards, upwards
from .operation import Hunk
from .splice import common, replacement
from .text import Text, body, decoded, line_at, line_end

MARGIN, TALLEST, MOST = 2, 30, 80
"""Lines shown around a change, of a change, and in all."""


@dataclass(frozen=True)
class Change:
    """What becomes of one file."""

    path: str
    before: bytes | None
    """None where there is no such file yet."""
    after: bytes | None
    """None where it goes."""
    source: str = ""
    """The file that it was moved from."""
    rungs: tuple[str, ...] = ()
    """How each hunk matched."""
    spans: tuple[tuple[int, int], ...] = ()
    """The changed lines, each first and last, as they are numbered now."""
    near: Mapping[int, str] = field(default_factory=dict[int, str])
    """The changed lines and those around them, by their numbers."""
    notes: tuple[str, ...] = ()


class Span(NamedTuple):
    """A part of a text that was put there."""

    start: int
    end: int
    grown: int
    """How many lines more it has than what it replaced."""


class Draft:
    """A file in the making."""

    def __init__(self, path: str, data: bytes | None) -> None:
        self.path, self.before, self._after = path, data, data
        self.source, self.rungs, self.notes = "", list[str](), list[str]()
        self.spans: list[Span] = []
        self.kind = Text("")
        self._source: Source | None = None
        self._newer = False  # the text than its bytes

    @property
    def after(self) -> bytes | None:
        """The file's bytes; None where there is none."""
        if self._newer and self._source is not None:
            self._after, self._newer = self.kind.encode(self._source.text), False
        return self._after

    @property
    def text(self) -> Source:
        """The file's text. Raises ToolError where it has none."""
        if self._source is None:
            found = decoded(self.after or b"")
            if not found:
                size = len(self.after or b"")
                raise ToolError(f"{self.path} is a binary file of {size} bytes: it has no text to edit")
            self.kind, self._source = found, Source(found.text)
        return self._source

    def was(self, place: int, text: str) -> int:
        """The number that the line at a place had before this file was changed."""
        return line_at(text, place) - sum(span.grown for span in self.spans if span.end <= place)

    def put(self, text: str) -> None:
        """Hold another text. Raises ToolError where the file's encoding lacks a character of it."""
        self._source, self._newer = Source(text), True
        if not text.isascii():
            _ = self.after

    def become(self, data: bytes | None) -> None:
        """Hold other bytes, or none."""
        self._after, self._source, self._newer = data, None, False

    def change(self) -> Change:
        spans, near = self.lines()
        about = (tuple(self.rungs), spans, near, tuple(self.notes))
        return Change(self.path, self.before, self.after, self.source, *about)

    def lines(self) -> tuple[tuple[tuple[int, int], ...], dict[int, str]]:
        """The changed spans as lines, and these lines with some around them."""
        spans: list[tuple[int, int]] = []
        near: dict[int, str] = {}
        first, at = 1, 0
        for span in sorted(self.spans) if self.after is not None else ():
            text = self.text.text
            first, at = first + text.count(line_end(text), at, span.start), span.start
            last = first + text.count(line_end(text), span.start, max(span.start, span.end - 1))
            spans.append((first, last))
            if len(near) < MOST:
                near |= around(text, span.start, first, min(last - first + 1, TALLEST))
        return tuple(dict.fromkeys(spans)), near


def around(text: str, place: int, number: int, height: int) -> dict[int, str]:
    """So many lines from a place in line `number` on, and a few before and behind, by their numbers."""
    end = line_end(text)
    start = text.rfind(end, 0, place) + 1
    above = min(MARGIN, number - 1)
    found = downwards(text, upwards(text, start, above, end), above + height + MARGIN, end)
    return {number - above + i: body(row) for i, row in enumerate(found)}


def spliced(draft: Draft, text: str, places: Sequence[Place], hunk: Hunk) -> str:
    """A text with a hunk's new text in all of these places, whose changed spans are noted."""
    parts: list[str] = []
    made: list[Span] = []
    at = grown = 0
    for place in places:
        old, new = text[place.start : place.end], replacement(text, place, hunk)
        head, tail = common(old, new)
        first, more = place.start + grown, len(new) - len(old)
        draft.spans = [shifted(s, place.end - tail + grown, more) for s in draft.spans]
        made.append(Span(first + head, first + len(new) - tail, new.count("\n") - old.count("\n")))
        parts += [text[at : place.start], new]
        at, grown = place.end, grown + more
    if len(made) > MOST:  # too many to be told apart
        made = [Span(made[0].start, made[-1].end, sum(span.grown for span in made))]
    draft.spans += made
    return "".join([*parts, text[at:]])


def shifted(span: Span, behind: int, by: int) -> Span:
    start, end, grown = span
    return Span(start + by if start >= behind else start, end + by if end >= behind else end, grown)
