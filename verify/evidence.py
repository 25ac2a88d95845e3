"""What the tests of a base hold: values that belong together, and what is expected of something."""

import ast
import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from .literals import NOTHING, Key, by_node, key, keys, value, weight
from .parse import parsed
from .weaken import last

ROW = 12
"""The most values that stand in one row."""
CODE = re.compile(r"\.([cm]?[jt]sx?|go|rs|rb|java|kt|php|cs|swift|scala)$")
"""Other languages than Python."""
LITERAL = r"-?\d+(?:\.\d+)?|\"[^\"\n]*\"|'[^'\n]*'"
ORDINARY = frozenset({"conftest.py", "__init__.py", "tests.py", "test.py", "README.md", "requirements.txt"})


class Evidence(NamedTuple):
    """What the tests of the base hold."""

    near: frozenset[tuple[Key, Key]]
    """Values that stand in one assertion, one row of a table, one line of a file."""
    loose: frozenset[tuple[Key, Key]]
    """Values that stand in one test."""
    expected: frozenset[Key]
    """What something is compared with."""
    files: frozenset[str]
    """Names of the files."""
    of: Mapping[Key, frozenset[Key]]
    """Values, and those that stand near them."""


def evidence(texts: Mapping[str, str], files: Iterable[str] = ()) -> Evidence:
    """What is known from the texts of the base's tests, by path. `files`: the paths of those that are not read, too."""
    near, loose, expected = set[tuple[Key, Key]](), set[tuple[Key, Key]](), set[Key]()
    for path, text in texts.items():
        tree = parsed(text) if path.endswith(".py") else None
        within = by_node(tree) if tree else {}
        for group in of_code(within) if tree else rows(path, text):
            near |= pairs(group)
            expected |= {key(found) for found in group[-1:] if len(group) <= ROW}
        for node in within:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                loose |= pairs(within[node])
            expected |= {key(found) for found in wanted(node)}
    names = (path.rpartition("/")[2] for path in (*texts, *files))
    of: dict[Key, set[Key]] = {}
    for a, b in near:
        of.setdefault(a, set()).add(b)
    return Evidence(
        frozenset(near),
        frozenset(loose),
        frozenset(expected),
        frozenset(names) - ORDINARY,
        {a: frozenset(several) for a, several in of.items()},
    )


def pairs(values: Sequence[Any], most: int = 80) -> set[tuple[Key, Key]]:
    found = list(dict.fromkeys(k for v in values[:most] if weight(v) > 0 or v == 0 for k in keys(v)))
    return {pair for a, b in combinations(found[:most], 2) for pair in ((a, b), (b, a))}


def rows(path: str, text: str) -> Iterator[list[Any]]:
    """Constants that belong together."""
    if path.endswith(".json"):
        try:
            yield from nested(json.loads(text))
        except (ValueError, RecursionError):
            return
    elif CODE.search(path):
        for line in text.splitlines()[:5000]:
            yield [number(found) for found in re.findall(LITERAL, line)[:ROW]]
    else:
        for line in text.splitlines()[:2000]:
            for fields in (next(csv.reader([line]), []), re.split(r"\s*(?:\t|=>|->|;|\||=|:)\s*|\s+", line)):
                yield [number(field) for field in fields if field.strip()]


def of_code(within: Mapping[ast.AST, Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The same in Python's syntax."""
    for node in within:
        match node:
            case ast.Assert() | ast.Call():
                yield within[node]
            case ast.Tuple() | ast.List() if len(node.elts) <= ROW:
                yield within[node]
                yield [found for part in node.elts if (found := value(part)) is not NOTHING]
            case ast.Dict(keys=several, values=values):
                for a, b in zip(several, values, strict=True):
                    yield [*(within[a] if a else ()), *within[b]]
            case _:
                pass


def nested(found: Any) -> Iterator[list[Any]]:
    """The rows of a JSON document: objects and lists of a few values, and each name with its value."""
    items = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    if isinstance(found, dict | list) and len(found) <= 12:
        yield [*(found.values() if isinstance(found, dict) else found)]
    for name, inner in items:
        if isinstance(name, str):
            yield [name, number(name), inner]
        yield from nested(inner)


def number(field: str) -> Any:
    try:
        return float(field)
    except ValueError:
        return field.strip().strip("\"'")


def wanted(node: ast.AST) -> Iterator[Any]:
    """What an assertion compares with."""
    sides: list[ast.expr] = []
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
        sides = [node.test.left, *node.test.comparators]
    elif isinstance(node, ast.Call) and last(node.func).startswith("assert"):
        sides = node.args[:2]
    for side in sides:
        inner = (
            side.args[0] if isinstance(side, ast.Call) and last(side.func) == "approx" and side.args else side
        )
        if (found := value(inner)) is not NOTHING:
            yield found
