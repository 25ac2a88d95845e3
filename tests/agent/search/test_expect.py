"""What a model says that calls have to come to: read from its lines, and held against what candidates answer."""

import threading
from collections.abc import Mapping, Sequence
from itertools import product

import pytest
from patchwright.agent.events import Expected
from patchwright.agent.models.base import Message, Reply, Usage
from patchwright.agent.models.scripted import Scripted
from patchwright.agent.search.expect import Expectation, ask, expectations, met, telling
from patchwright.verify.behaviours import Behaviours
from patchwright.verify.usual import Kind

SAID = """Here they are:
```python
assert median([1, 2]) == 1.5
assert median([1, 2]) == 2
assert median([]) is None
assert median(numbers) == 2
assert mean([1]) == 1
assert median([3]) == 3.0, "one"
assert median(
```"""


def said(*texts: str) -> Expected:
    return Expected(path="src/stats.py", name="median", texts=texts)


def test_literals_count_and_of_each_call_what_was_said_most_often() -> None:
    found = expectations([said(SAID, "assert median([1, 2]) == 1.5")])
    assert [(one.asked, one.answer) for one in found] == [
        ("stats.median([1, 2])", "1.5"),
        ("stats.median([])", "None"),
        ("stats.median([3])", "3"),
    ]


def test_nothing_is_expected_where_two_things_are_said_as_often_until_more_is_said() -> None:
    divided = said(
        *(f"assert median([1, 2]) == {value}" for value in (1, 1, 2, 2)), "assert median([3]) == 3"
    )
    assert [one.answer for one in expectations([divided])] == ["3"]
    assert [one.answer for one in expectations([divided, said("assert median([1, 2]) == 2")])] == ["2", "3"]


def test_only_what_tells_candidates_apart_is_counted() -> None:
    found = expectations([said(SAID, "assert median([1, 2]) == 1.5")])
    inputs = ["stats.median([3])", "stats.median([1, 2])", "stats.median([])", "stats.median([9])"]
    answers = {
        "a": ("3", "1.5", "raises ValueError", "9"),
        "b": ("3", "1.5 leaving [2, 1]", "None; prints 'x'", "9"),
        "c": ("3", "1.55", "Nonesuch", "0"),
    }
    assert met(found, inputs, answers) == {"a": 1, "b": 2, "c": 0}
    assert met(found, inputs[3:], {tree: row[3:] for tree, row in answers.items()}) == dict.fromkeys("abc", 0)
    assert met([], inputs, {}) == {}


class Asked(Scripted):
    """Keeps what it is asked, and costs something."""

    sent: Sequence[Message] = ()

    def complete(self, messages: Sequence[Message], *_: object, **__: object) -> Reply:
        self.sent = messages
        return Reply(text=SAID, usage=Usage(prompt=10, completion=5))


def test_the_model_sees_the_source_and_the_calls_and_all_its_answers_are_paid() -> None:
    model = Asked()
    source = "def median(values):\n    ...\n"
    calls = ["median([1, 2])", "median([3])"]
    found = ask(model, "src/stats.py", "median", calls, source, lambda _: None, threading.Event())
    (asked,) = model.sent
    assert source in asked.text
    assert "assert median([1, 2]) == \nassert median([3]) == \n" in asked.text
    assert asked.lines == ("assert median([1, 2]) == ", "assert median([3]) == ")
    assert found.texts == (SAID,) * 4
    assert (found.usage.prompt, found.usage.completion) == (40, 20)


def asked_of(inputs: Mapping[str, Sequence[str]], known: Sequence[Expectation] = ()) -> list[str]:
    """What is asked where the trees a and b, and some others, answer these inputs so."""
    trees = "abcdef"[: max(map(len, inputs.values()))]
    answers = {tree: tuple(said[n] for said in inputs.values()) for n, tree in enumerate(trees)}
    probes = Behaviours(inputs=tuple(f"stats.{one}" for one in inputs), answers=answers)
    return telling("src/stats.py", "median", probes, known, "a", "b", Kind.USUAL)


def test_asked_is_what_parts_the_two_and_most_evenly_all() -> None:
    inputs = {
        "median([1])": "1112",
        "median([2])": "1211",
        "median([3])": "1212",
        "median([4])": "3121",
        "mean([5])": "1212",
    }
    assert asked_of(inputs) == ["median([3])", "median([4])", "median([2])"]


def test_of_what_parts_all_in_the_same_way_two_are_asked_and_some_in_all() -> None:
    inputs = {f"median([{n}])": (str(n), f"{n}.5") for n in range(9)}
    assert asked_of(inputs) == ["median([0])", "median([1])"]
    ways = product("xy", repeat=4)
    several = {f"median([{n}])": ("x", "y", *others) for n, others in enumerate(ways)}
    assert len(asked_of(several)) == 6


@pytest.mark.parametrize(
    ("call", "answers"),
    [
        ("median([3])", ("1", "raises ValueError")),
        ("median([3])", ("too slow", "1")),
        ("median([3])", ("1 leaving [3]", "1 leaving [4]")),
        ("median([3])", ("1", "'" + "x" * 100)),
        (f"median([{'3, ' * 40}])", ("1", "2")),
        ("median([…])", ("1", "2")),
        ("median([3]); median([4])", ("1", "2")),
    ],
)
def test_what_a_model_cannot_say_is_not_asked(call: str, answers: tuple[str, str]) -> None:
    assert asked_of({call: answers}) == []
    assert asked_of({"median([3])": ("1", "2")}) == ["median([3])"]


def test_nothing_is_asked_where_what_is_known_tells_the_two_apart() -> None:
    known = expectations([said("assert median([3]) == 7")])
    inputs = {"median([3])": "12", "median([4])": "12"}
    assert asked_of(inputs, known) == []
    assert asked_of({**inputs, "median([3])": "11"}, known) == ["median([4])"]


@pytest.mark.parametrize(("kind", "call"), [(Kind.USUAL, "[3]"), (Kind.EDGE, "[0]"), (Kind.STRANGE, "[-3]")])
def test_one_kind_is_asked_at_a_time(kind: Kind, call: str) -> None:
    inputs = ("stats.median([3])", "stats.median([-3])", "stats.median([0])")
    kinds = (Kind.USUAL, Kind.STRANGE, Kind.EDGE)
    probes = Behaviours(inputs=inputs, answers={"a": ("1", "1", "1"), "b": ("2", "2", "2")}, kinds=kinds)
    assert telling("src/stats.py", "median", probes, (), "a", "b", kind) == [f"median({call})"]


def test_nothing_is_asked_of_what_was_not_compared_yet() -> None:
    probes = Behaviours(inputs=("stats.median([3])",), answers={"a": ("1",), "b": ("2",)})
    assert telling("src/stats.py", "median", probes, (), "a", "c", Kind.USUAL) == []
