"""Putting whole functions, methods and classes into a Python file, by their names.

It is the edit that a small model does best: it copies nothing from the file, counts no lines and escapes nothing.
"""

import ast
import textwrap
from collections.abc import Iterator, Sequence
from symtable import SymbolTable, symtable
from typing import Annotated, Any

from pydantic import Field

from ..sandbox.secrets import markers
from ..sandbox.workspace import Workspace
from ..verify.parse import parse
from ..verify.steer import is_test
from .base import Done, RepoPath, ToolError, tool
from .desk import Desk
from .locate import Located
from .python import Definition, definitions, find, first_line, keep_docstrings, segment
from .read import load
from .test import digest, kept


@tool
def define(
    desk: Desk,
    path: RepoPath,
    code: Annotated[str, Field(description="the whole function, repaired", min_length=1)],
) -> Done | tuple[str, dict[str, Any]]:
    """Put whole functions or classes into a Python file, then run the tests. Those of the same name are replaced, new ones added. A method stands below its `class` line; other methods may be left out."""
    said = put_definitions(desk.workspace, path, code)
    report = desk.test()
    if objection := desk.objection(desk.workspace.snapshot(), report):
        focus = Located(desk.workspace, report).focus(0)
        return (
            f"{said}, and it is not right yet: {objection}\n{digest(report, 1_500)}\n\nLook here now: {focus}",
            kept(report),
        )
    return Done(text=f"{said}; {digest(report)}", data=kept(report))


def put_definitions(workspace: Workspace, path: str, code: str) -> str:
    """Change the file, and say what was changed. Raises ToolError where the code or the outcome is no Python."""
    if is_test(path):
        raise ToolError("not changed: the tests stay as they are; repair the code that they test")
    if found := markers(code):
        from .change import unseen

        raise ToolError(f"not changed: {unseen(found[0])}")
    new = parsed(textwrap.dedent(code).strip("\n"), "the code")
    if not any(definitions(new.body)):
        raise ToolError("not changed: the code holds no whole function or class")
    target = home(workspace, path, new)
    old = load(workspace, target)
    if old is None:
        raise ToolError(f"{target} is a folder")
    old = old.replace("\r\n", "\n")
    text, names = merge(old, textwrap.dedent(code).strip("\n"))
    parsed(text, f"{target} would be broken")
    text = keep_docstrings(old, text)
    if text == old:
        raise ToolError(
            f"{', '.join(names)} in {target}: it is already like that, so nothing changes; write it differently"
        )
    from .change import apply  # by the first call, as in edit
    from .editing.operation import Edit

    apply(workspace, [Edit(target, "whole", text=text)])
    return f"{target}: {', '.join(names)} changed"


def parsed(text: str, what: str) -> ast.Module:
    """A module's syntax tree. Raises ToolError that names the line which is wrong."""
    try:
        return parse(text)
    except SyntaxError as e:
        line = (e.text or "").strip()
        raise ToolError(f"not changed, {what}: SyntaxError: {e.msg}, line {e.lineno}: {line}") from e
    except (ValueError, RecursionError, MemoryError) as e:
        raise ToolError(f"not changed, {what}: {type(e).__name__}: {e}") from e


def home(workspace: Workspace, path: str, new: ast.Module) -> str:
    """The file that is meant: the one named, or the only one that has a function of this name where that has not."""
    names = {node.name for node in definitions(new.body)}
    try:
        text = load(workspace, path)
    except ToolError:
        text = None
    if text is not None and any(
        node.name in names for node in ast.walk(parsed(text, path)) if isinstance(node, Definition)
    ):
        return path
    pattern = rf"^(async )?(def|class) ({'|'.join(sorted(names))})\b"
    found = workspace.git("grep", "-lP", "--untracked", "-e", pattern, "--", "*.py").output.split()
    if len(found) == 1:
        return found[0]
    if text is None:
        raise ToolError(f"there is no file {path}: use write to create it")
    return path


def merge(text: str, code: str) -> tuple[str, list[str]]:
    """A module's text with the definitions of `code` in it, and what they are called."""
    names: list[str] = []
    new = parsed(code, "the code")
    text = put_constants(text, constants(text, code, new, names), new)
    for node in new.body:
        source = segment(code, node)
        if isinstance(node, ast.ClassDef):
            text = merge_class(text, node, code, names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not (inside := owner(text, node)) and (old := nested(text, node.name)):
                text = put_nested(text, source, old, names)
            else:
                text = put(text, source, node.name, inside, names)
        elif isinstance(node, ast.Import | ast.ImportFrom) and source not in text.splitlines():
            text = put_import(text, source)
    return text, names


def constants(text: str, code: str, new: ast.Module, names: list[str]) -> list[str]:
    """The assignments of `code` that its functions lean on and a module has not; examples of their use are none."""
    try:
        top = symtable(text, "the file", "exec").get_symbols()
        wanted = {*leaned_on(symtable(code, "the code", "exec"))}
    except (SyntaxError, RecursionError):  # such as a nonlocal without its name, which a tree does not show
        return []
    known = {s.get_name() for s in top if s.is_assigned() or s.is_imported()}
    found: list[str] = []
    for node in reversed(new.body):
        own = assigned(node)
        if (wanted - known) & {*own}:
            wanted |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            names[:0] = own
            found.insert(0, segment(code, node))
    return found


def assigned(node: ast.stmt) -> list[str]:
    """The names that a statement gives a value to, where it is an assignment."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    inside = [n for target in targets for n in ast.walk(target)]
    return [n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def leaned_on(table: SymbolTable) -> Iterator[str]:
    """The names of the module that its functions read."""
    for inner in table.get_children():
        yield from (s.get_name() for s in inner.get_symbols() if s.is_global() and s.is_referenced())
        yield from leaned_on(inner)


def put_constants(text: str, sources: Sequence[str], new: ast.Module) -> str:
    """Assignments go above the first of the definitions that are replaced, else to the end, where new ones come."""
    if not sources:
        return text
    names = {node.name for node in ast.walk(new) if isinstance(node, Definition)}
    rows = text.splitlines()
    having = [
        n
        for n in definitions(parse(text).body)
        if names & {d.name for d in ast.walk(n) if isinstance(d, Definition)}
    ]
    if not having:
        return "\n".join([*rows, "", *sources]) + "\n"
    at = first_line(having[0]) - 1
    while at and rows[at - 1].startswith("#"):
        at -= 1
    rows[at:at] = [*sources, "", ""]
    return "\n".join(rows) + "\n"


def merge_class(text: str, node: ast.ClassDef, code: str, names: list[str]) -> str:
    """Replace a class, or only some methods of it where the code leaves the others out."""
    old = find(parse(text).body, node.name)
    methods = list(definitions(node.body))
    if not isinstance(old, ast.ClassDef) or {m.name for m in definitions(old.body)} <= {
        m.name for m in methods
    }:
        return put(text, segment(code, node), node.name, "", names)
    for method in methods:
        text = put(text, textwrap.dedent(segment(code, method)), method.name, node.name, names)
    return text


def owner(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The class that a bare method belongs to: the one that has it, or the only one there is."""
    args = [*node.args.posonlyargs, *node.args.args]
    classes = [n for n in parse(text).body if isinstance(n, ast.ClassDef)]
    having = [n.name for n in classes if find(n.body, node.name)]
    if not args or args[0].arg not in ("self", "cls"):
        return having[0] if len(having) == 1 and not find(parse(text).body, node.name) else ""
    return (having or [n.name for n in classes] or [""])[0]


def nested(text: str, name: str) -> Definition | None:
    """The function in another function that a bare one stands for: the only one of this name that there is."""
    tree = parse(text)
    found = [n for n in ast.walk(tree) if isinstance(n, Definition) and n.name == name]
    return found[0] if len(found) == 1 and found[0] not in tree.body else None


def put_nested(text: str, source: str, old: Definition, names: list[str]) -> str:
    """Replace a function in another one."""
    names.append(old.name)
    rows = text.splitlines()
    rows[first_line(old) - 1 : old.end_lineno] = textwrap.indent(source, " " * old.col_offset).splitlines()
    return "\n".join(rows) + "\n"


def put(text: str, source: str, name: str, inside: str, names: list[str]) -> str:
    """Replace one definition, at the top or in a class, or add it at the end of where it belongs."""
    names.append(f"{inside}.{name}" if inside else name)
    rows, body = text.splitlines(), parse(text).body
    parent = find(body, inside) if inside else None
    if isinstance(parent, ast.ClassDef):
        body = parent.body
    new = textwrap.indent(source, " " * (body[0].col_offset if parent else 0)).splitlines()
    if old := find(body, name):
        rows[first_line(old) - 1 : old.end_lineno] = new
    elif parent:
        rows[parent.end_lineno : parent.end_lineno] = ["", *new]
    else:
        rows += ["", "", *new]
    return "\n".join(rows) + "\n"


def put_import(text: str, source: str) -> str:
    """An import goes below the module's docstring and its `from __future__` lines."""
    at = 0
    for node in parse(text).body:
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not future and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            break
        at = node.end_lineno or 0
    rows = text.splitlines()
    rows[at:at] = ["", source] if at else [source]
    return "\n".join(rows) + "\n"
