"""What times of growing inputs say."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import TEST, begun, commit, write_files
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify import scaling
from patchwright.verify.delta import changes
from patchwright.verify.growth import Curve, Row, compared, exponent, least
from patchwright.verify.inside import measure
from patchwright.verify.suite import Suite

SIZES = [2**i for i in range(2, 13)]


def rows(power: float, unit: float = 1e-6, said: str = "x", noise: float = 0.0) -> list[Row]:
    return [Row(n, unit * n**power * (1 + noise * (-1) ** i), False, said) for i, n in enumerate(SIZES)]


@given(st.floats(0.8, 3), st.floats(1e-6, 1e-3), st.floats(0, 0.2))
def test_the_power_is_found_again(power: float, unit: float, noise: float) -> None:
    found = exponent(rows(power, unit, noise=noise))
    assert found == pytest.approx(power, abs=0.02 + noise)


def test_short_times_say_nothing() -> None:
    assert exponent(rows(1, 1e-12)) is None


@pytest.mark.parametrize(
    ("base", "patch", "severity"),
    [
        (rows(1), rows(2), "error"),
        (rows(1), rows(1, 4.5e-6), "warning"),
        (rows(1), rows(1, 15e-6), "error"),
        (rows(1), rows(1, 3e-6), ""),
        (rows(2), rows(2), ""),
        (rows(2), rows(1), ""),
        (rows(0, 1e-6), rows(1, 1e-8), ""),  # steeper, and too short to mind
        (rows(1), rows(2, said="y"), "warning"),  # it does something else: it may have to
        (rows(0), rows(1, 5e-6, said="y"), ""),
        (rows(1), [*rows(1)[:4], Row(64, 0.3, True, "")], "error"),  # ended: at least so long
    ],
)
def test_a_verdict_on_growth(base: list[Row], patch: list[Row], severity: str) -> None:
    found = compared(base, patch)
    assert found and found.severity == severity


def test_what_raises_on_one_side_is_not_compared() -> None:
    base = rows(1)
    assert compared(base, [Row(n, 9.0, False, "raises ValueError") for n in SIZES]) is None
    assert compared([Row(4, 9.0, True, "")], base) is None


def test_of_two_measurements_the_shorter_times_count() -> None:
    slow = [r._replace(seconds=r.seconds * 9) for r in rows(1)]
    assert list(least(slow, rows(1))) == list(least(rows(1), slow)) == rows(1)


def test_a_long_call_that_leaps_is_made_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    left = {4096: [0.16, 0.04], 8192: [0.09]}
    made = list[int]()

    def timed(size: int) -> tuple[float, str, str, bool]:
        made.append(size)
        return left[size].pop(0) if size in left else size * 1e-5, "", "", False

    monkeypatch.setattr(measure, "timed", timed)
    found = measure.measured(lambda size: size, float("inf"), False)
    assert [row[:2] for row in found[-3:]] == [[2048, 0.02048], [4096, 0.04], [8192, 0.09]]
    assert made[-3:] == [4096, 4096, 8192]


def slow_at(*seconds: float) -> list[list[Curve]]:
    """What rounds of measuring come to, base and patch in turns: the patch takes so long at the largest size."""
    quiet = tuple(rows(1, 1e-6))
    curves = [(*quiet[:-1], quiet[-1]._replace(seconds=s)) for s in seconds]
    return [
        [Curve(path="slow.py", name="work", how="a longer list", given="", rows=side)]
        for curve in curves
        for side in (quiet, curve)
    ]


@pytest.mark.parametrize(
    ("seconds", "told", "rounds"),
    [((0.001,), 0, 1), ((0.9, 0.001), 0, 2), ((0.9, 0.9, 0.001), 0, 3), ((0.9, 0.9, 0.9), 1, 3)],
)
def test_what_is_not_slow_each_time_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: tuple[float, ...], told: int, rounds: int
) -> None:
    found, left = scaled(tmp_path, monkeypatch, slow_at(*seconds))
    assert len(found.findings) == told
    assert left == 2 * (len(seconds) - rounds)


def test_what_the_base_did_not_come_to_an_end_with_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, patch, *others = slow_at(0.9, 0.9, 0.9)
    capped = [c.model_copy(update={"rows": tuple(r._replace(capped=True) for r in c.rows)}) for c in base]
    found, left = scaled(tmp_path, monkeypatch, [capped, patch, *others])
    assert len(found.findings) == 1 and left == 0


def scaled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: Sequence[list[Curve]]
) -> tuple[scaling.Scaled, int]:
    """What is said of curves that are measured one after the other, and how many of them were not asked for."""
    in_turns = iter(measured)
    monkeypatch.setattr(scaling, "probed", lambda *_: next(in_turns))
    write_files(tmp_path / "repo", {"slow.py": "def work(things):\n    return len(things)\n"})
    commit(tmp_path / "repo", "start", first=True)
    with begun(tmp_path / "repo") as run, run.workspace("1") as workspace:
        workspace.write("slow.py", b"def work(things):\n    return sum(1 for _ in things)\n")
        trees = workspace.base, workspace.snapshot()
        found = scaling.scaling(workspace, changes(workspace, trees[1]), Suite(workspace, TEST), trees)
    return found, len(list(in_turns))
