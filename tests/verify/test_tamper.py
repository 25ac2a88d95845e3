"""Patches that turn the tests green without solving anything. Each is first seen to work where nobody looks."""

from pathlib import Path

import pytest
from fakes import EVEN, ODD, TEST, begun
from patchwright.verify.tamper import section, shadows
from patchwright.verify.verdict import Verdict, verify

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
BROKEN = {
    "deleted": "rm test_stats.py",
    "renamed": "mv test_stats.py stats_tests.py",
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
            return verify(workspace, patch, TEST, before, allow_test_edits=allow, seconds=20)


@pytest.mark.parametrize("attack", STEERED.values(), ids=STEERED)
def test_what_steers_the_tests_is_not_taken_from_a_patch(
    repo: Path, backend: tuple[str, str], attack: str
) -> None:
    control = judged(repo, backend, attack, allow=True)
    assert (control.verified, control.fixed) == (True, (EVEN,))
    found = judged(repo, backend, attack, allow=False)
    assert not found.verified
    assert found.refusal.startswith("it changes what steers the tests: ")


@pytest.mark.parametrize("attack", BROKEN.values(), ids=BROKEN)
def test_a_test_that_did_not_run_to_its_end_counts_as_broken(
    repo: Path, backend: tuple[str, str], attack: str
) -> None:
    for allow in (False, True):
        found = judged(repo, backend, attack, allow)
        assert not found.verified
        assert ODD in found.broke or "after 20 s" in found.refusal


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


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        (
            "[project]\na = 1\n[tool.pytest.ini_options]\nb = 2\n[x]\n",
            "pyproject.toml",
            ["[tool.pytest.ini_options]\nb = 2"],
        ),
        ("[tool.pytest]\nb = 2\n", "pyproject.toml", ["[tool.pytest]\nb = 2"]),
        ("[tool:pytest]\nb = 2\n[flake8]\n", "setup.cfg", ["[tool:pytest]\nb = 2"]),
        ("[tox]\n[pytest]\nb = 2\n", "tox.ini", ["[pytest]\nb = 2"]),
        ("", "tox.ini", []),
    ],
)
def test_the_section_that_steers_is_found(text: str, name: str, found: list[str]) -> None:
    assert section(text, name) == found


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("pytest.py", True),
        ("_pytest/runner.py", True),
        ("random.py", True),
        ("json/__init__.py", True),
        ("src/json.py", False),
        ("stats.py", False),
        ("test/x.py", False),
        ("random.txt", False),
    ],
)
def test_what_would_be_imported_instead_of_the_runner_is_known(name: str, does: bool) -> None:
    assert shadows(name) == does
