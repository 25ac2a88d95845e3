"""`patchwright verify` as a reviewer or a CI job meets it."""

import json
from pathlib import Path

import pytest
from fakes import EVEN, FILES, RIGHT, TEST, WRONG, commit, patchwright
from patchwright.frontends.check import reason
from patchwright.verify.finding import Checked, Finding
from patchwright.verify.receipt import Receipt, differences, markdown
from patchwright.verify.report import TestReport
from patchwright.verify.trial import Terms
from patchwright.verify.verdict import Verdict

FIX = f"--- a/stats.py\n+++ b/stats.py\n@@ -8,2 +8,2 @@\n         return s[n // 2]\n-{WRONG}+{RIGHT}"


def judged(repo: Path, *words: str, patch: str = "") -> tuple[int, dict]:
    """The exit code and the one object that is printed."""
    done = patchwright(repo, "verify", *words, "--test", TEST, "--json", "--quick", stdin=patch)
    return done.returncode, json.loads(done.stdout)


def test_one_object_tells_all(repo: Path) -> None:
    code, found = judged(repo, "-", patch=FIX)
    assert (code, found["verified"], found["state"], found["findings"]) == (0, True, "verified", [])
    assert found["tests"]["fixed"] == [EVEN]
    assert (found["tests"]["before"]["failed"], found["tests"]["after"]["passed"]) == (1, 2)
    code, found = judged(repo, "-", patch=FIX.replace(f"+{RIGHT}", "+    return 0\n"))
    assert (code, found["verified"], found["state"]) == (1, False, "still failing")
    assert {"check", "rule", "severity", "path", "line", "message"} <= set(Finding.model_fields)


def test_a_suite_that_does_not_start_on_the_base_is_told_with_the_reason(repo: Path) -> None:
    broken = "echo 'Error: no module fill-range' >&2; echo 'at require (loader:1)'; exit 3"
    done = patchwright(repo, "verify", "-", "--test", broken, "--json", "--quick", stdin=FIX)
    assert (done.returncode, json.loads(done.stdout)["state"]) == (1, "still failing")
    assert "ends with 3 on the base and names no test: Error: no module fill-range\n" in done.stderr


def test_what_a_verdict_shows_is_not_said_to_be_more(repo: Path) -> None:
    test = repo.parent / "test_issue.py"
    test.write_text("from stats import median\n\n\ndef test_odd_issue():\n    assert median([1, 2]) == 1.5\n")
    odd = f"{TEST} -k odd"
    for command, more, says in (
        ("true", (), "nothing failed before: the command names no test"),
        (odd, (), "nothing failed before: the tests show that nothing broke"),
        (odd, ("--reproduction", str(test)), ""),
    ):
        done = patchwright(repo, "verify", "-", "--quick", "--test", command, *more, stdin=FIX)
        assert done.returncode == 0, done.stdout
        assert [says] == [
            line.strip()[: len(says)] for line in done.stdout.splitlines() if "failed before" in line
        ] or not says
        assert bool(says) == ("nothing failed before" in done.stdout)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("  raise AppError(\napp.AppError: no such hook\n", "app.AppError: no such hook"),
        ("E   ImportError: no a\n\nE   KeyError: 'b'\n", "E   KeyError: 'b'"),
        (
            "node:internal\nError: Cannot find module 'x'\n  at y\n\nNode.js v20\n",
            "Error: Cannot find module 'x'",
        ),
        ("sh: mocha: not found\nmake: 1\n", "sh: mocha: not found"),
        ("one\ntwo\n", "two"),
        ("", "it prints nothing"),
    ],
)
def test_the_line_that_tells_why_nothing_ran_is_found(output: str, told: str) -> None:
    assert reason(output) == told


def test_a_receipt_is_checked_again_and_a_change_since_is_told(repo: Path, git) -> None:
    _, found = judged(repo, "-", "--base", "HEAD", patch=FIX)
    receipt = Path(found["receipt"])
    assert "# Verified" in (receipt.parent / "receipt.md").read_text()
    again = patchwright(repo, "verify", "--receipt", str(receipt))
    assert (again.returncode, again.stdout) == (0, "── the receipt holds: verified\n"), again.stderr
    (receipt.parent / "patch.diff").write_text(FIX.replace(f"+{RIGHT}", "+    return 0\n"))
    again = patchwright(repo, "verify", "--receipt", str(receipt), "--json")
    told = json.loads(again.stdout)
    assert (again.returncode, told["holds"]) == (1, False)
    assert any("the patch is" in text for text in told["differences"])
    assert any(EVEN in text for text in told["differences"])


def test_a_receipt_of_a_checkout_that_moved_on_does_not_hold(repo: Path) -> None:
    (repo / "notes.txt").write_text("one")
    _, found = judged(repo, "-", patch=FIX)
    (repo / "notes.txt").write_text("two")
    again = patchwright(repo, "verify", "--receipt", found["receipt"])
    assert (again.returncode, "the base is" in again.stdout) == (1, True)


@pytest.mark.parametrize("text", ["", "{}", '{"form": 2}', "hello"])
def test_what_is_no_receipt_is_said_to_be_none(repo: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text)
    done = patchwright(repo, "verify", "--receipt", str(tmp_path / "r.json"))
    assert (done.returncode, "r.json is no receipt" in done.stderr) == (2, True)


def test_a_working_copy_is_judged_against_its_head_with_the_tests_of_head(repo: Path, git) -> None:
    (repo / "stats.py").write_text(FILES["stats.py"].replace(WRONG, RIGHT))
    (repo / "new.py").write_text("x = 1\n")
    (repo / ".env").write_text("TOKEN=abc\n")
    (repo / "latin.txt").write_bytes(b"caf\xe9\n")
    before = git(repo, "status", "--porcelain")
    code, found = judged(repo, "--worktree", str(repo))
    assert (code, found["state"], found["tests"]["fixed"]) == (0, "verified", [EVEN])
    assert git(repo, "status", "--porcelain") == before
    (repo / "stats.py").write_text(FILES["stats.py"])
    (repo / "test_stats.py").write_text(FILES["test_stats.py"].replace("== 2.5", "== 2"))
    code, found = judged(repo, "--worktree", str(repo))
    assert (code, found["state"], found["tests"]["failing"]) == (1, "still failing", [EVEN])
    assert [f["rule"] for f in found["findings"] if f["check"] == "tamper"] == ["expected-value-changed"]


def test_a_file_with_secrets_that_is_gone_from_a_working_copy_is_no_part_of_the_patch(repo: Path) -> None:
    (repo / ".env").write_text("TOKEN=abc\n")
    commit(repo, "secret")
    (repo / ".env").unlink()
    (repo / "stats.py").write_text(FILES["stats.py"].replace(WRONG, RIGHT))
    assert judged(repo, "--worktree", str(repo))[0] == 0


ISSUE = "from stats import median\n\n\ndef test_pair():\n    assert median([1, 2]) == {}\n"


def test_a_test_for_the_issue_has_to_fail_before_and_pass_after(repo: Path, tmp_path: Path) -> None:
    test, log = tmp_path / "test_issue.py", tmp_path / "log.sarif"
    for value, rule, code in (("1.5", "reproduces", 0), ("1", "fails-on-patch", 1)):
        test.write_text(ISSUE.format(value))
        done, found = judged(repo, "-", "--reproduction", str(test), "--sarif", str(log), patch=FIX)
        assert (done, [f["rule"] for f in found["findings"]]) == (code, [rule]), found
        told = json.loads(log.read_text())
        assert [r["ruleId"] for r in told["runs"][0]["results"]] == [f"reproduction/{rule}"]
    again = patchwright(repo, "verify", "--receipt", found["receipt"])
    assert (again.returncode, "the receipt holds" in again.stdout) == (0, True)


def test_where_sarif_cannot_be_written_is_said(repo: Path, tmp_path: Path) -> None:
    words = ("verify", "-", "--test", TEST, "--quick", "--sarif", str(tmp_path / "no" / "log"))
    done = patchwright(repo, *words, stdin=FIX)
    assert (done.returncode, "no/log: No such file or directory" in done.stderr) == (2, True)


STALE = FIX.replace("s[n // 2]\n", "s[n // 3]\n")


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ("", "the patch is empty"),
        (STALE, "stats.py: its hunk at line 8 (line 3 of the patch) does not fit what stands there"),
        (FIX.replace("stats.py", "gone.py"), "gone.py: No such file or directory"),
        ("hello", "not a patch"),
        (FIX.replace("b/stats.py", "b/../stats.py"), "'../stats.py'"),
        (FIX.replace("b/stats.py", "b/.git/config"), "'.git/config'"),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 120000\n", "x"),
    ],
)
def test_what_cannot_be_judged_is_bad_input_in_one_sentence(repo: Path, patch: str, said: str) -> None:
    done = patchwright(repo, "verify", "-", "--test", TEST, "--json", stdin=patch)
    assert (done.returncode, json.loads(done.stdout)["verified"]) == (2, False)
    assert said in done.stderr.splitlines()[-1]


def test_tests_that_fail_for_other_reasons_can_be_named(repo: Path) -> None:
    (repo / "test_zone.py").write_text("def test_zone():\n    assert 0\n")
    code, found = judged(repo, "-", patch=FIX)
    assert (code, found["state"], found["tests"]["failing"]) == (
        1,
        "still failing",
        ["test_zone.py::test_zone"],
    )
    assert judged(repo, "-", "--known-failing", "test_zone.py::test_zone", patch=FIX)[0] == 0


def test_a_workload_is_never_left_out_without_a_word(repo: Path) -> None:
    done = patchwright(repo, "verify", "-", "--quick", "--workload", "true", stdin=FIX)
    assert (done.returncode, "--quick measures no speed" in done.stderr) == (2, True)
    told = judged(repo, "-", patch=FIX)[1]["left"]
    assert {"speed: no part of a quick verdict", "mutants: no part of a quick verdict"} <= set(told)


def test_one_of_the_two_is_asked_for(repo: Path) -> None:
    for words in ((), ("-", "--worktree", ".")):
        done = patchwright(repo, "verify", *words)
        assert (done.returncode, "give one of the two" in done.stderr) == (2, True)


def report(**outcomes: str) -> TestReport:
    return TestReport(command="t", code=0, outcomes=outcomes)


def test_receipts_are_compared_by_what_has_to_be_the_same() -> None:
    old = Verdict(patch="p", tree="t", after=report(a="passed", b="failed"), flaky=("b",))
    assert not [*differences(old, old.model_copy(update={"after": report(a="passed", b="passed")}))]
    assert [*differences(old, old.model_copy(update={"after": report(a="failed", b="failed")}))] == [
        "other outcomes after the patch: a (failed, was passed)"
    ]
    slow = Finding(check="speed", rule="slower", severity="error", message="m")
    other = old.model_copy(update={"checks": (Checked(check="speed", findings=(slow,)),)})
    assert not [*differences(old, other)]
    named = Finding(check="tamper", rule="r", severity="error", message="m", path="x")
    other = old.model_copy(update={"checks": (Checked(check="tamper", findings=(named,)),)})
    assert [*differences(old, other)] == ["newly found: tamper/r x"]


def test_a_receipt_for_people_holds_what_was_run_and_found() -> None:
    named = Finding(check="tamper", rule="r", severity="error", message="it is odd", path="x.py", line=3)
    verdict = Verdict(
        patch="p",
        tree="t",
        before=report(a="failed"),
        after=report(a="passed"),
        fixed=("a",),
        checks=(Checked(check="tamper", findings=(named,), left=("nothing of x",), figures={"score": 0.5}),),
    ).refused("green with findings", "x.py:3: it is odd")
    told = markdown(
        Receipt(
            patchwright="0",
            made="now",
            repository="/r",
            commit="c",
            base="b",
            exact=True,
            sandbox="docker",
            about={"image": "i"},
            test_command="a | b",
            terms=Terms(),
            verdict=verdict,
        )
    )
    for part in (
        "# Not verified: green with findings",
        "`a \\| b`",
        "- fixed: `a`",
        "x.py:3",
        "score 0.5",
        "nothing of x",
    ):
        assert part in told
