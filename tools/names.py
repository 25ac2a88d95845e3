"""The names that a piece of Python uses and binds, by its syntax tree. For the helper process: see `apart`."""

import ast
import builtins
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

FIRST = {"generators": 0, "iter": 1, "value": 2}
"""Parts of a statement that run before those that the grammar names before them."""
OWN = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
"""What has names of its own."""
HEADS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.arguments, ast.arg)
OUTSIDE = ("decorator_list", "returns", "annotation", "defaults", "kw_defaults", "bases", "keywords")
"""Parts of a function's or a class's head that know nothing of its own names."""

Scope = tuple[str, ...]


class Names(NamedTuple):
    """Names with the functions and classes that they stand in."""

    used: set[Scope]
    bound: set[Scope]
    early: set[Scope]
    """Used before anything around them binds them."""

    def use(self, name: Scope) -> None:
        self.used.add(name)
        *around, last = name
        if not any((*around[:depth], last) in self.bound for depth in range(len(around) + 1)):
            self.early.add(name)


def fresh(old: bytes, new: bytes) -> list[str] | None:
    """The names that `new` needs from elsewhere and `old` did not, Python's own left out.

    None where that is not all that can be wrong: `new` does not compile, or no longer binds what `old` bound.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            was, now = names(ast.parse(old)), names(ast.parse(new))
            compile(new, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not was.bound <= now.bound or not now.early & now.bound <= was.early & was.bound:
        return None
    found = {name for *_, name in (now.used - was.used) | (now.early - was.early)}
    return sorted(name for name in found if not hasattr(builtins, name))


def names(tree: ast.AST) -> Names:
    found = Names(set(), set(), set())
    for scope, node in scoped(tree, ()):
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                found.use((*scope, name))
            case ast.Name(id=name, ctx=ast.Store()):
                found.bound.add((*scope, name))
            case ast.Name(id=name):
                found.use((*scope, name))
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)) | ast.MatchStar(name=str(name)):
                found.bound.add((*scope, name))
            case ast.MatchAs(name=str(name)) | ast.MatchMapping(rest=str(name)):
                found.bound.add((*scope, name))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.bound.add((*scope, name))
            case ast.alias(name=name, asname=other):
                found.bound.add((*scope, other or name.partition(".")[0]))
            case ast.Global(names=several) | ast.Nonlocal(names=several):
                found.bound.update((*scope, name) for name in several)
                for name in several:
                    found.use((*scope, name))
            case ast.Constant(value=str(text)) if text.isidentifier():
                found.used.add((*scope, f"'{text}"))  # it may be an annotation, or a row of __all__
            case _:
                pass
    return found


def scoped(node: ast.AST, scope: Scope, outer: Scope = ()) -> Iterator[tuple[Scope, ast.AST]]:
    """Each node below another with what is around it, in the order in which they run."""
    seen = Counter[str]()
    head = isinstance(node, HEADS)
    for name in sorted(node._fields, key=lambda name: FIRST.get(name, len(FIRST))):
        value, place = getattr(node, name), outer if head and name in OUTSIDE else scope
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            yield place, child
            inner = place
            if isinstance(child, OWN):
                called = getattr(child, "name", f"{type(node).__name__}.{name}")
                seen[called] += 1
                inner = (*place, f"{called} {seen[called]}")
            yield from scoped(child, inner, outer if isinstance(node, HEADS) and inner is place else place)
