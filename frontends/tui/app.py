"""The terminal's screen on a run: the steps of an attempt as they come, what stands beside them, and the candidates."""

import time
from functools import partial
from pathlib import Path

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Footer

from ...agent.events import Event
from ...agent.run import logs
from ...agent.search.board import DECISION
from ...agent.task import TaskError
from ...verify.report import TestReport
from ..candidates import kept, patch_of
from ..words import plain
from .aside import aside
from .board import Candidates
from .feed import Feed, Kind, told
from .journal import Entry, Journal, Place
from .page import PageScreen, show_patch
from .sheet import Page
from .timeline import Timeline

LOOK = 0.1
"""Seconds between looks at the log."""
BUSY = 0.03
"""Seconds that are worked at one time on what came, so that keys never wait for long."""
BATCH = 20
NARROW = 96
"""Columns below which nothing stands beside the timeline, unless it is asked for."""
WIDE = 1_000_000
"""Characters of a text that are shown by itself."""
HELP = """Keys

  up down j k     the row before, the next one
  pageup pagedown a screenful
  home end g G    the first row, the last one, which is followed as more come
  enter           show a row whole, then a line of it, and again
  v               a row by itself
  d               the patch that the attempt left
  b               the candidates of the run
  [ ]             the attempt before, the next one
  s               what stands beside, or not
  y               copy what is selected; drag with the mouse to select
  ctrl+p          commands, themes among them
  q               leave: what runs goes on

Signs

  ❯ said by you   · by the model   ▸ a call   ! one that failed
  ✔ verified      ✘ not verified

Hold shift while you drag to select as the terminal does it.
`patchwright replay` prints the same, line by line."""
OURS = ("board", "diff", "another", "aside", "help")
"""Actions that only the timeline's screen has."""


class Watch(App[None]):
    """A run that goes on, in this process or another, or that is over: its logs are read as they grow."""

    TITLE = "patchwright"
    BINDINGS = [
        Binding("b", "board", "Candidates"),
        Binding("d", "diff", "Patch"),
        Binding("left_square_bracket,[", "another(-1)", "Attempt before", show=False),
        Binding("right_square_bracket,]", "another(1)", "Next attempt", show=False),
        Binding("s", "aside", "Side"),
        Binding("y", "copy", "Copy", show=False),
        Binding("question_mark,?", "help", "Help"),
        Binding("q", "quit", "Leave"),
    ]
    CSS = """
    Timeline { width: 1fr; }
    #aside { width: 42; border-left: solid $primary 40%; padding: 0 1; display: none; }
    .wide #aside, .asked #aside { display: block; }
    .wide.declined #aside { display: none; }
    """

    def __init__(self, folder: Path, attempt: int | None = None) -> None:
        super().__init__()
        self.folder = folder
        self._chosen = attempt
        """The attempt that somebody asked for; None: the latest one."""
        self._journal: Journal | None = None
        self._feed = Feed()
        self._before: TestReport | None = None
        self._changed, self._second = 0, 0
        """When the folder did last, and for when the time was shown."""
        self.failure: Exception | None = None
        """Why it came to an end of its own."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Timeline(self._event)
            yield Page(id="aside")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(Timeline).focus()
        self.query_one("#aside").can_focus = False
        self.set_interval(LOOK, self._look)
        self._look()

    def on_resize(self) -> None:
        self.screen_stack[0].set_class(self.size.width >= NARROW, "wide")
        self.call_after_refresh(self._show_aside)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in OURS or len(self.screen_stack) == 1

    def _event(self, place: Place) -> Event:
        assert self._journal
        return self._journal.event(place)

    def _look(self) -> None:
        """Take in what the log has more than before, for a moment at a time."""
        if not self._opened():
            return
        assert self._journal
        until, found, any_news = time.monotonic() + BUSY, list[tuple[Kind, Entry]](), False
        while time.monotonic() < until and (news := self._journal.news(BATCH)):
            any_news = True
            for entry in news:
                if kind := self._feed.take(entry.event):
                    found.append((kind, entry))
        if found:
            self.screen_stack[0].query_one(Timeline).add(found)
        second = int(time.time()) if self._feed.state.doing else 0
        if any_news or second != self._second:
            self._second = second
            self._show_aside()
        if time.monotonic() >= until:
            self.set_timer(0.001, self._look)

    def _handle_exception(self, error: Exception) -> None:
        """Leave the screen first, so that what is said of the error can be read; a test sees it at once."""
        if self.is_headless:
            super()._handle_exception(error)
        self.failure = error
        self.exit(return_code=1)

    def _opened(self) -> bool:
        """Whether there is a log to look at; that is the one that was asked for, or else the latest one."""
        changed = self.folder.stat().st_mtime_ns
        if changed != self._changed:
            self._changed = changed
            wanted = self._wanted()
            if wanted and (self._journal is None or self._journal.path != wanted):
                self._begin(wanted)
        return self._journal is not None

    def _wanted(self) -> Path | None:
        if self._chosen is not None:
            return self.folder / f"{self._chosen}.jsonl"
        if self._journal and not self._feed.state.ended:
            return self._journal.path  # it is not over: others are made beside it
        if (self.folder / DECISION).exists() and (board := kept(self.folder)).over and board.decision:
            return self.folder / f"{board.decision.best}.jsonl"
        paths = logs(self.folder)
        return paths[-1] if paths else None

    def _begin(self, path: Path) -> None:
        if self._journal:
            self._journal.close()
        self._journal, self._feed = Journal(path), Feed()
        self.screen_stack[0].query_one(Timeline).again(self._event)

    def _show_aside(self) -> None:
        page = self.screen_stack[0].query_one("#aside", Page)
        if page.display and page.size.width:
            page.put(aside(self._feed.state, self._baseline(), page.size.width, time.time()))

    def _baseline(self) -> TestReport | None:
        path = self.folder / "baseline.json"
        if self._before is None and path.exists():
            self._before = TestReport.model_validate_json(path.read_bytes())
        return self._before

    def on_timeline_whole(self, message: Timeline.Whole) -> None:
        rows = (("plain", plain(text)) for text in told(message.event, WIDE))
        self.push_screen(PageScreen(f"{message.event.kind}, event {message.event.seq}", rows))

    def action_another(self, by: int) -> None:
        """Look at another attempt, and stay with it."""
        numbers = [int(path.stem) for path in logs(self.folder)]
        if self._journal and numbers:
            here = numbers.index(int(self._journal.path.stem))
            self._choose(numbers[min(max(here + by, 0), len(numbers) - 1)])

    def _choose(self, attempt: int) -> None:
        self._chosen, self._changed = attempt, 0
        self._look()

    def action_aside(self) -> None:
        shown = self.screen_stack[0].query_one("#aside").display
        self.screen.set_class(not shown, "asked")
        self.screen.set_class(shown, "declined")
        self.call_after_refresh(self._show_aside)

    def action_board(self) -> None:
        def chosen(attempt: int | None) -> None:
            if attempt:
                self._choose(attempt)

        try:
            self.push_screen(Candidates(partial(kept, self.folder), partial(patch_of, self.folder)), chosen)
        except TaskError as e:
            self.notify(str(e), markup=False)

    def action_diff(self) -> None:
        show_patch(self, partial(patch_of, self.folder), self._feed.state.attempt)

    def action_copy(self) -> None:
        text = self.screen.get_selected_text()
        if text:
            self.copy_to_clipboard(text)
        else:
            self.notify("Nothing is selected: drag with the mouse over what is to be copied.", markup=False)

    def action_help(self) -> None:
        self.push_screen(PageScreen("Help", (("plain", text) for text in HELP.splitlines())))
