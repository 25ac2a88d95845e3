"""The rows of an attempt, with one that the keys go by."""

from collections.abc import Callable, Sequence

from textual.binding import Binding
from textual.events import Click, Resize
from textual.geometry import Region
from textual.message import Message

from ...agent.events import Event
from .feed import Kind
from .journal import Entry, Place
from .rows import FOLDED, OPEN, WHOLE, Rows
from .sheet import Sheet


class Timeline(Sheet):
    """Follows the end while its last row is the current one."""

    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
        Binding("enter", "unfold", "Unfold"),
        Binding("v", "whole", "Whole"),
    ]

    class Whole(Message):
        """A row is to be looked at by itself."""

        def __init__(self, event: Event) -> None:
            super().__init__()
            self.event = event

    def __init__(self, event: Callable[[Place], Event], id: str | None = None) -> None:
        super().__init__(id=id)
        self._event, self._row = event, 0
        self._rows = Rows(event)

    def again(self, event: Callable[[Place], Event]) -> None:
        """Begin with another log."""
        self._event, self._row = event, 0
        self._rows = Rows(event, max(self.size.width - 1, 20))
        self.spread(0)
        self.scroll_to(y=0, animate=False)

    def add(self, found: Sequence[tuple[Kind, Entry]]) -> None:
        """More rows."""
        follows = self._row >= len(self._rows) - 1
        for kind, entry in found:
            self._rows.add(kind, entry.place, entry.event)
        if found:
            self._spread(self._rows.at(max(self._rows.height - 1, 0)) if follows else self._row)

    def text_at(self, y: int) -> tuple[str, str, bool]:
        line = self._rows.line(y)
        return line.kind, line.text, line.row == self._row and self.has_focus

    def on_resize(self, event: Resize) -> None:
        self._rows.resize(max(event.size.width - 1, 20))
        self._spread(self._row)

    def on_click(self, event: Click) -> None:
        y = event.y + self.scroll_offset.y
        if y < self._rows.height:
            row = self._rows.at(y)
            again, self._row = row == self._row, row
            self.action_unfold() if again else self.refresh()

    def action_move(self, by: int) -> None:
        self._go(self._row + by)

    def action_page(self, by: int) -> None:
        if len(self._rows):
            span = self._rows.span(self._row)
            self._go(self._rows.at(max((span.start if by < 0 else span.stop - 1) + by * self.size.height, 0)))

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self._rows) - 1)

    def action_unfold(self) -> None:
        """A line, all, and some of it again."""
        if len(self._rows):
            after = {FOLDED: WHOLE, OPEN: WHOLE, WHOLE: FOLDED}
            self._rows.show(self._row, after[self._rows.shown(self._row)])
            self._spread(self._row)

    def action_whole(self) -> None:
        if len(self._rows):
            self.post_message(self.Whole(self._event(self._rows.place(self._row))))

    def _go(self, row: int) -> None:
        self._spread(min(max(row, 0), max(len(self._rows) - 1, 0)))

    def _spread(self, row: int) -> None:
        """Show the rows as they are, with one in sight."""
        self._row = row
        self.spread(self._rows.height)
        if len(self._rows):
            span = self._rows.span(row)
            top = max(span.start, span.stop - self.size.height) if row == len(self._rows) - 1 else span.start
            height = min(span.stop - top, self.size.height)
            self.scroll_to_region(Region(0, top, 1, max(height, 1)), animate=False, force=True)
