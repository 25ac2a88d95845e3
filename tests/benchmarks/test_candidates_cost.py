"""The benchmark of what a candidate costs: that it measures what it says, not how long it took."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.search import run


def test_a_row_for_each_tenth_and_the_targets(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--candidates", "20"]) in (0, 1)
    rows = [row.split("|")[1:-1] for row in capsys.readouterr().out.splitlines() if row.startswith("| ")]
    counted = [row for row in rows if row[0].strip().isdigit()]
    assert [int(row[0]) for row in counted] == [*range(2, 21, 2)]
    assert all(float(cell) > 0 for row in counted for cell in row[1:])
    assert len(rows) == len(counted) + 2 + 5


def moments(bare: float, memory: int = 1_000) -> list[run.Moment]:
    """Ten candidates in ten seconds each time, and then three seconds that are not theirs."""
    begins = [n * 13.0 for n in range(11)]
    found = [run.Moment(at, at + 3.0, (bare,) * run.BARE, 1_000, 1) for at in begins]
    return [*found[:-1], found[-1]._replace(memory=memory)]


@pytest.mark.parametrize(
    ("found", "code"),
    [(moments(0.9), 0), (moments(0.8), 1), (moments(0.9, memory=2_000), 1)],
    ids=["met", "dear", "growing"],
)
def test_a_target_that_is_missed_ends_with_1(found: list[run.Moment], code: int) -> None:
    assert run.told(found, 10) == code
