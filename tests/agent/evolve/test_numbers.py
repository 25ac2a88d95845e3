"""Which number of what is printed is the score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.agent.evolve.numbers import MOST, NoScore, numbers


@pytest.mark.parametrize(
    ("text", "names", "values"),
    [
        ("5\n", [""], [5]),
        ("7\nhello\n  -0.5e1  \nbye 3\n3 bye\n", [""], [-5]),
        ("999\n1\n", [""], [1]),
        ("a: 1\nb : 2.5\n", ["a", "b"], [1, 2.5]),
        ("a: 1\n9\nb c: .5\n+3.\n", ["a", "b c", ""], [1, 0.5, 3]),
        ("time: 12:30\nbins: 40", ["bins"], [40]),
        ("1_000\n2", [""], [2]),
        ("0x10\n3\n", [""], [3]),
        ("12\r\n", [""], [12]),
    ],
)
def test_the_last_line_that_is_a_number_is_the_score(
    text: str, names: list[str], values: list[float]
) -> None:
    found = numbers(text)
    assert (list(found.names), list(found.values), found.score) == (names, values, values[-1])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it prints no number"),
        ("none of them 3\n4 of them\n1,5\n", "it prints no number"),
        ("5\nnan\n", "it prints nan"),
        ("5\n-inf\n", "it prints -inf"),
        ("score: Infinity", "it prints score: Infinity"),
        ("a: nan\n5", "it prints a: nan"),
        ("1e999", "it prints 1e999"),
        ("a: 1\n" * (MOST + 1), f"it prints {MOST + 1} numbers with names"),
    ],
)
def test_what_is_no_finite_number_is_no_score(text: str, why: str) -> None:
    with pytest.raises(NoScore, match=why):
        numbers(text)


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_at_the_end_counts_whatever_stands_before_it(before: str, score: float) -> None:
    try:
        assert numbers(f"{before}\n{score!r}\n").score == score
    except NoScore:
        assert ":" in before  # a name that is not finite


@given(st.text(alphabet="0123456789.-+einfa: \n", max_size=200))
def test_any_text_is_a_finite_score_or_none(text: str) -> None:
    try:
        assert abs(numbers(text).score) < float("inf")
    except NoScore:
        assert True not in (line.strip().isdigit() for line in text.splitlines()[-1:])
