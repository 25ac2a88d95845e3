"""A text by itself: a patch, a whole result, a verdict."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer, Label

from ...agent.task import TaskError
from ...sandbox.patch import Patch
from ..words import plain
from .sheet import Page


class PageScreen(Screen[None]):
    """A page with its title, until one goes back."""

    BINDINGS = [
        Binding("escape,q", "dismiss", "Back"),
        Binding("y", "copy", "Copy all"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]
    DEFAULT_CSS = "PageScreen Label { width: 100%; text-style: bold; background: $panel; }"

    def __init__(self, title: str, lines: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._lines = title, [*lines]

    def compose(self) -> ComposeResult:
        yield Label(plain(self._title), markup=False)
        yield Page(self._lines)
        yield Footer()

    def action_scroll(self, by: int) -> None:
        self.query_one(Page).scroll_relative(y=by, animate=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(text for _, text in self._lines))
        self.notify(f"{len(self._lines)} lines are on their way to the clipboard.", markup=False)


def diff(patch: str) -> Iterator[tuple[str, str]]:
    """A patch's lines, with what they are."""
    for text in patch.splitlines():
        yield kind_of(text), plain(text)


def show_patch(app: App[Any], patch_of: Callable[[int], Patch], attempt: int) -> None:
    """The patch that an attempt left, or why there is none to show."""
    try:
        patch = patch_of(attempt)
    except TaskError as e:
        app.notify(str(e), markup=False)
        return
    if patch:
        app.push_screen(PageScreen(f"the patch of attempt {attempt}", diff(patch.text)))
    else:
        app.notify(f"Attempt {attempt} changes nothing.", markup=False)


def kind_of(text: str) -> str:
    if text.startswith(("diff ", "--- ", "+++ ", "index ", "@@")):
        return "place" if not text.startswith("index ") else "note"
    return {"+": "added", "-": "removed"}.get(text[:1], "plain")
