"""Where Python code itself reckons with a name that is not there: what is used there is nobody's mistake."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

EXPECTED = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "NameError", "TypeError"})
BROAD = frozenset({"Exception", "BaseException"})
ASKS = re.compile(
    r"hasattr|TYPE_CHECKING|sys\.platform|platform\.\w+\(|os\.name\b|version_info|__version__|\bPY_?\d|PYPY|find_spec"
    r"|\bimplementation|\b_?(?:HAS|HAVE|IS|WITH|USE)_[A-Z]|_(?:available|installed|AVAILABLE|INSTALLED)\b"
    r"|\bWINDOWS|\bWIN(?:32)?\b|in (?:globals|dir)\(|callable\("
)
"""What an `if` asks that may be about whether something is there."""
SYSTEM = re.compile(r"sys\.platform|os\.name\b|version_info|platform\.system|hasattr|TYPE_CHECKING")
"""What a function asks of the machine, and may return for."""
SKIPS = re.compile(r"skip|requires|xfail|importorskip|needs|only", re.IGNORECASE)
FAILS = re.compile(r"raises|assertRaises|suppress|warns|assertWarns|deprecated_call")
IGNORED = re.compile(
    r"#\s*(?:type|ty|pyright|mypy)\s*:\s*ignore|#\s*noqa:.*F821|#\s*pylint\s*:\s*disable=.*(?:no-|unexpected-)"
)


class Guards(NamedTuple):
    ranges: tuple[tuple[int, int], ...]
    """Lines, first and last, where anything may be missing."""
    imports: tuple[tuple[int, int], ...]
    """And where a module may be."""
    asked: frozenset[str]
    """Names that the file asks for by their text before it uses them."""

    def guarded(self, line: int, name: str, imports: bool = False) -> bool:
        """Whether the code reckons with a missing `name` (its last part) on a line."""
        ranges = (*self.ranges, *self.imports) if imports else self.ranges
        return name in self.asked or any(first <= line <= last for first, last in ranges)


def guards(text: str, nodes: Sequence[ast.AST]) -> Guards:
    lines = [n for n, row in enumerate(text.split("\n"), 1) if "#" in row and IGNORED.search(row)]
    ranges = [extent(node) for node in nodes if reckons(node)]
    ranges += [(n, n) for n in lines]
    imports = [extent(node) for node in nodes if isinstance(node, ast.Try) and any(map(broad, node.handlers))]
    return Guards(tuple(ranges), tuple(imports), frozenset(asked(nodes)))


def extent(node: ast.AST) -> tuple[int, int]:
    first = getattr(node, "lineno", 0)
    decorators = getattr(node, "decorator_list", [])
    return min([first, *(d.lineno for d in decorators)]), getattr(node, "end_lineno", None) or first


def reckons(node: ast.AST) -> bool:
    match node:
        case ast.Try(handlers=handlers):
            return any(EXPECTED & caught(handler) for handler in handlers)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            return bool(ASKS.search(ast.unparse(test)))
        case ast.BoolOp(values=[*first, _]):
            return any(SYSTEM.search(ast.unparse(value)) for value in first)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return any(FAILS.search(ast.unparse(item.context_expr)) for item in items)
        case ast.FunctionDef(decorator_list=above) | ast.AsyncFunctionDef(decorator_list=above):
            return any(SKIPS.search(ast.unparse(d)) for d in above) or any(
                isinstance(inner, ast.If) and SYSTEM.search(ast.unparse(inner.test)) for inner in node.body
            )
        case ast.ClassDef(decorator_list=above):
            return any(SKIPS.search(ast.unparse(d)) for d in above)
        case _:
            return False


def caught(handler: ast.ExceptHandler) -> set[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {ast.unparse(kind).rpartition(".")[2] for kind in kinds if kind}


def broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool(BROAD & caught(handler))


def asked(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """The names in `hasattr(x, "name")` and its like, and in `importorskip`."""
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Name(id="hasattr" | "getattr" | "setattr" | "delattr"), args=[_, word, *_]
            ):
                yield from texts(word)
            case ast.Call(
                func=ast.Attribute(attr="importorskip" | "find_spec" | "import_module"), args=[word, *_]
            ):
                yield from texts(word)
            case ast.Compare(left=word, ops=[ast.In() | ast.NotIn()]):
                yield from texts(word)
            case _:
                pass


def texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value.rpartition(".")[2]
        yield node.value.partition(".")[0]
