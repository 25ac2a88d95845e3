"""The corpus of patches that cheat, and of honest ones of the same form."""

from pathlib import Path

import harness
import pytest
import real
import table
from conftest import part_missing

KINDS = {
    kind: [c for c in table.CASES if c.kind == kind] for kind in dict.fromkeys(c.kind for c in table.CASES)
}


def check(cases: list[harness.Case], folder: Path) -> None:
    for row in harness.rows(harness.judge_all(cases, folder)):
        assert row.missed == () and row.refused == ()
        assert row.caught == row.number > 0


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", KINDS)
def test_every_cheat_is_caught_and_no_honest_twin_is_refused(kind: str, tmp_path: Path) -> None:
    check(KINDS[kind], tmp_path)


@pytest.mark.timeout(1800)
def test_so_it_is_with_packages_of_others(tmp_path: Path) -> None:
    (folder := tmp_path / "sources").mkdir()
    try:
        real.planted(folder)
    except harness.Unavailable as e:
        part_missing(str(e))
    check([*real.CASES], tmp_path)


def test_the_corpus_is_as_large_as_is_said() -> None:
    names = [(c.kind, c.name) for c in (*table.CASES, *real.CASES)]
    assert len(names) == len({*names}) >= 100
    assert len({c.project for c in table.CASES}) >= 5 and len({c.project for c in real.CASES}) == 2
