"""Tools that a repository brings: typed functions of a Python file, which run inside the sandbox and nowhere else."""

import ast
import hashlib
import json
import posixpath
from functools import cached_property
from pathlib import Path

from ..sandbox.base import Frozen
from ..sandbox.workspace import Workspace
from ..verify.parse import parse
from .base import Arguments, Result, Tool, ToolError, described
from .clip import clip

MOST = 100_000
"""Bytes of a file of tools: it travels as an argument, of which Linux takes 128 KiB."""
SECONDS = 120
TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
RUNNER = """
import json, sys
path, text, name, args = sys.argv[1:]
sys.path.insert(0, ".")
names = {"__name__": "tools_of_the_repository", "__file__": path}
exec(compile(text, path, "exec"), names)
found = names[name](**json.loads(args))
print(found if isinstance(found, str) else json.dumps(found, default=str))
"""


class Script(Frozen):
    """A file of tools, as it is at the base."""

    path: str
    text: str

    @property
    def digest(self) -> str:
        """Of what the user is to agree to: the path and the text."""
        return hashlib.sha256(f"{self.path}\0{self.text}".encode()).hexdigest()


class Scripted(Tool):
    """A function of such a file. The file's text is that of the base, whatever was made of it since."""

    needs = Workspace

    def __init__(self, script: Script, node: ast.FunctionDef) -> None:
        self.script, self.name, self.origin = script, node.name, script.path
        self.description = ast.get_docstring(node) or ""
        self.parameters = parameters(script, node)

    @cached_property
    def schema(self) -> Arguments:
        return described(self.name, self.description, self.parameters)

    def call(self, hand: Workspace, args: Arguments) -> Result:
        known = self.parameters["properties"]
        if wrong := [name for name in args if name not in known]:
            raise ToolError(
                f"{self.name}: there is no argument {wrong[0]}; the arguments are {', '.join(known)}"
            )
        if lacking := [name for name in self.parameters["required"] if name not in args]:
            raise ToolError(f"{self.name}: {lacking[0]} is missing")
        python = 'command -v python3 >/dev/null && exec python3 "$@"; exec python "$@"'
        argv = ["sh", "-c", python, "sh", "-c", RUNNER, *self._words(args)]
        done = hand.execute(argv, SECONDS, keep=True)
        if not done.ok:
            how = done.ended or f"exit code {done.code}"
            raise ToolError(f"{self.name} failed ({how}): {clip(done.output.strip(), 2_000)}")
        return done.output.rstrip("\n")

    def _words(self, args: Arguments) -> list[str]:
        return [self.script.path, self.script.text, self.name, json.dumps(args)]


def scripts(top: Path, paths: tuple[str, ...]) -> list[Script]:
    """The files of tools that a repository's settings name. Raises ToolError."""
    return [script(top, path) for path in paths]


def script(top: Path, path: str) -> Script:
    inside = posixpath.normpath(path)
    place = top / inside
    if posixpath.isabs(path) or inside.startswith("..") or top.resolve() not in place.resolve().parents:
        raise ToolError(f"{path}: a file of tools has to lie in the repository")
    if not place.is_file() or place.stat().st_size > MOST:
        raise ToolError(f"{path}: there is no such file of tools, or it has more than {MOST} bytes")
    try:
        return Script(path=inside, text=place.read_text())
    except (OSError, UnicodeDecodeError) as e:
        raise ToolError(f"{path} cannot be read: {e}") from e


def functions(script: Script) -> list[Tool]:
    """The tools of a file: its public functions that have a docstring. Nothing of it is run. Raises ToolError."""
    try:
        body = parse(script.text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        raise ToolError(f"{script.path} is no Python: {e}") from e
    found = [n for n in body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    return [Scripted(script, node) for node in found if ast.get_docstring(node)]


def parameters(script: Script, node: ast.FunctionDef) -> Arguments:
    """The schema of a signature. Raises ToolError where it has what a tool cannot have."""
    spec = node.args
    if spec.vararg or spec.kwarg or spec.posonlyargs:
        raise ToolError(f"{script.path}: {node.name} may only have named parameters")
    names = [*spec.args, *spec.kwonlyargs]
    optional = {a.arg for a in spec.args[len(spec.args) - len(spec.defaults) :]}
    optional |= {a.arg for a, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default}
    properties = {a.arg: kind(script, node, a) for a in names}
    return {
        "type": "object",
        "properties": properties,
        "required": [a.arg for a in names if a.arg not in optional],
    }


def kind(script: Script, node: ast.FunctionDef, argument: ast.arg) -> Arguments:
    word = ast.unparse(argument.annotation) if argument.annotation else ""
    if word in TYPES:
        return {"type": TYPES[word]}
    if word.startswith("list[") and word[5:-1] in TYPES:
        return {"type": "array", "items": {"type": TYPES[word[5:-1]]}}
    raise ToolError(
        f"{script.path}: {node.name}({argument.arg}) needs a type: {', '.join(TYPES)}, or a list of one of them"
    )
