"""Python source as a tree: its functions and classes, and the lines that they take."""

import ast
from collections.abc import Iterator, Sequence

from ..verify.parse import parse

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


def documented(node: Definition) -> bool:
    return ast.get_docstring(node, clean=False) is not None


def keep_docstrings(old: str, new: str) -> str:
    """A module's text with the docstrings as they were that differ from those in `old` in white space alone."""
    if "\r" in old or "\r" in new:  # a line's end for the parser, and none for us
        return new
    before, known, rows = dict(docstrings(old)), old.split("\n"), new.split("\n")
    for name, node in sorted(docstrings(new), key=lambda one: -one[1].lineno):
        was = before.get(name)
        if was and was.col_offset == node.col_offset and words(was) == words(node):
            rows[node.lineno - 1 : node.end_lineno] = known[was.lineno - 1 : was.end_lineno]
    return "\n".join(rows)


def words(node: ast.Expr) -> list[str]:
    return str(ast.literal_eval(node.value)).split()


def alone(rows: Sequence[str], node: ast.stmt) -> bool:
    """Whether a statement has its lines for itself."""
    head = rows[node.lineno - 1].encode()[: node.col_offset]
    tail = rows[(node.end_lineno or 0) - 1].encode()[node.end_col_offset :]
    return not head.strip() and not tail.strip()


def docstrings(text: str) -> Iterator[tuple[str, ast.Expr]]:
    """Those of functions and classes that have their lines for themselves, by the names that lead there."""
    rows = text.split("\n")

    def inside(body: list[ast.stmt], above: str) -> Iterator[tuple[str, ast.Expr]]:
        for node in definitions(body):
            name, first = f"{above}.{node.name}", node.body[0]
            if isinstance(first, ast.Expr) and documented(node) and alone(rows, first):
                yield name, first
            yield from inside(node.body, name)

    yield from inside(parse(text).body, "")
