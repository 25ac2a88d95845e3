"""A definition in a Python file, by its name: `function`, `Class` or `Class.method`. Pure."""

import ast
import textwrap

from ...tools.python import Definition, definitions, find, segment
from ...verify.delta import Changed
from ...verify.parse import parse
from ...verify.same import normal


def body(tree: ast.Module, owner: str) -> list[ast.stmt]:
    """The statements among which a definition stands: the module's, or those of a class; none where that is missing."""
    if not owner:
        return tree.body
    parent = find(tree.body, owner)
    return parent.body if isinstance(parent, ast.ClassDef) else []


def split(name: str) -> tuple[str, str]:
    """The class that a definition stands in, empty for the module, and its own name."""
    owner, _, last = name.rpartition(".")
    return owner, last


def all_named(tree: ast.Module, name: str) -> list[Definition]:
    """The definitions of a name; more than one where a later one takes the place of the others."""
    owner, last = split(name)
    return [node for node in definitions(body(tree, owner)) if node.name == last]


def source(text: str, name: str) -> str:
    """The lines of a definition that a file has, from the margin."""
    node = all_named(parse(text), name)[0]
    return textwrap.dedent(segment(text, node))


def rest(text: str, name: str) -> str:
    """A file without the definition, to be compared. Raises as `parse`."""
    tree = parse(text)
    for node in all_named(tree, name)[:1]:
        body(tree, split(name)[0]).remove(node)
    return ast.dump(tree)


def identity(code: str) -> str:
    """The same for versions that differ in comments, docstrings and layout alone."""
    return normal([Changed(path="version.py", after=code)])
