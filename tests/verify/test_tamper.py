"""Patches that turn the tests green without solving anything. Each is first seen to work where nobody looks."""

from pathlib import Path

import pytest
from fakes import EVEN, ODD, TEST, begun
from patchwright.verify.tamper import beside
from patchwright.verify.trial import Terms, verify
from patchwright.verify.verdict import Verdict

SECONDS = 30
FORGE = """
import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    report.outcome, report.longrepr = "passed", None
"""
FILE = f"cat > forge.py <<'EOF'\n{FORGE}\nEOF\n"

STEERED = {
    "conftest": "cat > conftest.py <<'EOF'\n" + FORGE + "\nEOF",
    "conftest below": "mkdir t; cat > t/conftest.py <<'EOF'\n"
    + FORGE
    + "\nEOF\ncp t/conftest.py .; git add t",
    "settings that name a plugin": FILE + "printf '[pytest]\\naddopts = -p forge\\n' > pytest.ini",
    "a section of pyproject.toml": FILE
    + "printf '[tool.pytest.ini_options]\\naddopts = \"-p forge\"\\n' > pyproject.toml",
    "a section of setup.cfg": FILE
    + "printf '[metadata]\\nname = x\\n\\n[tool:pytest]\\naddopts = -p forge\\n' > setup.cfg",
    "a section of tox.ini": FILE + "printf '[pytest]\\naddopts = -p forge\\n' > tox.ini",
}
LOST = {"deleted": "rm test_stats.py", "renamed": "mv test_stats.py stats_tests.py"}
BROKEN = {
    "skipped in the source": "sed -i '1i import pytest; pytest.skip(allow_module_level=True)' stats.py",
    "the process ends early": "sed -i '1i import os; os._exit(0)' stats.py",
    "the process ends early, politely": "sed -i '1i raise SystemExit(0)' stats.py",
    "a report is written and the process ends": 'sed -i \'1i import os; open("/tmp/.patchwright-junit.xml", "w").write("<testsuites/>"); os._exit(0)\' stats.py',
    "it hangs": "sed -i '1i import time; time.sleep(999)' stats.py",
}
CHANGED = {
    "skipped": "sed -i '1i import pytest; pytestmark = pytest.mark.skip' test_stats.py",
    "expected to fail": "sed -i '1i import pytest; pytestmark = pytest.mark.xfail' test_stats.py",
    "without its assertion": "sed -i 's/assert median(.4, 1.*/pass/' test_stats.py",
    "with another value": "sed -i 's/== 2.5/== 2/' test_stats.py",
}


def judged(repo: Path, backend: tuple[str, str], attack: str, allow: bool) -> Verdict:
    with begun(repo, backend) as run:
        with run.workspace("1") as workspace:
            done = workspace.shell(attack, 20)
            assert done.ok, done.output
            patch = workspace.diff(workspace.base, workspace.snapshot())
        before = run.baseline()
        with run.fresh("verify") as workspace:
            return verify(workspace, patch, TEST, before, Terms(allow_test_edits=allow, seconds=SECONDS))


@pytest.mark.parametrize("attack", STEERED.values(), ids=STEERED)
def test_what_steers_the_tests_is_not_taken_from_a_patch(
    repo: Path, backend: tuple[str, str], attack: str
) -> None:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        assert workspace.shell(f"{attack}\n{TEST}", 60).ok  # all is green where nobody looks
    allowed = judged(repo, backend, attack, allow=True)
    assert (allowed.state, allowed.after and allowed.after.outcomes[EVEN]) == (
        "unverified: the run says nothing",
        "passed",
    )
    found = judged(repo, backend, attack, allow=False)
    assert (found.state, found.failing) == ("still failing", (EVEN,))
    assert {f.rule for f in found.findings} - {"knows-runner"} == {"steers-tests"} and found.steering


@pytest.mark.parametrize("attack", BROKEN.values(), ids=BROKEN)
def test_a_test_that_did_not_run_to_its_end_counts_as_broken(
    repo: Path, backend: tuple[str, str], attack: str
) -> None:
    for allow in (False, True):
        found = judged(repo, backend, attack, allow)
        assert not found.verified
        assert ODD in found.broke or f"after {SECONDS} s" in found.refusal


def test_another_expectation_blocks_only_where_the_one_of_the_base_does_not_hold(
    repo: Path, backend: tuple[str, str]
) -> None:
    attack = "sed -i 's|return s.n // 2 - 1.$|return (s[n // 2 - 1] + s[n // 2]) / 2|' stats.py; "
    attack += "sed -i 's/== 2.5$/== 5 \\/ 2/' test_stats.py"
    found = judged(repo, backend, attack, allow=False)
    assert [(f.rule, f.severity) for f in found.findings] == [("expected-value-changed", "warning")]
    assert (found.verified, found.refusal, found.fixed) == (True, "", (EVEN,))
    found = judged(repo, backend, "sed -i 's/== 2.5$/== 2/' test_stats.py", allow=False)
    assert [(f.rule, f.severity) for f in found.findings] == [("expected-value-changed", "error")]


@pytest.mark.parametrize(
    ("name", "other", "are"),
    [
        ("tests/test_a.py", "tests/test_b.py", True),
        ("tests/test_a.py", "tests/check_a.py", False),
        ("tests/test_a.py", "other/test_a.py", False),
        ("tests/a_test.py", "tests/b_test.py", True),
        ("tests/helpers.py", "tests/more.py", False),
        ("tests/a.test.js", "tests/b.test.js", True),
        ("tests/a.test.js", "tests/b.js", False),
        ("test/a.js", "test/b.js", False),
        ("tests/test_a.py", "tests/test_a.py", False),
    ],
)
def test_a_test_may_only_move_to_where_it_is_collected(name: str, other: str, are: bool) -> None:
    assert beside(name, other) is are


@pytest.mark.parametrize("attack", LOST.values(), ids=LOST)
def test_a_test_that_is_gone_is_put_back(repo: Path, backend: tuple[str, str], attack: str) -> None:
    assert ODD in judged(repo, backend, attack, allow=True).vanished
    found = judged(repo, backend, attack, allow=False)
    assert (found.state, found.failing, found.tests_changed) == ("still failing", (EVEN,), ("test_stats.py",))


@pytest.mark.parametrize("attack", CHANGED.values(), ids=CHANGED)
def test_tests_that_were_there_are_not_taken_from_a_patch(
    repo: Path, backend: tuple[str, str], attack: str
) -> None:
    found = judged(repo, backend, attack, allow=False)
    assert found.tests_changed == ("test_stats.py",)
    assert not found.verified


def test_an_unchanged_section_may_stand_in_a_changed_file(repo: Path) -> None:
    (repo / "pyproject.toml").write_text(
        '[project]\nname = "x"\n\n[tool.pytest.ini_options]\naddopts = "-q"\n'
    )
    found = judged(repo, ("bubblewrap", ""), 'sed -i \'s/"x"/"y"/\' pyproject.toml', allow=False)
    assert found.steering == ()
