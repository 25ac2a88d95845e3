"""The screen on a run, by its keys. The runs are written by hand but for one, which is made."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from fakes import RIGHT, TEST, WRONG, patchwright
from patchwright.agent import run
from patchwright.agent.log import Log
from patchwright.frontends.tui.app import Watch
from patchwright.frontends.tui.board import Candidates
from patchwright.frontends.tui.page import PageScreen
from patchwright.frontends.tui.sheet import Page, Sheet
from patchwright.frontends.tui.timeline import Timeline
from scenes import BEFORE, ending, opened, step, whole, written
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection

Act = Callable[[Watch, Pilot[None]], Awaitable[None]]
SIZES = [(80, 24), (120, 40), (200, 60)]


def on_screen(folder: Path, act: Act, size: tuple[int, int] = (120, 40), attempt: int | None = None) -> None:
    async def played() -> None:
        app = Watch(folder, attempt)
        async with app.run_test(size=size) as pilot:
            await pilot.pause(0.2)
            await act(app, pilot)

    asyncio.run(played())


def texts(sheet: Sheet) -> str:
    """All lines, in sight or not."""
    return "\n".join(sheet.text_at(y)[1] for y in range(sheet.virtual_size.height))


def page(app: Watch) -> str:
    assert isinstance(app.screen, PageScreen)
    return texts(app.screen.query_one(Page))


@pytest.fixture
def over(tmp_path: Path) -> Path:
    """A run that is over."""
    written(tmp_path / "run" / "1.jsonl", whole())
    (tmp_path / "run" / "baseline.json").write_text(BEFORE.model_dump_json())
    return tmp_path / "run"


@pytest.mark.parametrize("size", SIZES)
def test_a_run_that_is_over_is_shown_with_what_stands_beside(over: Path, size: tuple[int, int]) -> None:
    async def act(app: Watch, pilot: Pilot[None]) -> None:
        timeline, side = app.query_one(Timeline), app.query_one("#aside", Page)
        assert "✔ ── VERIFIED" in texts(timeline)
        assert side.display == (size[0] > 96)
        if not side.display:
            await pilot.press("s")
            await pilot.pause(0.1)
        assert "1 broke" in texts(side)
        assert side.display
        await pilot.press("s")
        assert not side.display

    on_screen(over, act, size)


def test_rows_are_gone_through_and_unfolded_by_keys(over: Path) -> None:
    async def act(app: Watch, pilot: Pilot[None]) -> None:
        timeline = app.query_one(Timeline)
        before = texts(timeline)
        await pilot.press("home", "j", "j", "down", "up", "enter")
        await pilot.press("enter")
        marked = [y for y in range(timeline.virtual_size.height) if timeline.text_at(y)[2]]
        assert [timeline.text_at(y)[1] for y in marked] == ['▸ read path="a.py"']
        await pilot.press("end", "enter")
        whole_of_it = texts(timeline)
        await pilot.press("enter")
        assert whole_of_it == before != texts(timeline)
        assert "✔ ── VERIFIED  (+" in texts(timeline)
        await pilot.press("v")
        assert "abc" in page(app)
        await pilot.press("escape", "d")
        assert "+new" in page(app)
        await pilot.press("y")
        assert "+new" in app.clipboard
        await pilot.press("escape", "question_mark")
        assert "the candidates of the run" in page(app)

    on_screen(over, act)


def test_what_is_selected_is_copied(over: Path) -> None:
    async def act(app: Watch, pilot: Pilot[None]) -> None:
        timeline = app.query_one(Timeline)
        lines = texts(timeline).split("\n")
        app.screen.selections = {timeline: Selection(Offset(2, 1), Offset(6, 2))}
        await pilot.press("y")
        assert app.clipboard == f"{lines[1][2:].rstrip()}\n{lines[2][:6].rstrip()}"

    on_screen(over, act)


def test_a_run_that_goes_on_is_followed_while_the_last_row_is_the_current_one(tmp_path: Path) -> None:
    path = written(tmp_path / "1.jsonl", [opened(), *step(1, "run", "\n".join(map(str, range(90))))])

    async def act(app: Watch, pilot: Pilot[None]) -> None:
        timeline = app.query_one(Timeline)
        log = Log(path)
        for n in range(2, 40):
            for event in step(n, "run", f"result {n}"):
                log.append(event)
        await until(pilot, lambda: "result 39" in texts(timeline))
        assert timeline.is_vertical_scroll_end
        await pilot.press("home")
        for event in [*step(40, "run", "result 40"), *ending(verified=False)]:
            log.append(event)
        await until(pilot, lambda: "✘ ── NOT VERIFIED" in texts(timeline))
        assert timeline.scroll_offset.y == 0
        log.close()

    on_screen(tmp_path, act)


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends, "it does not come"
        await pilot.pause(0.05)


def test_a_run_that_has_no_log_yet_is_waited_for(tmp_path: Path) -> None:
    async def act(app: Watch, pilot: Pilot[None]) -> None:
        timeline = app.query_one(Timeline)
        assert texts(timeline) == ""
        await pilot.press("enter", "v", "d", "b", "left_square_bracket", "pagedown", "end", "up")
        written(tmp_path / "1.jsonl", whole())
        await until(pilot, lambda: "VERIFIED" in texts(timeline))

    on_screen(tmp_path, act)


def test_hostile_text_is_text(tmp_path: Path) -> None:
    evil = "[red]x[/] [@click=app.quit]y[/] \x1b[2J\x1b]52;c;b3duZWQ=\x07 \u202egnirts \ud800 \U0001f9d1\u200d\U0001f680 \x9b31m"
    texts_of = [evil, "x" * 1_000_000, "\n".join([evil] * 3_000), "日本" * 5_000, "[/nothing]"]
    events = [
        e
        for n, text in enumerate(texts_of)
        for e in step(
            n,
            "run",
            text.encode("utf-8", "replace").decode(),
            thought=evil.replace("\ud800", ""),
            command=text[:500].replace("\ud800", ""),
        )
    ]
    written(tmp_path / "1.jsonl", [opened(), *events])

    async def act(app: Watch, pilot: Pilot[None]) -> None:
        timeline = app.query_one(Timeline)
        shown = texts(timeline)
        assert "[red]x[/] [@click=app.quit]y[/]" in shown
        assert not any(c in shown for c in "\x1b\x07\u202e\u200d\x9b")
        await pilot.press("home")
        for _ in range(16):
            await pilot.press("enter", "v", "escape", "down")
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.1)
        assert app.is_running

    on_screen(tmp_path, act)


def test_what_is_no_log_ends_with_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_text("{}\n")
    with pytest.raises(Exception, match="line 1: not an event of patchwright's log"):
        on_screen(tmp_path, lambda app, pilot: asyncio.sleep(1))


def test_candidates_are_compared_and_looked_at_one_by_one(repo: Path, tmp_path: Path) -> None:
    cheap = "    return sum(s[n // 2 - 1 : n // 2 + 1]) * 0.5\n"
    for number, new in enumerate((RIGHT, cheap), 1):
        turns = [
            {"calls": [{"tool": "edit", "args": {"path": "stats.py", "old": WRONG, "new": new}}]},
            {"calls": [{"tool": "finish", "args": {"summary": "done"}}]},
        ]
        (tmp_path / f"{number}.json").write_text(json.dumps(turns))
    models = [f"scripted:{tmp_path / name}" for name in ("1.json", "2.json")]
    words = ("--model", models[0], "--another", models[1], "--test", TEST, "--candidates", "2")
    assert patchwright(repo, "solve", "wrong", *words).returncode == 0

    async def act(app: Watch, pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await pilot.pause(0.2)
        assert isinstance(app.screen, Candidates)
        assert "2 candidates agree" in texts(app.screen.query_one(Page))
        await pilot.press("equals_sign")
        assert isinstance(app.screen, Candidates)  # none is marked yet
        await pilot.press("space", "down", "equals_sign")
        await pilot.pause(0.1)
        assert "≠" in page(app)
        await pilot.press("escape", "d")
        assert "+++ b/stats.py" in page(app)
        await pilot.press("escape", "enter")
        await pilot.pause(0.2)
        other = app.query_one(Timeline)
        first = texts(other)
        await pilot.press("left_square_bracket", "right_square_bracket", "left_square_bracket")
        await until(pilot, lambda: "attempt 1:" in texts(other))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "attempt 2:" in texts(other))
        assert "attempt" in first

    on_screen(run.find(""), act)


def test_bad_input_is_one_sentence(repo: Path, over: Path) -> None:
    (over / "run.json").write_text("{}")
    for words, said in (
        ((), "there is no run yet"),
        (("nothing",), "there is no run 'nothing'"),
        (("no.jsonl",), "there is no log no.jsonl"),
        ((str(over),), "watch needs a terminal: `patchwright replay"),
    ):
        done = patchwright(repo, "watch", *words)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert said in done.stderr
