"""What is made of answers, and of what code that is not trusted wrote."""

import json
from collections.abc import Sequence

import pytest
from patchwright.verify.behaviours import DIES, SLOW, VARIES, Behaviours, compared, split
from patchwright.verify.inputs import readable
from patchwright.verify.inside.carried import MARK
from patchwright.verify.recorded import told
from patchwright.verify.replies import Round, answers, settled
from patchwright.verify.subjects import Subject
from patchwright.verify.targets import Target
from patchwright.verify.usual import Kind

Said = str | None


def tell(*rows: Sequence[Said]) -> Behaviours:
    """Of trees a, b, … that are asked two things of f and one of g."""
    by = dict(zip("abcdefgh", rows, strict=False))
    return compared(["f", "f", "g"], ["f(1)", "f(2)", "g()"], by)


def test_trees_are_divided_by_their_answers() -> None:
    found = tell(["1", "2", "3"], ["1", "9", "3"], ["1", "2", "x"], ["1", "2", "y"])
    assert [(one.input, one.answers) for one in split(found)] == [
        ("g()", {"3": ("a", "b"), "x": ("c",), "y": ("d",)}),
        ("f(2)", {"2": ("a", "c", "d"), "9": ("b",)}),
    ]
    assert found.left == ()
    assert Behaviours.model_validate_json(found.model_dump_json()) == found


def test_usual_inputs_come_first_then_edges_and_keep_being_so_where_others_are_left_out() -> None:
    by = {"a": ["1", VARIES, "3", "4", "5"], "b": ["2", "2", "9", "7", "5"]}
    kinds = [Kind.STRANGE, Kind.USUAL, Kind.USUAL, Kind.EDGE, Kind.EDGE]
    found = compared(["f"] * 5, [f"f({n})" for n in range(5)], by, kinds=kinds)
    assert found.kinds == (Kind.STRANGE, Kind.USUAL, Kind.EDGE, Kind.EDGE)
    assert [(one.input, one.kind) for one in split(found)] == [
        ("f(2)", Kind.USUAL),
        ("f(3)", Kind.EDGE),
        ("f(0)", Kind.STRANGE),
    ]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([["1", "2", "3"]] * 2, ["f(1)", "f(2)", "g()"]),
        ([["1", VARIES, "3"], ["1", "2", "3"]], ["f(1)", "g()"]),  # one of two: nobody knows
        (
            [["1", VARIES, "3"], [VARIES, "2", "3"], ["1", "2", "3"]],
            ["g()"],
        ),  # by chance, though each is steady once
        ([["1", VARIES, "3"], ["1", "2", "3"], ["1", "2", "3"]], ["f(1)", "f(2)", "g()"]),
        ([["1", "2", None], ["1", "2", "3"], ["1", "2", "3"]], ["f(1)", "f(2)"]),
        ([["1", None, None], ["1", "2", "3"], ["1", "2", "3"]], ["f(1)", "f(2)", "g()"]),
        ([["1", None, None], ["1", None, None], ["1", "2", "3"]], ["f(1)"]),
        ([[VARIES] * 3] * 3, []),
    ],
)
def test_what_most_answer_by_chance_or_not_in_time_counts_for_none(
    rows: list[list[Said]], kept: list[str]
) -> None:
    found = tell(*rows)
    assert list(found.inputs) == kept
    assert all(None not in said and len(said) == len(kept) for said in found.answers.values())
    assert bool(found.left) == any(one in (None, VARIES) for row in rows for one in row)


def test_one_that_has_no_steady_answer_stands_alone() -> None:
    found = tell(["1", VARIES, "3"], ["1", "2", "3"], ["1", "2", "3"])
    assert [one.answers for one in split(found)] == [{VARIES: ("a",), "2": ("b", "c")}]
    late = tell(["1", None, None], ["1", "2", "3"], ["1", "2", "3"])
    assert late.answers["a"] == ("1", SLOW, SLOW)


@pytest.mark.parametrize(
    ("first", "second", "ended", "settled_as"),
    [
        ({0: "1", 1: "2"}, {0: "1", 1: "2"}, True, ["1", "2"]),
        ({0: "1", 1: "2"}, {0: "1", 1: "3"}, True, ["1", VARIES]),
        ({0: "1"}, {0: "1"}, True, ["1", None]),  # in time for one only
        ({0: "1", 1: "2"}, {0: "1"}, True, ["1", None]),
        ({0: SLOW}, {0: SLOW}, True, [SLOW, SLOW]),  # which took the time
        ({0: SLOW, 1: "2"}, {0: SLOW}, True, [SLOW, "2"]),
        ({0: SLOW, 1: "2"}, {0: "1", 1: "2"}, True, [VARIES, "2"]),  # slow, but not that slow
        ({0: DIES}, {0: DIES, 1: "2"}, True, [DIES, VARIES]),
        ({0: "1"}, {0: "1"}, False, ["1", DIES]),  # who asked is gone
        ({}, {}, False, [DIES, DIES]),
    ],
)
def test_both_rounds_have_to_agree(
    first: dict[int, str], second: dict[int, str], ended: bool, settled_as: list[Said]
) -> None:
    assert list(settled(Round(first, ended), Round(second, ended), 2)) == settled_as


def test_what_is_no_answer_is_left_out() -> None:
    text = '[0, "a"]\n[0, "b"]\n[7, "c"]\n[-1, "d"]\n[1, 2]\n{"x": 1}\n[1, "e"\n\n[[["\n'
    assert answers(text, 2) == Round({0: "a"}, False)
    assert answers('[1, "a"]\ntrue\n', 2) == Round({1: "a"}, True)
    assert answers('[0, "\\u001b[2Ja\\ud800"]\n', 2) == Round({0: "a?"}, False)
    assert len(answers(f'[0, "{"a" * 10**6}"]', 2).answers[0]) < 10**4


TARGET = Target(path="m.py", name="f", kind="function", first=1, last=2)
SUBJECT = Subject("m.py", "f", {"tree": TARGET}, None)  # type: ignore[arg-type]


def row(text: str, name: str = "f", **more: object) -> dict[str, object]:
    return {"path": "m.py", "name": name, "made": None, "calls": [["", text]], **more}


def test_what_is_no_record_of_a_call_is_left_out() -> None:
    good = row("((1,), {})")
    bad = [
        row("1"),
        row("(" * 9999),
        row("((1,), {})", "g"),
        row("((1,), {})", more=1),
        {"path": "m.py"},
        [],
        None,
    ]
    bad += [row("((1,), {'a b': 2})"), row("((1,), {})", calls=[["x.y", "((1,), {})"]], made="((), {})")]
    bad += [
        row("((1,), {})", calls=[["g", "((1,), {})"]]),
        row("((x,), {})"),
        row("((1,), {})", calls=[]),
        row("((1,), {})", made="(1"),
    ]
    text = "\n".join([json.dumps([good, *bad, good]), "[[[", json.dumps(good), "7"])
    found = told(text, [SUBJECT])
    assert [one.calls for one in found.inputs] == [(("", "((1,), {})"),)]
    assert found.beyond == ("m.f",)


def test_what_is_pickled_is_taken_from_the_base_alone() -> None:
    text = json.dumps([row(f"{MARK}gAR9lEsBhpQu (Path('x'))")])
    assert told(text, [SUBJECT]).inputs == ()
    (one,) = told(text, [SUBJECT], objects=True).inputs
    assert one.carried and readable("m.f", one) == "m.f((Path('x')))"
