"""What a reviewer would say of a patch's shape: its size, code that is there twice, or that nothing uses, new ways out."""

import ast
import re
from collections.abc import Iterator, Sequence

from .delta import Changed
from .newly import Issue
from .script import Function, Script, Side
from .tricks import dotted

LONG, WIDE = 400, 20
"""Added lines, and files, beyond which a patch is hard to review."""
COPIED = 5
"""Statements from which on two functions that do the same are told."""
PROCESSES = (
    "subprocess",
    "os.system",
    "os.popen",
    "pty",
    "multiprocessing",
    "asyncio.create_subprocess",
    "pexpect",
)
NETWORK = (
    "socket",
    "http.client",
    "urllib.request",
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "ftplib",
    "smtplib",
)
NETWORK += (
    "telnetlib",
    "xmlrpc",
    "websockets",
    "websocket",
    "paramiko",
    "asyncio.open_connection",
    "grpc",
    "boto3",
)


def sized(changes: Sequence[Changed]) -> Iterator[Issue]:
    added = sum(len(change.lines) for change in changes)
    if added > LONG or len(changes) > WIDE:
        message = f"{added} new or changed lines in {len(changes)} files: more than one can review at once"
        yield Issue("size", "note", "", 0, message, "")


def reached(script: Script) -> Iterator[Issue]:
    """That a file newly starts processes, or speaks to a network."""
    for rule, kinds, what in (
        ("new-process", PROCESSES, "starts processes"),
        ("new-network", NETWORK, "speaks to a network"),
    ):
        if not mentioned(script, kinds) or used(script.before, kinds):
            continue
        for name, line in used(script.after, kinds)[:1]:
            yield Issue(rule, "note", script.path, line, f"it newly {what}, by {name}", name)


def mentioned(script: Script, kinds: Sequence[str]) -> bool:
    """Whether the new lines speak of any of these."""
    rows = script.after.text.split("\n")
    new = "\n".join(rows[n - 1] for n in script.change.lines if n <= len(rows))
    return any(kind.rpartition(".")[2] in new for kind in kinds)


def used(side: Side, kinds: Sequence[str]) -> list[tuple[str, int]]:
    """The calls of what these name, in the order in which they stand."""
    calls = [(dotted(n.func, side.names), n.lineno) for n in side.nodes if isinstance(n, ast.Call)]
    known = {name.partition(".")[0] for name in side.names.values()}
    found = [
        (what, line)
        for what, line in calls
        if what.partition(".")[0] in known
        and any(what == kind or what.startswith((f"{kind}.", f"{kind}_")) for kind in kinds)
    ]
    return sorted(found, key=lambda pair: pair[1])


def copied(scripts: Sequence[Script]) -> Iterator[Issue]:
    """Functions on changed lines whose body is also that of another one, but for the names in it."""
    after = [(s, name, node) for s in scripts for name, (node, _) in s.after.functions.items()]
    before = [node for s in scripts for node, _ in s.before.functions.values()]
    for script, name, node in after:
        old = script.before.functions.get(name)
        new = old is None or old[1] != script.after.functions[name][1]
        if not new or sum(isinstance(n, ast.stmt) for n in ast.walk(node)) <= COPIED:
            continue
        if script.change.lines.isdisjoint(range(node.lineno, (node.end_lineno or 0) + 1)):
            continue
        twins = [(s.path, other) for s, other, o in after if o is not node and alike(node, o)]
        if twins and sum(alike(node, o) for o in before) <= len(twins):
            path, other = twins[0]
            message = f"{name} does what {other} in {path} does, statement by statement"
            yield Issue("duplicate", "note", script.path, node.lineno, message, form(node), name)


def alike(one: Function, other: Function) -> bool:
    """Whether two functions do the same; most differ at the first look."""
    return outline(one) == outline(other) and form(one) == form(other)


def outline(node: Function) -> list[type[ast.stmt]]:
    return [type(statement) for statement in without_docstring(node.body)]


def form(node: Function) -> str:
    """A function's body, with names by the order in which they come."""
    found: dict[str, str] = {}
    text = ast.dump(ast.Module(without_docstring(node.body), []))
    return re.sub(r"(id|arg)='(\w+)'", lambda m: found.setdefault(m[2], f"n{len(found)}"), text)


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


def idle(changes: Sequence[Changed], scripts: Sequence[Script]) -> Iterator[Issue]:
    """New private functions that no changed file speaks of again."""
    for script in scripts:
        for name, (node, _) in script.after.functions.items():
            last = name.rpartition(".")[2]
            private = last.startswith("_") and not last.startswith("__") and not node.decorator_list
            if not private or name in script.before.functions:
                continue
            if sum(len(re.findall(rf"\b{last}\b", change.after)) for change in changes) == 1:
                yield Issue("unused", "note", script.path, node.lineno, f"nothing calls {name}", last, name)
