"""What of a patch's own tests is run, and how its checks are gathered."""

from pathlib import Path

import pytest
from fakes import EVEN, FILES, RIGHT, TEST, WRONG, begun
from patchwright.verify.delta import Changed
from patchwright.verify.report import TestReport
from patchwright.verify.tamper import Touched
from patchwright.verify.trial import Terms, patience, touching, verify

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
