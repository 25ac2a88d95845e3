"""Tools beside patchwright's own: of installed packages, of the repository, of the user's MCP servers."""

import json
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..tools.base import Tool
from ..tools.installed import installed
from ..tools.mcp import connected, permitted
from ..tools.script import Script, functions
from .config import servers
from .run import Run, put, state


@contextmanager
def brought(run: Run, taken: Container[str], tell: Callable[[str], None]) -> Iterator[list[Tool]]:
    """The tools that a run has beside those whose names are taken. Raises ServerError."""
    own, problems = installed()
    own += [tool for script in run.plan.scripts for tool in functions(script)]
    known = servers()
    with connected(known) as remote:
        found: dict[str, Tool] = {}
        for tool in [*own, *permitted(remote, known)]:
            if tool.name in taken or tool.name in found:
                problems.append(f"the tool {tool.name} of {tool.origin} is left out: its name is taken")
            else:
                found[tool.name] = tool
        for problem in problems:
            tell(problem)
        yield list(found.values())


def agreed(top: Path, script: Script) -> bool:
    """Whether the user agreed to this text of a repository's file of tools."""
    return key(top, script) in kept()


def agree(top: Path, script: Script) -> None:
    place().parent.mkdir(parents=True, exist_ok=True)
    put(place(), json.dumps(sorted({*kept(), key(top, script)})))


def kept() -> list[str]:
    try:
        found = json.loads(place().read_text())
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []


def key(top: Path, script: Script) -> str:
    return f"{script.digest} {top}"


def place() -> Path:
    return state() / "agreed.json"
