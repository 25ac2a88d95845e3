"""The text by which answers are compared."""

import collections
import enum
import fractions
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify.inside.form import LONG, SHOWN, form

COLOUR = enum.Enum("COLOUR", "RED")
LEVEL = enum.IntEnum("LEVEL", "LOW")
Point = collections.namedtuple("Point", "x y")
NUMBERS = st.one_of(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6).map(float), st.booleans())
VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(), st.binary()),
    lambda inner: st.one_of(st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(st.text(), inner)),
)


class Plain:
    def __init__(self, **held: object) -> None:
        vars(self).update(held)


class Told(Plain):
    def __repr__(self) -> str:
        return f"<told {self.text} at {hex(id(self))}, {id(self)}>"  # type: ignore[attr-defined]


class Wild(Plain):
    def __repr__(self) -> str:
        raise RuntimeError("no")


class Row(list[int]):
    def __repr__(self) -> str:
        return "anything"


def steps(count: int, fault: bool = False) -> Any:
    yield from range(count)
    if fault:
        raise KeyError(count)


def circle() -> list[Any]:
    row: list[Any] = [1]
    row.append(row)
    return row


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (2.0, "2"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        ("it's", '"it\'s"'),
        (b"\0", "b'\\x00'"),
        ([1, (2,), {3}, ()], "[1, (2,), {3}, ()]"),
        (set(), "set()"),
        (frozenset("ba"), "{'a', 'b'}"),
        ({"b": 1, "a": 2.0}, "{'a': 2, 'b': 1}"),
        (collections.Counter("aab"), "{'a': 2, 'b': 1}"),
        (collections.deque([1]), "deque([1])"),
        (Point(1, 2), "(1, 2)"),
        (Row([1]), "[1]"),
        (COLOUR["RED"], "COLOUR.RED"),
        (LEVEL["LOW"], "LEVEL.LOW"),
        (fractions.Fraction(1, 3), "Fraction(1, 3)"),
        (range(3), "range(0, 3)"),
        (steps(2), "yields [0, 1]"),
        (steps(1, fault=True), "yields [0, then raises KeyError]"),
        (map(str, [1]), "yields ['1']"),
        (circle(), "[1, …]"),
        (Plain(b=1, a="x", _c=2), "Plain(a='x', b=1)"),
        (Told(text="x"), "<told x, >"),
        ([Wild()], "[a Wild whose repr raises RuntimeError]"),
        (len, "<built-in function len>"),
        (steps, "<function steps>"),
        (Plain, f"<class '{Plain.__module__}.Plain'>"),
    ],
)
def test_each_kind_has_its_form(value: Any, text: str) -> None:
    assert form(value) == text


@given(NUMBERS, NUMBERS)
def test_numbers_read_alike_where_they_are_equal_and_of_a_kind(one: float, other: float) -> None:
    alike = one == other and isinstance(one, bool) == isinstance(other, bool)
    assert (form(one) == form(other)) == alike


@given(VALUES, VALUES)
def test_values_read_alike_where_they_are_equal(one: Any, other: Any) -> None:
    assert (form(one) == form(other)) == (one == other)


@given(st.dictionaries(st.text(), st.integers()), st.randoms())
def test_order_says_nothing_where_it_counts_for_nothing(value: dict[str, int], chance: Any) -> None:
    pairs = list(value.items())
    chance.shuffle(pairs)
    assert form(dict(pairs)) == form(value)


def test_what_is_long_is_told_apart_by_its_end() -> None:
    one, other = form("x" * 10**6 + "a"), form("x" * 10**6 + "b")
    assert one != other and one[:SHOWN] == other[:SHOWN] and len(one) < LONG
    assert form(10**5000) != form(10**5000 + 1)


def test_what_has_no_end_is_cut_off() -> None:
    assert len(form(iter(int, 1))) < LONG
    deep: list[Any] = []
    for _ in range(10**5):
        deep = [deep]
    assert "…" in form(deep)
    assert len(form([list(range(10**4))] * 10**4)) < LONG
