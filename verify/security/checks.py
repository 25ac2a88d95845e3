"""What a test that was passed says of the values in it."""

import ast
import re

from ..newly import words
from ..tricks import dotted
from .values import ALL, CAREFUL, Env, cleaned

ASKING = words(
    "isdigit isalnum isalpha isidentifier isnumeric isdecimal is_relative_to fullmatch match startswith samefile"
    " commonpath commonprefix"
)


def passed(test: ast.expr, truth: bool, env: Env) -> Env:
    """The values that are known where a test came out so."""
    found = dict(env)
    for name in vouched(test, truth):
        clean(found, name)
    return found


def clean(env: Env, name: str) -> None:
    """Mark a value as looked at, and what it was made of."""
    value = env.get(name)
    if value is None:
        return
    sources = {p.name for p in value if not isinstance(p, str)}
    for other, held in env.items():
        if other == name or any(not isinstance(p, str) and p.name in sources for p in held):
            env[other] = cleaned(held, ALL)


def vouched(test: ast.expr, truth: bool) -> set[str]:
    """The names that a test vouches for where it comes out so."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return vouched(inner, not truth)
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) == truth:
            return set[str]().union(*(vouched(v, truth) for v in values))
        case ast.BoolOp(op=ast.Or(), values=values):
            each = [vouched(v, truth) for v in values]
            return set.intersection(*each)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return compared(left, op, right, truth)
        case ast.Call(func=func, args=args):
            what = dotted(func, {})
            last = what.rpartition(".")[2] or (func.attr if isinstance(func, ast.Attribute) else "")
            if truth and (last in ASKING or CAREFUL.search(last.lower()) or what == "isinstance"):
                if (
                    what == "isinstance"
                    and len(args) > 1
                    and re.search(r"\b(str|bytes)\b", ast.unparse(args[1]))
                ):
                    return set()
                return inside(test)
            if truth and last in ("all", "any") and args and last == "all":
                return inside(test)
            return set()
        case ast.NamedExpr(value=inner):
            return vouched(inner, truth)
        case _:
            return set()


def compared(left: ast.expr, op: ast.cmpop, right: ast.expr, truth: bool) -> set[str]:
    if isinstance(op, ast.In) if truth else isinstance(op, ast.NotIn):
        return set() if isinstance(left, ast.Constant) else inside(left) | parents(right)
    if isinstance(op, ast.NotIn) if truth else isinstance(op, ast.In):  # no ".." in it, no "/"
        return inside(right) if isinstance(left, ast.Constant) and left.value in ("..", "/", "\\") else set()
    if isinstance(op, ast.Eq) if truth else isinstance(op, ast.NotEq):
        if isinstance(right, ast.Constant) and right.value is not None:
            return inside(left)
        if re.search(
            r"commonpath|commonprefix|basename|secure_filename|\.parent\b|\.name\b", ast.unparse(left)
        ):
            return inside(left)
        return inside(right) if "commonp" in ast.unparse(right) or "basename" in ast.unparse(right) else set()
    return set()


def parents(node: ast.expr) -> set[str]:
    """`BASE in path.parents` vouches for `path`."""
    return inside(node) if isinstance(node, ast.Attribute) and node.attr == "parents" else set()


def inside(node: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {
        dotted(n, {}) for n in ast.walk(node) if isinstance(n, ast.Attribute)
    }
