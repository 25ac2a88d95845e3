"""Which Python a test command runs: its first word, what a launcher starts, or the one of the environment in the tree."""

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from posixpath import normpath
from secrets import token_hex
from typing import Any

from ..sandbox.base import Frozen
from ..sandbox.workspace import Workspace
from .runners.runner import ending

SECONDS = 20.0
PYTHON = re.compile(r"(.*/)?(python|pypy)[\d.]*$")
LAUNCHERS = {
    "uv": ("uv", "run", "--no-sync", "--offline", "python"),
    "poetry": ("poetry", "run", "python"),
    "pdm": ("pdm", "run", "python"),
    "pipenv": ("pipenv", "run", "python"),
    "hatch": ("hatch", "run", "python"),
    "rye": ("rye", "run", "python"),
    "pixi": ("pixi", "run", "--frozen", "python"),
}
TELL = """
import sys, json
print(sys.argv[1] + json.dumps([sys.executable, sys.prefix, "%d.%d" % sys.version_info[:2]]))
"""
FIND = r"""
cd "$1" 2>/dev/null; token=$2 tell=$3; shift 3
ask() { "$@" -c "$tell" "$token" 2>/dev/null && exit 0; }
word=$1; shift
[ $# -gt 0 ] && ask "$@"
if [ -n "$word" ] && script=$(command -v "$word"); then
  line=$(head -c 300 "$script" 2>/dev/null | head -n 1 | tr -d '\000')
  case $line in '#!'*python*) ask ${line#'#!'};; esac
fi
case $word in tox) for at in .tox/*/bin/python; do ask "$at"; done;; nox) for at in .nox/*/bin/python; do ask "$at"; done;; esac
for at in .venv/bin/python venv/bin/python env/bin/python "$VIRTUAL_ENV/bin/python" python python3; do
  command -v "$at" >/dev/null 2>&1 && ask "$at"
done
exit 1
"""


class Interpreter(Frozen):
    """A Python as seen inside."""

    executable: str
    prefix: str
    version: str
    """Major and minor: `3.11`."""
    folder: str = "."
    """Where the test command goes before it runs, from the top of the working copy."""
    paths: tuple[str, ...] = ()
    """What the command adds to the module search path."""

    @property
    def roots(self) -> tuple[str, ...]:
        """Folders that modules may be imported from, whether they are there or not."""
        own = (normpath(f"{self.folder}/{name}") for name in (".", "src", "lib"))
        return tuple(dict.fromkeys([".", *own, *map(normpath, self.paths)]))

    def run(self, workspace: Workspace, script: Path, request: Any, seconds: float) -> list[Any]:
        """What a script of ours says about a request: one JSON value for each line that it wrote."""
        token = token_hex(8)
        words = json.dumps({"token": token, "paths": self.roots, **request})
        argv = [self.executable, "-c", script.read_text(), words]
        done = workspace.execute(argv, seconds, keep=True)
        found = []
        for line in whole(workspace, done.output, done.kept).splitlines():
            if line.startswith(f"{token} "):
                found.append(loaded(line.removeprefix(f"{token} ")))
        return [one for one in found if one is not None]


def whole(workspace: Workspace, shown: str, kept: str) -> str:
    try:
        return workspace.read(kept).decode("utf-8", "replace") if kept else shown
    except OSError:
        return shown


def loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def interpreter(workspace: Workspace, command: str) -> Interpreter | None:
    """The Python that a test command runs, as far as the command tells; None where there is none."""
    folder, paths, words = spoken(command)
    starts = (
        [words[0]] if words and PYTHON.match(words[0]) else [*LAUNCHERS.get(words[0], ())] if words else []
    )
    token = token_hex(8)
    argv = ["sh", "-c", FIND, "sh", folder, token, TELL, words[0] if words else "", *starts]
    done = workspace.execute(argv, SECONDS)
    for line in done.output.splitlines():
        if line.startswith(token) and isinstance(told := loaded(line.removeprefix(token)), list):
            executable, prefix, version = map(str, told)
            return Interpreter(
                executable=executable, prefix=prefix, version=version, folder=folder, paths=paths
            )
    return None


def spoken(command: str) -> tuple[str, tuple[str, ...], Sequence[str]]:
    """Where a command goes, what it sets as PYTHONPATH, and the words of what it runs last."""
    line = ending(command)
    before, last = (line.before, line.last) if line else ("", "")
    folder = next(iter(re.findall(r"(?:^|&&|;)\s*cd\s+([\w./-]+)\s*(?:&&|;)", before)), ".")
    words = shlex.split(last)
    paths: list[str] = []
    while words and (words[0] == "env" or re.match(r"\w+=", words[0])):
        if words[0].startswith("PYTHONPATH="):
            paths = [p for p in words[0].partition("=")[2].split(":") if p and "$" not in p]
        words = words[1:]
    return folder, tuple(f"{folder}/{p}" if not p.startswith("/") else p for p in paths), words
