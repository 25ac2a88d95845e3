"""The candidates of a run, as a user sees them."""

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import RIGHT, TEST, WRONG, patchwright
from patchwright.agent.search.board import Board, Row
from patchwright.agent.search.choice import Standing, choose
from patchwright.frontends.beside import beside
from patchwright.frontends.board import table


def row(attempt: int, state: str = "verified", **about: Any) -> Row:
    return Row(attempt, state, **about)


def test_the_table_has_the_chosen_one_first_and_says_who_lost_on_what() -> None:
    standings = [Standing(attempt=1, verified=True, judged=True, size=9), Standing(attempt=2, size=2)]
    rows = (
        row(1, added=8, removed=1, cluster="A"),
        row(2, state="still failing"),
        row(3, state="as 1", alike=1),
    )
    board = Board(
        rows=rows, decision=choose(standings), differing=("f(1)", "f(\x1b[31m)"), over=True, ended="x"
    )
    lines = [*table(board)]
    assert [line.split()[0] for line in lines[2:5]] == ["1", "3", "2"]
    assert "   no more were made: x" in lines
    assert "   2 lost to 1 on verified: not verified against verified" in lines
    assert "\x1b" not in "".join(lines)


def test_two_texts_stand_side_by_side_with_a_mark_where_they_differ() -> None:
    shown = [*beside(["same", "old", "gone"], ["same", "new"], 23)]
    assert [line.split() for line in shown] == [["same", "│", "same"], ["old", "≠", "new"], ["gone", "≠"]]
    assert all(len(line) <= 23 for line in beside(["x" * 90], ["y" * 90], 23))


@pytest.fixture
def made(repo: Path, tmp_path: Path) -> Path:
    turns = [
        {"calls": [{"tool": "edit", "args": {"path": "stats.py", "old": WRONG, "new": RIGHT}}]},
        {"calls": [{"tool": "finish", "args": {"summary": "done"}}]},
    ]
    (tmp_path / "script.json").write_text(json.dumps(turns))
    model = f"scripted:{tmp_path / 'script.json'}"
    done = patchwright(repo, "solve", "wrong", "--model", model, "--test", TEST, "--candidates", "2")
    assert done.returncode == 0, done.stderr
    assert "2 candidates agree" in done.stderr
    return repo


def test_a_run_s_candidates_are_shown_and_compared(made: Path) -> None:
    shown = patchwright(made, "candidates").stdout
    assert "no more were made: 2 candidates agree" in shown
    told = json.loads(patchwright(made, "candidates", "--json").stdout)
    assert {row["state"] for row in told["rows"]} in ({"verified", "as 1"}, {"verified", "as 2"})
    side = patchwright(made, "candidates", "--beside", "1", "2").stdout
    assert "≠" not in side
    assert RIGHT.strip()[:20] in side
    wrong = patchwright(made, "candidates", "--beside", "1", "7")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    assert "has no attempt 7" in wrong.stderr


def test_a_run_of_one_attempt_has_no_table(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text(json.dumps([{"text": "…"}] * 9))
    patchwright(repo, "solve", "wrong", "--model", f"scripted:{tmp_path / 'script.json'}", "--test", TEST)
    done = patchwright(repo, "candidates")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "made one attempt" in done.stderr


@pytest.mark.parametrize("number", ["0", "-1"])
def test_no_candidates_are_no_run(repo: Path, number: str) -> None:
    done = patchwright(repo, "solve", "wrong", "--candidates", number)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
