"""Inputs of kinds that are known, and others."""

from typing import Any

import pytest
from patchwright.verify.inputs import Call, Input, as_input
from patchwright.verify.usual import usual


def asked(*args: Any, **named: Any) -> Input:
    return as_input("stats.py", "f", Call(args, named))


@pytest.mark.parametrize(
    ("known", "alike", "others"),
    [
        (3, [1, 10**9], [0, -1, 3.0, True, "3", None]),
        (2.5, [0.1], [2, -2.5, 0.0, -float("inf")]),
        ("a", ["B c", "\n"], ["", b"a"]),
        ([1, -2], [[7], [-1, -1]], [[], [0], [1.5], ["1"], (1,), [[1]]]),
        ([], [[]], [[1], ()]),
        ([[1], []], [[[2]], [[], []]], [[], [[-2]], [2]]),
        ((1, "a"), [(2, "b"), ("c",)], [(0, "a"), (1, "")]),
        ({"a": 1}, [{"b": 2}], [{}, {1: 1}, {"a": 0}, {"": 1}]),
        ({3}, [{1, 2}], [set[int](), {0}, [3]]),
        (True, [False], [1, 0]),
        (None, [None], [0, ""]),
    ],
)
def test_usual_is_what_is_of_the_types_and_signs_that_are_known_and_empty_where_that_is(
    known: Any, alike: list[Any], others: list[Any]
) -> None:
    is_usual = usual([Call((known,))])
    assert [one for one in alike if not is_usual(asked(one))] == []
    assert [one for one in others if is_usual(asked(one))] == []


def test_arguments_are_looked_at_by_their_places_and_by_all_calls_that_are_known() -> None:
    is_usual = usual([Call((1, "a")), Call((0,), {"by": "b"})])
    assert is_usual(asked(0, "b")) and is_usual(asked(1, by="a"))
    assert not is_usual(asked("a", 1))
    assert not is_usual(asked(1, "a", 2)) and not is_usual(asked(1, other="a"))


def test_where_nothing_is_known_all_is_usual_and_so_is_what_an_object_goes_through() -> None:
    assert usual([])(asked(-1, ""))
    life = Input(path="stats.py", name="C", made="((), {})", calls=(("add", "((-1,), {})"),))
    assert usual([Call((1,))])(life)
