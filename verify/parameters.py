"""What a definition itself says of its arguments: of which kinds they are, and which may be left out. Pure."""

import ast
import re
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from .examples import values_in
from .inside.guess import NAMES
from .kinds import ANY, Kind, kind, literal, one_of
from .neighbours import near
from .script import Function
from .weaken import named

SAID = 4
"""Values that are known of one argument."""


class Parameter(NamedTuple):
    name: str
    kind: Kind
    optional: bool
    by_name: bool
    """It is given by its name."""
    several: bool = False
    """It takes all that are left; its kind is that of a row of them."""
    vague: bool = False
    """Nothing tells its kind."""


def parameters(node: Function, skip: int = 0) -> tuple[Parameter, ...] | None:
    """Those of a function after the first few; None where one that is needed is of a kind that cannot be made."""
    found, by_place, text = list[Parameter](), True, ast.get_docstring(node) or ""
    for arg, default, by_name in given(node, skip):
        one = known(arg, default, text)
        vague = one is None and default is None and arg.annotation is None
        if one or vague:
            kept = Parameter(arg.arg, one or ANY, default is not None, by_name or not by_place, vague=vague)
            found.append(kept)
        elif default is None:
            return None
        else:
            by_place = by_place and by_name  # what comes after what is left out is given by its name
    rest = node.args.vararg
    if by_place and rest and (one := known(rest, None, text)):
        found.append(Parameter(rest.arg, Kind("row", (one,)), True, False, several=True))
    return tuple(found)


def given(node: Function, skip: int) -> Iterator[tuple[ast.arg, ast.expr | None, bool]]:
    """Each argument, its default, and whether it is given by its name only."""
    own = node.args
    places = [*own.posonlyargs, *own.args]
    defaults = [*[None] * (len(places) - len(own.defaults)), *own.defaults]
    yield from ((arg, default, False) for arg, default in list(zip(places, defaults, strict=True))[skip:])
    yield from ((arg, default, True) for arg, default in zip(own.kwonlyargs, own.kw_defaults, strict=True))


def known(arg: ast.arg, default: ast.expr | None, text: str) -> Kind | None:
    """By the annotation; where there is none, by what the docstring says, by the default, or by the name."""
    if arg.annotation is not None:
        return kind(arg.annotation)
    said = [*values_in(text, arg.arg), literal(default) if default else None]
    said += [example for pattern, example in NAMES if re.match(pattern, arg.arg)][:1]
    first = [value for value in said if value is not None][:SAID]
    return one_of(other for value in first for other in (value, *near(value, Random(0))))


def attributes(node: ast.ClassDef) -> tuple[Parameter, ...] | None:
    """What makes an object: the parameters of `__init__`, or the fields of a dataclass; none where there are neither."""
    methods = {n.name: n for n in node.body if isinstance(n, Function)}
    if "__init__" in methods:
        return parameters(methods["__init__"], skip=1)
    if not any(named(mark, frozenset({"dataclass", "define", "attrs", "s"})) for mark in node.decorator_list):
        return () if not node.bases else None
    fields = [n for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]
    found = [
        (n.target.id, kind(n.annotation), n.value is not None)
        for n in fields
        if isinstance(n.target, ast.Name)
    ]
    if any(one is None and not optional for _, one, optional in found):
        return None
    return tuple(Parameter(name, one, optional, True) for name, one, optional in found if one)
