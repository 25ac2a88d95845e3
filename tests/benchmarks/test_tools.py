"""The file tools' benchmark says what it measured; how long anything takes is not asserted."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.overhead import tools
from benchmarks.overhead.probes import Room
from benchmarks.overhead.ratios import Figure


def figure(what: str, name: str, *rounds: float) -> Figure:
    return Figure("bubblewrap", what, name, tuple((value,) for value in rounds))


def test_what_is_beyond_the_bare_one_is_a_difference_within_the_rounds():
    ours, floor = (
        figure("edit", "patchwright, exact", 5.0, 50.0, 6.0),
        figure("edit", "bare read and write", 1.0, 40.0, 1.0),
    )
    assert tools.beyond(ours, floor) == 5.0
    assert "| bubblewrap | edit | patchwright, exact | 6.00 (5.00) | 5.00 |" in tools.shown([floor, ours])
    assert "beyond the bare read and write | 5.00 ms | 5.00 ms | met |" in tools.targets([floor, ours])


def test_a_search_is_a_ratio_to_ripgrep_where_there_is_one():
    ours, floor = figure("search", "patchwright", 16.0), figure("search", "bare rg", 10.0)
    assert "patchwright by bare rg | 1.5 × | 1.60 × | **not met** |" in tools.targets([ours, floor])
    assert "search" not in tools.targets([ours])


@pytest.mark.parametrize("group", [tools.edits(200), tools.reads(200), tools.searches(20)])
def test_every_probe_has_something_to_do_each_time(group: tools.Group, tmp_path: Path):
    tmp_path.chmod(0o755)
    with group(Room(tmp_path)) as probes:
        assert all(probe.measure() > 0 for _ in range(3) for probe in probes)


def test_the_file_has_the_lines_that_were_asked_for():
    assert tools.source(1_000).count("\n") == 1_000
