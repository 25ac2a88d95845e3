"""What Python code uses that it does not define itself, by syntax alone."""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

Places = dict[tuple[int, int, int, int], ast.AST]
Nodes = Sequence[ast.AST]
TOPS = ("src", "lib", "python")
"""Folders whose own name is no part of a module's."""


class Call(NamedTuple):
    """The shape of a call."""

    args: int
    keywords: tuple[str, ...]
    open: bool
    """It has `*args` or `**kwargs`, so that only what it names can be judged."""


class Use(NamedTuple):
    """One place that uses something which was imported."""

    node: ast.AST
    name: str
    """As from the top: `json.loads`, whatever it is called here."""
    module: str = ""
    """An import: the module that has to be there."""
    call: Call | None = None


def uses(path: str, nodes: Nodes, names: dict[str, str]) -> Iterator[Use]:
    """The imports of a file; and the dotted names and calls that begin with what is imported, and never bound to
    anything else. `names`: what `bound` says."""
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        match node:
            case ast.Import(names=several):
                yield from (Use(alias, alias.name, alias.name) for alias in several)
            case ast.ImportFrom(names=several) if module := whence(path, node):
                yield from (
                    Use(alias, module if alias.name == "*" else f"{module}.{alias.name}", module)
                    for alias in several
                )
            case ast.Call(func=func) if name := dotted(func, names):
                yield Use(node, name, call=shape(node))
            case ast.Attribute() if id(node) not in inner and (name := dotted(node, names)):
                yield Use(node, name)
            case _:
                pass


def shape(node: ast.Call) -> Call:
    plain = [a for a in node.args if not isinstance(a, ast.Starred)]
    named = tuple(k.arg for k in node.keywords if k.arg)
    return Call(len(plain), named, len(plain) < len(node.args) or len(named) < len(node.keywords))


def whence(path: str, node: ast.ImportFrom) -> str:
    """The module that a `from` names, as from the top; empty where it leads out of the repository."""
    if not node.level:
        return node.module or ""
    folders = path.split("/")[:-1]
    above = folders[: len(folders) - node.level + 1]
    while above and above[0] in TOPS:
        above = above[1:]
    return ".".join([*above, *([node.module] if node.module else [])])


def bound(path: str, nodes: Nodes) -> dict[str, str]:
    """What the names stand for that imports bind and nothing else does, wherever in a file."""
    found: dict[str, str] = {}
    others: set[str] = set()
    for node in nodes:
        match node:
            case ast.Import(names=several):
                for alias in several:
                    top = alias.name.partition(".")[0]
                    add(found, others, alias.asname or top, alias.name if alias.asname else top)
            case ast.ImportFrom(names=several):
                module = whence(path, node)
                for alias in several:
                    add(found, others, alias.asname or alias.name, f"{module}.{alias.name}" if module else "")
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                others.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                others.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                others.add(name)
            case _:
                pass
    return {name: what for name, what in found.items() if what and name not in others}


def add(found: dict[str, str], others: set[str], name: str, what: str) -> None:
    """A name that two imports bind to different things stands for neither."""
    if found.setdefault(name, what) != what:
        others.add(name)


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """What a chain of attributes names, as from the top; empty where it begins with no imported name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute) and (front := dotted(node.value, names)):
        return f"{front}.{node.attr}"
    return ""


def keys(tree: ast.Module) -> Iterator[str]:
    """Every use in a file as a text that is the same wherever it stands."""
    for node in ast.walk(tree):
        yield from key(node)


def key(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute() | ast.Name():
            yield ast.unparse(node)
        case ast.Call(func=func, keywords=keywords):
            yield ast.unparse(node)
            yield from (f"{ast.unparse(func)}({keyword.arg}=)" for keyword in keywords)
        case ast.Import(names=several):
            yield from (f"import {alias.name}" for alias in several)
        case ast.ImportFrom(module=module, names=several):
            yield from (f"from {module} import {alias.name}" for alias in several)
            yield f"import {module}"
        case _:
            pass


def places(text: str, nodes: Nodes) -> Places:
    """The nodes of a file by where they begin and end: line and column of both, from 1, in characters."""
    rows = text.split("\n")
    found: Places = {}
    for node in nodes:
        if (
            isinstance(node, ast.expr | ast.keyword | ast.alias | ast.ImportFrom)
            and node.end_lineno is not None
        ):
            start = column(rows, node.lineno, node.col_offset)
            end = column(rows, node.end_lineno, node.end_col_offset or 0)
            found.setdefault((node.lineno, start, node.end_lineno, end), node)
    return found


def column(rows: list[str], line: int, offset: int) -> int:
    row = rows[line - 1] if line <= len(rows) else ""
    return offset + 1 if row.isascii() else len(row.encode()[:offset].decode("utf-8", "replace")) + 1
