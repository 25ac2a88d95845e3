"""The check of speed on patches that are slow and do the same, each beside a good twin; and on no change at all.

The pairs of a set stand in one project, so that one run judges them: what is said of each is by its path. The verdict is on
how time grows, not on how long anything takes.
"""

from pathlib import Path
from typing import Literal

import pytest
from fakes import TEST, begun, commit, write_files
from patchwright.verify.delta import changes
from patchwright.verify.finding import Checked
from patchwright.verify.report import TestReport
from patchwright.verify.speed import speed
from patchwright.verify.suite import Suite
from slow import BLIND, SEEDED, Slow

pytestmark = pytest.mark.timeout(900)  # up to 15 pairs in one run, on a machine that may be busy
SETS = {"seeded": SEEDED, "blind": BLIND}
Side = Literal["before", "bad", "good"]


def beside(case: Slow) -> str:
    return f"test_{Path(case.path).stem}.py"


def judged(tmp_path: Path, backend: tuple[str, str], side: Side, cases: tuple[Slow, ...]) -> Checked:
    repo = tmp_path / "repo"
    write_files(repo, {p: text for c in cases for p, text in ((c.path, c.before), (beside(c), c.test))})
    commit(repo, "start", first=True)
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        suite = Suite(workspace, TEST, 300)
        before = suite.run()
        assert before.green, before.output
        for case in cases:
            workspace.write(case.path, getattr(case, side).encode())
        tree = workspace.snapshot()
        after = suite.run()
        assert after.green, after.output
        found = speed(workspace, changes(workspace, tree), tree, suite, after.having("passed"), seconds=600)
        assert workspace.snapshot() == tree
    return found


@pytest.mark.parametrize("name", SETS)
def test_each_slow_patch_is_an_error(tmp_path: Path, name: str) -> None:
    found = judged(tmp_path, ("bubblewrap", ""), "bad", SETS[name])
    told = {f.path for f in found.findings if f.severity == "error"}
    assert [c.name for c in SETS[name] if c.path not in told] == [], found.left


@pytest.mark.parametrize("name", SETS)
def test_no_good_twin_is_more_than_a_note(tmp_path: Path, name: str) -> None:
    found = judged(tmp_path, ("bubblewrap", ""), "good", SETS[name])
    assert [(f.path, f.message) for f in found.findings if f.severity != "note"] == []
    assert found.figures["tests: runs"] >= 1


def test_in_docker_too(tmp_path: Path, docker_image: str) -> None:
    found = judged(tmp_path, ("docker", docker_image), "bad", SEEDED[:2])
    assert {(f.path, f.severity, f.rule) for f in found.findings} == {
        ("dedupe.py", "error", "grows-faster"),
        ("phonebook.py", "error", "grows-faster"),
    }


SLEEPER = "import time\n\n\ndef work():\n    time.sleep({})\n    return 1\n"
WORK = "from work import work\n\n\ndef test_work():\n    assert work() == 1\n"


def slept(tmp_path: Path, command: str, workload: str = "", tests: str = WORK) -> Checked:
    repo = tmp_path / "repo"
    write_files(repo, {"work.py": SLEEPER.format(0.01), "test_work.py": tests})
    commit(repo, "start", first=True)
    with begun(repo, test_command=command) as run, run.workspace("1") as workspace:
        workspace.write("work.py", SLEEPER.format(1.5).encode())
        tree = workspace.snapshot()
        suite = Suite(workspace, command, 100)
        passed = suite.run().having("passed")
        return speed(workspace, changes(workspace, tree), tree, suite, passed, workload, seconds=300)


def test_a_slower_test_is_told_with_its_figures(tmp_path: Path) -> None:
    found = slept(tmp_path, TEST)
    (told,) = [f for f in found.findings if f.rule == "slower-tests"]
    assert (told.severity, told.path) == ("error", "test_work.py")
    assert "4 runs in turns" in told.message and found.figures["tests: runs"] == 4


def test_a_runner_that_names_no_test_is_timed_as_a_whole(tmp_path: Path) -> None:
    found = slept(tmp_path, "python3 -c 'import work; work.work()'")
    assert [f.message.split(" takes")[0] for f in found.findings if f.rule == "slower-tests"] == [
        "the tests together"
    ]


def test_a_slower_workload_is_told(tmp_path: Path) -> None:
    tests = "def test_nothing():\n    pass\n"
    found = slept(tmp_path, TEST, "python3 -c 'import work; work.work()'", tests)
    assert {f.rule for f in found.findings} == {"slower-workload"}


def test_without_time_it_says_so(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    write_files(repo, {"work.py": SLEEPER.format(0), "test_work.py": WORK})
    commit(repo, "start", first=True)
    with begun(repo) as run, run.workspace("1") as workspace:
        workspace.write("work.py", SLEEPER.format(1).encode())
        tree = workspace.snapshot()
        suite = Suite(workspace, TEST)
        found = speed(
            workspace, changes(workspace, tree), tree, suite, ["test_work.py::test_work"], seconds=0
        )
        assert workspace.snapshot() == tree
    assert found.findings == () and any("not timed" in line for line in found.left)


def test_times_are_no_part_of_what_is_stored() -> None:
    report = TestReport(command="c", code=0, outcomes={"a": "passed"}, times={"a": 1.0})
    assert TestReport.model_validate_json(report.model_dump_json()).times == {}
