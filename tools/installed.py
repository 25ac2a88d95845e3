"""Tools that other packages bring, by the entry point group `patchwright.tools`."""

import os
import sys
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


def installed() -> tuple[list[Tool], list[str]]:
    """The tools of installed packages, and what is wrong with those that cannot be had."""
    found: list[Tool] = []
    problems: list[str] = []
    for name, value in points():
        try:
            own = EntryPoint(name, value, GROUP).load()
            _ = (
                own.schema if isinstance(own, Tool) else None
            )  # its arguments may be none that a schema can be made of
        except Exception as e:
            problems.append(f"the tool {name} ({value}) cannot be loaded: {type(e).__name__}: {e}")
            continue
        if isinstance(own, Tool):
            found.append(Installed(own, value.partition(":")[0]))
        else:
            problems.append(f"{value} is no tool: make it one with @patchwright.tools.base.tool")
    return found, problems


def points() -> list[tuple[str, str]]:
    """Name and value of each entry point. All of them are read only where a package speaks of the group at all."""
    if not any(map(speaks, sys.path)):
        return []
    return sorted((point.name, point.value) for point in entry_points(group=GROUP))


def speaks(folder: str) -> bool:
    """Whether a package that is installed in a folder names the group: a tenth of the time that reading all takes."""
    try:
        with os.scandir(folder or ".") as entries:
            places = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return False
    return any(GROUP.encode() in text(Path(place) / "entry_points.txt") for place in places)


def text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
