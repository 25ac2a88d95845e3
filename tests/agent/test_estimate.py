"""The estimate of pass@k."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.agent.estimate import pass_at


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int, int]:
    n = draw(st.integers(1, 60))
    return n, draw(st.integers(0, n)), draw(st.integers(1, n))


@given(samples())
def test_it_is_one_less_the_share_of_choices_without_a_right_one(counts: tuple[int, int, int]) -> None:
    n, c, k = counts
    assert pass_at(n, c, k) == pytest.approx(1 - comb(n - c, k) / comb(n, k))


def test_it_is_what_counting_every_choice_comes_to() -> None:
    right = [True, True, False, False, False, False]
    every = [any(chosen) for chosen in combinations(right, 3)]
    assert pass_at(6, 2, 3) == pytest.approx(sum(every) / len(every))


@pytest.mark.parametrize(
    ("n", "c", "k", "expected"), [(10, 0, 10, 0.0), (10, 1, 10, 1.0), (10, 3, 1, 0.3), (1, 1, 1, 1.0)]
)
def test_the_ends_are_exact(n: int, c: int, k: int, expected: float) -> None:
    assert pass_at(n, c, k) == pytest.approx(expected, abs=1e-12)


def test_many_samples_are_no_trouble() -> None:
    assert pass_at(100_000, 1_000, 10) == pytest.approx(1 - 0.99**10, rel=1e-3)


@pytest.mark.parametrize(("n", "c", "k"), [(0, 0, 1), (5, 1, 6), (5, 6, 1), (5, -1, 1), (5, 1, 0)])
def test_what_cannot_be_told_is_refused(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match="cannot be told from"):
        pass_at(n, c, k)
