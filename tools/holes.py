"""Places in a function that a model fills in anew, seeing what stands before and after them.

A statement is taken out, or the line that a compound one begins with, or the body of a function that is yet to be
written. Most mistakes take one line (Xia and Zhang, Less Training, More Repairing Please, 2022: cloze-style repair).
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..verify.parse import parsed
from .python import Definition, definitions, segment

KEYWORD = re.compile(
    r"(return|if|elif|while|for|with|raise|yield|assert|del|pass|break|continue|import|from)\b"
)
BEFORE, AFTER, ISSUE = 4_000, 2_000, 1_000
"""Characters of a file that are shown around a hole, and of the issue above them."""


class Hole(NamedTuple):
    """Lines of a file, counted from 1."""

    path: str
    first: int
    last: int
    line: bool = True
    """Whether one line is to come in their place."""


def holes(path: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Hole]:
    """Those of a function, from the top; one where it is yet to be written."""
    body = below_docstring(node)
    if unwritten(node) and body:
        yield Hole(path, body[0].lineno, body[0].end_lineno or 0, line=False)
        return
    found: dict[Hole, None] = {}
    for inner in statements(body):
        if isinstance(inner, Definition | ast.Try | ast.TryStar | ast.Match) or is_text(inner):
            continue
        below: list[ast.stmt] = getattr(inner, "body", [])
        last = max(below[0].lineno - 1, inner.lineno) if below else inner.end_lineno or 0
        found[Hole(path, inner.lineno, last)] = None
    yield from found


def unwritten(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether all that a function has, but for its docstring, stands for what is not written."""
    body = below_docstring(node)
    return len(body) < 2 and all(map(is_stub, body))


def below_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    return node.body[1:] if is_text(node.body[0]) else node.body


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    found = [node for outer in body for node in ast.walk(outer) if isinstance(node, ast.stmt)]
    yield from sorted(found, key=lambda node: (node.lineno, node.col_offset))


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is not ...


def is_stub(node: ast.stmt) -> bool:
    """Whether a statement stands for what is not written."""
    if isinstance(node, ast.Raise) and node.exc:
        return "NotImplemented" in ast.unparse(node.exc)
    return isinstance(node, ast.Pass) or ast.unparse(node) == "..."


def around(text: str, hole: Hole, issue: str) -> tuple[str, str]:
    """What stands before a hole and after it, below the issue."""
    rows = text.split("\n")
    above = "\n".join(f"# {row}".rstrip() for row in issue.strip()[:ISSUE].splitlines())
    before = "\n".join([*rows[: hole.first - 1], indent(rows, hole)])
    after = "\n".join(["", *rows[hole.last :]])
    return f"{above}\n\n{newest(before)}", after[:AFTER].rpartition("\n")[0] if len(after) > AFTER else after


def newest(text: str) -> str:
    """The end of a text, from the beginning of a line."""
    return text if len(text) <= BEFORE else text[-BEFORE:].partition("\n")[2]


def indent(rows: list[str], hole: Hole) -> str:
    row = rows[hole.first - 1]
    return row[: len(row) - len(row.lstrip())]


def variants(text: str, hole: Hole, middle: str) -> list[str]:
    """What a filling may mean: something else in the hole; or, where it is no such statement as was there, one that is
    missing before that."""
    old, new = (beginning(part) for part in (text.split("\n")[hole.first - 1], middle))
    both = [filled(text, hole, middle), filled(text, hole, middle, keep=hole.line and old != new)]
    return [code for code in dict.fromkeys(both) if code]


def beginning(statement: str) -> str:
    """What tells which kind of statement it is: a keyword, or what is assigned to or called."""
    found = KEYWORD.match(statement.strip())
    return found[0] if found else re.split(r"[-+*/%&|^@]?=|\(", statement.strip())[0].strip()


def filled(text: str, hole: Hole, middle: str, keep: bool = False) -> str:
    """The function or method with something else in a hole, as `define` takes it; empty where it is the same as
    before, or no Python. With `keep` what was there follows."""
    rows, lines = text.split("\n"), middle.rstrip().split("\n")
    for most in range(1 if hole.line else len(lines), 0, -1):  # what is too much stands at the end
        put = indent(rows, hole) + "\n".join(lines[:most])
        new = "\n".join([*rows[: hole.first - 1], put, *rows[hole.first - 1 if keep else hole.last :]])
        if tree := parsed(new):
            old = parsed(text)
            return "" if old and ast.dump(old) == ast.dump(tree) else outermost(new, tree, hole.first)
    return ""


def outermost(text: str, tree: ast.Module, line: int) -> str:
    """The function of a module, or the method below the line of its class, that a line is in."""
    for node in definitions(tree.body):
        if not node.lineno <= line <= (node.end_lineno or 0):
            continue
        if not isinstance(node, ast.ClassDef):
            return segment(text, node)
        for method in definitions(node.body):
            if not isinstance(method, ast.ClassDef) and method.lineno <= line <= (method.end_lineno or 0):
                return f"class {node.name}:\n{segment(text, method)}"
    return ""
