"""Which code the failing tests lead to: by their frames, their imports and what they call. No model is asked."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..sandbox.workspace import Workspace
from ..verify.parse import parse
from ..verify.report import Failure, TestReport
from ..verify.steer import is_test
from .base import ToolError
from .holes import Hole, holes, unwritten
from .python import Definition, alone, definitions, documented, first_line
from .read import load

MOST = 9_000
"""Characters of source that are shown: what a small model can hold in view."""


class Unwritten(NamedTuple):
    """A function that is yet to be written."""

    path: str
    name: str
    documented: bool
    """Whether a docstring says what it has to do."""
    head: str
    """Its text up to the body that is missing; empty where one cannot go on from there, as in a class."""


class Located:
    """The project's modules that a red test run leads to, and the definitions in them, most suspicious first."""

    def __init__(self, workspace: Workspace, report: TestReport) -> None:
        self._workspace, self._report = workspace, report
        self._files = workspace.git("ls-files", "*.py").output.splitlines()
        self._texts: dict[str, str] = {}
        self._trees: dict[str, ast.Module] = {}

    def sources(self, stubs: bool = True) -> str:
        """The modules' text, as much as fits. Without `stubs`, a function that is yet to be written ends with its
        docstring where it has one."""
        parts, room = [], MOST
        for path in self.modules():
            text = self.text(path) if stubs else self._begun(path)
            part = f"{path}\n```python\n{text.rstrip()}\n```"
            if len(part) <= room:
                parts.append(part)
                room -= len(part)
        return "\n\n".join(parts)

    def modules(self) -> list[str]:
        """Modules in the frames, then those that the failing tests import, then what these import."""
        found: dict[str, None] = dict.fromkeys(
            frame.path for f in self._report.failures for frame in f.frames if frame.path in self._files
        )
        for path in list(found):
            found |= dict.fromkeys(self._imports(path))
        for path in [p for p in found if not is_test(p)]:
            found |= dict.fromkeys(self._imports(path))
        return [path for path in found if not is_test(path)]

    def suspects(self) -> list[str]:
        """Where to look, one place each: a name that is missing, a class that lacks what was asked of it, the frames
        from the inside out, then what the failing tests call."""
        found: dict[str, None] = {}
        for failure in self._report.failures:
            found |= dict.fromkeys(self._missing(failure))
            for path, node in self._places(failure):
                rows = self.text(path).splitlines()[first_line(node) - 1 : node.end_lineno]
                found[f"{path}\n```python\n{chr(10).join(rows)}\n```"] = None
        return list(found)

    def unwritten(self) -> list[Unwritten]:
        """Functions that are yet to be written and that failures end in, or that a failing test calls and nothing else.

        A method of a class that others derive from is none: it may stand there for them.
        """
        found: dict[Unwritten, None] = {}
        for failure in self._report.failures:
            places = list(self._framed(failure))[:1] or list(self._called(failure))
            if all(self._is_unwritten(node) for _, node in places):
                found |= dict.fromkeys(
                    Unwritten(path, node.name, documented(node), self._head(path, node))
                    for path, node in places
                )
        return list(found)

    def _head(self, path: str, node: Definition) -> str:
        rows, first = self.text(path).replace("\r\n", "\n").split("\n"), node.body[0]
        if node.col_offset or not documented(node) or not alone(rows, first):
            return ""
        return "\n".join([*rows[first_line(node) - 1 : first.end_lineno], ""])

    def _begun(self, path: str) -> str:
        """A file's text without what stands for code that is yet to be written."""
        stubs = set[int]()
        for node in ast.walk(self._tree(path)):
            if isinstance(node, Definition) and documented(node) and self._is_unwritten(node):
                docstring, *rest = node.body
                stubs |= {n for s in rest for n in range(s.lineno, (s.end_lineno or 0) + 1)}
                stubs.discard(docstring.end_lineno or 0)
        rows = self.text(path).split("\n")
        return "\n".join(row for number, row in enumerate(rows, 1) if number not in stubs)

    def _is_unwritten(self, node: Definition) -> bool:
        if isinstance(node, ast.ClassDef) or not unwritten(node):
            return False
        nodes = [inner for path in self.modules() for inner in ast.walk(self._tree(path))]
        classes = [inner for inner in nodes if isinstance(inner, ast.ClassDef)]
        bases = {base.rpartition(".")[2] for c in classes for base in map(ast.unparse, c.bases)}
        return not any(node in c.body and c.name in bases for c in classes)

    def holes(self) -> list[Hole]:
        """What could be filled in anew in the functions that are suspected; first the lines that failures name."""
        found: dict[Hole, None] = {}
        named = {(frame.path, frame.line) for failure in self._report.failures for frame in failure.frames}
        for failure in self._report.failures:
            for path, node in self._places(failure):
                if not isinstance(node, ast.ClassDef):
                    found |= dict.fromkeys(holes(path, node))

        def unnamed(hole: Hole) -> bool:
            return not any((hole.path, line) in named for line in range(hole.first, hole.last + 1))

        return sorted(found, key=unnamed)

    def _places(self, failure: Failure) -> list[tuple[str, Definition]]:
        return [*self._named(failure), *self._framed(failure), *self._called(failure)]

    def text(self, path: str) -> str:
        """A file's text; empty where there is none that can be read."""
        if path not in self._texts:
            try:
                self._texts[path] = load(self._workspace, path) or ""
            except ToolError:
                self._texts[path] = ""
        return self._texts[path]

    def focus(self, number: int) -> str:
        """The place to look at first: another one for each `number`, from 0."""
        suspects = self.suspects()
        return (
            suspects[number % len(suspects)]
            if suspects
            else "The failing tests lead to no code of the project."
        )

    def _missing(self, failure: Failure) -> Iterator[str]:
        """A name that a module was asked for and does not have."""
        patterns = (
            r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'",
            r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
        )
        for pattern in patterns:
            for match in re.finditer(pattern, failure.message):
                for path in self._paths_of(match["module"]):
                    yield f"{path} has no `{match['name']}`: write it, and put it there."

    def _named(self, failure: Failure) -> Iterator[tuple[str, Definition]]:
        """A class that lacks what was asked of it."""
        for name in re.findall(r"'(\w+)' object has no attribute", failure.message):
            yield from self._having(name)

    def _framed(self, failure: Failure) -> Iterator[tuple[str, Definition]]:
        for frame in reversed(failure.frames):
            if frame.path not in self._files or is_test(frame.path):
                continue
            around = [n for n in ast.walk(self._tree(frame.path)) if isinstance(n, Definition)]
            around = [n for n in around if n.lineno <= frame.line <= (n.end_lineno or 0)]
            if around:
                yield frame.path, max(around, key=lambda node: node.lineno)

    def _called(self, failure: Failure) -> Iterator[tuple[str, Definition]]:
        """Functions that the test calls, directly or through a helper of its file."""
        path, name = failure.test.partition("::")[0], re.sub(r"\[.*", "", failure.test.rpartition("::")[2])
        if path not in self._files:
            return
        body = list(definitions(self._tree(path).body))
        names = [called for node in body if node.name == name for called in calls(node)]
        names += [called for node in body if node.name in names for called in calls(node)]
        for called in dict.fromkeys(names):
            yield from self._having(called)

    def _having(self, name: str) -> Iterator[tuple[str, Definition]]:
        for path in self.modules():
            yield from ((path, node) for node in definitions(self._tree(path).body) if node.name == name)

    def _imports(self, path: str) -> Iterator[str]:
        """Files of the project that a module imports."""
        for node in ast.walk(self._tree(path)):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                package = path.split("/")[: -node.level] if node.level else []
                module = ".".join([*package, node.module or ""]).strip(".")
                names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
            for name in names:
                yield from self._paths_of(name)

    def _paths_of(self, module: str) -> Iterator[str]:
        place = module.replace(".", "/")
        known = {f"{place}.py", f"src/{place}.py", f"{place}/__init__.py", f"src/{place}/__init__.py"}
        yield from (path for path in self._files if path in known)

    def _tree(self, path: str) -> ast.Module:
        if path not in self._trees:
            try:
                self._trees[path] = parse(self.text(path))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._trees[path] = ast.Module([], [])
        return self._trees[path]


def calls(node: ast.AST) -> Iterator[str]:
    """The names that are called below a node."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            function = inner.func
            if isinstance(function, ast.Name):
                yield function.id
            elif isinstance(function, ast.Attribute):
                yield function.attr
