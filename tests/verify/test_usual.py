"""Inputs of kinds that are known, and others."""

from typing import Any

import pytest
from patchwright.verify.inputs import Call, Input, as_input
from patchwright.verify.usual import Kind, kind


def asked(*args: Any, **named: Any) -> Input:
    return as_input("stats.py", "f", Call(args, named))


@pytest.mark.parametrize(
    ("known", "alike", "edges", "others"),
    [
        (3, [1, 10**9], [0], [-1, 3.0, 0.0, True, "3", None]),
        (0, [0], [], [1, -1]),
        (2.5, [0.1], [0.0], [2, -2.5, -float("inf")]),
        (-1, [-2], [0], [1]),
        ("a", ["B c", "\n"], [""], [b"a", b""]),
        ([1, -2], [[7], [-1, -1]], [[], [0], [0, 3]], [[1.5], ["1"], (1,), (), [[1]]]),
        ([], [[]], [], [[1], ()]),
        ([[1], []], [[[2]], [[], []]], [[], [[0]]], [[2], [[-2]]]),
        ((1, "a"), [(2, "b"), ("c",)], [(0, "a"), (1, ""), ()], [(-1, "a")]),
        ({"a": 1}, [{"b": 2}], [{}, {"a": 0}, {"": 1}], [{1: 1}, {"a": -1}]),
        ({3}, [{1, 2}], [set[int](), {0}], [[3]]),
        (True, [False], [], [1, 0]),
        (None, [None], [], [0, ""]),
    ],
)
def test_usual_is_what_is_of_the_types_and_signs_that_are_known_and_empty_where_that_is(
    known: Any, alike: list[Any], edges: list[Any], others: list[Any]
) -> None:
    kind_of = kind([Call((known,))])
    for expected, several in ((Kind.USUAL, alike), (Kind.EDGE, edges), (Kind.STRANGE, others)):
        assert [one for one in several if kind_of(asked(one)) != expected] == []


def test_arguments_are_looked_at_by_their_places_and_by_all_calls_that_are_known() -> None:
    kind_of = kind([Call((1, "a")), Call((0,), {"by": "b"})])
    assert kind_of(asked(0, "b")) == kind_of(asked(1, by="a")) == Kind.USUAL
    assert kind_of(asked(0, "")) == kind_of(asked(1, by="")) == Kind.EDGE
    assert kind_of(asked("a", 1)) == kind_of(asked("", 1)) == Kind.STRANGE
    assert kind_of(asked(1, "a", 2)) == kind_of(asked(1, other="a")) == Kind.STRANGE


def test_where_nothing_is_known_all_is_usual_and_so_is_what_an_object_goes_through() -> None:
    assert kind([])(asked(-1, "")) == Kind.USUAL
    life = Input(path="stats.py", name="C", made="((), {})", calls=(("add", "((-1,), {})"),))
    assert kind([Call((1,))])(life) == Kind.USUAL
