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


def test_a_target_that_is_missed_ends_with_1() -> None:
    slow = [run.Moment(at=n * 10.0, memory=1_000, disk=1) for n in range(11)]
    assert run.told(9.0, slow, 10) == 0
    assert run.told(0.5, slow, 10) == 1
    assert run.told(9.0, [*slow[:-1], run.Moment(at=100.0, memory=2_000, disk=1)], 10) == 1
