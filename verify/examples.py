"""Calls that stand in the text about a function or a class, taken from their syntax. Pure."""

import ast
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .inputs import Call, Life
from .kinds import literal
from .parse import expression, parsed

MOST = 20
"""Calls that are read from one text."""
REACH = 400
"""Characters of one call."""
PROMPT = re.compile(r"(?m)^[ \t]*(?:>>>|\.\.\.) ?")


def calls_in(text: str, name: str) -> list[Call]:
    """Calls of a function whose arguments are literals, in prose or after a prompt."""
    plain = PROMPT.sub("", text)
    starts = (match.start() for match in re.finditer(rf"\b{re.escape(name)}\(", plain))
    found = (call for start in starts if (call := literal_call(first_call(plain[start : start + REACH]))))
    return list(islice(found, MOST))


def assertions_in(text: str, name: str) -> list[tuple[Call, Any]]:
    """Calls of a function with what has to come of them, in the lines of a text that assert it of literals."""
    found = list[tuple[Call, Any]]()
    for line in text.splitlines():
        for statement in (parsed(line.strip()) or ast.Module([], [])).body:
            match statement:
                case ast.Assert(
                    ast.Compare(ast.Call(ast.Name(called)) as made, [ast.Eq() | ast.Is()], [node])
                ):
                    call, value = literal_call(made), literal_value(node)
                    if called == name and call and value:
                        found.append((call, *value))
                case _:
                    pass
    return found


def literal_value(node: ast.expr) -> tuple[Any] | None:
    """The value of a literal, None among them."""
    try:
        return (ast.literal_eval(node),)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def first_call(text: str) -> ast.expr | None:
    """The call that a text begins with."""
    return beginning(text, r"\)")


def beginning(text: str, ends: str) -> ast.expr | None:
    """The shortest expression that a text begins with and that ends in one of these."""
    for match in re.finditer(ends, text):
        try:
            return expression(text[: match.end()])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def values_in(text: str, name: str) -> list[Any]:
    """Literals that stand behind the name of an argument: `s = "abc"`, `operations ["+", "-"]`."""
    places = re.finditer(rf"\b{re.escape(name)}\b\s*(?:==?|:|is|of)?\s*(?=[\[{{'\"\d-])", text)
    nodes = (beginning(text[place.end() :][:REACH], r"[\])}'\"]|\d+(?:\.\d+)?") for place in places)
    values = (literal(node) for node in nodes if node)
    return [value for value in islice(values, MOST) if value is not None]


def literal_call(node: ast.AST | None) -> Call | None:
    if not isinstance(node, ast.Call):
        return None
    try:
        args = tuple(map(ast.literal_eval, node.args))
        named = {str(k.arg): ast.literal_eval(k.value) for k in node.keywords if k.arg}
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return Call(args, named) if len(named) == len(node.keywords) and Call(args, named).text else None


def lives_in(text: str, name: str) -> list[Life]:
    """What is done after prompts to objects of a class that have a name."""
    lines = [PROMPT.sub("", line) for line in text.splitlines() if PROMPT.match(line)]
    tree = parsed("\n".join(lines))
    found = dict[str, Life]()
    for statement in tree.body if tree else ():
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call(func=ast.Name(id=called)) as made):
                if called == name and (call := literal_call(made)):
                    found[target] = Life(call)
            case _:
                pass
        for owner, step, call in steps(statement):
            if owner in found:
                found[owner] = found[owner]._replace(steps=(*found[owner].steps, (step, call)))
    return list(found.values())[:MOST]


def steps(statement: ast.stmt) -> Iterator[tuple[str, str, Call]]:
    """Calls of methods: of what, which, and with what."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, call = node.func.value, literal_call(node)
            if isinstance(owner, ast.Name) and call:
                yield owner.id, node.func.attr, call
