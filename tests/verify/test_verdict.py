from pathlib import Path

import pytest
from fakes import EVEN, ODD, RIGHT, TEST, WRONG, begun, unsteady
from patchwright.sandbox.patch import Patch, parse
from patchwright.verify.report import TestReport
from patchwright.verify.suite import Suite
from patchwright.verify.tamper import is_test
from patchwright.verify.trial import Terms, verify
from patchwright.verify.verdict import Runs, Verdict, judge

FIX = f"--- a/stats.py\n+++ b/stats.py\n@@ -8,2 +8,2 @@\n         return s[n // 2]\n-{WRONG}+{RIGHT}"


def verdict(
    repo: Path, patch: Patch, backend: tuple[str, str] = ("bubblewrap", ""), allow: bool = False
) -> Verdict:
    with begun(repo, backend) as run:
        before = run.baseline()
        with run.fresh("verify") as workspace:
            return verify(workspace, patch, TEST, before, Terms(allow_test_edits=allow))


def test_a_right_patch_is_verified_on_its_tree(repo: Path, backend: tuple[str, str], git) -> None:
    found = verdict(repo, parse(FIX), backend)
    assert (found.verified, found.refusal, found.fixed, found.broke) == (True, "", (EVEN,), ())
    (repo / "fix.diff").write_text(FIX)
    git(repo, "apply", "--index", "fix.diff")
    assert git(repo, "write-tree").strip() == found.tree


def test_a_patch_that_breaks_is_not(repo: Path) -> None:
    found = verdict(
        repo,
        parse(FIX.replace("         return s[n // 2]\n", "-        return s[n // 2]\n+        return 0\n")),
    )
    assert (found.verified, found.fixed, found.broke) == (False, (EVEN,), (ODD,))
    assert found.refusal == f"it breaks {ODD}"


def test_a_patch_that_changes_the_tests_is_not(repo: Path) -> None:
    patch = parse(
        "--- a/test_stats.py\n+++ b/test_stats.py\n@@ -9 +9 @@\n-    assert median([4, 1, 3, 2]) == 2.5\n+    pass\n"
    )
    found = verdict(repo, patch)
    assert (found.state, found.failing, found.tests_changed) == ("still failing", (EVEN,), ("test_stats.py",))
    allowed = verdict(repo, patch, allow=True)
    assert (allowed.verified, [f.severity for f in allowed.findings]) == (True, ["warning"])


def test_a_test_that_is_made_weaker_is_not_even_beside_a_right_repair(repo: Path) -> None:
    weaker = "--- a/test_stats.py\n+++ b/test_stats.py\n@@ -9 +9 @@\n-    assert median([4, 1, 3, 2]) == 2.5\n+    pass\n"
    found = verdict(repo, parse(FIX + weaker))
    assert (found.state, found.fixed, found.verified) == ("green with findings", (EVEN,), False)
    assert [(f.rule, f.path, f.line) for f in found.findings] == [("assertion-removed", "test_stats.py", 8)]
    assert found.decided != found.tree


def test_a_test_may_be_added_to_those_that_are_there(repo: Path) -> None:
    more = (
        "--- a/test_stats.py\n+++ b/test_stats.py\n@@ -9 +9,5 @@\n     assert median([4, 1, 3, 2]) == 2.5\n"
    )
    more += "+\n+\n+def test_one():\n+    assert median([1]) == 1\n"
    found = verdict(repo, parse(FIX + more))
    assert (found.verified, found.new, found.findings) == (True, ("test_stats.py::test_one",), ())
    assert not verdict(repo, parse(FIX + more.replace("== 1\n", "== 2\n"))).verified


def test_a_new_test_file_is_welcome(repo: Path) -> None:
    new = "--- /dev/null\n+++ b/test_new.py\n@@ -0,0 +1,2 @@\n+def test_new():\n+    pass\n"
    assert verdict(repo, parse(FIX + new)).verified
    assert verdict(repo, parse(FIX + new.replace("pass", "assert 0"))).broke == ("test_new.py::test_new",)


def test_a_deleted_test_counts_as_broken(repo: Path) -> None:
    gone = "".join(f"-{line}\n" for line in (repo / "test_stats.py").read_text().splitlines())
    patch = parse(f"{FIX}--- a/test_stats.py\n+++ /dev/null\n@@ -1,9 +0,0 @@\n{gone}")
    found = verdict(repo, patch)
    assert (found.state, found.fixed, {f.rule for f in found.findings}) == (
        "green with findings",
        (EVEN,),
        {"test-removed"},
    )
    allowed = verdict(repo, patch, allow=True)
    assert (allowed.state, allowed.vanished) == ("unverified: the run says nothing", (ODD,))


def test_an_empty_and_a_stale_patch_are_said_to_be_so(repo: Path) -> None:
    assert verdict(repo, Patch(text="")).refusal == "the patch is empty"
    found = verdict(repo, parse(FIX.replace("s[n // 2]\n", "s[n // 3]\n")))
    assert (found.applies, found.verified) == (False, False)
    assert "does not apply" in found.refusal


def test_a_flaky_test_counts_for_nothing(repo: Path) -> None:
    hook = (
        "import sys\n\nsys.names = []\n\n\ndef pytest_runtest_call(item):\n    sys.names.append(item.name)\n"
    )
    (repo / "conftest.py").write_text(hook)
    (repo / "test_zone.py").write_text(
        "import sys\n\n\ndef test_not_behind_odd():\n    assert 'test_odd' not in sys.names\n"
    )
    found = verdict(repo, parse(FIX))
    assert (found.verified, found.fixed) == (True, (EVEN,))
    assert found.flaky == ("test_zone.py::test_not_behind_odd",)


def test_a_test_that_fails_twice_and_then_passes_is_flaky_on_the_base_and_on_the_patch(repo: Path) -> None:
    (repo / "test_unsteady.py").write_text(unsteady(0, 1))
    with begun(repo) as run:
        assert run.baseline().flaky == ("test_unsteady.py::test_it",)
    (repo / "test_unsteady.py").write_text(unsteady(1, 2))
    with begun(repo) as run, run.workspace("1") as workspace:
        before = Suite(workspace, TEST).run()
        assert before.outcomes["test_unsteady.py::test_it"] == "passed"
        found = verify(workspace, parse(FIX), TEST, before, Terms())
    assert (found.verified, found.flaky) == (True, ("test_unsteady.py::test_it",))


def test_only_what_failed_is_called_flaky_though_the_command_names_files(repo: Path) -> None:
    with begun(repo, ("bubblewrap", "")) as run, run.workspace("1") as workspace:
        suite = Suite(workspace, f"{TEST} test_stats.py")
        assert suite.run().outcomes == {ODD: "passed", EVEN: "failed"}
        assert suite.again([EVEN]) == {EVEN: "failed"}


def ran(code: int = 0, problem: str = "", **outcomes: str) -> TestReport:
    return TestReport(command="t", code=code, outcomes=outcomes, problem=problem)


@pytest.mark.parametrize(
    ("before", "after", "required", "refusal"),
    [
        (ran(1, a="failed"), ran(a="passed"), (), ""),
        (ran(a="passed"), ran(a="passed"), (), ""),
        (ran(1, a="failed", b="failed"), ran(1, a="passed", b="failed"), (), "still failing: b"),
        (ran(1, a="failed", b="failed"), ran(1, a="passed", b="failed"), ("a",), ""),
        (ran(1, a="failed"), ran(1, a="failed"), ("a",), "still failing: a"),
        (ran(a="passed"), ran(a="skipped"), (), "it breaks a"),
        (ran(a="passed"), ran(), (), "it breaks a"),
        (ran(a="passed"), ran(a="passed"), ("new",), "still failing: new"),
        (ran(1, a="failed"), ran(2, "no tests were found"), (), "no tests were found"),
        (ran(a="passed"), ran(3, a="passed"), (), "the test command ends with 3, and ended with 0 before"),
        (ran(1), ran(0), (), ""),
        (ran(0), ran(1), (), "it breaks t"),
        (ran(1), ran(1), (), "still failing: t"),
        (ran(1), ran(a="passed"), (), ""),  # it did not compile
        (ran(1), ran(1, a="failed", b="passed"), (), "it breaks a"),
        (ran(1, **{"a.py": "error"}), ran(0, **{"a.py::x": "passed"}), (), ""),  # it could not be imported
        (ran(1, **{"m.Case": "error"}), ran(0, **{"m.Case.x": "passed"}), (), ""),
        (ran(1, **{"a.py": "error"}), ran(0, **{"b.py::x": "passed"}), (), "still failing: a.py"),
        (ran(1, **{"a.py": "error"}), ran(0, **{"a.py::x": "skipped"}), (), "still failing: a.py"),
    ],
)
def test_the_runs_are_compared_test_by_test(before, after, required: tuple[str, ...], refusal: str) -> None:
    assert judge("p", "t", Runs(before, after), required).refusal == refusal


@pytest.mark.parametrize(
    ("before", "after", "own", "broke", "refusal"),
    [
        (ran(a="passed"), ran(a="passed"), ran(1, a="failed"), ("a",), "its own tests fail: a"),
        (ran(1, a="failed"), ran(a="passed"), ran(1, a="failed"), ("a",), "its own tests fail: a"),
        (ran(a="passed"), ran(a="passed"), ran(1, a="passed", n="error"), ("n",), "its own tests fail: n"),
        (ran(a="skipped"), ran(a="skipped"), ran(1, a="failed"), ("a",), "its own tests fail: a"),
        (ran(0), ran(0), ran(1), ("t",), "its own tests fail: t"),
        (ran(a="passed"), ran(a="passed"), ran(1, a="passed"), ("t",), "its own tests fail: t"),
        (ran(a="passed"), ran(1, a="failed"), ran(a="passed"), ("a",), "it breaks a"),
        (ran(a="passed"), ran(a="passed"), ran(n="passed"), (), ""),  # what it takes is told by the findings
    ],
)
def test_the_tests_of_the_patch_count_too(before, after, own, broke: tuple[str, ...], refusal: str) -> None:
    found = judge("p", "t", Runs(before, after, own))
    assert (found.broke, found.refusal) == (broke, refusal)
    assert not found.vanished


def test_what_fails_with_its_own_tests_as_on_the_base_is_told_once() -> None:
    red = ran(1, a="failed", b="passed")
    assert judge("p", "t", Runs(red, red, red)).refusal == "still failing: a"
    assert judge("p", "t", Runs(red, red, red, known=("a",))).verified


def test_a_changed_test_that_fails_on_the_patch_is_no_success(repo: Path) -> None:
    stricter = (
        "--- a/test_stats.py\n+++ b/test_stats.py\n@@ -9 +9,2 @@\n     assert median([4, 1, 3, 2]) == 2.5\n"
    )
    found = verdict(repo, parse(FIX + stricter + "+    assert median([4, 1]) == 2\n"))
    assert (found.state, found.fixed, found.broke) == ("breaks tests", (EVEN,), (EVEN,))
    assert verdict(repo, parse(FIX + stricter + "+    assert median([4, 1]) == 2.5\n")).verified


def test_without_tests_nothing_is_verified() -> None:
    assert not judge("p", "t", Runs(None, None)).verified


def test_a_verdict_survives_its_own_json() -> None:
    found = judge("p", "t", Runs(ran(1, a="failed"), ran(a="passed")))
    assert Verdict.model_validate_json(found.model_dump_json()) == found
    forged = (
        found.model_copy(update={"refusal": "no"})
        .model_dump_json()
        .replace('"verified":false', '"verified":true')
    )
    assert not Verdict.model_validate_json(forged).verified


@pytest.mark.parametrize(
    "name", ["tests/x.py", "a/test_b.py", "b_test.go", "conftest.py", "x.spec.ts", "pytest.ini"]
)
def test_tests_are_known_by_their_names(name: str) -> None:
    assert is_test(name)


@pytest.mark.parametrize("name", ["src/contest.py", "testify.py", "latest/x.py", "attest.py"])
def test_what_only_sounds_like_a_test_is_none(name: str) -> None:
    assert not is_test(name)
