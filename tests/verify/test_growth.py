"""What times of growing inputs say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify.growth import Row, compared, exponent, least

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
