"""Which of several equal places is meant, where the edit itself says so: below a line, or at a line's number."""

from collections.abc import Callable, Sequence

from .ladder import Place, Source, fold
from .operation import Hunk
from .text import indent, line_at

Region = tuple[int, int]
"""Lines, the first and the one after the last, from 0."""


def meant(source: Source, hunk: Hunk, places: Sequence[Place], was: Callable[[int, str], int]) -> list[Place]:
    """The places that the edit's own words leave. `was`: the number that a line had in the file they speak of."""
    places = list(places)
    if hunk.below and (len(places) > 1 or not hunk.hint):
        places = below(source, hunk, places)
    if len(places) > 1 and hunk.line:
        there = [p for p in places if was(p.start, source.text) == hunk.line]
        return there or places
    return places


def below(source: Source, hunk: Hunk, places: list[Place]) -> list[Place]:
    """Those in the block of the line named; where there is no such block, those behind that line.

    A line that the file does not have says nothing.
    """
    blocks = regions(source, hunk.below)
    if not blocks:
        return places
    number = {p: line_at(source.text, p.start) - 1 for p in places}
    inside = [p for p in places if any(first <= number[p] < end for first, end in blocks)]
    behind = [p for p in places if number[p] >= min(first for first, _ in blocks)]
    return inside or (behind or places if hunk.hint else behind)


def regions(source: Source, headers: Sequence[str]) -> list[Region]:
    """The blocks that the last of these lines begins within those of the lines before it."""
    found: list[Region] = [(0, len(source.bodies))]
    for header in headers:
        heads = [n for first, end in found for n in having(source, header, first, end)]
        found = [(n, block_end(source.bodies, n)) for n in dict.fromkeys(heads)]
    return found


def having(source: Source, header: str, first: int, end: int) -> list[int]:
    """The lines that are this one; where none is, those that start with it."""
    wanted = fold(header.strip())
    lines = [(n, fold(source.bodies[n].strip())) for n in range(first, end)]
    same = [n for n, row in lines if row == wanted]
    return same or [n for n, row in lines if wanted and row.startswith(wanted)]


def block_end(bodies: Sequence[str], head: int) -> int:
    """Where what is indented below a line ends. A bracket at the start of a line ends nothing."""
    depth = len(indent(bodies[head]).expandtabs(8))
    for number in range(head + 1, len(bodies)):
        row = bodies[number]
        if (
            row.strip()
            and len(indent(row).expandtabs(8)) <= depth
            and not row.lstrip().startswith(tuple(")]}{"))
        ):
            return number
    return len(bodies)
