"""The examples of docstrings: each form that they are written in, and that all of the 164 are read rightly."""

import json
import sys
from pathlib import Path

import pytest
from conftest import part_missing
from patchwright.agent.task import TaskError

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.humaneval import examples as reading
from benchmarks.humaneval import problems
from benchmarks.humaneval.examples import WRONG, Example, examples
from benchmarks.humaneval.problems import Problem
from benchmarks.proof import cell


def problem(docstring: str, signature: str = "f(x)") -> Problem:
    name = signature.partition("(")[0]
    prompt = f'def {signature}:\n    """{docstring}\n    """\n'
    return Problem(task_id="Own/1", prompt=prompt, entry_point=name, canonical_solution="", test="")


def read(docstring: str, signature: str = "f(x)") -> list[str]:
    return [f"{e.call} is {e.value}" for e in examples(problem(docstring, signature))]


@pytest.mark.parametrize(
    "text",
    [
        *("f(1) == 2", "f(1)  ==2", "f(1) => 2", "f(1) ==> 2", "f(1) = 2", "f(1) -> 2", "f(1) ➞ 2", "f(1)➞2"),
        *(
            "f(1) returns 2",
            "f(1) # returns 2",
            "f(1) # => 2",
            "f(1) should return 2.",
            "f(1) should\n    return 2",
        ),
        *(">>> f(1)\n    2", ">>> f(1) == 2", ">>> f(1) # of one\n    2\n    >>> f(x)", "* f(1) => 2  "),
        *("assert f(1) => 2", "for f(1) == 2", "f(1) == 2 # two", "f(1) => 2 (which is even)", "g(1) ==> 2"),
        *("f(1) returns 2 and no more", "f(1) == 1 + 1 = 2", "f(1) -> 3 - 1 = 2"),
        *("For x = 1 the output should be 2.", "For x = 1, the sum will be 3 the output should be 2"),
        *(
            "Input: 1\n    Output: 2",
            "Input: x = 1\n    Output: 2 # two",
            "Input:\n        y : 1\n    Output: 2",
        ),
        *("x = 1\n    -> add one\n    return 2", "x = 1\n    return = 2"),
    ],
)
def test_each_form_is_read(text: str) -> None:
    assert read(f"Adds one.\n    {text}\n") == ["f(1) is 2"]


@pytest.mark.parametrize(
    "text",
    [
        *("f(x) == 2", "f(n) -> f(n-1) + 1", "f(1) == 1 + 1", 'f(1) == ""a"', "f(1) [0, 1]", "f(1) is 2"),
        *("f(1 == 2", "f(y=1) == 2", "f(1) == 2 + x", "f(1) ==\n    2", "my.f(1) == 2", "f([y]) == 2"),
        *(">>> f(1)[0]\n    2", ">>> f(1) + 1\n    2", ">>> f(1)\n    two\n", "Input: 1, 2\n    Output: 2"),
        *("For x = y the output should be 2", "Input: one\n    Output: 2", "x = 1\n    return x"),
    ],
)
def test_what_is_uncertain_is_left_out(text: str) -> None:
    assert read(f"Adds one.\n    {text}\n") == []


def test_values_of_every_kind_are_read() -> None:
    text = """
    f("a(b") == ['it''s', (1, -2.5), {"k": None}]
    f([
      [1, 2],
      [3]
    ]) == true
    f(abc) => False
    >>> f([])

    >>> f(1)
    ["a",
     "b"]
    >>> round(f(2), 2) # about
    -0.5
    """
    assert read(text) == [
        "f('a(b') is ['its', (1, -2.5), {'k': None}]",
        "f([[1, 2], [3]]) is True",
        "f('abc') is False",
        "f([]) is None",
        "f(1) is ['a', 'b']",
        "round(f(2), 2) is -0.5",
    ]


def test_an_escape_in_a_docstring_is_one_of_the_example() -> None:
    assert read(r"""f('a\nb') == 'b\na'""") == [r"f('a\nb') is 'b\na'"]


def test_arguments_by_name_stand_in_the_order_of_the_parameters() -> None:
    assert read("For b = 1, a = [2, 3] the result should be 4", "f(a, b)") == ["f([2, 3], 1) is 4"]
    assert read("Input: c = 1, d = 2\n    Output: 4", "f(a, b)") == ["f(1, 2) is 4"]


def test_an_example_that_is_given_twice_is_read_once() -> None:
    assert read("f(1) == 2\n    >>> f(1)\n    2\n") == ["f(1) is 2"]


@pytest.fixture(scope="session")
def all_of_them(tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    try:
        return problems.load(problems.fetched(tmp_path_factory.mktemp("humaneval")))
    except TaskError as e:
        part_missing(str(e))
        raise


CHECK = """
import json
for name, source, examples in json.load(open("cases.json")):
    space = {}
    exec(source, space)
    for call, value in examples:
        got = eval(call, space)
        if got != eval(value):
            print(json.dumps([name, call]))
print("done")
"""


def failed(found: dict[Problem, list[Example]]) -> set[tuple[str, str]]:
    """The examples that the canonical solution fails."""
    cases = [
        [p.task_id, p.prompt + p.canonical_solution, [[e.call, e.value] for e in read]]
        for p, read in found.items()
    ]
    done = cell.run({"cases.json": json.dumps(cases), "check.py": CHECK}, ["python3", "check.py"], 120)
    *lines, last = done.output.splitlines()
    assert last == "done", done.output
    return {(name, call) for name, call in map(json.loads, lines)}


def test_the_canonical_solutions_pass_what_is_read_and_fail_what_is_called_wrong(
    all_of_them: list[Problem], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(all_of_them) == 164
    found = {p: examples(p) for p in all_of_them}
    assert failed(found) == set()
    assert sum(map(len, found.values())) == 455
    assert [p.number for p, read in found.items() if not read] == [38, 41, 50, 83, 116, 160]
    monkeypatch.setattr(reading, "WRONG", {})
    assert failed({p: examples(p) for p in all_of_them}) == set(WRONG)
