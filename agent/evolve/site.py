"""Where the definition that is evolved stands. Nothing else of its file ever changes."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ...sandbox.workspace import Workspace
from ...tools.base import ToolError
from ...tools.define import put
from ...tools.editing.text import Text, decoded
from ...tools.python import definitions, first_line
from ...verify.parse import parsed
from ...verify.steer import is_test
from ..task import Objective, TaskError
from .definition import all_named, rest, source, split

MARKER = "patchwright: evolve"
"""A comment with these words right above a definition marks it."""
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)


class Unusable(Exception):
    """It is no version of the definition. The text says why."""


@dataclass(frozen=True)
class Site:
    """A definition in a file of the base."""

    path: str
    name: str
    file: Text

    @cached_property
    def text(self) -> str:
        return unix(self.file)

    @cached_property
    def code(self) -> str:
        """The base's version."""
        return source(self.text, self.name)

    def with_version(self, code: str) -> str:
        """The file's text with a version in it. Raises Unusable where anything else would change."""
        owner, last = split(self.name)
        try:
            text = put(self.text, code, last, owner, [])
            if rest(text, self.name) == rest(self.text, self.name):
                return text
        except BROKEN as e:
            raise Unusable(f"the file would be broken: {e}") from e
        raise Unusable(f"it changes more than {self.name}")

    def encoded(self, code: str) -> bytes:
        """The file's bytes with a version in it. Raises Unusable."""
        text = self.with_version(code)
        try:
            return self.file.encode(text.replace("\n", "\r\n") if "\r\n" in self.file.text else text)
        except ToolError as e:
            raise Unusable(str(e)) from e


def unix(file: Text) -> str:
    return file.text.replace("\r\n", "\n")


def site(workspace: Workspace, objective: Objective) -> Site:
    """Where the definition stands in the base. Raises TaskError."""
    path, name = named(workspace, objective.definition)
    if is_test(path):
        raise TaskError(f"{path} is a test, and tests stay as they are: name another definition.")
    place = Site(path, name, read(workspace, path))
    tree = parsed(place.text)
    if tree is None:
        raise TaskError(f"{path} is no Python file that can be read.")
    nodes = all_named(tree, name)
    if len(nodes) != 1:
        how = f"is there {len(nodes)} times" if nodes else "is not there"
        raise TaskError(
            f"{path}::{name} {how}: one function or class is wanted, at the file's top or in a class."
        )
    try:
        place.with_version(place.code)
    except (*BROKEN, Unusable) as e:
        raise TaskError(f"{path}::{name} cannot be taken out and put back: {e}.") from e
    return place


def read(workspace: Workspace, path: str) -> Text:
    try:
        file = decoded(workspace.read(path, inside=True))
    except OSError as e:
        raise TaskError(f"{path}: {e.strerror}: name the definition as PATH::NAME with --evolve.") from e
    if file is None:
        raise TaskError(f"{path} is a binary file.")
    return file


def named(workspace: Workspace, definition: str) -> tuple[str, str]:
    """The path and the name of what is to be evolved. Raises TaskError."""
    path, _, name = definition.partition("::")
    if path and re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)?", name):
        return path, name
    if definition:
        raise TaskError(f"--evolve {definition}: PATH::NAME is wanted, such as src/pack.py::priority.")
    places = list(marked(workspace))
    if len(places) == 1:
        return places[0]
    how = f"{len(places)} definitions are" if places else "no definition is"
    raise TaskError(f"{how} marked: name one with --evolve PATH::NAME, or write `# {MARKER}` above it alone.")


def marked(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """The definitions that stand right below a marker."""
    listed = workspace.git("grep", "-lF", "-e", f"# {MARKER}", workspace.base, "--", "*.py")
    for row in listed.output.splitlines() if listed.ok else ():
        path = row.partition(":")[2]
        text = unix(read(workspace, path))
        lines = text.split("\n")
        for node in definitions(tree.body) if (tree := parsed(text)) else ():
            inner = definitions(node.body) if isinstance(node, ast.ClassDef) else ()
            for one, name in ((node, node.name), *((m, f"{node.name}.{m.name}") for m in inner)):
                if MARKER in lines[first_line(one) - 2].partition("#")[2]:
                    yield path, name
