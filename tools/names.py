"""The names that a piece of Python uses and binds, by its syntax tree. For the helper process: see `apart`."""

import ast
import builtins
import re
import warnings
from functools import cache
from typing import NamedTuple

from ..verify.parse import expression, parse

FIRST = {"generators": 0, "iter": 1, "value": 2, "annotation": 3}
"""Parts of a statement that run before those that the grammar names before them."""
OWN = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
"""What has names of its own."""
HEADS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.arguments, ast.arg)
NAMING = (
    *(ast.Name, ast.AugAssign, ast.arg, ast.alias, ast.Constant, ast.ExceptHandler, ast.Global, ast.Nonlocal),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.MatchAs, ast.MatchStar, ast.MatchMapping),
)
"""What uses or binds a name."""
OUTSIDE = ("decorator_list", "returns", "annotation", "defaults", "kw_defaults", "bases", "keywords")
"""Parts of a function's or a class's head that know nothing of its own names."""
TYPE = re.compile(r"[\w.\[\], |'\"]{1,300}")

Scope = tuple[str, ...]


class Names(NamedTuple):
    """Names with the functions and classes that they stand in."""

    used: set[Scope]
    bound: set[Scope]
    early: set[Scope]
    """Used before anything around them binds them."""
    lines: dict[str, int]
    """Where a name is read first."""

    def use(self, name: Scope) -> None:
        self.used.add(name)
        *around, last = name
        if not any((*around[:depth], last) in self.bound for depth in range(len(around) + 1)):
            self.early.add(name)


def fresh(old: bytes, new: bytes) -> dict[str, int] | None:
    """The names that `new` needs from elsewhere and `old` did not, Python's own left out, and the line where each is
    read first; 0 for one that `new` binds as well, or speaks of in another way.

    None where that is not all that can be wrong: `new` does not compile, or no longer binds what `old` bound.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            was, now = names(old), names(new)
            compile(new, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not was.bound <= now.bound or not now.early & now.bound <= was.early & was.bound:
        return None
    found = {name for *_, name in (now.used - was.used) | (now.early - was.early)}
    own = {name for *_, name in now.bound}
    if "__all__" in own:
        return None
    return {
        name: 0 if name in own else now.lines.get(name, 0) for name in found if name not in vars(builtins)
    }


def names(source: bytes) -> Names:
    tree = parse(source)
    found, caught = Names(set(), set(), set(), {}), errors(tree) if b"except" in source else {}
    for scope, node in scoped(tree):
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                found.use((*scope, name))
            case ast.Name(id=name, ctx=ast.Store()):
                found.bound.add((*scope, name))
            case ast.Name(id=name):
                found.use((*scope, name))
                found.lines[name] = min(node.lineno, found.lines.get(name, node.lineno))
                if node not in caught.get(name, (node,)):
                    found.early.add((*scope, name))
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)) | ast.MatchStar(name=str(name)):
                found.bound.add((*scope, name))
            case ast.MatchAs(name=str(name)) | ast.MatchMapping(rest=str(name)):
                found.bound.add((*scope, name))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                if name in before_binding(node):
                    found.use((*scope, name))
                found.bound.add((*scope, name))
            case ast.alias(name=name, asname=other):
                found.bound.add((*scope, other or name.partition(".")[0]))
            case ast.Global(names=several) | ast.Nonlocal(names=several):
                found.bound.update((*scope, name) for name in several)
                for name in several:
                    found.use((*scope, name))
            case ast.Constant(value=str(text)) if is_expression(text):
                found.used.add((*scope, f"'{text}"))  # it may be an annotation
            case _:
                pass
    return found


def errors(tree: ast.AST) -> dict[str, set[ast.AST]]:
    """For each name that an `except` gives to an error, all that lies in such a clause: behind it the name is gone."""
    found: dict[str, set[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.name:
            found.setdefault(node.name, set()).update(ast.walk(node))
    return found


def before_binding(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    """The names that a definition may need before it binds its own: all of a class's, whose methods come later."""
    parts: list[ast.AST] = [node]
    if not isinstance(node, ast.ClassDef):
        parts = [*node.decorator_list, node.args, *([node.returns] if node.returns else [])]
    return {child.id for part in parts for child in ast.walk(part) if isinstance(child, ast.Name)}


def is_expression(text: str) -> bool:
    """Whether a string may be code that stands for a type."""
    if text.isidentifier() or not TYPE.fullmatch(text):
        return text.isidentifier()
    try:
        expression(text)
    except (SyntaxError, ValueError):
        return False
    return True


@cache
def ordered(kind: type[ast.AST]) -> list[str]:
    """The parts of a kind of node in the order in which they run."""
    return sorted(
        (name for name in kind._fields if name != "ctx"), key=lambda name: FIRST.get(name, len(FIRST))
    )


def scoped(tree: ast.AST) -> list[tuple[Scope, ast.AST]]:
    """The nodes of a tree that use or bind names, each with what is around it, in the order in which they run."""
    found: list[tuple[Scope, ast.AST]] = []
    collect(tree, (), (), found)
    return found


def collect(node: ast.AST, scope: Scope, outer: Scope, found: list[tuple[Scope, ast.AST]]) -> None:
    """Add what lies below a node."""
    seen: dict[str, int] = {}
    head = isinstance(node, HEADS)
    for name in ordered(type(node)):
        value = getattr(node, name)
        if name == "target" and isinstance(node, ast.AnnAssign) and not node.value:
            continue  # it binds nothing
        place = outer if head and name in OUTSIDE else scope
        for child in value if isinstance(value, list) else (value,):
            if not isinstance(child, ast.AST):
                continue
            inner = place
            if isinstance(child, OWN):
                called = getattr(child, "name", f"{type(node).__name__}.{name}")
                seen[called] = seen.get(called, 0) + 1
                inner = (*place, f"{called} {seen[called]}")
            if isinstance(child, NAMING):
                found.append((place, child))
            if child._fields:
                collect(child, inner, outer if head and inner is place else place, found)
