"""What a patch does to the tests that judge it, and to what steers them."""

import re
import sys
from collections.abc import Iterable

from ..sandbox.base import Frozen
from ..sandbox.workspace import Workspace

STEERS = frozenset(
    {"conftest.py", "sitecustomize.py", "usercustomize.py", "pytest.ini", ".pytest.ini", "pytest.toml"}
)
"""Files that a test runner, or Python itself, runs or obeys by their name alone."""
SECTIONS = {"pyproject.toml": r"tool\.pytest", "setup.cfg": "tool:pytest", "tox.ini": "pytest"}
"""Files of which one section steers pytest, and how its header begins."""
RUNNER = frozenset({"pytest", "_pytest", "pluggy", "iniconfig"})


class Tampering(Frozen):
    """Files that a patch may touch only where it is allowed to edit tests."""

    tests: tuple[str, ...] = ()
    """Tests that were there before."""
    steering: tuple[str, ...] = ()
    """What decides how tests run, new or changed."""

    @property
    def refusal(self) -> str:
        if self.tests:
            return f"it changes tests that were there before: {some(self.tests)}"
        return f"it changes what steers the tests: {some(self.steering)}" if self.steering else ""


def tampering(workspace: Workspace, files: Iterable[str]) -> Tampering:
    """Look at the changed files of a working copy."""
    steering = {name for name in files if steers(workspace, name)}
    tests = tuple(n for n in files if n not in steering and is_test(n) and existed(workspace, n))
    return Tampering(tests=tests, steering=tuple(sorted(steering)))


def steers(workspace: Workspace, name: str) -> bool:
    last = name.rpartition("/")[2]
    if last in STEERS or last.endswith(".pth"):
        return True
    if last in SECTIONS:
        return section(before(workspace, name), last) != section(now(workspace, name), last)
    return shadows(name) and not existed(workspace, name)


def shadows(name: str) -> bool:
    """Whether a file at the top would be imported in place of the runner's own or the standard library's."""
    first = name.partition("/")[0].removesuffix(".py")
    return name.endswith(".py") and first in RUNNER | sys.stdlib_module_names - {"test"}


def section(text: str, name: str) -> list[str]:
    """The parts of a settings file that steer pytest."""
    parts = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    return [part.strip() for part in parts if re.match(rf"\[+{SECTIONS[name]}", part)]


def before(workspace: Workspace, name: str) -> str:
    found = workspace.git("cat-file", "blob", f"{workspace.base}:{name}")
    return found.output if found.ok else ""


def now(workspace: Workspace, name: str) -> str:
    try:
        return workspace.read(name).decode("utf-8", "replace")
    except OSError:
        return ""


def is_test(name: str) -> bool:
    """Whether a path is a test, data that tests use, or the runner's own."""
    return bool(
        re.search(r"(^|/)(tests?|testing|__tests__|spec)/", name)
        or re.search(
            r"(^|/)(test_[^/]*|[^/]*_test\.\w+|[^/]*\.(test|spec)\.\w+|conftest\.py|pytest\.ini)$", name
        )
    )


def existed(workspace: Workspace, name: str) -> bool:
    return workspace.git("cat-file", "-e", f"{workspace.base}:{name}").ok


def some(names: Iterable[str], most: int = 3) -> str:
    """The first few of many names."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
