"""When two patches are the same but for how they are written down."""

import ast
import hashlib
from collections.abc import Iterable

from .delta import Changed
from .parse import parsed


def normal(changed: Iterable[Changed]) -> str:
    """A digest of what changed files come to. Python counts by its syntax tree: comments, layout, quotes and docstrings
    make no difference. Of other files the ends of lines and blank lines do not count."""
    whole = hashlib.sha256()
    for change in sorted(changed, key=lambda c: c.path):
        whole.update(f"{change.path}\0{bool(change.after)}\0{form(change)}\0".encode())
    return whole.hexdigest()


def form(change: Changed) -> str:
    tree = parsed(change.after) if change.path.endswith(".py") else None
    if tree is None:
        lines = (line.rstrip() for line in change.after.splitlines())
        return "\n".join(line for line in lines if line)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = without_docstring(node.body)
    try:
        return ast.dump(tree)
    except RecursionError:
        return change.after


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body
