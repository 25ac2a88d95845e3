from pathlib import Path

import pytest
from fakes import begun, write_files
from patchwright.verify.report import TestReport
from patchwright.verify.suite import Suite

PYTEST = {
    "pkg/__init__.py": "",
    "pkg/core.py": "def outer(x):\n    return inner(x)\n\n\ndef inner(x):\n    raise ValueError(f'bad {x}')\n",
    "tests/test_it.py": """
import pytest
from pkg.core import outer


class TestGroup:
    def test_in_a_class(self):
        outer(1)

    @pytest.mark.parametrize("x", [1, 2])
    def test_with_parameters(self, x):
        assert x == 1, "two is wrong"


@pytest.mark.skip
def test_skipped(): ...


@pytest.mark.xfail
def test_expected_to_fail():
    assert 0


@pytest.fixture
def broken():
    outer("fixture")


def test_error(broken): ...


def test_chained():
    try:
        outer(2)
    except ValueError as e:
        raise KeyError("lost") from e
""",
    "tests/test_import.py": "import nowhere\n",
}
UNITTEST = {
    "core.py": "def half(x):\n    return x // 0\n",
    "test_core.py": """
import unittest
from core import half


class Core(unittest.TestCase):
    def test_half(self):
        self.assertEqual(half(4), 2)

    def test_equal(self):
        self.assertEqual([1, 2], [1, 3])

    def test_fine(self):
        \"\"\"A line that replaces the name.\"\"\"

    @unittest.skip("later")
    def test_later(self): ...
""",
}


def run(repo: Path, files: dict[str, str], command: str) -> TestReport:
    for path in repo.glob("*.py"):
        path.unlink()
    write_files(repo, files)
    with begun(repo) as begun_run, begun_run.workspace("1") as workspace:
        return Suite(workspace, command).run()


def test_pytest_is_read_test_by_test(repo: Path) -> None:
    found = run(repo, PYTEST, "python3 -m pytest --continue-on-collection-errors")
    name = "tests/test_it.py::"
    assert found.outcomes == {
        f"{name}TestGroup::test_in_a_class": "failed",
        f"{name}TestGroup::test_with_parameters[1]": "passed",
        f"{name}TestGroup::test_with_parameters[2]": "failed",
        f"{name}test_skipped": "skipped",
        f"{name}test_expected_to_fail": "skipped",
        f"{name}test_error": "error",
        f"{name}test_chained": "failed",
        "tests/test_import.py": "error",
    }
    failures = {f.test.rpartition("::")[2]: f for f in found.failures}
    frames = [(f.path, f.function) for f in failures["test_in_a_class"].frames]
    assert frames == [
        ("tests/test_it.py", "test_in_a_class"),
        ("pkg/core.py", "outer"),
        ("pkg/core.py", "inner"),
    ]
    assert failures["test_in_a_class"].frames[-1].source == "raise ValueError(f'bad {x}')"
    assert failures["test_in_a_class"].message == "ValueError: bad 1"
    assert "two is wrong" in failures["test_with_parameters[2]"].message
    assert "ValueError: bad fixture" in failures["test_error"].message
    assert "KeyError: 'lost'" in failures["test_chained"].message
    assert "No module named 'nowhere'" in failures["tests/test_import.py"].message


def test_unittest_is_read_test_by_test(repo: Path) -> None:
    found = run(repo, UNITTEST, "python3 -m unittest -v")
    assert found.outcomes == {
        "test_core.Core.test_half": "error",
        "test_core.Core.test_equal": "failed",
        "test_core.Core.test_fine": "passed",
        "test_core.Core.test_later": "skipped",
    }
    half = next(f for f in found.failures if f.test.endswith("half"))
    assert half.message == "ZeroDivisionError: integer division or modulo by zero"
    assert [(f.path, f.line) for f in half.frames] == [("test_core.py", 8), ("core.py", 2)]
    equal = next(f for f in found.failures if f.test.endswith("equal"))
    assert equal.message.startswith("AssertionError: Lists differ: [1, 2] != [1, 3]")
    assert equal.frames[-1].path == "test_core.py"


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (
            "no-such-command",
            "the test command could not be started: bash: line 1: no-such-command: command not found",
        ),
        (
            "python3 -m pytest nowhere.py",
            "the test runner refused its command line: ERROR: file or directory not found: nowhere.py",
        ),
        ("python3 -m pytest -k nothing_like_it", "no tests were found"),
        ("exit 3", ""),
    ],
)
def test_a_run_that_says_nothing_is_named(repo: Path, command: str, problem: str) -> None:
    with begun(repo) as begun_run, begun_run.workspace("1") as workspace:
        found = Suite(workspace, command).run()
    assert found.problem == problem
    assert not found.green


def test_a_run_that_hangs_is_named(repo: Path) -> None:
    with begun(repo) as begun_run, begun_run.workspace("1") as workspace:
        assert Suite(workspace, "sleep 60", seconds=1).run().problem == "the test run timed out after 1 s"
