"""Follows values through the statements of each function, and asks at each step whether one lands where it must not."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from ..script import Function
from ..tricks import dotted
from .checks import clean, inside, passed
from .module import Module, Place, Sight, arguments, defaults, route
from .reader import Reader
from .sinks import called, given_back, put_together
from .values import CAREFUL, FIXED, NUMBERS, Env, Hole, Origin, Summary, Value, joined, weight

FITTING = re.compile(
    r"\b(int|float|bool|UUID|date|datetime|Decimal|Literal|Enum|IPv\w+|Depends|Session|Connection|Request|Cursor|Engine)\b"
)
"""Types of parameters that carry no text of a caller's choice."""


class Project:
    """What the functions of one file give back, and what they do with what they are given: found out once each."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.summaries: dict[str, Summary | None] = {}
        self.uses: dict[str, dict[str, str]] = {}

    def known(self, name: str) -> Summary | None:
        """What a function gives back; None while that is being found out."""
        if name not in self.module.functions:
            return None
        if name not in self.summaries:
            self.summaries[name] = None
            node = self.module.functions[name]
            flow = Flow(self, node)
            self.summaries[name] = Summary(tuple(arguments(node)), flow.returned)
            self.uses[name] = flow.place.uses
        return self.summaries[name]

    def landing(self, name: str) -> Mapping[str, str]:
        self.known(name)
        return self.uses.get(name, {})


class Flow:
    """One function, or the statements of a module, read from top to bottom."""

    def __init__(self, project: Project, node: Function | None, env: Env | None = None) -> None:
        self.project, self.module, self.node = project, project.module, node
        self.sights: list[Sight] = []
        self.returned: Value = ()
        outside = bool(node and route(node))
        self.reader = Reader(dict(env or {}), self.module.names, project.known)
        self.place = Place(self.module, self.reader, node, outside, {}, project.landing)
        self.quiet = False
        if node:
            self.env |= given(node, outside) | handed(self.module, node)
        self.block(node.body if node else self.module.tree.body)

    @property
    def env(self) -> Env:
        return self.reader.env

    @env.setter
    def env(self, env: Env) -> None:
        self.reader.env = env

    def block(self, body: Sequence[ast.stmt]) -> bool:
        """Read statements; whether what comes after them is not reached from them."""
        return any(map(self.statement, body))

    def branch(self, body: Sequence[ast.stmt], env: Env) -> tuple[Env, bool]:
        before, self.env = self.env, dict(env)
        ends = self.block(body)
        after, self.env = self.env, before
        return after, ends

    def statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.Assign(value=value, targets=targets):
                self.look(value)
                for target in targets:
                    self.store(target, value)
            case ast.AnnAssign(value=ast.expr() as value, target=target):
                self.look(value)
                self.store(target, value)
            case ast.AugAssign(value=value, target=target):
                whole = ast.BinOp(target, node.op, value)
                self.look(ast.copy_location(whole, node))
                self.reader.assign(target, self.reader.of(ast.copy_location(whole, node)))
            case ast.Expr(value=value):
                self.look(value)
                self.effect(value)
            case ast.Return(value=value):
                self.look(value, returned=True)
                self.returned = joined([self.returned, self.reader.of(value)])
                return True
            case ast.If():
                return self.either(node)
            case ast.For() | ast.AsyncFor():
                self.look(node.iter)
                self.reader.bind(node.target, node.iter)
                self.maybe(node.body, self.env)
                self.block(node.orelse)
            case ast.While(test=test):
                self.look(test)
                self.maybe(node.body, passed(test, True, self.env))
                self.block(node.orelse)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    self.look(item.context_expr)
                    if item.optional_vars:
                        self.store(item.optional_vars, item.context_expr)
                return self.block(node.body)
            case ast.Try() | ast.TryStar():
                return self.tried(node)
            case ast.Match(subject=subject):
                self.look(subject)
                for case in node.cases:
                    env = dict(self.env)
                    if not isinstance(case.pattern, ast.MatchAs):
                        for name in inside(subject):
                            clean(env, name)
                    self.maybe(case.body, env)
            case ast.Raise():
                self.quiet = True
                self.look(node.exc)
                self.quiet = False
                return True
            case ast.Assert(test=test):
                self.look(test)
                self.env = passed(test, True, self.env)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if self.node:
                self.sights += Flow(self.project, node, self.env).sights
            case ast.ClassDef(body=body):
                for inner in body:
                    if not isinstance(inner, Function):
                        self.statement(inner)
                    elif self.node:
                        self.sights += Flow(self.project, inner, self.env).sights
            case ast.Continue() | ast.Break():
                return True
            case _:
                pass
        return False

    def either(self, node: ast.If) -> bool:
        self.look(node.test)
        yes, ends = self.branch(node.body, passed(node.test, True, self.env))
        no, other = self.branch(node.orelse, passed(node.test, False, self.env))
        if ends or other:
            self.env = no if ends else yes
            return ends and other
        self.env = merged(yes, no)
        return False

    def maybe(self, body: Sequence[ast.stmt], env: Env) -> None:
        """Statements that run any number of times, or not at all."""
        after, ends = self.branch(body, env)
        self.env = self.env if ends else merged(after, self.env)

    def tried(self, node: ast.Try | ast.TryStar) -> bool:
        before = dict(self.env)
        ends = self.block([*node.body, *node.orelse])
        for handler in node.handlers:
            after, other = self.branch(handler.body, before)
            if not other:
                self.env = after if ends else merged(self.env, after)
                ends = False
        return self.block(node.finalbody) or ends

    def store(self, target: ast.expr, value: ast.expr) -> None:
        if (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
        ):
            for inner, given in zip(target.elts, value.elts, strict=True):
                self.store(inner, given)
        else:
            self.reader.assign(target, self.reader.of(value))

    def effect(self, node: ast.expr) -> None:
        """What a call that stands alone does to the values in it: it fills a list, or raises where one is not right."""
        call = node.value if isinstance(node, ast.Await) else node
        if not isinstance(call, ast.Call):
            return
        what = dotted(call.func, self.module.names)
        last = call.func.attr if isinstance(call.func, ast.Attribute) else what.rpartition(".")[2]
        if isinstance(call.func, ast.Attribute) and last in ("append", "extend", "add", "insert", "write"):
            name = dotted(call.func.value, self.module.names)
            if name and call.args:
                self.env[name] = joined([self.env.get(name, ()), self.reader.of(call.args[-1])], "\x1f")
        elif last in ("relative_to", "is_relative_to") and isinstance(call.func, ast.Attribute):
            for name in inside(call.func.value):
                clean(self.env, name)
        elif CAREFUL.search(last.lower()) or what in NUMBERS or refuses(self.module, last):
            for name in (n for a in call.args for n in inside(a)):
                clean(self.env, name)

    def look(self, node: ast.expr | None, returned: bool = False) -> None:
        """Ask of each call in an expression, and of what it puts together, whether it is dangerous."""
        if node is None:
            return
        if not self.quiet:
            self.sights += put_together(self.place, node)
        if returned and not self.quiet:
            self.sights += given_back(self.place, node)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                self.sights += called(self.place, inner)


def refuses(module: Module, name: str) -> bool:
    """Whether a function raises where it is given what is not right: one of this file, or by its name."""
    node = module.functions.get(name)
    raises = node is not None and any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    return raises or name.lstrip("_").startswith("require")


def merged(one: Env, other: Env) -> Env:
    """What may be known after one of two ways was taken: the worse of each."""
    return {
        name: max(one.get(name, FIXED), other.get(name, FIXED), key=lambda v: (weight(v), len(v)))
        for name in {**one, **other}
    }


def given(node: Function, outside: bool) -> Env:
    """The parameters of a function as values."""
    found: Env = {}
    every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    origin = Origin.OUTSIDE if outside else Origin.PARAMETER
    depending = {a.arg for a, default in defaults(node.args) if "Depends(" in ast.unparse(default)}
    for argument in every:
        if argument.arg in ("self", "cls", "request") or argument.arg in depending:
            continue
        kind = ast.unparse(argument.annotation) if argument.annotation else ""
        fits = FITTING.search(kind) and not re.search(r"\bstr\b", kind)
        hole = Hole(origin, argument.arg, node.lineno, parameter=argument.arg)
        found[argument.arg] = FIXED if fits else (hole,)
    for argument in (node.args.vararg, node.args.kwarg):
        if argument:
            found[argument.arg] = (Hole(origin, argument.arg, node.lineno, parameter=argument.arg),)
    return found


def handed(module: Module, node: Function) -> Env:
    """What an object that answers requests is handed with each."""
    owner = module.owners.get(node)
    if owner is None or not any("RequestHandler" in ast.unparse(base) for base in owner.bases):
        return {}
    names = ("self.path", "self.headers", "self.rfile", "self.request")
    return {name: (Hole(Origin.OUTSIDE, name, node.lineno),) for name in names}


def sights(module: Module) -> Iterator[Sight]:
    """All that is dangerous in the functions of a module, and outside of them."""
    project = Project(module)
    yield from Flow(project, None).sights
    for node in module.fresh:
        yield from Flow(project, node).sights
