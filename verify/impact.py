"""Which test files the changed files reach, by Python's import statements. Other languages: none."""

import json
from pathlib import Path
from typing import Any

from ..sandbox.workspace import Workspace
from .runners import PYTEST, Project, recognise
from .runners.runner import ending
from .steer import is_test

MOST_FILES = 3_000
"""Python files up to which their imports are looked at."""
MOST_TESTS = 40
"""Test files above which the whole is run at once."""
SECONDS = 20.0


def impacted(workspace: Workspace, command: str) -> tuple[str, ...]:
    """Test files that import what differs from the base, directly or through others, and those that differ
    themselves, nearest first; none where it cannot be told, or where they are too many to be worth a run of their own.
    """
    line = ending(command)
    if (
        recognise(line, Project())[0] is not PYTEST
        or not line
        or any(is_test(word) for word in line.last.split())
    ):
        return ()
    changed = workspace.diff(workspace.base, workspace.snapshot()).files
    listed = workspace.git(
        "ls-files", "--cached", "--others", "--exclude-standard", "*.py"
    ).output.splitlines()
    if not changed or len(listed) > MOST_FILES:
        return ()
    script = f"{Path(__file__).with_name('imports.py').read_text()}\nmain()"
    tool = 'command -v python3 >/dev/null && exec python3 -I -S -c "$1"'
    found = workspace.execute(["sh", "-c", tool, "sh", script], SECONDS)
    try:
        edges: Any = json.loads(found.output) if found.ok else {}
    except (ValueError, RecursionError):
        return ()
    tests = reached(edges if isinstance(edges, dict) else {}, changed)
    return tests if len(tests) <= MOST_TESTS else ()


def reached(edges: dict[str, list[str]], changed: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Test files among those that lead to a changed file. `edges`: file to the files that it imports."""
    users: dict[str, list[str]] = {}
    for user, used in edges.items():
        for path in used:
            users.setdefault(path, []).append(user)
    found = dict.fromkeys(path for path in changed if path in edges)
    queue = list(found)
    for path in queue:
        fresh = [user for user in users.get(path, ()) if user not in found]
        found |= dict.fromkeys(fresh)
        queue += fresh
    return tuple(
        path for path in found if is_test(path) and not path.endswith(("conftest.py", "__init__.py"))
    )
