"""Where a text stands in a file: the same first, then less and less exactly, and never by likeness.

Each rung ignores one thing more: how lines end, blanks at their ends, a uniform indent, and which of several
characters for a quote, a dash or a blank was used.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from .indents import Convert, Pairs, rule, same
from .operation import Hunk
from .text import bodies, body, ending, indent, line_end, rows

EXACT, ENDS, BLANKS, INDENT, SIGNS = "exact", "line ends", "trailing blanks", "indent", "punctuation"
ALIKE = {
    "'": "‘’‚‛′`´",
    '"': "“”„‟″",
    "-": "‐‑‒–—―−",
    " ": "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
}
FOLD = {ord(sign): plain for plain, signs in ALIKE.items() for sign in signs if sign != "`"}
FOLD |= {0xFF01 + n: chr(0x21 + n) for n in range(94)}  # full-width ASCII


class Place(NamedTuple):
    """A part of a text that a hunk is about."""

    start: int
    end: int
    rung: str = EXACT
    convert: Convert = same
    """What an indent of the hunk is in the file."""


class Source:
    """A file's text with its lines, which are found only where they are needed."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Where each line starts, and the end of the last one."""
        *whole, rest = self.text.split(line_end(self.text))
        found = list(accumulate([len(row) + 1 for row in whole], initial=0))
        return [*found, found[-1] + len(rest)] if rest else found

    @cached_property
    def bodies(self) -> list[str]:
        return bodies(self.text)

    @cached_property
    def plain(self) -> str:
        """The text with every line ended by LF, the last one too."""
        text = self.text.replace("\r\n", "\n") if "\n" in self.text else self.text.replace("\r", "\n")
        return text if text.endswith("\n") or not text else f"{text}\n"

    def original(self, place: int) -> int:
        """A place of `plain` in the text."""
        if "\r" not in self.text:
            return min(place, len(self.text))
        row = self.plain.count("\n", 0, place)
        return min(self.starts[row] + place - (self.plain.rfind("\n", 0, place) + 1), len(self.text))


def fold(text: str) -> str:
    """A text with plain quotes, dashes and blanks, character by character."""
    return text if text.isascii() else text.translate(FOLD)


def find(source: Source, hunk: Hunk) -> list[Place]:
    """The places of the first rung that has any, in order. What is to change everywhere is not sought further."""
    for rung in (exact, line_ends) if hunk.every else (exact, line_ends, trailing, indented, signs, loosest):
        if places := [p for p in rung(source, hunk) if fits(source, hunk, p)]:
            return places
    return []


def fits(source: Source, hunk: Hunk, place: Place) -> bool:
    """Whether whole lines are whole lines, and the end is the end."""
    text, end = source.text, place.end
    if hunk.last and text[end:].strip("\r\n"):
        return False
    if not hunk.lines:
        return True
    lf = line_end(text)
    starts = place.start == 0 or text[place.start - 1] == lf
    return starts and (end == len(text) or (text[end - 1] == lf and hunk.old.endswith("\n")))


def exact(source: Source, hunk: Hunk) -> Iterator[Place]:
    for start in occurrences(source.text, hunk.old, hunk.every):
        # a match that starts with the LF of a CRLF takes in the whole line end
        split = hunk.old.startswith("\n") and source.text[start - 1 : start] == "\r"
        yield Place(start - split, start + len(hunk.old))


def line_ends(source: Source, hunk: Hunk) -> Iterator[Place]:
    wanted = hunk.old.replace("\r\n", "\n")
    if wanted == hunk.old and source.plain == source.text:
        return
    for start in occurrences(source.plain, wanted, hunk.every):
        yield Place(source.original(start), source.original(start + len(wanted)), ENDS)


def trailing(source: Source, hunk: Hunk) -> Iterator[Place]:
    wanted = [row.rstrip(" \t") for row in map(body, rows(hunk.old))]
    for start, found in runs(source.text, wanted, lambda row: row.rstrip(" \t")):
        yield whole(hunk, start, found, BLANKS)


def indented(source: Source, hunk: Hunk) -> Iterator[Place]:
    return shifted(hunk, list(map(body, rows(hunk.old))), source.text, INDENT)


def signs(source: Source, hunk: Hunk) -> Iterator[Place]:
    if source.text.isascii() and hunk.old.isascii():
        return
    plain, wanted = fold(source.plain), fold(hunk.old.replace("\r\n", "\n"))
    for start in occurrences(plain, wanted, every=False):
        yield Place(source.original(start), source.original(start + len(wanted)), SIGNS)


def loosest(source: Source, hunk: Hunk) -> Iterator[Place]:
    """All that the rungs ignore, ignored together."""
    if source.text.isascii() and hunk.old.isascii():
        return iter(())
    quoted = [fold(body(row)) for row in rows(hunk.old)]
    return shifted(hunk, quoted, fold(source.text), SIGNS)


def shifted(hunk: Hunk, quoted: Sequence[str], text: str, rung: str) -> Iterator[Place]:
    """Lines that are the same but for one rule of indentation, which can indent the new text too."""
    new = {indent(body(row)) for row in rows(hunk.new) if row.strip()}
    for start, found in runs(text, [row.strip(" \t") for row in quoted], lambda row: row.strip(" \t")):
        beside = zip(quoted, found, strict=True)
        pairs: Pairs = [(indent(row), indent(used)) for row, used in beside if row.strip()]
        if convert := rule(pairs, new):
            yield whole(hunk, start, found, rung)._replace(convert=convert)


def occurrences(text: str, wanted: str, every: bool) -> Iterator[int]:
    """Where a text occurs; `every`: each letter counts for one occurrence only."""
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at
        at = text.find(wanted, at + (len(wanted) if every else 1))


def runs(text: str, wanted: list[str], key: Callable[[str], str]) -> Iterator[tuple[int, list[str]]]:
    """Where consecutive lines are the wanted ones by their keys, and these lines. Blank lines alone are nowhere.

    Only the places that hold the longest of the wanted lines are looked at.
    """
    if not any(wanted):
        return
    anchor, end, seen = max(range(len(wanted)), key=lambda i: len(wanted[i])), line_end(text), -1
    for at in occurrences(text, wanted[anchor], every=False):
        start = text.rfind(end, 0, at) + 1
        if start == seen:
            continue
        seen = start
        above = upwards(text, start, anchor, end)
        found = downwards(text, above, len(wanted), end) if above >= 0 else []
        if [key(body(row)) for row in found] == wanted:
            yield above, found


def upwards(text: str, start: int, count: int, end: str) -> int:
    """Where the line starts that stands so many lines above the one that starts here; -1 where there is none."""
    for _ in range(count):
        if start <= 0:
            return -1
        start = text.rfind(end, 0, start - 1) + 1
    return start


def downwards(text: str, start: int, count: int, end: str) -> list[str]:
    """So many lines from a place on, with their ends; fewer where the text ends."""
    found: list[str] = []
    while len(found) < count and start < len(text):
        stop = text.find(end, start) + 1 or len(text)
        found.append(text[start:stop])
        start = stop
    return found


def whole(hunk: Hunk, start: int, found: Sequence[str], rung: str) -> Place:
    """Whole lines, the end of the last one only where the hunk has it."""
    height = sum(map(len, found))
    return Place(start, start + height - (0 if ending(hunk.old) else len(ending(found[-1]))), rung)
