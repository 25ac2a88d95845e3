"""What of a patch's own tests is run, and how its checks are gathered."""

import threading
from pathlib import Path
from typing import Any

import pytest
from fakes import EVEN, FILES, RIGHT, TEST, WRONG, begun
from patchwright.agent.run import Run
from patchwright.sandbox.base import SandboxError
from patchwright.sandbox.patch import Patch
from patchwright.sandbox.workspace import Workspace
from patchwright.verify import trial
from patchwright.verify.delta import Changed
from patchwright.verify.finding import Checked
from patchwright.verify.report import TestReport
from patchwright.verify.tamper import Touched
from patchwright.verify.trial import Beside, Terms, patience, touching, verify

NEW = "from stats import median\n\n\ndef test_one():\n    assert median([1]) == 1\n"


@pytest.mark.parametrize(
    ("held", "gone", "part"),
    [
        (Touched(added=("tests/test_a.py",)), (), ("tests/test_a.py",)),
        (Touched(tests=("a_test.py",), added=("test_b.py",)), (), ("a_test.py", "test_b.py")),
        (Touched(tests=("test_a.py",)), ("test_a.py",), ()),
        (Touched(added=("test_a.py",), steering=("conftest.py",)), (), ()),
        (Touched(added=("tests/helpers.py",)), (), ()),
        (Touched(added=("tests/data.json", "tests/test_a.py")), (), ()),
        (Touched(), (), ()),
    ],
)
def test_only_what_stands_for_itself_is_run_alone(
    held: Touched, gone: tuple[str, ...], part: tuple[str, ...]
) -> None:
    changed = [Changed(path=n, before="x = 1\n", after="" if n in gone else "y = 1\n") for n in held.all]
    assert sorted(touching([*changed, Changed(path="a.py", after="z = 1\n")], held)) == sorted(part)


def test_what_hangs_is_ended_by_how_long_the_base_took() -> None:
    base = TestReport(command="t", code=0, seconds=2.0)
    assert patience(base, 600) == 60 and patience(base, 20) == 20
    assert patience(base.model_copy(update={"seconds": 10.0}), 600) == 200
    assert patience(base.model_copy(update={"seconds": 100.0}), 600) == 600
    assert patience(None, 600) == patience(base.model_copy(update={"problem": "it hangs"}), 600) == 600


def test_new_tests_are_run_alone_and_all_others_decide(repo: Path, backend: tuple[str, str]) -> None:
    with begun(repo, backend) as run:
        with run.workspace("1") as workspace:
            workspace.write("stats.py", FILES["stats.py"].replace(WRONG, RIGHT).encode())
            workspace.write("test_new.py", NEW.encode())
            patch = workspace.diff(workspace.base, workspace.snapshot())
        before = run.baseline()
        with run.fresh("verify") as workspace:
            found = verify(workspace, patch, TEST, before, Terms())
    assert found.own and found.after
    assert (found.verified, found.fixed, found.new) == (True, (EVEN,), ("test_new.py::test_one",)), (
        found.refusal
    )
    assert {*found.own.outcomes} == {"test_new.py::test_one"} and len(found.after.outcomes) == 2
    assert {check.check for check in found.checks} >= {"tamper", "static", "api"}
    assert all(check.seconds >= 0 and not check.findings for check in found.checks), found.checks


PATCHES = {
    "right": {"stats.py": FILES["stats.py"].replace(WRONG, RIGHT), "test_new.py": NEW},
    "wrong": {"stats.py": FILES["stats.py"].replace(WRONG, "    return s[0]\n")},
    "careless": {"stats.py": "import subprocess\n\n\n" + FILES["stats.py"].replace(WRONG, RIGHT)},
    "only for tests": {
        "stats.py": "import os\n\n\n"
        + FILES["stats.py"].replace(WRONG, f"    if 'PYTEST_' in ' '.join(os.environ):\n    {RIGHT}{WRONG}")
    },
    "weaker": {"test_stats.py": "def test_odd():\n    pass\n"},
}


def written(run: Run, files: dict[str, str]) -> Patch:
    with run.fresh("1") as workspace:
        for path, text in files.items():
            workspace.write(path, text.encode())
        return workspace.diff(workspace.base, workspace.snapshot())


@pytest.mark.parametrize("files", PATCHES.values(), ids=PATCHES)
def test_in_two_workspaces_it_comes_to_the_same(
    repo: Path, backend: tuple[str, str], files: dict[str, str]
) -> None:
    def told(beside: Beside | None) -> Any:
        with run.fresh("verify") as workspace:
            found = verify(workspace, patch, TEST, run.baseline(), Terms(), beside)
            assert workspace.current() == found.tree
        found = found.model_dump(exclude={"checks": {"__all__": {"seconds", "figures"}}})
        for name in ("before", "after", "own"):
            found[name] = found[name] and found[name]["outcomes"]
        return found

    with begun(repo, backend) as run:
        patch = written(run, files)
        assert told(run.beside()) == told(None)


@pytest.mark.parametrize("which", ["verify", "beside"])
def test_what_ends_one_of_two_workspaces_ends_both(
    repo: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    with begun(repo) as run:
        patch, before = written(run, PATCHES["right"]), run.baseline()
        others = {*threading.enumerate()}
        with pytest.raises(SandboxError), run.fresh("verify") as workspace:
            monkeypatch.setattr(trial, "api", lambda other, *a, **k: closing(which, workspace, other))
            verify(workspace, patch, TEST, before, Terms(), run.beside())
        assert not [t for t in threading.enumerate() if "ThreadPool" in t.name and t not in others]


def closing(name: str, first: Workspace, second: Workspace) -> Checked:
    """A check during which a sandbox goes away, while the other one would be busy for long."""
    (first if name == "verify" else second).sandbox.close()
    if name == "verify":
        second.shell("sleep 1000", 1000)
    return Checked(check="api")


def test_a_machine_s_own_folders_are_used_once(repo: Path) -> None:
    with begun(repo, ("host", "")) as run:
        assert run.beside() is None
