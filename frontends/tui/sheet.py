"""Lines that are drawn as they come into sight, however many there are; they can be selected and copied."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from .feed import KINDS

STYLES = (*KINDS, "added", "removed", "place", "plain")
COPIED = 20_000
"""Lines that are copied at the most."""


class Sheet(ScrollView, can_focus=True):
    """What a subclass has as lines, each with what it is."""

    COMPONENT_CLASSES = {f"sheet--{name}" for name in STYLES} | {"sheet--marked"}
    DEFAULT_CSS = """
    Sheet { background: $background; scrollbar-size-vertical: 1; }
    Sheet > .sheet--section { color: $accent; text-style: bold; }
    Sheet > .sheet--user { color: $primary; text-style: bold; }
    Sheet > .sheet--thought { color: $foreground; }
    Sheet > .sheet--call { color: $secondary; text-style: bold; }
    Sheet > .sheet--result { color: $foreground 70%; }
    Sheet > .sheet--failure { color: $error; }
    Sheet > .sheet--note { color: $foreground 60%; text-style: italic; }
    Sheet > .sheet--verified { color: $success; }
    Sheet > .sheet--refused { color: $warning; }
    Sheet > .sheet--added { color: $success; }
    Sheet > .sheet--removed { color: $error; }
    Sheet > .sheet--place { color: $accent; text-style: bold; }
    Sheet > .sheet--plain { color: $foreground; }
    Sheet > .sheet--marked { background: $boost; }
    """

    def text_at(self, y: int) -> tuple[str, str, bool]:
        """A line: what it is, its text, and whether it is marked."""
        raise NotImplementedError

    def spread(self, height: int, width: int = 0) -> None:
        """Be told how many lines there are, and how wide the widest is where they are not cut."""
        self.virtual_size = Size(width, height)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        x, top = self.scroll_offset
        y += top
        if y >= self.virtual_size.height:
            return Strip.blank(self.size.width, self.rich_style)
        name, text, marked = self.text_at(y)
        style = self.get_component_rich_style(f"sheet--{name}")
        if marked:
            style += self.get_component_rich_style("sheet--marked", partial=True)
        segments = [Segment(text, style)]
        if (chosen := self.text_selection) and (span := chosen.get_span(y)):
            start, end = span[0], len(text) if span[1] < 0 else span[1]
            mark = style + self.screen.get_component_rich_style("screen--selection", partial=True)
            parts = ((text[:start], style), (text[start:end], mark), (text[end:], style))
            segments = [Segment(part, look) for part, look in parts if part]
        strip = Strip(segments, cell_len(text)).apply_offsets(0, y)
        return strip.crop_extend(x, x + self.size.width, style)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else self.virtual_size.height - 1
        last = min(last, self.virtual_size.height - 1, first + COPIED)
        found = list[str]()
        for y in range(first, last + 1):
            text = self.text_at(y)[1]
            start, end = selection.get_span(y) or (0, 0)
            found.append(text[start : None if end < 0 else end].rstrip())
        return "\n".join(found), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()


class Page(Sheet):
    """Lines that are there."""

    def __init__(self, lines: Iterable[tuple[str, str]] = (), id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines = [*lines]

    def on_mount(self) -> None:
        self.put(self._lines)

    def put(self, lines: Iterable[tuple[str, str]]) -> None:
        """Show these instead."""
        self._lines = [*lines]
        self.spread(len(self._lines), max((cell_len(text) for _, text in self._lines), default=0))

    def text_at(self, y: int) -> tuple[str, str, bool]:
        return *self._lines[y], False
