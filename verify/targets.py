"""The functions and classes of a patch that are worth a measurement of their own."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from ..sandbox.base import Frozen
from .delta import Changed
from .parse import parsed

MOST = 24
"""Targets of one patch: the changed ones first, then those that call them."""
FAR = 3
"""Steps from a changed function to who calls it."""
UNSAFE = frozenset(
    {"system", "popen", "Popen", "check_call", "check_output", "fork", "kill", "killpg", "_exit"}
)
UNSAFE |= {
    "rmtree",
    "removedirs",
    "unlink",
    "remove",
    "rmdir",
    "urlopen",
    "create_connection",
    "sendmail",
    "execv",
}
"""Calls that are not made more often than a test makes them."""
UNSAFE_MODULES = frozenset(
    {"subprocess", "socket", "requests", "httpx", "urllib3", "smtplib", "paramiko", "boto3"}
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef


class Target(Frozen):
    """A function by its name in its file, or a class whose objects are followed."""

    path: str
    name: str
    kind: str
    first: int
    last: int
    methods: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    """Special methods that are called by what they mean: `__getitem__`, `__contains__`."""
    new: bool = False
    changed: bool = True


class Found(Frozen):
    base: tuple[Target, ...] = ()
    patch: tuple[Target, ...] = ()
    left: tuple[str, ...] = ()


def targets(changes: Sequence[Changed]) -> Found:
    """What the patch changes, and what calls it in the changed files. Pure."""
    base, patch, left = list[Target](), list[Target](), list[str]()
    for one in changes:
        old, new = (parsed(text) if text else None for text in (one.before, one.after))
        if one.is_test or not one.path.endswith(".py") or new is None:
            continue
        names = reached(old, new)
        for target in every(one.path, new, old, names):
            reason = unfit(target, new)
            if reason:
                left.append(f"{target.path}: {target.name} is not called with larger inputs: it {reason}")
            else:
                patch.append(target)
        if old is not None:
            wanted = {t.name for t in patch if t.path == one.path}
            base += [t for t in every(one.path, old, None, names) if t.name in wanted]
    patch.sort(key=lambda t: not t.changed)
    left += [f"{t.path}: {t.name} is not measured: {MOST} others are" for t in patch[MOST:]]
    return Found(base=tuple(base), patch=tuple(patch[:MOST]), left=tuple(left))


def definitions(tree: ast.Module) -> Iterator[tuple[str, Definition | ast.ClassDef]]:
    """Functions and classes of the module, and the methods of its classes, by their names."""
    for node in tree.body:
        if isinstance(node, Definition | ast.ClassDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{n.name}", n) for n in node.body if isinstance(n, Definition))


def reached(old: ast.Module | None, new: ast.Module) -> dict[str, bool]:
    """Names of what differs (True), and of what uses it (False), in a module."""
    before, after = dumped(old) if old else {}, dumped(new)
    changed = {name for name, text in after.items() if before.get(name) != text}
    changed |= {name.rpartition(".")[0] for name in changed if "." in name}  # a class with its method
    changed |= {name.partition(".")[0] for name in before.keys() - after.keys() if "." in name} & after.keys()
    gone = {name for name in before if name not in after}
    found = dict.fromkeys(changed, True)
    front = {name.rpartition(".")[2] for name in changed | gone}
    uses = {name: used(node) for name, node in definitions(new)}
    for _ in range(FAR):
        users = [name for name, names in uses.items() if name not in found and names & front]
        users += [name.partition(".")[0] for name in users if "." in name]
        front = {name.rpartition(".")[2] for name in users}
        found |= {name: False for name in users if name not in found}
    return found


def dumped(tree: ast.Module) -> dict[str, str]:
    """What is defined or assigned at the top and in classes, in a form without places and comments."""
    found = {name: ast.dump(node) for name, node in definitions(tree) if not isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            rest = [n for n in node.body if not isinstance(n, Definition)]
            found[node.name] = " ".join(map(ast.dump, [*node.bases, *node.decorator_list, *rest]))
        for name in assigned(node):
            found[name] = found.get(name, "") + ast.dump(node)
    return found


def assigned(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    yield from (t.id for t in targets if isinstance(t, ast.Name))


def used(node: ast.AST) -> set[str]:
    """The names and attributes that a definition speaks of."""
    return {
        n.id if isinstance(n, ast.Name) else n.attr
        for n in ast.walk(node)
        if isinstance(n, ast.Name | ast.Attribute)
    }


def every(path: str, tree: ast.Module, old: ast.Module | None, names: Mapping[str, bool]) -> Iterator[Target]:
    known = {name for name, _ in definitions(old)} if old else set[str]()
    for name, node in definitions(tree):
        if name not in names or ("." in name and not free(node)):
            continue
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        more = {"new": name not in known, "changed": names[name], "last": node.end_lineno or node.lineno}
        if isinstance(node, ast.ClassDef):
            methods = tuple(n.name for n in node.body if isinstance(n, Definition) and not free(n))
            spoken = tuple(m for m in methods if m in SPOKEN)
            yield Target(
                path=path, name=name, kind="class", first=first, methods=methods, spoken=spoken, **more
            )
        else:
            yield Target(path=path, name=name, kind="function", first=first, **more)


SPOKEN = frozenset({"__call__"})


def free(node: ast.AST) -> bool:
    """Whether a method needs no object."""
    marks = {d.id for d in getattr(node, "decorator_list", ()) if isinstance(d, ast.Name)}
    return bool(marks & {"staticmethod", "classmethod"})


def unfit(target: Target, tree: ast.Module) -> str:
    """Why a target is not called more often, or with more, than its tests do; empty where it is."""
    node = dict(definitions(tree))[target.name]
    if isinstance(node, ast.AsyncFunctionDef):
        return "is a coroutine"
    for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(owner, ast.Name) and owner.id in UNSAFE_MODULES:
            return f"calls {owner.id}.{name}"
        if name in UNSAFE and not (
            name in ("remove", "kill") and not (isinstance(owner, ast.Name) and owner.id == "os")
        ):
            return f"calls {name}"
    return ""
