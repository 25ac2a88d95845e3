"""Tests turned around, by syntax: each has to fail, and passes only where what it compares, or who reports it, lies.

A test that is turned still runs all that it ran. Where it asks for a constant it is given another one: where that is
taken for equal, it notes so, and passes. Whatever else happens in it, it fails.
"""

import ast
import random
import re
from collections import Counter
from collections.abc import Container, Iterator
from typing import Any

from .parse import expression, parse, parsed
from .weaken import SKIPS, Function, last, named

EQUAL = frozenset({"assertEqual", "assertEquals", "assertListEqual", "assertDictEqual", "assertTupleEqual"})
OTHER = """
def {note}_(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)) and value + {off} != value == value:
        return value + {off}
    if isinstance(value, str):
        return value + "{off}"
    if isinstance(value, list):
        return [*value, {off}]
    if isinstance(value, dict):
        return {{**value, {off}: {off}}}
    return object()
"""
"""What a turned file ends with: what makes another value of one."""
Key = str
"""A test's name inside of its file, with its classes: `TestMedian::test_even`."""


def turned(text: str, wanted: Container[Key] | None = None) -> tuple[str, frozenset[Key]]:
    """The file with its tests turned, and which they are; with others left empty, since a runner may read all of the
    file for each failure that it shows. A file that does not parse has none."""
    if not (tree := parsed(text)):
        return text, frozenset()
    note = f"_{random.randbytes(4).hex()}"
    keys = set[Key]()
    for key, node in tests(tree.body):
        if wanted is None or key in wanted:
            turn(node, note)
            keys.add(key)
        else:
            node.body = [ast.Pass()]
    tree.body += parse(OTHER.format(note=note, off=drawn())).body
    return ast.unparse(ast.fix_missing_locations(tree)), frozenset(keys)


def tests(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[Key, Function]]:
    """The tests that nothing keeps from running or lets fail."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not any(named(d, SKIPS) for d in node.decorator_list):
            yield from tests(node.body, f"{prefix}{node.name}::")
        elif isinstance(node, Function) and node.name.startswith("test"):
            yields = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(node))
            if not yields and not any(named(d, SKIPS) for d in node.decorator_list):
                yield prefix + node.name, node


def turn(node: Function, note: str) -> None:
    """Make a test fail at its end whatever happens, but where a wrong value was taken for the right one."""
    uses = Counter(n.id for part in node.body for n in ast.walk(part) if isinstance(n, ast.Name))
    given = {a.arg for a in (*node.args.args, *node.args.kwonlyargs) if uses[a.arg] == 1}
    soft = Softened(note, given)
    body = [soft.visit(statement) for statement in node.body]
    begin = parse(
        "\n".join([f"{note} = []", *(f"{name} = {note}_({name})" for name in sorted(soft.replaced))])
    ).body
    end = parse(f"assert {note}, 'this test was turned around'").body
    node.body = [*begin, ast.Try(body=body, handlers=[], orelse=[], finalbody=end)]


class Softened(ast.NodeTransformer):
    """Gives assertions a wrong value, and notes those that hold all the same."""

    def __init__(self, note: str, given: Container[str]) -> None:
        self.note, self.given, self.replaced = note, given, set[str]()

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        match node.test:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                return ast.If(test=self.wrong(left, right), body=self.noted(), orelse=[])
            case _:
                return node

    def wrong(self, left: ast.expr, right: ast.expr) -> ast.expr:
        """The comparison with another value on one side: a constant's, what the test was given, or any."""
        if number(right):
            return self.near(left, right)
        if (new := another(right)) is not None:
            return equal(left, new)
        if (new := another(left)) is not None:
            return equal(new, right)
        for side in (right, left):
            if (
                isinstance(side, ast.Name) and side.id in self.given
            ):  # so are those who look into its frame misled
                self.replaced.add(side.id)
                return equal(left, right)
        other = f"{self.note}_"
        if calls(right) and not calls(left):
            return equal(ast.Call(ast.Name(other, ast.Load()), [left], []), right)
        return equal(left, ast.Call(ast.Name(other, ast.Load()), [right], []))

    def near(self, left: ast.expr, right: ast.expr) -> ast.expr:
        """The comparison of what is worked out once with a number that is a little more, one a little less, and one
        that is far off: an equality that takes what is near for equal is told, too."""
        size = float(ast.literal_eval(right))
        off = max(1.0, abs(size)) * random.SystemRandom().uniform(0.01, 0.05)
        name = f"{self.note}v"
        first = ast.NamedExpr(ast.Name(name, ast.Store()), left)
        several = [
            equal(first, ast.Constant(size + off)),
            equal(ast.Name(name, ast.Load()), ast.Constant(size - off)),
        ]
        far = another(right)
        return ast.BoolOp(ast.Or(), [*several, *([equal(ast.Name(name, ast.Load()), far)] if far else [])])

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Call(func=func, args=[left, right, *rest]) as call if last(func) in EQUAL:
                for arguments in (
                    [left, wrong, *rest] if (wrong := another(right)) is not None else [],
                    [wrong, right, *rest] if (wrong := another(left)) is not None else [],
                ):
                    if arguments:
                        call.args = arguments
                        caught = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
                        return ast.Try(body=[node], handlers=[caught], orelse=self.noted(), finalbody=[])
        return node

    def noted(self) -> list[ast.stmt]:
        return parse(f"{self.note}.append(1)").body


def equal(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [ast.Eq()], [right])


def number(node: ast.expr) -> bool:
    """Whether it is a number of ordinary size."""
    plain = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    found = plain.value if isinstance(plain, ast.Constant) else None
    return isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < 1e12


def calls(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Call) for n in ast.walk(node))


def drawn() -> int:
    return random.SystemRandom().randrange(10**6, 10**7)


def another(node: ast.expr) -> ast.expr | None:
    """A constant of the same kind that nobody can have foreseen; None where the expression is no constant."""
    if isinstance(node, ast.Call) and last(node.func) == "approx" and node.args:
        if (inner := another(node.args[0])) is None or not isinstance(inner, ast.Constant):
            return None
        return ast.Call(node.func, [inner, *node.args[1:]], node.keywords)
    try:
        value: Any = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    off = drawn()
    match value:
        case bool():
            return ast.Constant(not value)
        case int() | float() | complex():
            return expression(repr(value + off)) if value + off != value == value else None
        case str():
            return ast.Constant(f"{value}{off}")
        case bytes():
            return ast.Constant(value + str(off).encode())
        case list() | tuple() | set() | dict():
            return expression(repr(longer(value, off)))
        case _:
            return None


def longer(value: list[Any] | tuple[Any, ...] | set[Any] | dict[Any, Any], off: int) -> object:
    match value:
        case list():
            return [*value, off]
        case tuple():
            return (*value, off)
        case set():
            return {*value, off}
        case dict():
            return {**value, off: off}


NODE = """
;{{
  const turned = typeof require === "function" ? require("assert") : null;
  let slipped = false;
  for (const name of {names}) {{
    try {{
      turned[name](...(name === "ok" || name === "call" ? [0] : [{off}, 0]));
      slipped = true;
    }} catch (e) {{}}
  }}
  if (turned && !slipped) throw new Error("this test was turned around");
}}
"""


def turned_script(text: str) -> str:
    """A script of Node's that tests by `assert`, made to fail at its end, but where an assertion of a wrong value
    holds. Empty where it asserts by something else."""
    asked = sorted({*re.findall(r"\bassert\.(equal|strictEqual|deepEqual|deepStrictEqual|ok)\(", text)})
    return text + NODE.format(names=asked, off=drawn()) if asked and "require(" in text else ""
