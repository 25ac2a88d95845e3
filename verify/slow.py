"""Patterns that are slow by their form, where a patch brings them in. Python.

None of them proves anything: how much is given to them, only a measurement tells. Sources: the Python wiki's
TimeComplexity page for what a list does in how many steps; the usual N+1 query; nested repeats in patterns as OWASP's
page on regular expression denial of service has them.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .delta import Changed
from .finding import Finding
from .parse import parsed
from .targets import Definition, definitions

LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
READS = frozenset({"open", "read_text", "read_bytes", "connect", "urlopen"})
LOADS = frozenset({"load", "safe_load", "deepcopy", "compile", "sorted"})
BUILDS = frozenset({"set", "dict", "list", "Counter", "frozenset", "tuple"})
CACHES = frozenset({"lru_cache", "cache", "cached_property", "memoize", "cached"})


class Pattern(NamedTuple):
    """One place that is slow by its form."""

    rule: str
    name: str
    """The function."""
    line: int
    what: str


def patterns(changes: Sequence[Changed]) -> list[tuple[str, Pattern]]:
    """What the patch brings in: path and pattern. Pure."""
    found = list[tuple[str, Pattern]]()
    for one in changes:
        if one.is_test or not one.path.endswith(".py"):
            continue
        old, new = (parsed(text) if text else None for text in (one.before, one.after))
        had = Counter((p.rule, p.name) for p in every(old)) if old else Counter[tuple[str, str]]()
        now = list(every(new)) if new else []
        fresh = Counter((p.rule, p.name) for p in now) - had
        for pattern in now:
            if fresh[pattern.rule, pattern.name] > 0 and pattern.line in one.lines:
                fresh[pattern.rule, pattern.name] -= 1
                found.append((one.path, pattern))
        if old and new:
            found += [(one.path, p) for p in lost_caches(old, new)]
    return found


def finding(path: str, pattern: Pattern) -> Finding:
    """For a reviewer, where nothing could be measured."""
    message = f"{pattern.name} {pattern.what}"
    return Finding(
        check="speed", rule=pattern.rule, severity="note", message=message, path=path, line=pattern.line
    )


def every(tree: ast.Module) -> Iterator[Pattern]:
    for name, node in definitions(tree):
        if isinstance(node, Definition):
            yield from Looked(name, node).found()
    yield from choking(tree)


def lost_caches(old: ast.Module, new: ast.Module) -> Iterator[Pattern]:
    now = dict(definitions(new))
    for name, node in definitions(old):
        lost = decorators(node) & CACHES
        if lost and name in now and not decorators(now[name]) & CACHES:
            yield Pattern("cache-removed", name, now[name].lineno, f"is not cached by {min(lost)} any more")


def decorators(node: ast.AST) -> set[str]:
    marks = (d.func if isinstance(d, ast.Call) else d for d in getattr(node, "decorator_list", ()))
    return {called(mark) for mark in marks}


def called(node: ast.AST) -> str:
    """The last word of a name: `sorted` of `sorted`, `append` of `np.append`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class Looked:
    """One function, and the loops in it."""

    def __init__(self, name: str, node: Definition) -> None:
        self.name, self.node = name, node
        self.lists = set(lists(node))

    def found(self) -> Iterator[Pattern]:
        if again := self.branches():
            yield Pattern("recursion", self.name, again, "calls itself twice, and keeps no results")
        for line, what in scans(self.node):
            yield Pattern(
                "scan-in-loop", self.name, line, f"looks through all of {what} in each round of a loop"
            )
        for loop, part in inner(self.node):
            bound = set(bound_in(loop))
            for node in ast.walk(part):
                if told := self.within(node, bound):
                    yield Pattern(told[0], self.name, getattr(node, "lineno", 0), told[1])

    def within(self, node: ast.AST, bound: set[str]) -> tuple[str, str] | None:
        """What is slow about a node in a loop that binds these names."""
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            where = node.comparators[0]
            if isinstance(where, ast.Name) and where.id in self.lists:
                return "search-in-loop", f"looks through the list {where.id} in a loop"
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.BinOp)
            and isinstance(node.value.op, ast.Add)
        ):
            own = {called(t) for t in node.targets}
            if own & {called(node.value.left), called(node.value.right)} and collects(node.value):
                return "copy-in-loop", f"copies {min(own)} in each round to add to it"
        return self.call(node, bound) if isinstance(node, ast.Call) else None

    def call(self, node: ast.Call, bound: set[str]) -> tuple[str, str] | None:
        name, owner = called(node.func), getattr(node.func, "value", None)
        fixed = bool(node.args) and not any(n in bound for arg in node.args for n in names(arg))
        about = called(owner) if owner is not None else ""
        zero = bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
        if (
            zero
            and owner is not None
            and name in ("pop", "insert")
            and len(node.args) == (1 if name == "pop" else 2)
        ):
            return "front-of-list", f"moves all of {about or 'a list'} by {name}(0) in a loop"
        if name in ("index", "count") and owner is not None and len(node.args) == 1 and about not in bound:
            return "search-in-loop", f"looks through {about or 'a sequence'} by {name}() in a loop"
        if name in READS and (
            fixed or (owner is not None and about and about not in bound and not node.args)
        ):
            return "read-in-loop", f"calls {name}() in each round of a loop for the same thing"
        if name in LOADS and fixed:
            return "again-in-loop", f"calls {name}() in each round of a loop for the same thing"
        if (
            name in BUILDS
            and owner is None
            and len(node.args) == 1
            and fixed
            and isinstance(node.args[0], ast.Name)
        ):
            return "again-in-loop", f"makes a {name} of {called(node.args[0])} in each round of a loop"
        if (
            name in ("sum", "max", "min", "any", "all")
            and owner is None
            and node.args
            and sliced(node.args[0])
        ):
            return "again-in-loop", f"takes the {name} of a slice in each round of a loop"
        if (about, name) in (("np", "append"), ("numpy", "append"), ("pd", "concat"), ("pandas", "concat")):
            return "copy-in-loop", f"copies all in each round of a loop by {about}.{name}"
        if name in ("execute", "fetchone", "fetchall"):
            return "query-in-loop", "asks a database in each round of a loop"
        return ("sleep-in-loop", "sleeps in a loop") if name == "sleep" else None

    def branches(self) -> int:
        """The line where one call leads to two calls of itself with less, as Fibonacci's does; or 0."""
        own = self.name.rpartition(".")[2]
        again = [n for n in ast.walk(self.node) if isinstance(n, ast.Call) and called(n.func) == own]
        less = [
            n for n in again if any(isinstance(a, ast.BinOp) and isinstance(a.op, ast.Sub) for a in n.args)
        ]
        memory = decorators(self.node) & CACHES or any("memo" in n or "cache" in n for n in names(self.node))
        return less[0].lineno if len(less) > 1 and not memory else 0


def inner(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Loops of a function, and each part that runs in every round. The innermost loop speaks for what is in it."""
    for loop in ast.walk(node):
        parts = list[ast.AST]()
        if isinstance(loop, LOOPS):
            parts = [*loop.body, *([loop.test] if isinstance(loop, ast.While) else [])]
        elif isinstance(loop, COMPREHENSIONS):
            own = [loop.key, loop.value] if isinstance(loop, ast.DictComp) else [loop.elt]
            parts = [*own, *(test for g in loop.generators for test in g.ifs)]
        yield from (
            (loop, part)
            for part in parts
            if not isinstance(part, (*LOOPS, ast.FunctionDef, ast.AsyncFunctionDef))
        )


def scans(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Loops in a loop that look for what is equal to something, in what is the same in each round: line and name."""
    for loop in ast.walk(node):
        if not isinstance(loop, (*LOOPS, *COMPREHENSIONS)):
            continue
        outer = set(bound_in(loop, deep=False))
        for part in ast.walk(loop):
            if part is loop or not isinstance(part, (ast.For, *COMPREHENSIONS)):
                continue
            for one in [part] if isinstance(part, ast.For) else part.generators:
                if names(one.iter) & outer:
                    continue
                equal = [
                    n for n in ast.walk(part) if isinstance(n, ast.Compare) and isinstance(n.ops[0], ast.Eq)
                ]
                if isinstance(one.iter, ast.Name | ast.Attribute) and any(
                    names(n) & names(one.target) for n in equal
                ):
                    yield part.lineno, called(one.iter)


def bound_in(loop: ast.AST, deep: bool = True) -> Iterator[str]:
    """Names that are not the same in each round; or only those that the loop itself runs over."""
    own = [g.target for g in getattr(loop, "generators", ())] or [getattr(loop, "target", None)]
    for node in ast.walk(loop) if deep else (n for t in own if t for n in ast.walk(t)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def lists(node: ast.AST) -> Iterator[str]:
    """Names that a function makes lists of."""
    for n in ast.walk(node):
        if isinstance(n, ast.Assign | ast.AnnAssign) and n.value is not None:
            made = isinstance(n.value, ast.List | ast.ListComp)
            made = made or (isinstance(n.value, ast.Call) and called(n.value.func) in ("list", "sorted"))
            targets = n.targets if isinstance(n, ast.Assign) else [n.target]
            yield from (t.id for t in targets if made and isinstance(t, ast.Name))
            if made and isinstance(n, ast.Assign) and isinstance(targets[0], ast.Tuple):
                yield from names(targets[0])
        if (
            isinstance(n, ast.Assign)
            and isinstance(n.value, ast.Tuple)
            and isinstance(n.targets[0], ast.Tuple)
        ):
            for target, value in zip(n.targets[0].elts, n.value.elts, strict=False):
                if isinstance(target, ast.Name) and isinstance(value, ast.List):
                    yield target.id


def names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def collects(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.List | ast.ListComp) for side in (node.left, node.right))


def sliced(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


def choking(tree: ast.Module) -> Iterator[Pattern]:
    """Regular expressions with a repeat in a repeat and nothing between that has to be there."""
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call) and called(getattr(node.func, "value", None) or node.func) == "re"
        ):
            continue
        text = node.args[0] if node.args else None
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and nested(text.value):
            yield Pattern("regex", "a pattern", node.lineno, "repeats what repeats: some texts take forever")


NESTED = re.compile(r"\((?:\?:)?(?:\[[^\]]*\]|\\?[\w.])[+*](?:(?:\[[^\]]*\]|\\?.)[?*])?\)[+*]")


def nested(pattern: str) -> bool:
    return NESTED.search(pattern) is not None
