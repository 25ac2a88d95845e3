"""Mutants of changed lines: what is made, and what the tests say to it."""

import ast
from pathlib import Path

import pytest
from fakes import TEST, begun, commit, write_files
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify import mutate, runners
from patchwright.verify.delta import changes
from patchwright.verify.mutants import mutants, outcome
from patchwright.verify.report import TestReport
from patchwright.verify.suite import Suite

ALL = range(1, 10_000)
MADE = {
    "a < b": {"a <= b"},
    "(a) not in b": {"(a) in b"},
    "a is not b": {"a is b"},
    "a and b or c": {"a or b or c", "a and b and c"},
    "not a": {"(a)"},
    "a // b": {"a * b"},
    "f(a, key=b)": {"f(a)"},
    "f(key=a)": {"f()"},
    "3": {"4"},
    "True": {"False"},
    "'é' == a": {"'' == a", "'é' != a"},
    "'é' + a": {"'' + a"},
    "f'{a < 1}'": set[str](),
    "a if b else c": {"a if (not (b)) else c"},
}


@pytest.mark.parametrize(("text", "expected"), MADE.items(), ids=MADE)
def test_each_operator_makes_its_mutants(text: str, expected: set[str]) -> None:
    source = f"x = [\n    {text},\n]\n".encode()
    found = {m.applied(source).decode() for m in mutate.mutants(source.decode(), ALL)}
    assert found == {f"x = [\n    {new},\n]\n" for new in expected}


STATEMENTS = {
    "return x": "return None",
    "break": "continue",
    "continue": "break",
    "x += y": "pass",
    "work(x)": "pass",
    "raise ValueError(x)": "pass",
    "self.x = y": "pass",
}


@pytest.mark.parametrize(("text", "new"), STATEMENTS.items(), ids=STATEMENTS)
def test_statements_are_dropped_or_turned(text: str, new: str) -> None:
    source = f"def f():\n    for i in x:\n        {text}\n"
    made = [m.applied(source.encode()).decode() for m in mutate.mutants(source, {3})]
    assert source.replace(text, new) in made


def test_what_is_only_said_is_left_alone() -> None:
    source = '''"""Text."""
if TYPE_CHECKING:
    LIMIT = 3


def f(x: Literal[1] = None) -> Literal[2]:
    """More text."""
    log.info("x", 1)
    raise ValueError("at 3")


class C:
    def __repr__(self):
        return "C" + 1


if __name__ == "__main__":
    f(1)
'''
    assert {m.kind for m in mutate.mutants(source, ALL)} == {"statement"}  # the raise, gone


FILES = sorted(Path(mutate.__file__).parent.glob("*.py")) + sorted(Path(runners.__file__).parent.glob("*.py"))


@given(st.sampled_from(FILES), st.sets(st.integers(1, 200), max_size=40))
def test_mutants_compile_differ_and_stay_on_their_lines(path: Path, lines: set[int]) -> None:
    text = path.read_text()
    found = mutate.mutants(text, lines)
    made = [m.applied(text.encode()).decode() for m in found]
    assert len(set(made)) == len(made) and text not in made
    assert all(m.line in lines for m in found)
    for one, new in zip(found, made, strict=True):
        head = text.encode()[: one.start].decode().splitlines(keepends=True)
        assert new.splitlines(keepends=True)[: max(len(head) - 1, 0)] == head[:-1]
        ast.parse(new)
    assert found == mutate.mutants(text, lines)


def test_functions_and_lines_take_turns() -> None:
    source = "def f(a):\n    x = a + 1\n    return a < 2\n\n\ndef g(a):\n    return a > 3\n"
    order = [(m.function, m.line) for m in mutate.mutants(source, ALL)]
    assert order[:4] == [("f", 2), ("g", 7), ("f", 3), ("g", 7)]


BASE = "def price(n):\n    return n\n\n\ndef label(n):\n    return n\n"
PATCH = """def price(n):
    if n > 10:
        return n - 1
    return n


def label(n):
    return n + 2
"""
TESTS = (
    "from shop import price\n\n\ndef test_price():\n    assert price(5) == 5\n    assert price(20) == 19\n"
)


def checked(
    tmp_path: Path, backend: tuple[str, str], tests: str = TESTS, command: str = TEST, patch: str = PATCH
):
    repo = tmp_path / "repo"
    write_files(
        repo, {"shop.py": BASE, "test_shop.py": tests, "test_other.py": "def test_other():\n    assert 0\n"}
    )
    commit(repo, "start", first=True)
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        workspace.write("shop.py", patch.encode())
        tree = workspace.snapshot()
        own = Suite(workspace, command, 60)
        passing = own.run().having("passed")
        found = mutants(workspace, changes(workspace, tree), tree, own, passing, seconds=500)
        assert workspace.read("shop.py").decode() == patch
        assert workspace.snapshot() == tree
    return found


def test_survivors_are_named_and_the_score_is_told(tmp_path: Path, backend: tuple[str, str]) -> None:
    found = checked(tmp_path, backend)
    assert found.left == () and found.figures["not run"] == 0
    said = {f.message for f in found.findings if f.rule == "survived"}
    assert "no test would notice if `n > 10` were `n >= 10`" in said
    assert "no test would notice if `n + 2` were `n - 2`" in said
    assert not any("n - 1" in text for text in said)
    assert [(f.message.split(" in ")[1], f.line) for f in found.findings if f.rule == "untested"] == [
        ("label", 8)
    ]
    assert 0 < found.figures["score"] < 1


def test_a_mutant_that_never_ends_is_counted_apart(tmp_path: Path) -> None:
    patch = "def price(n):\n    while n > 19:\n        n -= 1\n    return n\n"
    found = checked(tmp_path, ("bubblewrap", ""), patch=patch)
    assert found.figures["timed out"] >= 1, found


def test_unittest_is_run_too(tmp_path: Path) -> None:
    tests = "import unittest\nfrom shop import price\n\n\nclass T(unittest.TestCase):\n    def test_price(self):\n        self.assertEqual(price(20), 19)\n"
    found = checked(tmp_path, ("bubblewrap", ""), tests, "python3 -m unittest test_shop")
    assert found.figures["killed"] >= 3 and found.figures["survived"] >= 1


def test_without_time_nothing_is_claimed(repo: Path) -> None:
    with begun(repo) as run, run.workspace("1") as workspace:
        workspace.write("stats.py", b"def median(values):\n    return values[0] + 1\n")
        tree = workspace.snapshot()
        found = mutants(workspace, changes(workspace, tree), tree, Suite(workspace, TEST), ["x"], seconds=0)
        assert workspace.snapshot() == tree
    assert found.findings == () and found.left and "score" not in found.figures


def test_what_the_tests_say() -> None:
    good = TestReport(command="c", code=0, outcomes={"a::x": "passed", "a::y": "failed"})
    assert outcome(good, {"a::x"}) == "survived"
    assert outcome(good, {"a::x", "a::z"}) == "survived"  # a failure that was there ends the run early
    assert outcome(good, {"a::y"}) == "killed"
    assert outcome(TestReport(command="c", code=2, outcomes={"a.py": "error"}), {"a::x"}) == "killed"
    assert outcome(TestReport(command="c", code=1), set()) == "killed"
    assert outcome(TestReport(command="c", code=0), set()) == "survived"
    assert (
        outcome(TestReport(command="c", code=-9, problem="the test run timed out after 9 s"), set())
        == "timed out"
    )
