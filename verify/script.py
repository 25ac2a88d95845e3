"""A Python file before and after a patch: its tree, and its functions with their texts."""

import ast
import re
import warnings
from collections.abc import Iterator
from functools import cached_property

from .delta import Changed
from .parse import parse
from .tricks import imported

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Side:
    """One version of a file. What does not parse has no functions, and `problem` says why."""

    def __init__(self, text: str) -> None:
        self.text, self.problem = text, ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.tree = parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
            self.tree, self.problem = ast.Module([], []), str(e) or type(e).__name__

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def names(self) -> dict[str, str]:
        """What names stand for that imports bind."""
        found = [n for n in self.nodes if isinstance(n, ast.Import | ast.ImportFrom)]
        return imported(ast.Module([*found], []))

    @cached_property
    def functions(self) -> dict[str, tuple[Function, str]]:
        """The functions by their names and those of what they are in, with their source."""
        rows = self.text.split("\n")
        return {name: (node, segment(rows, node)) for name, node in functions(self.tree)}

    @cached_property
    def outermost(self) -> dict[str, Function]:
        """The functions that are in no other, by their source."""
        rows = self.text.split("\n")
        return {segment(rows, node): node for node in outermost(self.tree)}


class Script:
    """A changed file, both ways."""

    def __init__(self, change: Changed) -> None:
        self.path, self.change = change.path, change
        self.before, self.after = Side(change.before), Side(change.after)

    @cached_property
    def same(self) -> frozenset[str]:
        """The source of outermost functions that mean the same before and after, and need no look.

        A function that speaks of one that differs is not among them; where names are imported from elsewhere, none is.
        """
        old, new = self.before.outermost, self.after.outermost
        now = self.after.names
        if any(now.get(name, what) != what for name, what in self.before.names.items()):
            return frozenset()
        differ = {
            node.name for text, node in (*old.items(), *new.items()) if not (text in old and text in new)
        }
        spoken = re.compile(rf"\b({'|'.join(map(re.escape, differ))})\b") if differ else None
        return frozenset(text for text in old.keys() & new.keys() if not (spoken and spoken.search(text)))


def segment(rows: list[str], node: Function) -> str:
    """A function's source, with its decorators."""
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return "\n".join(rows[first - 1 : node.end_lineno])


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function | ast.ClassDef):
            if isinstance(node, Function):
                yield prefix + node.name, node
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.stmt | ast.ExceptHandler):
            yield from functions(node, prefix)


def outermost(tree: ast.AST) -> Iterator[Function]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node
        elif isinstance(node, ast.stmt | ast.ExceptHandler):
            yield from outermost(node)
