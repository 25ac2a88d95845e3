"""A problem as a repository for the search: the function to be written, and the docstring's examples as its tests."""

import ast
from functools import partial

from ..proof import repository
from ..proof.case import Case
from . import hidden
from .examples import Example, examples
from .problems import Problem

SOLUTION = "solution.py"
CLOSE = '''
def close(value, expected):
    """Whether a value is the expected one, but for the rounding of floats."""
    if isinstance(expected, list | tuple):
        return type(value) is type(expected) and len(value) == len(expected) and all(map(close, value, expected))
    if isinstance(expected, float) and isinstance(value, float | int):
        return math.isclose(value, expected, rel_tol=1e-6, abs_tol=1e-6)
    return value == expected

'''
WRITTEN = """
def test_it_is_written():
    assert "NotImplementedError" not in {name}.__code__.co_names
"""
"""For a docstring without examples: all that it lets us ask."""


def case(problem: Problem) -> Case:
    name = problem.entry_point
    return Case(
        name=problem.task_id,
        files={
            SOLUTION: f"{problem.prompt.rstrip()}\n    raise NotImplementedError\n",
            "test_examples.py": tests(name, examples(problem)),
            "conftest.py": repository.conftest(),
        },
        target=SOLUTION,
        issue=f"Complete the function `{name}` in {SOLUTION} as its docstring says.",
        passes=partial(hidden.passes, problem),
    )


def tests(name: str, found: list[Example]) -> str:
    """The examples as a test module."""
    floats = any(has_float(example.value) for example in found)
    head = "import math\n\n" if floats else ""
    parts = [f"{head}from solution import {name}\n", CLOSE if floats else ""]
    for number, example in enumerate(found, 1):
        parts.append(f"\ndef test_example_{number}():\n    assert {equal(example)}\n")
    if not found:
        parts.append(WRITTEN.format(name=name))
    return "\n".join(filter(None, parts))


def equal(example: Example) -> str:
    if has_float(example.value):
        return f"close({example.call}, {example.value})"
    return f"{example.call} == {example.value}"


def has_float(value: str) -> bool:
    nodes = ast.walk(ast.parse(value, mode="eval"))
    return any(isinstance(node, ast.Constant) and isinstance(node.value, float) for node in nodes)
