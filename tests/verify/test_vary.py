"""Which inputs are made of those that are known."""

from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from patchwright.verify.inputs import Call, Input, Life, as_input, as_life, read, readable
from patchwright.verify.inside.literal import written
from patchwright.verify.neighbours import SHAPES, near, retyped, shaped
from patchwright.verify.vary import calls, lives, together

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary()
)
KEYS = st.one_of(st.integers(), st.text())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
        st.sets(KEYS, max_size=4),
    ),
    max_leaves=12,
)
ROWS = st.one_of(st.text(), st.binary(), st.lists(st.integers()), st.lists(st.text()).map(tuple))


@given(VALUES)
def test_a_literal_is_read_back_as_it_was(value: Any) -> None:
    if (text := written((value,))) is not None:
        (again,) = read(f"({text}, {{}})").args
        assert again == value and written(again) == written(value)


@pytest.mark.parametrize(
    "value", [float("nan"), object(), range(3), [print], "x" * 700, [10**5000], frozenset()]
)
def test_what_no_literal_says_has_none(value: Any) -> None:
    assert written(value) is None


@given(VALUES, st.integers())
@example("--01", 0)
@example("²", 0)
def test_neighbours_are_of_the_same_kind_and_differ(value: Any, seed: int) -> None:
    found = near(value, Random(seed))
    texts = [written(one) for one in found]
    assert {type(one) for one in found} <= {type(value)}
    assert len({*texts, written(value), None}) == len(texts) + 2 if written(value) else True
    assert texts == [written(one) for one in near(value, Random(seed))]


@pytest.mark.parametrize(
    ("value", "some"),
    [
        (5, [6, 4, 0, -5]),
        (True, [False]),
        (2.5, [3.5, 0.0, -2.5]),
        ("ab c", ["", "ab cab c", "c ba", "AB C", "a", "ab "]),
        ("12", ["13", "-12", "0"]),
        ("b a c", ["c a b", "a b c", "b a", "b b a c"]),
        (b"ab", [b"", b"ba", b"abab"]),
        ([3, 1], [[], [3], [1, 3], [3, 1, 3, 1], [3, 1, 2], [3, 3, 1]]),
        ((1,), [(), (1, 1)]),
        ({1, 2}, [set(), {1}]),
        ({"a": 1, "b": 2}, [{}, {"a": 1}]),
        (None, []),
    ],
)
def test_neighbours_are_those_that_tests_forget(value: Any, some: list[Any]) -> None:
    assert [one for one in some if one not in near(value, Random(0))] == []


@given(st.lists(ROWS, min_size=2, max_size=3), st.sampled_from(sorted(SHAPES)))
def test_what_is_as_long_as_each_other_still_is(rows: list[Any], shape: str) -> None:
    size = min(map(len, rows))
    assert len({len(shaped(shape, row[:size])) for row in rows}) == 1


def test_equal_arguments_are_changed_alike() -> None:
    found = {call.text for call in together(Call((4, 4)), [], Random(0))}
    assert "((5, 5), {})" in found


def test_numbers_are_also_of_the_kind_that_another_call_has_in_their_place() -> None:
    known = [Call((5, 2, [7])), Call((3.5, 2, [0.5])), Call((True, 2, []))]
    found = [call.text for call in calls(known, [], 12, Random(0))]
    assert "((5.0, 2, [7.0]), {})" in found and "((1.0, 2, []), {})" not in found
    assert [retyped(2.0, [1]), retyped(2.5, [1]), retyped(2**60, [0.5])] == [2, 2.5, 2**60]
    assert [type(retyped(2.0, [1])), type(retyped(2**60, [0.5]))] == [int, int]


def test_several_arguments_are_also_those_of_other_calls() -> None:
    known = [Call(("ab", [1])), Call(("xy", [7, 8, 9]))]
    found = {call.text for seed in range(9) for call in calls(known, [], 60, Random(seed))}
    assert "(('ab', [7, 8, 9]), {})" in found


def test_parts_of_two_calls_are_joined() -> None:
    known = [Call(("one two three",)), Call(("four five six",)), Call(([1, 2],)), Call(([8, 9],))]
    found = [call.args[0] for seed in range(9) for call in calls(known, [], 90, Random(seed))]
    assert any(isinstance(one, str) and {"one", "six"} <= {*one.split()} for one in found)
    assert any(isinstance(one, list) and {1, 9} <= {*one} for one in found)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=4), st.integers(1, 60), st.integers())
def test_calls_are_as_many_as_are_wanted_at_most_and_each_is_another(
    known: list[tuple[Any, Any]], most: int, seed: int
) -> None:
    several = [Call((one,), {"by": other}) for one, other in known]
    found = calls(several, [], most, Random(seed))
    assert len({call.text for call in found}) == len(found) <= most
    assert all(read(call.text).text == call.text for call in found)
    assert [call.text for call in calls(several, [], most, Random(seed))] == [call.text for call in found]


def test_half_of_many_calls_are_new_ones() -> None:
    known = [Call((n * 100,)) for n in range(50)]
    found = calls(known, [], 40, Random(0))
    assert len(found) == 40
    assert sum(call in known for call in found) == 20


def test_typed_calls_have_their_part() -> None:
    typed = [Call((f"t{n}",)) for n in range(30)]
    found = calls([Call(("ab",))], typed, 20, Random(0))
    assert 5 <= sum(call in typed for call in found) <= 15
    assert calls([], typed, 20, Random(0)) == typed[:20]


LIFE = Life(Call((2,)), (("push", Call((1,))), ("push", Call((5,))), ("pop", Call())))


def test_lives_have_other_arguments_and_other_steps() -> None:
    found = lives([LIFE], [], [("size", Call())], 80, Random(0))
    told = [readable("box.Box", as_input("box.py", "Box", life)) for life in found]
    assert told[0] == "it = box.Box(2); it.push(1); it.push(5); it.pop(); it.size()"
    assert "it = box.Box(2); it.push(1); it.push(5); it.size()" in told
    assert "it = box.Box(2); it.push(1); it.push(5); it.pop(); it.pop(); it.size()" in told
    assert "it = box.Box(0); it.push(1); it.push(5); it.pop(); it.size()" in told
    assert len(set(told)) == len(told) == 80


def test_an_input_is_a_life_again() -> None:
    assert as_life(as_input("box.py", "Box", LIFE)) == LIFE


@pytest.mark.parametrize(
    ("args", "named", "text"),
    [
        ((), {}, "m.f()"),
        (("a b",), {}, "m.f('a b')"),
        (([1, 2], {"x": (1,)}), {"key": None}, "m.f([1, 2], {'x': (1,)}, key=None)"),
        ((float("inf"),), {}, "m.f(1e999)"),
    ],
)
def test_a_call_reads_as_one_would_write_it(args: tuple[Any, ...], named: dict[str, Any], text: str) -> None:
    assert readable("m.f", as_input("m.py", "f", Call(args, named))) == text


@pytest.mark.parametrize(
    "text", ["", "1", "((1,),)", "((1,), 2)", "f(1)", "(" * 5000, "((x,), {})", "((1,), {**{}})"]
)
def test_what_is_no_call_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        as_life(Input(path="m.py", name="C", made=text))
