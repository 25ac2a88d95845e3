"""Python source as a tree: its functions and classes, and the lines that they take."""

import ast
from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(body: list[ast.stmt]) -> Iterator[Definition]:
    yield from (node for node in body if isinstance(node, Definition))


def find(body: list[ast.stmt], name: str) -> Definition | None:
    return next((node for node in definitions(body) if node.name == name), None)


def first_line(node: ast.stmt) -> int:
    """Where a definition starts, decorators included."""
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(d.lineno for d in decorators)])


def segment(text: str, node: ast.stmt) -> str:
    """The lines of a statement."""
    return "\n".join(text.splitlines()[first_line(node) - 1 : node.end_lineno])
