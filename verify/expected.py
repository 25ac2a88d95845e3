"""The values that tests expect, where they do not stand in an assertion: literals in variables and parameters."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from .parse import parse


def replaced(before: ast.AST, after: ast.AST, asserting: Sequence[ast.AST]) -> tuple[str, str] | None:
    """The first literal of a test that gave way to another one, and that one.

    It counts where a variable that an assertion speaks of has it, or where it is a set of parameters. What only got
    longer is no change: cases and elements are added all the time.
    """
    names = {n.id for node in asserting for n in ast.walk(node) if isinstance(n, ast.Name)}
    for old, new in ((values(before, names), values(after, names)), (parameters(before), parameters(after))):
        gone, come = list(old - new), list(new - old)
        gone = [text for text in gone if not any(extends(other, text) for other in come)]
        if gone and come:
            return gone[0], come[0]
    return None


def values(node: ast.AST, names: set[str]) -> Counter[str]:
    """Assignments of literals to these variables."""
    return Counter(
        ast.unparse(n)
        for n in ast.walk(node)
        if isinstance(n, ast.Assign)
        and literal(n.value)
        and any(isinstance(t, ast.Name) and t.id in names for t in n.targets)
    )


def parameters(node: ast.AST) -> Counter[str]:
    """Sets of parameters that are literals."""
    return Counter(ast.unparse(n) for d in getattr(node, "decorator_list", ()) for n in sets(d) if literal(n))


def sets(decorator: ast.expr) -> Iterator[ast.expr]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("parametrize"):
        given = decorator.args[1] if len(decorator.args) > 1 else None
        if isinstance(given, ast.List | ast.Tuple | ast.Set):
            yield from given.elts


def literal(node: ast.expr) -> bool:
    """Whether a value is made of constants alone: it may join or dedent them."""
    return not any(isinstance(n, ast.Name) and n.id != "dedent" for n in ast.walk(node))


def extends(text: str, other: str) -> bool:
    """Whether a statement holds all constants of another one, in their order, and more."""
    rest = iter(constants(text))
    return all(value in rest for value in constants(other))


def constants(text: str) -> list[str]:
    return [repr(n.value) for n in ast.walk(parse(text)) if isinstance(n, ast.Constant)]
