"""Which functions and classes some trees change, and where each of the trees has them."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..sandbox.workspace import Workspace
from .delta import Changed, changes
from .finding import some
from .parse import parsed
from .targets import MOST, Definition, Target, assigned, definitions, every, reached

SPOKEN = frozenset(
    {"__init__", "__new__", "__del__", "__getattr__", "__getattribute__", "__setattr__", "__init_subclass__"}
)
"""Special methods that are not called by themselves."""


class Subject(NamedTuple):
    """A function, a static or class method, or a class whose objects are followed."""

    path: str
    name: str
    where: Mapping[str, Target]
    """By the trees that have it, the base among them."""
    nodes: Mapping[str, Definition | ast.ClassDef]
    """As each of them has it, in their order, the base last."""

    @property
    def is_class(self) -> bool:
        return any(target.kind == "class" for target in self.where.values())

    @property
    def label(self) -> str:
        return label(self.path, self.name)


def label(path: str, name: str) -> str:
    """What something is called in an import."""
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"{module.removeprefix('src.').removeprefix('lib.')}.{name}"


class Texts(NamedTuple):
    """A file of Python that a tree changes, on the base and in the trees that change it; None does not parse."""

    base: ast.Module | None
    trees: dict[str, ast.Module | None]


def subjects(workspace: Workspace, trees: Sequence[str]) -> tuple[list[Subject], tuple[str, ...]]:
    """The subjects, and what was left. What is new in a few trees only is how they do it, not what they do."""
    changed = {tree: changes(workspace, tree) for tree in trees}
    found, left = list[Subject](), list[str]()
    for path, texts in files(changed).items():
        several = list(of_file(path, texts, (*trees, workspace.base)))
        kept = [s for s in several if workspace.base in s.where or 2 * len(s.where) >= len(trees)]
        found += kept
        left += [f"{path}: no function or class of it differs"] if not several else []
        left += [
            f"{path}: {subject.name} is in {len(subject.where)} of {len(trees)} trees, and not on the base"
            for subject in several
            if subject not in kept
        ]
    if len(found) > MOST:
        left.append(f"{some(s.label for s in found[MOST:])}: {MOST} others are asked")
    if other := sorted({c.path for several in changed.values() for c in several if is_other(c)}):
        left.append(f"{some(other)}: only functions of Python are asked")
    return found[:MOST], tuple(left)


def is_other(change: Changed) -> bool:
    return not change.is_test and not change.path.endswith(".py")


def files(changed: Mapping[str, Sequence[Changed]]) -> dict[str, Texts]:
    """The files of Python that are no tests, by their paths."""
    found = dict[str, Texts]()
    for tree, several in changed.items():
        for one in several:
            if one.is_test or not one.path.endswith(".py"):
                continue
            if one.path not in found:
                found[one.path] = Texts(parsed(one.before), {})
            found[one.path].trees[tree] = parsed(one.after)
    return found


def of_file(path: str, texts: Texts, trees: Sequence[str]) -> Iterator[Subject]:
    """What differs in a file between its base and any tree, where these have it."""
    names = dict.fromkeys(
        (n for tree in texts.trees.values() if tree for n in differing(texts.base, tree)), True
    )
    where = dict[str, dict[str, Target]]()
    nodes = dict[str, dict[str, Definition | ast.ClassDef]]()
    for tree in trees:
        if (module := texts.trees.get(tree, texts.base)) is None:
            continue
        own = dict(definitions(module))
        known = {name: True for name in names if name in own}
        for target in every(path, module, texts.base, known):
            where.setdefault(target.name, {})[tree] = target.model_copy(
                update={"spoken": tuple(m for m in target.methods if m not in SPOKEN)}
            )
            nodes.setdefault(target.name, {})[tree] = own[target.name]
    for name, several in where.items():
        yield Subject(path, name, several, nodes[name])


def differing(base: ast.Module | None, tree: ast.Module) -> set[str]:
    """Functions and classes that are new, changed or gone; where a constant is changed, those that use it, too."""
    names = reached(base, tree)
    constants = {name for node in tree.body for name in assigned(node)}
    users = any(names.get(name) for name in constants)
    gone = dict(definitions(base)).keys() - dict(definitions(tree)).keys() if base else set[str]()
    return {name for name, changed in names.items() if changed or users} | gone
