"""Tool calls as Python: `read(path="a.py")`, as Gemma and Llama write them. Nothing is run: literals are read."""

import ast
from collections.abc import Iterator, Mapping

from ...tools.base import Arguments, Call
from ...verify.parse import parse
from .base import Schema
from .typed import Found, fitted, properties


def found(code: str, start: int, end: int, tools: Mapping[str, Schema]) -> Iterator[Found]:
    """The calls of offered tools in a piece of Python that holds nothing but calls."""
    try:
        body = parse(code.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in body:
        if not isinstance(statement, ast.Expr):
            continue
        value = statement.value
        for node in value.elts if isinstance(value, ast.List) else [value]:
            if call := read(node, tools):
                yield Found(call, start, end, "python")


def read(node: ast.expr, tools: Mapping[str, Schema]) -> Call | None:
    if not isinstance(node, ast.Call):
        return None
    name = name_of(node.func)
    if name == "print" and len(node.args) == 1 and name not in tools:
        return read(node.args[0], tools)
    if name not in tools:
        return None
    try:
        return Call(id="", tool=name, args=fitted(arguments(node, tools[name]), tools[name]))
    except ValueError:
        return Call(id="", tool=name, problem=f"{name}: the arguments have to be plain values")


def name_of(node: ast.expr) -> str:
    """The tool's name in `read`, `default_api.read` or `read.call`."""
    if isinstance(node, ast.Attribute):
        return name_of(node.value) if node.attr == "call" else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def arguments(node: ast.Call, tool: Schema) -> Arguments:
    """The values of a call. Raises ValueError where one is no literal."""
    names = list(properties(tool))
    if len(node.args) > len(names):
        raise ValueError("too many arguments")
    placed = dict(zip(names, node.args, strict=False))
    given = {k.arg: k.value for k in node.keywords if k.arg is not None}
    if len(given) < len(node.keywords):
        raise ValueError("** is no plain value")
    return {key: ast.literal_eval(value) for key, value in (placed | given).items()}
