"""Anybody's text as lines that a terminal shows as they are: no markup, no control sequences, cut to a width. Pure."""

import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from ..sandbox.readable import readable
from ..tools.clip import line

WIDEST = 4_000
"""Characters of a line that are looked at."""
TAB = 4


def plain(text: str) -> str:
    """A line without what moves the cursor, turns the direction or takes no place."""
    if text.isascii() and text.isprintable():
        return line(text, WIDEST)
    text = readable(line(text, WIDEST).encode("utf-8", "replace")).replace("\n", " ").expandtabs(TAB)
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Zl", "Zp"))


def wrapped(text: str, width: int) -> Iterator[str]:
    """A line in pieces of at most so many cells, cut at blanks where there are any; what is indented goes on so."""
    text = plain(text).rstrip()
    if cell_len(text) <= width:
        yield text
        return
    indent = min(len(text) - len(text.lstrip()), width // 2)
    margin = ""
    while text:
        room = width - len(margin)
        piece = fitting(text, room)
        blank = piece.rfind(" ", indent + 1) if len(piece) < len(text) else -1
        if blank > 0:
            piece = piece[:blank]
        yield margin + piece
        text, margin, indent = text[len(piece) :].lstrip(), margin or " " * indent, 0


def fitting(text: str, width: int) -> str:
    """As much of a text as goes into so many cells, and never nothing."""
    if cell_len(text) <= width:
        return text
    low, high = 1, min(len(text), 4 * max(width, 1))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if cell_len(text[:middle]) <= width else (low, middle - 1)
    return text[:low]


def cut(text: str, width: int) -> str:
    """A line in exactly so many cells."""
    text = plain(text)
    if cell_len(text) > width:
        text = fitting(text, max(width - 1, 1)) + "…"
    return set_cell_size(text, width)
