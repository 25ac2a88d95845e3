"""Tools that other packages bring, by the entry point group `patchwright.tools`."""

import json
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from ..sandbox.base import SandboxError
from ..sandbox.patch import PatchError
from .base import Arguments, Result, Tool, ToolError

GROUP = "patchwright.tools"


class Installed(Tool):
    """A tool of another package: what goes wrong in it is no bug of ours."""

    def __init__(self, own: Tool, origin: str) -> None:
        vars(self).update(vars(own))
        self.origin = origin

    def call(self, hand: Any, args: Arguments) -> Result:
        try:
            return super().call(hand, args)
        except (ToolError, PatchError, SandboxError):
            raise
        except Exception as e:
            raise ToolError(f"{self.name}, from {self.origin}, failed: {type(e).__name__}: {e}") from e


def installed(cache: Path) -> tuple[list[Tool], list[str]]:
    """The tools of installed packages, and what is wrong with those that cannot be had.

    `cache` is a folder to remember the entry points in: to look for them takes longer than all else at the start.
    """
    found: list[Tool] = []
    problems: list[str] = []
    for name, value in points(cache / "entry-points.json"):
        try:
            own = EntryPoint(name, value, GROUP).load()
        except Exception as e:
            problems.append(f"the tool {name} ({value}) cannot be loaded: {type(e).__name__}: {e}")
            continue
        if isinstance(own, Tool):
            found.append(Installed(own, value.partition(":")[0]))
        else:
            problems.append(f"{value} is no tool: make it one with @patchwright.tools.base.tool")
    return found, problems


def points(cache: Path) -> list[tuple[str, str]]:
    """Name and value of each entry point, looked for only where a folder of packages has changed."""
    now = list(stamps())
    try:
        kept = json.loads(cache.read_text())
        if kept["stamps"] == now:
            return [(name, value) for name, value in kept["points"]]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    found = sorted((point.name, point.value) for point in entry_points(group=GROUP))
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps({"stamps": now, "points": found}))
    except OSError:
        pass  # the next start looks again
    return found


def stamps() -> Iterator[list[Any]]:
    """The folders that packages are found in, with when each last gained or lost one."""
    for name in sys.path:
        try:
            yield [name, Path(name).stat().st_mtime_ns]
        except OSError:
            continue
