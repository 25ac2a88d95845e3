"""The rows of the timeline as lines of a width, made when they are looked at. Pure, and without Textual.

Of a row is held where its event stands in the log, how much of it is shown and how many lines that takes: so a run may
have any number of events of any size.
"""

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...agent.events import Event
from ..words import cut, wrapped
from .feed import KINDS, Kind, told
from .journal import Place

FOLDED, OPEN, WHOLE = 0, 1, 2
"""How much of a row is shown: a line, some of them, or all."""
LATEST = 400
"""Rows at the end that are open; those before are folded as more come, but for what somebody opened."""
HEAD, TAIL = 4, 5
"""Lines of a result that are shown of its beginning and its end."""
PROSE = 40
"""Lines that are shown of what is said."""
MOST = 2_000
"""Lines of a row at the most."""
CHARACTERS = 200_000
"""Of a text in a line of the log that are looked at here."""
SIGNS: dict[Kind, str] = {
    "user": "❯",
    "thought": "·",
    "call": "▸",
    "failure": "!",
    "verified": "✔",
    "refused": "✘",
}
"""What stands before a row, so that its colour is not all that tells what it is."""
MARGIN = 2
TALK: tuple[Kind, ...] = ("user", "thought", "section", "note", "verified", "refused")


class Line(NamedTuple):
    """A line on the screen."""

    row: int
    kind: Kind
    text: str


class Rows:
    """All rows of an attempt. `event` reads one again."""

    def __init__(self, event: Callable[[Place], Event], width: int = 80) -> None:
        self._event, self.width = event, width
        self._offsets, self._sizes, self._kinds = array("Q"), array("Q"), bytearray()
        self._shown, self._starts = bytearray(), array("Q", [0])
        self._held = set[int]()
        """Rows that somebody opened: they stay so."""
        self._folded = 0
        """Up to which row they are folded."""
        self._laid = OrderedDict[tuple[int, int], tuple[str, ...]]()

    def __len__(self) -> int:
        return len(self._kinds)

    @property
    def height(self) -> int:
        """All lines."""
        return self._starts[-1]

    def add(self, kind: Kind, place: Place, event: Event) -> None:
        """One more row at the end."""
        self._offsets.append(place.offset)
        self._sizes.append(place.size)
        self._kinds.append(KINDS.index(kind))
        self._shown.append(OPEN)
        lines = self._lay(event, kind, OPEN)
        self._keep((len(self) - 1, OPEN), lines)
        self._starts.append(self.height + len(lines))
        if len(self) - self._folded > 2 * LATEST:
            self._fold(len(self) - LATEST)

    def kind(self, row: int) -> Kind:
        return KINDS[self._kinds[row]]

    def place(self, row: int) -> Place:
        return Place(self._offsets[row], self._sizes[row])

    def shown(self, row: int) -> int:
        return self._shown[row]

    def span(self, row: int) -> range:
        """The lines that a row takes."""
        return range(self._starts[row], self._starts[row + 1])

    def at(self, y: int) -> int:
        """The row that a line is of."""
        return min(bisect_right(self._starts, y) - 1, len(self) - 1)

    def line(self, y: int) -> Line:
        row = self.at(y)
        kind = self.kind(row)
        lines, nth = self._lines(row), y - self._starts[row]
        sign = SIGNS.get(kind, "") if nth == 0 else ""
        return Line(row, kind, sign.ljust(MARGIN) + (lines[nth] if nth < len(lines) else ""))

    def show(self, row: int, how: int) -> None:
        """Show so much of a row from now on."""
        self._shown[row] = how
        if how == FOLDED:
            self._held.discard(row)
        else:
            self._held.add(row)
        self._measure(row, [row])

    def resize(self, width: int) -> None:
        """Lay all out for another width. Only rows of more than a line are read again."""
        if width != self.width:
            self.width = width
            self._laid.clear()
            self._measure(0, [n for n in range(len(self)) if self._shown[n] != FOLDED])

    def _fold(self, until: int) -> None:
        folded = [n for n in range(self._folded, until) if n not in self._held]
        for row in folded:
            self._shown[row] = FOLDED
        self._measure(self._folded, folded)
        self._folded = until

    def _measure(self, first: int, rows: Sequence[int]) -> None:
        """Count the lines of some rows anew, none of them before the first."""
        heights = {row: 1 if self._shown[row] == FOLDED else len(self._lines(row)) for row in rows}
        before, at = self._starts[first], self._starts[first]
        for row in range(first, len(self)):
            after = self._starts[row + 1]
            at += heights.get(row, after - before)
            before, self._starts[row + 1] = after, at

    def _lines(self, row: int) -> tuple[str, ...]:
        key = (row, self._shown[row])
        if key not in self._laid:
            self._keep(key, self._lay(self._event(self.place(row)), self.kind(row), self._shown[row]))
        self._laid.move_to_end(key)
        return self._laid[key]

    def _keep(self, key: tuple[int, int], lines: tuple[str, ...]) -> None:
        self._laid[key] = lines
        while len(self._laid) > LATEST:
            self._laid.popitem(last=False)

    def _lay(self, event: Event, kind: Kind, how: int) -> tuple[str, ...]:
        return tuple(laid(told(event, CHARACTERS), kind, how, max(self.width - MARGIN, 8)))


def laid(texts: Sequence[str], kind: Kind, how: int, width: int) -> list[str]:
    """A row's lines in a width, as much of them as is to be shown; at least one. Pure."""
    if how == FOLDED:
        more = f"  (+{len(texts) - 1} lines)" if texts[1:] else ""
        return [cut((texts[0] if texts else ""), max(width - len(more), 8)).rstrip() + more]
    if how == OPEN and kind not in TALK:
        if len(texts) <= HEAD + TAIL + 1:
            lines = [line for text in texts for line in wrapped(text, width)]
            few = len(lines) <= HEAD + TAIL + 1
            return (lines if few else [cut(text, width).rstrip() for text in texts]) or [""]
        between = f"… {len(texts) - HEAD - TAIL} more lines"
        shown = (*texts[:HEAD], between, *texts[-TAIL:])
        return [cut(text, width).rstrip() for text in shown]
    most = PROSE if how == OPEN else MOST
    lines = [line for text in texts[:most] for line in wrapped(text, width)]
    left = len(texts[most:]) + len(lines[most:])
    return [*lines[:most], f"… {left} more lines"] if left else lines or [""]
