"""The type checker ty, run inside the sandbox: it reads code there and what is installed, and loads neither.

Its rules: https://docs.astral.sh/ty/reference/rules/
"""

import json
import sysconfig
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

from ..sandbox.workspace import Workspace
from .interpreter import Interpreter, whole

RULES = {
    "import-not-found": "no-such-module",
    "missing-module-member": "no-such-name",
    "missing-attribute": "no-such-attribute",
    "unresolved-reference": "undefined-name",
    "unknown-argument": "no-such-argument",
    "pydantic-discarded-extra-argument": "no-such-argument",
    "too-many-positional-arguments": "too-many-arguments",
    "missing-argument": "missing-argument",
    "no-matching-overload": "no-such-call",
    "not-callable": "not-callable",
}
"""The rules that are about names and calls, and what we call them."""
PIECE = 1 << 20
"""Bytes that are written at once: what the sandbox takes longer for than it should grows with the square."""
START = r"""
[ -x "$1" ] && [ ! -w "$1" ] && [ "$("$1" --version 2>/dev/null)" = "$2" ] && echo "$1"
"""
JOIN = 'where=$1; shift; cat "$@" > "$where" && rm -f "$@" && chmod 755 "$where" && "$where" --version'


class Said(NamedTuple):
    """One thing that ty says, and where: lines and columns from 1, in characters."""

    rule: str
    message: str
    path: str
    place: tuple[int, int, int, int]


class Unusable(Exception):
    """ty cannot be had or run. The text says why."""


def release() -> str:
    return version("ty")


def check(
    workspace: Workspace, python: Interpreter, paths: Sequence[str], roots: Sequence[str], seconds: float
) -> list[Said]:
    """What ty says about these files of the working copy, whose modules are found from these folders. Raises Unusable.

    The project's own settings of ty do not count: a patch could write them. Every platform's names count as there.
    """
    ty = placed(workspace)
    settings = f"/tmp/.patchwright-{token_hex(6)}.toml"
    argv = [
        *("sh", "-c", 'printf %s "$1" > "$2"; shift 2; exec "$@"', "sh"),
        *(
            f"[environment]\nroot = {json.dumps(roots)}\n",
            settings,
            ty,
            "check",
            "--config-file",
            settings,
            "--no-progress",
        ),
        *("--output-format", "gitlab", "--color", "never", "--exit-zero", "--python", python.executable),
        *("--python-version", python.version, "--python-platform", "all", "--no-respect-ignore-files"),
        *("--ignore", "all", *(word for rule in RULES for word in ("--error", rule)), "--", *paths),
    ]
    done = workspace.execute(argv, seconds, keep=True)
    if not done.ok:
        raise Unusable(f"ty did not end well: {done.ended or done.output.strip()[-200:]}")
    return [*read(whole(workspace, done.output, done.kept))]


def read(text: str) -> Iterator[Said]:
    """What ty prints as GitLab's list of code quality. Raises Unusable."""
    try:
        told: Any = json.loads(text[max(text.find("["), 0) :])
        for one in told:
            where = one["location"]["positions"]
            begin, end = where["begin"], where["end"]
            message = str(one["description"]).removeprefix(f"{one['check_name']}: ")
            place = (begin["line"], begin["column"], end["line"], end["column"])
            if one["check_name"] in RULES:
                yield Said(one["check_name"], message, str(one["location"]["path"]), place)
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        raise Unusable(f"what ty printed cannot be read: {text.strip()[-200:]}") from e


def placed(workspace: Workspace) -> str:
    """ty's program inside: its own place where that is to be seen there, else a copy outside of the working copy."""
    program = found()
    seen = workspace.sandbox.run(["sh", "-c", START, "sh", str(program), f"ty {release()}"])
    if seen.ok:
        return str(program)
    token = token_hex(6)
    data = program.read_bytes()
    names = [f".patchwright-{token}-{n}" for n in range(0, len(data), PIECE)]
    for name, start in zip(names, range(0, len(data), PIECE), strict=True):
        workspace.write(name, data[start : start + PIECE])
    where = f"/tmp/.patchwright-{token}"
    done = workspace.execute(["sh", "-c", JOIN, "sh", where, *names], 60)
    if not done.ok:
        raise Unusable(f"ty does not run where the tests run: {done.output.strip()[-200:]}")
    return where


def found() -> Path:
    """The program that the wheel brought, beside the Python that we run on."""
    program = Path(sysconfig.get_path("scripts")) / "ty"
    if not program.exists():
        raise Unusable("ty is not installed beside patchwright")
    return program
