"""The programs of a checkout, each as a repository for the search: the buggy program and its tests."""

import ast
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from patchwright.agent.task import TaskError

from ..proof import cell, repository
from ..proof.case import Case

SETTINGS = """

def pytest_configure() -> None:
    pytest.use_correct = pytest.run_slow = False

"""
"""What the tests ask pytest for: the program that is there, and none of the two slow cases."""
TESTS, DATA, PROGRAMS = "python_testcases", "json_testcases", "python_programs"
SECONDS = 180.0
"""For all tests of a program; each has a limit of its own."""
PASSED = re.compile(r"\b\d+ passed")


def names(checkout: Path, only: str = "") -> list[str]:
    """Of all programs, or of this one. Raises TaskError."""
    found = sorted((checkout / TESTS).glob("test_*.py"))
    if not found:
        raise TaskError(f"{checkout} is no checkout of QuixBugs: there is nothing in {TESTS}.")
    every = [path.stem.removeprefix("test_") for path in found]
    if only and only not in every:
        raise TaskError(f"there is no program {only!r}: one of {', '.join(every)}.")
    return [only] if only else every


def load(checkout: Path, names: Sequence[str]) -> list[Case]:
    """The programs of these names, each with its tests. Raises TaskError where a file is missing."""
    try:
        return [case(checkout, name) for name in names]
    except OSError as e:
        raise TaskError(f"{e.filename}: {e.strerror}: {checkout} is no whole checkout of QuixBugs.") from e


def case(checkout: Path, name: str) -> Case:
    target = f"{PROGRAMS}/{name}.py"
    wanted = [target, f"{TESTS}/test_{name}.py", f"{TESTS}/load_testdata.py", f"{TESTS}/node.py"]
    files = {path: (checkout / path).read_text("utf-8") for path in wanted}
    if (checkout / DATA / f"{name}.json").exists():
        files[f"{DATA}/{name}.json"] = (checkout / DATA / f"{name}.json").read_text("utf-8")
    files["conftest.py"] = repository.conftest(SETTINGS)
    issue = f"`{name}` in {target} fails its tests.\n\n{described(files[target])}"
    return Case(name=name, files=files, target=target, issue=issue, passes=partial(passes, files, target))


def described(source: str) -> str:
    """What a program says of itself: the text that stands alone in its module."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return str(node.value.value).strip()
    return ""


def passes(files: dict[str, str], target: str, source: str) -> bool:
    """Whether a program passes all of its tests as the checkout has them. Raises SandboxError."""
    done = cell.run({**files, target: source}, repository.TEST.split(), SECONDS)
    return done.ok and bool(PASSED.search(done.output))
