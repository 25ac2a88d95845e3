"""What is known of a file as a whole."""

import ast
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..finding import Severity
from ..newly import words
from ..script import Function, Side
from ..tricks import dotted
from .reader import Reader
from .sql import RUNNING

WEB = words(
    "flask django fastapi starlette aiohttp bottle tornado sanic falcon pyramid quart litestar cherrypy werkzeug"
    " webob http.server socketserver wsgiref responder molten connexion"
)
ROUTES = words("route get post put delete patch head options websocket api_route view_config expose action")


class Sight(NamedTuple):
    """Something dangerous, where it stands."""

    rule: str
    severity: Severity
    node: ast.AST
    message: str


class Module:
    """What the functions of one file know of each other."""

    def __init__(self, side: Side, same: Container[str] = ()) -> None:
        self.tree, self.names, self.text = side.tree, side.names, side.text
        self.nodes = side.nodes
        self.fresh = [node for text, node in side.outermost.items() if text not in same]
        """The outermost functions that are to be looked at."""
        self.stale = {id(node) for text, node in side.outermost.items() if text in same}
        self.web = any(name.startswith(tuple(WEB)) for name in modules(self.nodes))
        self.queries = any(isinstance(n, ast.Attribute) and n.attr in RUNNING for n in self.nodes)
        """Whether it speaks to a database at all."""
        every = [n for n in self.nodes if isinstance(n, Function)]
        counts = Counter(n.name for n in every)
        self.functions = {n.name: n for n in every if counts[n.name] == 1}
        """By name; those that share one are left out."""
        classes = (n for n in self.nodes if isinstance(n, ast.ClassDef))
        self.owners = {f: c for c in classes for f in c.body if isinstance(f, Function)}
        """The classes that functions are methods of."""
        self.tars = set(opened(self.nodes, self.names))


def modules(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def arguments(node: Function) -> list[str]:
    """The parameters of a function, without the object that it is a method of."""
    found = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    more = [a.arg for a in (node.args.vararg, node.args.kwarg) if a]
    return [*(found[1:] if found[:1] in (["self"], ["cls"]) else found), *more]


def defaults(args: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    """The parameters that have a value of their own."""
    plain = [*args.posonlyargs, *args.args]
    yield from zip(plain[::-1], args.defaults[::-1], strict=False)
    yield from ((a, value) for a, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value)


def route(node: Function) -> bool:
    """Whether a function answers requests: its parameters come from outside, and what it returns goes there."""
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(call, ast.Attribute) and call.attr in ROUTES and isinstance(decorator, ast.Call):
            first = decorator.args[0] if decorator.args else None
            if (
                isinstance(first, ast.Constant)
                and isinstance(first.value, str)
                and first.value[:1] in ("/", "")
            ):
                return True
    first = arguments(node)[:1]
    return first == ["request"]


def opened(nodes: Iterable[ast.AST], names: Mapping[str, str]) -> Iterator[str]:
    """The names that stand for tar archives."""
    for node in nodes:
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.withitem):
            pairs = [(node.optional_vars, node.context_expr)]
        elif isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.arg) and node.annotation and "TarFile" in ast.unparse(node.annotation):
            yield node.arg
        for target, value in pairs:
            if isinstance(value, ast.Call) and target and "tarfile" in dotted(value.func, names):
                yield dotted(target, {})


class Place(NamedTuple):
    """Where an expression stands, for those who judge it."""

    module: Module
    reader: Reader
    node: Function | None
    route: bool
    uses: dict[str, str]
    """Parameters of this function that land whole in a shell, or are run as code. Filled by those who judge."""
    landing: Callable[[str], Mapping[str, str]]
    """The same of another function of the file."""

    @property
    def function(self) -> str:
        return self.node.name if self.node else ""

    @property
    def owner(self) -> str:
        """The class that the function is a method of."""
        found = self.module.owners.get(self.node) if self.node else None
        return found.name if found else ""


def looked_at(module: Module) -> Iterator[ast.AST]:
    """The nodes of a module, but for those in functions that need no look."""
    todo: list[ast.AST] = [module.tree]
    while todo:
        node = todo.pop()
        yield node
        todo += [child for child in ast.iter_child_nodes(node) if id(child) not in module.stale]
