"""What runs inside the tests' own process, and tells what it saw."""

import json
import random
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ..sandbox.base import SandboxError
from ..sandbox.workspace import Workspace
from .suite import Suite

FOLDER = "/tmp/.patchwright-probe"
PACKAGE = "patchwright_inside"
MOVE = 'rm -rf "$1" && mv "$2" "$1"'
COLLECT = (
    'cd "$1" && for file in [0-9]*.json; do [ -f "$file" ] && cat "$file" && echo; done; cd / && rm -rf "$1"'
)


class Watched(NamedTuple):
    workspace: Workspace
    suite: Suite
    """The tests, with the probe in each of their Pythons."""

    def told(self) -> str:
        """What the probe wrote, a line for each process; once."""
        _, data = self.workspace.output(COLLECT, FOLDER)
        return data.decode("utf-8", "replace")


@contextmanager
def probe(workspace: Workspace, suite: Suite, plan: Mapping[str, Any]) -> Iterator[Watched]:
    """Have the tests watched as `plan` says. Raises SandboxError."""
    files = {f"{PACKAGE}/{name}": text for name, text in inside().items() if name != "sitecustomize.py"}
    files |= {"sitecustomize.py": inside()["sitecustomize.py"], "plan.json": json.dumps(plan)}
    installed(workspace, FOLDER, files)
    try:
        yield Watched(workspace, Suite(workspace, watching(suite.command), suite.seconds))
    finally:
        workspace.sandbox.run(["rm", "-rf", FOLDER])


def inside() -> dict[str, str]:
    """The probe's files, by name."""
    return {path.name: path.read_text() for path in sorted(Path(__file__).with_name("inside").glob("*.py"))}


def installed(workspace: Workspace, folder: str, files: Mapping[str, str]) -> None:
    """Have files outside of the working copy, in a folder that holds nothing else. Raises SandboxError."""
    place = f"{workspace.root}/.patchwright-{random.randbytes(4).hex()}"
    for name, text in files.items():
        workspace.sandbox.write(f"{place}/{name}", text.encode())  # what is long does not fit into a command
    done = workspace.sandbox.run(["sh", "-c", MOVE, "sh", folder, place])
    if not done.ok:
        raise SandboxError(f"no place for a measurement could be made: {done.output.strip()[-300:]}")


def watching(command: str) -> str:
    """A test command whose Pythons load the probe, and hash texts alike."""
    path = shlex.quote(FOLDER)
    own = re.sub(r"\bPYTHONPATH=", f"PYTHONPATH={path}:", command)
    return f"export PATCHWRIGHT_PROBE={path} PYTHONHASHSEED=0 PYTHONPATH={path}${{PYTHONPATH:+:$PYTHONPATH}}; {own}"
