"""What of a patch's Python may be missing where it runs, and what to ask about it. Pure."""

import ast
import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .delta import Changed
from .guards import Guards, guards
from .parse import parsed
from .ty import RULES, Said
from .uses import Nodes, Places, Use, bound, dotted, key, keys, places, shape, uses, whence

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Question = tuple[str, Mapping[str, Any]]
"""What is asked in the sandbox: module, name, member or own; and about what."""
TYPE = re.compile(r"(?:Object of type|Class|Function|Module|on type) `(.+?)`(?: has no| is not|$)")
BEARER = re.compile(r"(?:bound method|function|constructor) `([\w.]+)`")
VALUES = frozenset({"str", "int", "float", "bool", "list", "dict", "tuple", "set", "bytes"})
"""Types whose objects are never callable."""
ATTRS = frozenset({"define", "frozen", "mutable", "s", "attrs", "dataclass_transform"})
DECORATORS = frozenset({"dataclass", "final", "total_ordering"}) | ATTRS
"""Decorators that leave a call what the type checker takes it for."""
VAGUE = frozenset({"None", "object", "Never", "Unknown", "Divergent", "Todo", ""})


class Source(NamedTuple):
    """A changed Python file, as read."""

    change: Changed
    guards: Guards
    places: Places
    names: dict[str, str]
    modules: tuple[str, ...]
    """What it imports, its own package with it."""
    uses: tuple[Use, ...]
    calls: dict[int, ast.Call]
    """The call that a node is the callee or an argument of, by the node's id."""
    binds: frozenset[str]
    """All names that it binds somewhere; `*` among them where it takes in names that it does not tell."""
    definitions: tuple[Definition, ...]


class Suspect(NamedTuple):
    """Something that may be missing."""

    path: str
    line: int
    rule: str
    message: str
    text: str
    """The code that it is about."""
    questions: tuple[Question, ...] = ()
    read: bool = True
    """Whether the type checker says so; else it is only to be asked about."""
    sure: bool = False
    """The type checker is known to be wrong about the like: only what is found at run time counts."""


def source(change: Changed) -> Source | None:
    """A changed file, read; None where it does not parse."""
    tree = parsed(change.after)
    if tree is None:
        return None
    nodes = [*ast.walk(tree)]
    names = bound(change.path, nodes)
    about = tuple(uses(change.path, nodes, names))
    return Source(
        change,
        guards(change.after, nodes),
        places(change.after, nodes),
        names,
        tuple(dict.fromkeys([own_name(change.path), *(use.module for use in about if use.module)])),
        about,
        calls(nodes),
        frozenset(binds(nodes)),
        tuple(n for n in nodes if isinstance(n, Definition)),
    )


def own_name(path: str) -> str:
    """What a file is imported as."""
    parts = path.rpartition(".")[0].split("/")
    if parts[0] in ("src", "lib", "python"):
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def known(changes: Sequence[Changed]) -> frozenset[str]:
    """All that was used before in the files that a patch changes, so that what it moves is not new."""
    trees = (parsed(c.before) for c in changes if c.path.endswith((".py", ".pyi")) and c.before)
    return frozenset(text for tree in trees if tree for text in keys(tree))


def fresh(source: Source, node: ast.AST, before: frozenset[str], texts: Sequence[str]) -> bool:
    """Whether a place is on changed lines, and uses what was not used before."""
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0) or 0
    if isinstance(node, ast.Attribute):
        first = last  # a chain over many lines ends with what is asked for
    return not source.change.lines.isdisjoint(range(first, last + 1)) and not (
        texts and before.issuperset(texts)
    )


def asked(source: Source, before: frozenset[str]) -> Iterator[Suspect]:
    """What is imported, and named by way of what is imported: to be looked for where the code runs."""
    for use in source.uses:
        node = use.node
        texts = own_texts(source, use)
        line = (
            getattr(node, "end_lineno", 0) if isinstance(node, ast.Attribute) else getattr(node, "lineno", 0)
        )
        last = use.name.rpartition(".")[2]
        if not fresh(source, node, before, texts):
            continue
        if (
            source.guards.guarded(line, last, bool(use.module))
            or use.module.partition(".")[0] in source.guards.asked
        ):
            continue
        path = source.change.path
        if use.module:
            yield Suspect(
                path, line, "no-such-module", "", use.module, (ask("module", name=use.module),), False
            )
            if use.name != use.module:
                yield Suspect(path, line, "no-such-name", "", use.name, (ask("name", name=use.name),), False)
        elif use.call:
            yield Suspect(
                path,
                line,
                "no-such-argument",
                "",
                use.name,
                (ask("name", name=use.name, call=use.call),),
                False,
            )
        elif not isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            yield Suspect(path, line, "no-such-name", "", use.name, (ask("name", name=use.name),), False)


def own_texts(source: Source, use: Use) -> list[str]:
    if isinstance(use.node, ast.alias):
        return [
            f"from {use.module} import {use.node.name}" if use.name != use.module else f"import {use.name}"
        ]
    found = [*key(use.node)]
    return found[1:] or found if isinstance(use.node, ast.Call) and use.call and use.call.keywords else found


def ask(kind: str, **about: Any) -> Question:
    return kind, about


def doubted(source: Source, said: Said, before: frozenset[str]) -> Suspect | None:
    """What the type checker says, where it is about something new that the code does not reckon with."""
    node = source.places.get(said.place)
    line, rule = said.place[2], RULES[said.rule]
    if node is None:
        first, column = said.place[:2]
        node = next((n for at, n in source.places.items() if at[:2] == (first, column)), None)
    if node is None:
        node = around(source, said.place, ast.ImportFrom if rule == "no-such-module" else ast.Call)
    if node is None:
        return None
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        return None  # what is set is there from then on
    call = calling(source, node) if "argument" in rule or rule == "no-such-call" else None
    texts = expressed(node, call)
    word = (getattr(node, "attr", "") or getattr(node, "arg", "") or getattr(node, "name", "") or "") + ""
    if isinstance(node, ast.ImportFrom):
        word, texts = (node.module or "").partition(".")[0], [f"import {node.module}"]
    guarded = source.guards.guarded(line, word or "\0", rule in ("no-such-module", "no-such-name"))
    if guarded or not fresh(source, node, before, texts):
        return None
    questions = inquire(source, said, node, call)
    if questions is None:
        return None
    return Suspect(
        source.change.path, line, rule, said.message, texts[0] if texts else word, tuple(questions)
    )


def around(source: Source, place: tuple[int, int, int, int], kind: type[ast.AST]) -> ast.AST | None:
    """The smallest node of a kind around a place."""
    begin, end = place[:2], place[2:]
    inside = [(at, n) for at, n in source.places.items() if at[:2] <= begin and end <= at[2:]]
    wanted = [(at, n) for at, n in inside if isinstance(n, kind)]
    return max(wanted, key=lambda found: found[0][:2])[1] if wanted else None


def calls(nodes: Nodes) -> dict[int, ast.Call]:
    found: dict[int, ast.Call] = {}
    for node in nodes:
        if isinstance(node, ast.Call):
            found |= {id(part): node for part in (node.func, *node.args, *node.keywords)}
    return found


def calling(source: Source, node: ast.AST) -> ast.Call | None:
    """The call that a node is, or is a part of."""
    return node if isinstance(node, ast.Call) else source.calls.get(id(node))


def expressed(node: ast.AST, call: ast.Call | None) -> list[str]:
    """The texts that would have to stand in the old file for this to be old."""
    if isinstance(node, ast.keyword) and call:
        return [f"{ast.unparse(call.func)}({node.arg}=)"]
    if call:
        return [ast.unparse(call)]
    if isinstance(node, ast.Attribute | ast.Name | ast.Call):
        return [ast.unparse(node)]
    return []


def inquire(source: Source, said: Said, node: ast.AST, call: ast.Call | None) -> list[Question] | None:
    """What to ask before the type checker is believed; None where it is not to be."""
    match said.rule:
        case "import-not-found":
            if isinstance(node, ast.ImportFrom):
                return [ask("module", name=whence(source.change.path, node))]
            named = re.search(r"`([\w.]+)`", said.message)
            module = next((u.module for u in source.uses if u.node is node), named[1] if named else "")
            return [ask("module", name=module)] if module else None
        case "missing-module-member":
            name = next((u.name for u in source.uses if u.node is node), "")
            return [ask("name", name=name)] if name else []
        case "unresolved-reference":
            if not isinstance(node, ast.Name) or {node.id, "*"} & source.binds:
                return None
            return [ask("name", name=f"{own_name(source.change.path)}.{node.id}")]
        case "not-callable":
            found = TYPE.search(said.message)
            kinds = bare(found[1]) if found else []
            module = bool(found and found[1].startswith("<module"))
            func = node.func if isinstance(node, ast.Call) else None
            value = kinds and VALUES.issuperset(kinds) and isinstance(func, ast.Attribute)
            return [] if module or value else None
        case "missing-attribute" if isinstance(node, ast.Attribute):
            return of_attribute(source, said, node)
        case _ if call:
            return of_call(source, said, call)
        case _:
            return None


def of_attribute(source: Source, said: Said, node: ast.Attribute) -> list[Question] | None:
    name = dotted(node, source.names)
    named = [ask("name", name=name)] if name else []
    found = TYPE.search(said.message)
    if not found or re.match(r"_\w*__", node.attr):
        return None
    if said.message.startswith(("Module", "Function", "Class")) and (
        name or not said.message.startswith("Class")
    ):
        if said.message.startswith("Module"):
            return named or [ask("name", name=f"{found[1]}.{node.attr}")]
        return named or None
    mine = found[1].startswith(("Self@", "type[Self@"))
    kinds = [enclosing(source, node)] if mine else bare(found[1])
    if not kinds or VAGUE & set(kinds):
        return None
    mine = mine or (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    about = {"attr": node.attr, "modules": source.modules, "mine": mine}
    return [*named, *(ask(kind, type=one, **about) for one in kinds for kind in ("member", "own"))]


def of_call(source: Source, said: Said, call: ast.Call) -> list[Question] | None:
    name = dotted(call.func, source.names)
    if isinstance(call.func, ast.Name) and hasattr(builtins, call.func.id):
        name = name or f"builtins.{call.func.id}"
    if name:
        return [ask("name", name=name, call=shape(call))]
    bearer = BEARER.search(said.message)
    if bearer and "bound method" in said.message and "." not in bearer[1]:
        return None  # a function of the C library that is kept in a class is not bound to its objects
    if bearer and "." in bearer[1] and not bearer[1].endswith(("__new__", "__init__")):
        kind, _, attr = bearer[1].rpartition(".")
        return [
            ask("member", type=kind.rpartition(".")[2], attr=attr, modules=source.modules, call=shape(call))
        ]
    made = "object.__init__" in said.message or (bearer and bearer[1].endswith(("__new__", "__init__")))
    if made and isinstance(call.func, ast.Attribute):
        return None  # a class that is kept in an attribute may be one below it
    if isinstance(call.func, ast.Attribute):
        return [] if bearer else None  # what an attribute holds may be a function of any kind
    own = plain(source, call.func)
    return [ask("name", name=f"{own_name(source.change.path)}.{own}", call=shape(call))] if own else None


def binds(nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Name(id=one, ctx=ast.Store() | ast.Del()) | ast.arg(arg=one):
                yield one
            case ast.FunctionDef(name=one) | ast.AsyncFunctionDef(name=one) | ast.ClassDef(name=one):
                yield one
            case ast.ExceptHandler(name=str(one)) | ast.MatchAs(name=str(one)) | ast.MatchStar(name=str(one)):
                yield one
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.Import(names=several) | ast.ImportFrom(names=several):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in several)
            case ast.Call(func=ast.Name(id="globals" | "exec" | "locals")):
                yield "*"
            case _:
                pass


def plain(source: Source, func: ast.expr) -> str:
    """The name of a function or plain class that the file defines once; empty where something else is called."""
    defined = [n for n in source.definitions if isinstance(func, ast.Name) and n.name == func.id]
    return defined[0].name if len(defined) == 1 and decorators(defined[0]) <= DECORATORS else ""


def decorators(node: Definition) -> set[str]:
    return {ast.unparse(d).partition("(")[0].rpartition(".")[2] for d in node.decorator_list}


def attrs(source: Source, func: ast.expr) -> bool:
    """Whether a class of attrs is called, whose arguments are named by rules that a type checker does not know."""
    named = [n for n in source.definitions if isinstance(func, ast.Name) and n.name == func.id]
    return any(ATTRS & decorators(n) for n in named)


def enclosing(source: Source, node: ast.AST) -> str:
    """The innermost class around a node."""
    line = getattr(node, "lineno", 0)
    classes = [n for n in source.definitions if isinstance(n, ast.ClassDef)]
    found = [n for n in classes if n.lineno <= line <= (n.end_lineno or line)]
    return max(found, key=lambda n: n.lineno).name if found else ""


def bare(shown: str) -> list[str]:
    """The classes that a shown type is made of, by their bare names; none where it is not plainly classes."""
    found = []
    for part in split(shown):
        if literal := re.fullmatch(r"Literal\[(.*)\]", part, re.DOTALL):
            part = literals(literal[1])
        elif wrapped := re.fullmatch(r"type\[(.*)\]|<class '(.*)'>", part):
            part = wrapped[1] or wrapped[2]
        plain = re.fullmatch(r"([A-Za-z_][\w.]*)(?:\[.*\])?", part, re.DOTALL)
        if not plain:
            return []
        found.append(plain[1].rpartition(".")[2])
    return found


def literals(text: str) -> str:
    if text[:1] in "\"'":
        return "str"
    if text[:2] in ("b'", 'b"'):
        return "bytes"
    if text.startswith(("True", "False")):
        return "bool"
    return "int" if text.lstrip("-")[:1].isdigit() else text.partition(".")[0]


def split(shown: str) -> list[str]:
    """The parts of a union, at its outermost level."""
    parts, depth, start = [], 0, 0
    for i, letter in enumerate(shown):
        depth += (letter in "[(") - (letter in "])")
        if depth == 0 and shown.startswith(" | ", i):
            parts.append(shown[start:i])
            start = i + 3
    return [*parts, shown[start:]]
