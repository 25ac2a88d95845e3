"""Tests that decide nothing are no witnesses."""

from pathlib import Path

import pytest
from fakes import EVEN, FILES, ODD, RIGHT, TEST, WRONG, begun, commit, write_files
from patchwright.verify.counter import drawn, only, places, unlike
from patchwright.verify.report import PASSED, TestReport
from patchwright.verify.trial import Terms, verify
from patchwright.verify.verdict import Verdict

FORGED = "import _pytest.python as p\np.Function.runtest = lambda self: None\n"
BLIND = (
    "import functools\n\n\ndef lenient(f):\n    @functools.wraps(f)\n    def call():\n        try:\n            f()\n"
    "        except AssertionError:\n            pass\n\n    return call\n"
)


def judged(repo: Path, backend: tuple[str, str], source: str, allow: bool = False) -> Verdict:
    with begun(repo, backend) as run:
        with run.workspace("1") as workspace:
            workspace.write("stats.py", source.encode())
            patch = workspace.diff(workspace.base, workspace.snapshot())
        before = run.baseline()
        with run.fresh("verify") as workspace:
            found = verify(workspace, patch, TEST, before, Terms(allow_test_edits=allow, seconds=60))
            assert workspace.read("test_stats.py").decode() == (repo / "test_stats.py").read_text()
    return found


def test_a_run_whose_outcomes_are_forged_says_nothing(repo: Path, backend: tuple[str, str]) -> None:
    found = judged(repo, backend, FORGED + FILES["stats.py"])
    assert found.after and {*found.after.outcomes.values()} == {PASSED}  # all is green where nobody looks
    assert found.state == "unverified: the run says nothing" and EVEN in found.refusal


def test_an_honest_run_does(repo: Path, backend: tuple[str, str]) -> None:
    found = judged(repo, backend, FILES["stats.py"].replace(WRONG, RIGHT))
    assert (found.verified, found.fixed, found.findings) == (True, (EVEN,), ())


def test_what_catches_its_failures_on_the_base_too_is_not_held_against_a_patch(repo: Path) -> None:
    text = FILES["test_stats.py"].replace("def test_odd", "@lenient\ndef test_odd")
    write_files(repo, {"test_stats.py": f"{BLIND}\n\n{text}"})
    commit(repo, "one test never fails")
    found = judged(repo, ("bubblewrap", ""), FILES["stats.py"].replace(WRONG, RIGHT))
    assert found.verified, found.refusal


def test_what_git_ignores_is_not_there_when_a_patch_is_judged(repo: Path, backend: tuple[str, str]) -> None:
    write_files(
        repo,
        {
            ".gitignore": "local_*\n",
            "conftest.py": "try:\n    import local_forge\nexcept ImportError:\n    pass\n",
        },
    )
    commit(repo, "settings of one's own")
    with begun(repo, backend) as run:
        with run.workspace("1") as workspace:
            workspace.write("local_forge.py", FORGED.encode())
            workspace.write("README.md", b"# changed\n")
            assert workspace.shell(TEST, 60).ok
            patch = workspace.diff(workspace.base, workspace.snapshot())
        with run.fresh("verify") as workspace:
            found = verify(workspace, patch, TEST, run.baseline(), Terms(seconds=60))
    assert (patch.files, found.state, found.failing) == (("README.md",), "still failing", (EVEN,))


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ("tests/a.py::T::test_x[1-2]", [("tests/a.py", "T::test_x")]),
        (
            "tests.a.T.test_x",
            [("tests/a/T.py", "test_x"), ("tests/a.py", "T::test_x"), ("tests.py", "a::T::test_x")],
        ),
        ("test", []),
    ],
)
def test_where_a_test_stands_is_told_by_its_id(test: str, found: list[tuple[str, str]]) -> None:
    assert [*places(test)] == found


def test_a_path_means_itself_or_the_only_file_that_ends_so() -> None:
    assert only(["a.py", "b/a.py"], "a.py") == "a.py"
    assert only(["c/a.py"], "a.py") == "c/a.py"
    assert only(["b/a.py", "c/a.py"], "a.py") == only([], "a.py") == ""


def test_those_that_a_patch_is_for_are_always_drawn() -> None:
    many = [f"t{n}" for n in range(500)]
    found = drawn(["t7", "t9"], many)
    assert found[:2] == ["t7", "t9"] and len(found) == len({*found}) < 100


def test_a_test_with_many_cases_is_drawn_where_there_is_no_other() -> None:
    many, few = [f"a[{n}]" for n in range(500)], ["b[x]", "b[y]"]
    assert {*drawn([], [*many, *few])} == {*few}
    assert {*drawn(["a[3]"], [*many, *few])} == {"a[3]", *few}
    assert {*drawn([], many)} < {*many}
    assert drawn([], []) == []


def test_a_run_without_its_own_end_is_unlike_the_one_on_the_base() -> None:
    def report(output: str, code: int = 0, runner: str = "pytest") -> TestReport:
        return TestReport(command=TEST, code=code, outcomes={ODD: PASSED}, output=output, runner=runner)

    ended = report("== 1 passed in 0.01s ==\n")
    assert unlike(ended, report("hello\n")) and unlike(ended, report("", runner=""))
    assert (
        not unlike(ended, ended)
        and not unlike(ended, report("", code=1))
        and not unlike(report(""), report(""))
    )
