"""The candidates of a run: a table, why one was chosen, and two of them side by side."""

from collections.abc import Callable, Iterator

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Label

from ...agent.search.board import Board
from ...agent.task import TaskError
from ...sandbox.patch import Patch
from ..beside import beside
from ..board import HEAD, cells, ordered, standing, table
from ..plain import summary
from ..words import plain
from .page import PageScreen, show_patch
from .sheet import Page

SIGN = "●"
"""Before a candidate that another one is to be held against."""


class Candidates(Screen[int | None]):
    """The table; the attempt that was chosen to be looked at is handed back."""

    BINDINGS = [
        Binding("escape,b", "dismiss", "Back"),
        Binding("enter", "open", "Its steps"),
        Binding("space", "mark", "Mark"),
        Binding("equals_sign,=", "beside", "Beside the marked one"),
        Binding("d", "diff", "Patch"),
    ]
    DEFAULT_CSS = """
    Candidates DataTable { height: 1fr; min-height: 5; }
    Candidates Page { height: auto; max-height: 40%; border-top: solid $primary; }
    """

    def __init__(self, board: Callable[[], Board], patch: Callable[[int], Patch]) -> None:
        super().__init__()
        self._board, self._patch = board, patch
        board()  # raises TaskError where there is none
        self._shown: Board | None = None
        self._marked = 0

    def compose(self) -> ComposeResult:
        yield Label(id="standing", markup=False)
        yield DataTable[str](cursor_type="row", zebra_stripes=True)
        yield Page()
        yield Footer()

    def on_mount(self) -> None:
        grid = self.query_one(DataTable)
        grid.add_columns("", *HEAD)
        grid.focus()
        self._fill()
        self.set_interval(0.5, self._fill)

    def _fill(self) -> None:
        """Show the candidates as they stand, where that is news."""
        board = self._board()
        if board == self._shown:
            return
        self._shown = board
        grid = self.query_one(DataTable)
        row = grid.cursor_row
        grid.clear()
        for one in ordered(board):
            sign = SIGN if one.attempt == self._marked else ""
            grid.add_row(sign, *map(plain, cells(one)), key=str(one.attempt))
        grid.move_cursor(row=row)
        self.query_one("#standing", Label).update(standing(board).strip("[]"))
        self.query_one(Page).put(("note", text.strip()) for text in reasons(board))

    def _current(self) -> int:
        grid = self.query_one(DataTable)
        if not grid.row_count:
            return 0
        key = grid.coordinate_to_cell_key(grid.cursor_coordinate).row_key
        return int(key.value or 0)

    def on_data_table_row_selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        self.dismiss(self._current() or None)

    def action_mark(self) -> None:
        self._marked = self._current() if self._current() != self._marked else 0
        self._shown = None
        self._fill()

    def action_diff(self) -> None:
        show_patch(self.app, self._patch, self._current())

    def action_beside(self) -> None:
        one, other = self._marked, self._current()
        if not one or one == other:
            self.notify("Mark another candidate first, with the space bar.", markup=False)
            return
        try:
            left, right = self._patch(one), self._patch(other)
        except TaskError as e:
            self.notify(str(e), markup=False)
            return
        head = " │ ".join(
            f"{number}: {summary(p.files, p.added, p.removed)}" for number, p in ((one, left), (other, right))
        )
        self.app.push_screen(PageScreen(head, pairs(left.text, right.text, self.size.width - 2)))


def reasons(board: Board) -> Iterator[str]:
    """What the table in plain lines has below its rows: why the best one is it."""
    rows = [*table(board)]
    yield from rows[len(board.rows) + 2 :] or ["   nobody has lost to another one yet"]


def pairs(left: str, right: str, width: int) -> Iterator[tuple[str, str]]:
    """Two patches side by side, with the lines that are different marked."""
    half = max((width - 3) // 2, 10)
    for row in beside(left.splitlines(), right.splitlines(), width):
        mark = row[half + 1 : half + 2]
        yield {"│": "plain", "≠": "failure", "<": "removed", ">": "added"}.get(mark, "plain"), row
