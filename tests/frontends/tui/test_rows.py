"""The timeline's rows as lines: how many each takes, and that they are found again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.frontends.tui.feed import kind
from patchwright.frontends.tui.journal import Journal
from patchwright.frontends.tui.rows import FOLDED, LATEST, OPEN, WHOLE, Rows, laid
from rich.cells import cell_len
from scenes import opened, step, whole, written


def rows(path: Path, width: int = 60) -> Rows:
    journal = Journal(path)
    found = Rows(journal.event, width)
    for entry in journal.news(1_000_000):
        if what := kind(entry.event):
            found.add(what, entry.place, entry.event)
    return found


def shown(found: Rows) -> list[str]:
    return [found.line(y).text for y in range(found.height)]


def test_a_row_s_sign_tells_what_it_is(tmp_path: Path) -> None:
    found = rows(written(tmp_path / "1.jsonl", whole()))
    text = "\n".join(shown(found))
    assert "· I look first." in text
    assert '▸ read path="a.py"' in text
    assert "! no such text" in text
    assert "✔ ── VERIFIED" in text
    assert [found.at(y) for y in range(found.height)] == sorted(found.at(y) for y in range(found.height))


@pytest.mark.parametrize("how", [FOLDED, OPEN, WHOLE])
@pytest.mark.parametrize("text", ["", "x", "\n".join(map(str, range(500))), "wide " * 400, "日本" * 300])
def test_no_line_is_wider_than_there_is_room(how: int, text: str) -> None:
    for name in ("thought", "result"):
        lines = laid(text.splitlines(), name, how, 30)
        assert lines
        assert all(cell_len(line) <= 30 for line in lines)
        assert how != FOLDED or len(lines) == 1


def test_of_a_long_result_the_beginning_and_the_end_are_shown() -> None:
    lines = laid([*map(str, range(500))], "result", OPEN, 30)
    assert lines == ["0", "1", "2", "3", "… 491 more lines", "495", "496", "497", "498", "499"]
    assert len(laid([*map(str, range(500))], "result", WHOLE, 30)) == 500


def test_old_rows_are_folded_but_for_what_somebody_opened(tmp_path: Path) -> None:
    events = [opened(), *(e for n in range(LATEST) for e in step(n, "run", "a\nb\nc", command="x"))]
    path = written(tmp_path / "1.jsonl", events)
    few, journal = rows(path), Journal(path)
    found = Rows(journal.event, 60)
    for nth, entry in enumerate(journal.news(1_000_000)):
        if what := kind(entry.event):
            found.add(what, entry.place, entry.event)
        if nth == 20:
            found.show(2, WHOLE)
    assert found.height == few.height + 2
    assert (found.shown(2), found.shown(4), found.shown(len(found) - 1)) == (WHOLE, FOLDED, OPEN)
    assert [found.line(y).text for y in found.span(2)] == ["  a", "  b", "  c"]
    assert shown(found)[0].startswith("  ── attempt 1")


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from([FOLDED, OPEN, WHOLE])), max_size=12))
def test_whatever_is_folded_each_line_is_its_row_s(
    tmp_path_factory: pytest.TempPathFactory, keys: list[tuple[int, int]]
) -> None:
    found = rows(written(tmp_path_factory.mktemp("log") / "1.jsonl", whole()), 24)
    for row, how in keys:
        found.show(row, how)
    found.resize(41)
    assert sum(len(found.span(row)) for row in range(len(found))) == found.height
    for row in range(len(found)):
        assert {found.at(y) for y in found.span(row)} == {row}
        assert found.shown(row) != FOLDED or len(found.span(row)) == 1
        assert all(cell_len(found.line(y).text) <= 41 for y in found.span(row))
