"""Constants in Python's syntax: what an expression comes to, in a form to compare, and how much it tells."""

import ast
import operator
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from .parse import expression

OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "int": int,
    "float": float,
    "str": str,
    "list": list,
    "tuple": tuple,
    "sorted": sorted,
    "set": set,
    "frozenset": frozenset,
    "Fraction": str,
    "Decimal": str,
}
NOTHING = object()
"""What an expression comes to that is no constant."""
ROUND = frozenset(
    {12, 16, 20, 24, 30, 32, 60, 64, 90, 100, 128, 180, 255, 256, 360, 365, 512, 1000, 1024, 3600, 4096}
)
Key = Hashable


def value(node: ast.AST | None, names: Mapping[str, ast.expr] | None = None, depth: int = 6) -> Any:
    """The constant that an expression comes to, or NOTHING. `names`: what names stand for."""
    known = names or {}
    if node is None or depth == 0:
        return NOTHING
    match node:
        case ast.Constant(value=found):
            return found
        case ast.Name(id=name) if name in known:
            return value(known[name], known, depth - 1)
        case ast.List(elts=several) | ast.Tuple(elts=several) | ast.Set(elts=several):
            inner = [value(n, known, depth - 1) for n in several]
            return NOTHING if NOTHING in inner else inner
        case ast.Dict(keys=keys, values=values):
            pairs = [
                (value(k, known, depth - 1), value(v, known, depth - 1))
                for k, v in zip(keys, values, strict=True)
            ]
            return NOTHING if any(NOTHING in pair for pair in pairs) else [list(pair) for pair in pairs]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            found = value(inner, known, depth - 1)
            return -found if isinstance(found, int | float) else NOTHING
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return computed(
                OPERATORS[type(op)], value(left, known, depth - 1), value(right, known, depth - 1)
            )
        case ast.Call(func=ast.Name(id=name), args=[only], keywords=[]) if name in MAKERS:
            return computed(MAKERS[name], value(only, known, depth - 1))
        case ast.Call(func=ast.Attribute(value=text, attr="split"), args=separators, keywords=[]):
            return computed(str.split, *(value(n, known, depth - 1) for n in (text, *separators)))
        case _:
            return NOTHING


def computed(do: Callable[..., Any], *values: Any) -> Any:
    """A sum of constants and the like, where it is a small one."""
    if any(v is NOTHING or (isinstance(v, int) and abs(v) > 10**12) or len(str(v)) > 10_000 for v in values):
        return NOTHING
    if do is operator.mul and any(isinstance(v, str | list) for v in values):
        return NOTHING
    try:
        found = do(*values)
    except (ArithmeticError, TypeError, ValueError):
        return NOTHING
    return sorted(found, key=str) if isinstance(found, set | frozenset) else found


def key(found: Any) -> Key:
    """A form in which 2 is 2.0 and the order of a list says nothing."""
    match found:
        case bool() | None:
            return ("constant", found)
        case int() | float():
            return ("number", round(float(found), 9)) if abs(found) < 1e300 else ("number", str(found))
        case str():
            return ("text", found)
        case list() | tuple() | set() | frozenset():
            return ("several", tuple(sorted((key(inner) for inner in found), key=repr)))
        case dict():
            return ("several", tuple(sorted((key([*pair]) for pair in found.items()), key=repr)))
        case _:
            return ("other", repr(found))


def keys(found: Any) -> frozenset[Key]:
    """A constant, and what it is as text or read from text."""
    return of_text(found) if isinstance(found, str) else frozenset({key(found)})


@lru_cache(maxsize=50_000)
def of_text(found: str) -> frozenset[Key]:
    plain = re.sub(r"\\(.)", r"\1", re.sub(r"^\^|\\[AbZ]|\$$", "", found))
    every = {key(found), key(plain), key(plain.strip())}
    if re.match(r"\s*[-+\d.(\[{'\"]", found) and len(found) < 500:
        with suppress(ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            every.add(key(ast.literal_eval(expression(found))))
    return frozenset(every)


def weight(found: Any) -> float:
    """How little it can be chance that a constant stands in two places."""
    match found:
        case bool() | None:
            return 0
        case int() | float():
            size = abs(found)
            if size != size or size in (float("inf"), 0.5):
                return 0.25
            if size != int(size):
                return 1.5
            return 0.0 if size <= 2 else 0.5 if size <= 10 or size in ROUND else 1.0 if size <= 100 else 1.5
        case str() | bytes():
            return 0.0 if not found else 0.25 if len(found) == 1 else 0.75 if len(found) <= 3 else 1.5
        case list() | tuple() | set() | frozenset():
            return min(0.5 + sum(map(weight, found)), 3.0) if found else 0.0
        case _:
            return 0.5


def word(found: Any) -> bool:
    """Whether a text is a name, as a format or a setting has one, and no data."""
    return isinstance(found, str) and bool(re.fullmatch(r"[A-Za-z_][A-Za-z_/.+-]{0,23}", found))


def constants(node: ast.AST, names: Mapping[str, ast.expr] | None = None) -> Iterator[Any]:
    """All constants in an expression: lists as a whole, and what is in them."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.expr) and (found := value(inner, names)) is not NOTHING:
            yield found


def by_node(tree: ast.AST, most: int = 80) -> Mapping[ast.AST, Sequence[Any]]:
    """The same for every part of a tree at once, up to so many each."""
    found: dict[ast.AST, list[Any]] = {}
    for node in reversed([*ast.walk(tree)]):  # what is within comes behind
        own = value(node) if isinstance(node, ast.expr) else NOTHING
        several = [] if own is NOTHING else [own]
        for child in ast.iter_child_nodes(node):
            several += found[child][: most - len(several)]
        found[node] = several
    return found
