"""All that is dangerous in a Python file."""

import ast
from collections.abc import Container, Iterator

from ..newly import Issue, plain
from ..script import Function, Side
from .flow import sights
from .literals import literals
from .module import Module
from .weak import weak


def issues(path: str, side: Side, same: Container[str] = ()) -> list[Issue]:
    """What is dangerous in a file, each thing once, but for its outermost functions with this source.

    Raises ValueError where it cannot be read.
    """
    if side.problem:
        raise ValueError(f"{path} cannot be read as Python: {side.problem}")
    try:
        return [*told(path, Module(side, same))]
    except RecursionError as e:
        raise ValueError(f"{path} cannot be read as Python: it is nested too deeply") from e


def told(path: str, module: Module) -> Iterator[Issue]:
    functions = [n for n in module.nodes if isinstance(n, Function)]
    seen: set[tuple[str, int]] = set()
    every = [*sights(module), *weak(module), *literals(module)]
    for sight in sorted(every, key=lambda s: ("error", "warning", "note").index(s.severity)):
        line = getattr(sight.node, "lineno", 0)
        if (sight.rule, line) not in seen:
            seen.add((sight.rule, line))
            around = [f.name for f in functions if f.lineno <= line <= (f.end_lineno or 0)]
            code = plain(ast.unparse(sight.node))
            yield Issue(sight.rule, sight.severity, path, line, sight.message, code, "".join(around[-1:]))
