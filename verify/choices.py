"""Where code chooses a constant by another: branches, and tables."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .literals import NOTHING, constants, value
from .weaken import last

DIGESTS = re.compile(r"hash|md5|sha\d|crc32|adler32|digest|blake")


class Choice(NamedTuple):
    """A place in the code where a value is chosen by another."""

    line: int
    when: tuple[Any, ...]
    """The constants that decide; empty where the code decides by something else."""
    result: Any
    digest: bool = False
    """It is decided by a digest of the input."""
    asked: int = 0
    """The line of the condition."""


def named(tree: ast.Module) -> dict[str, ast.expr]:
    """Names that are given one constant, anywhere."""
    several: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            several.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            several.setdefault(node.target.id, []).append(node.value)
    return {name: found[0] for name, found in several.items() if len(found) == 1}


def branches(tree: ast.AST, names: Mapping[str, ast.expr]) -> Iterator[Choice]:
    """Where a condition on constants gives a constant."""
    for node in ast.walk(tree):
        match node:
            case ast.If(test=test, body=body) | ast.While(test=test, body=body):
                for result in given(body, names):
                    yield choice(test, result, body[0].lineno, names)
            case ast.IfExp(test=test, body=body) if (result := value(body, names)) is not NOTHING:
                yield choice(test, result, body.lineno, names)
            case ast.BoolOp(op=ast.And(), values=[*tests, result]) if (
                found := value(result, names)
            ) is not NOTHING:
                yield choice(ast.BoolOp(ast.And(), tests), found, result.lineno, names)
            case ast.match_case(pattern=pattern, body=body):
                for result in given(body, names):
                    asked = tuple(pattern_values(pattern))
                    yield Choice(body[0].lineno, asked, result)
            case _:
                pass


def pattern_values(pattern: ast.pattern) -> Iterator[Any]:
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchValue) and (found := value(node.value)) is not NOTHING:
            yield found
        elif isinstance(node, ast.MatchSequence):
            inner = [value(p.value) for p in node.patterns if isinstance(p, ast.MatchValue)]
            if len(inner) == len(node.patterns):
                yield inner


def choice(test: ast.expr, result: Any, line: int, names: Mapping[str, ast.expr]) -> Choice:
    """A branch. Only equality, membership and patterns single out a case."""
    when = list[Any]()
    for node in ast.walk(test):
        match node:
            case ast.Compare(left=left, ops=ops, comparators=several) if all(
                isinstance(op, ast.Eq | ast.In | ast.Is) for op in ops
            ):
                for side in (left, *several):
                    when += constants(side, names)
            case ast.Call(func=func, args=arguments) if last(func) in (
                "match",
                "fullmatch",
                "search",
                "startswith",
                "endswith",
                "isclose",
                "eq",
                "__eq__",
            ):
                for argument in arguments:
                    when += constants(argument, names)
            case _:
                pass
    digest = any(isinstance(n, ast.Call) and DIGESTS.search(last(n.func)) for n in ast.walk(test))
    return Choice(line, tuple(when), result, digest, test.lineno if hasattr(test, "lineno") else line)


def given(body: Sequence[ast.stmt], names: Mapping[str, ast.expr]) -> Iterator[Any]:
    """The constants that a branch returns, yields or keeps."""
    for node in body:
        match node:
            case (
                ast.Return(value=expression) | ast.Assign(value=expression) | ast.AnnAssign(value=expression)
            ):
                found = value(expression, names)
            case ast.Expr(value=ast.Yield(value=expression)):
                found = value(expression, names)
            case _:
                continue
        if found is not NOTHING:
            yield found


def tables(tree: ast.AST | None) -> Iterator[ast.expr]:
    """Displays of several constants that are no part of another."""
    within = set[int]()
    for node in ast.walk(tree) if tree else ():
        zipped = isinstance(node, ast.Call) and last(node.func) == "zip" and len(node.args) == 2
        if (zipped or isinstance(node, ast.Dict | ast.List | ast.Tuple)) and id(node) not in within:
            assert isinstance(node, ast.expr)
            within |= {id(inner) for inner in ast.walk(node)}
            yield node


def items(node: ast.expr, names: Mapping[str, ast.expr]) -> Iterator[tuple[Any, Any]]:
    """What a table says, each with what it is said of."""
    found: list[tuple[ast.expr | None, ast.expr]] = []
    if isinstance(node, ast.Dict):
        found = [*zip(node.keys, node.values, strict=True)]
    elif isinstance(node, ast.List | ast.Tuple):
        found = [
            (e.elts[0], e.elts[1])
            for e in node.elts
            if isinstance(e, ast.Tuple | ast.List) and len(e.elts) == 2
        ]
    elif isinstance(node, ast.Call):
        sides = [value(side, names) for side in node.args]
        if all(isinstance(side, list) for side in sides):
            yield from zip(*sides, strict=False)
    for left, right in found:
        a, b = value(left, names), value(right, names)
        if a is not NOTHING and b is not NOTHING:
            yield a, b
