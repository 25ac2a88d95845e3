"""What annotations say of arguments, as far as they are builtin types; and small values of each kind. Pure."""

import ast
from collections.abc import Iterable
from random import Random
from typing import Any, NamedTuple

from .inside.literal import written
from .parse import expression

DEPTH = 4
SCALARS = frozenset({"int", "float", "str", "bool", "bytes"})
ROWS = {
    **dict.fromkeys(("list", "sequence", "mutablesequence", "iterable", "collection", "iterator"), "list"),
    **dict.fromkeys(("set", "abstractset", "mutableset"), "set"),
}
DICTS = frozenset({"dict", "mapping", "mutablemapping", "defaultdict", "ordereddict"})
ANYTHING = frozenset({"any", "object", "hashable"})


class Kind(NamedTuple):
    """int, float, str, bool, bytes, None, list, set, dict, tuple, row (a tuple of any length), union; or one of `values`."""

    name: str
    parts: tuple["Kind", ...] = ()
    values: tuple[str, ...] = ()
    """Literals."""


NOTHING, NUMBER, TEXT = Kind("None"), Kind("int"), Kind("str")
ANY = Kind("union", (NUMBER, TEXT, Kind("list", (NUMBER,)), Kind("list", (TEXT,))))


def kind(node: ast.expr | None, depth: int = 0) -> Kind | None:
    """What an annotation allows; None where it is none of the builtin types, or none at all."""
    if node is None or depth > DEPTH:
        return None
    match node:
        case ast.Constant(value=None):
            return NOTHING
        case ast.Constant(value=str(text)):
            return quoted(text, depth)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bare(name)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return union([left, right], depth)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            return subscripted(name, inner.elts if isinstance(inner, ast.Tuple) else [inner], depth)
        case _:
            return None


def quoted(text: str, depth: int) -> Kind | None:
    try:
        return kind(expression(text), depth + 1)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def bare(name: str) -> Kind | None:
    """A name alone. A single letter stands for any type."""
    low = name.lower()
    if low in SCALARS:
        return Kind(low)
    if low in ROWS:
        return Kind(ROWS[low], (NUMBER,))
    if low == "tuple":
        return Kind("row", (NUMBER,))
    if low in DICTS:
        return Kind("dict", (TEXT, NUMBER))
    if low in ANYTHING:
        return ANY
    return NUMBER if len(name) == 1 and name.isupper() else None


def subscripted(name: str, inner: list[ast.expr], depth: int) -> Kind | None:
    low = name.lower()
    if low == "literal":
        return one_of(value for node in inner if (value := literal(node)) is not None)
    if low in ("annotated", "final"):
        return kind(inner[0], depth + 1)
    if low == "optional":
        return union([*inner, ast.Constant(None)], depth)
    if low == "union":
        return union(inner, depth)
    if low == "tuple" and isinstance(inner[-1], ast.Constant) and inner[-1].value is ...:
        return within("row", inner[:1], depth)
    if low == "tuple":
        return within("tuple", inner, depth)
    if low in ROWS:
        return within(ROWS[low], inner[:1], depth)
    return within("dict", inner, depth) if low in DICTS and len(inner) == 2 else None


def union(nodes: list[ast.expr], depth: int) -> Kind | None:
    """What any of the parts allows that can be made."""
    parts = [found for node in nodes if (found := kind(node, depth + 1))]
    return Kind("union", tuple(parts)) if parts and parts != [NOTHING] else None


def within(name: str, nodes: list[ast.expr], depth: int) -> Kind | None:
    """None where a part is none that can be made, or cannot stand where it does."""
    parts = [kind(node, depth + 1) for node in nodes]
    found = tuple(part for part in parts if part)
    keys = found[:1] if name in ("set", "dict") else ()
    return Kind(name, found) if len(found) == len(parts) and all(map(hashable, keys)) else None


def hashable(one: Kind) -> bool:
    return one.name not in ("list", "set", "dict") and all(map(hashable, one.parts))


SMALL: dict[str, list[Any]] = {
    "None": [None],
    "bool": [True, False],
    "int": [0, 1, -1, 2, 3, 7, 10, 100],
    "float": [0.0, 1.0, -1.5, 2.25, 10.0, 0.1],
    "str": ["", "a", "ab", "abcabc", "Hello, World!", "racecar", "12", " x y ", "a-b_c"],
    "bytes": [b"", b"a", b"ab c", b"\0\xff"],
}
"""Values for where nothing draws others."""


def small(one: Kind, chance: Random) -> Any:
    """A value of a kind, drawn by lot."""
    if one.name in SMALL:
        return chance.choice(SMALL[one.name])
    if one.name == "one":
        return ast.literal_eval(expression(chance.choice(one.values)))
    if one.name == "union":
        return small(chance.choice(one.parts), chance)
    if one.name == "tuple":
        return tuple(small(part, chance) for part in one.parts)
    size = chance.choice((0, 1, 2, 3, 3, 5))
    if one.name == "dict":
        return {small(one.parts[0], chance): small(one.parts[1], chance) for _ in range(size)}
    row = [small(one.parts[0], chance) for _ in range(size)]
    return {"list": list, "set": set, "row": tuple}[one.name](row)


def literal(node: ast.expr) -> Any:
    """None for what is no literal."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def one_of(values: Iterable[Any]) -> Kind | None:
    """The kind of what is one of some values."""
    texts = [text for value in values if (text := written(value))]
    return Kind("one", values=tuple(texts)) if texts else None
