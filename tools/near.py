"""Whether an edit of a Python file can be seen to break nothing by the functions and classes alone that it touches.

To look at ten thousand lines takes the best part of a second; nearly all edits lie within one function.
"""

import ast
import builtins
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

BLOCKS = (b"def ", b"class ", b"async def ", b"@")
"""How statements begin at the left margin that cannot stand inside of brackets."""
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
LARGEST = 60_000
"""Bytes that are worth looking at apart."""


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


def harmless(before: bytes, after: bytes) -> bool:
    """Whether what is touched compiles by itself, binds all that it bound, and uses only names that it used there,
    that are bound at the left margin above it, or that Python has. False says nothing.
    """
    return all(alike(old, new, before[:start]) for old, new, start in touched(before, after))


def alike(old: bytes, new: bytes, head: bytes) -> bool:
    """As `harmless`, of one block, above which there may be a decorator of several lines."""
    if old.startswith(BLOCKS) and not new.startswith(BLOCKS):
        return False
    if max(len(old), len(new)) > LARGEST or quotes(old) != quotes(new):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            was, now = names(ast.parse(old)), names(ast.parse(new))
            compile(new, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if not was.bound <= now.bound or not now.early & now.bound <= was.early & was.bound:
        return False
    fresh = {name for *_, name in (now.used - was.used) | (now.early - was.early)}
    return all(known(name, head) for name in fresh)


def known(name: str, head: bytes) -> bool:
    """Whether a name is Python's own, or a statement in `head` binds it for all that follows."""
    if hasattr(builtins, name):
        return True
    own = re.escape(name.encode())
    binds = rb"def %b\(|class %b[(:]|%b =|import %b\n|from [\w.]+ import (?:[\w, ]*, )?%b(?:,|\n)" % (
        (own,) * 5
    )
    binding, at = re.compile(binds), -1
    while (at := head.find(name.encode(), at + 1)) >= 0:
        if binding.match(head, head.rfind(b"\n", 0, at) + 1):
            return True
    return False


def touched(before: bytes, after: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """The blocks in which two texts differ, as each has them, and where each begins in the first text.

    Decorators belong to what they decorate.
    """
    gone = 0
    while before != after:
        start = same(before, after)
        first = above(before, start)
        while decorated(before, first):
            first = above(before, first - 1)
        ends = [below(text, max(start, first + 1)) for text in (before, after)]
        yield before[first : ends[0]], after[first : ends[1]], gone + first
        before, after, gone = before[ends[0] :], after[ends[1] :], gone + ends[0]


def above(text: bytes, place: int) -> int:
    """Where the last block begins that begins at `place` or before it; 0 where none does."""
    return max(text.rfind(b"\n" + word, 0, place + len(word)) for word in BLOCKS) + 1


def below(text: bytes, place: int) -> int:
    """Where the first block begins that begins at `place` or after it; the text's end where none does."""
    found = (text.find(b"\n" + word, place - 1) for word in BLOCKS)
    return min((at + 1 for at in found if at >= 0), default=len(text))


def decorated(text: bytes, start: int) -> bool:
    """Whether the line above is a decorator's, or goes on in this one."""
    line = text[text.rfind(b"\n", 0, max(start - 1, 0)) + 1 : start]
    return line.startswith(b"@") or line.rstrip(b"\r\n").endswith(b"\\")


def same(a: bytes, b: bytes) -> int:
    """How many bytes two texts begin with in common."""
    low, high = 0, min(len(a), len(b)) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if a[low:middle] == b[low:middle] else (low, middle)
    return low


def quotes(text: bytes) -> tuple[int, int]:
    """The marks of long strings: where their number is the same, the edit does not reach over the block's end."""
    return text.count(b'"""'), text.count(b"'''")


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
