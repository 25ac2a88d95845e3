"""A test written from an issue: it has to fail without the patch and to pass with it."""

from pathlib import Path

import pytest
from fakes import RIGHT, TEST, WRONG, begun
from patchwright.verify.report import TestReport
from patchwright.verify.reproduce import decided, reproduces
from patchwright.verify.suite import Suite

HEAD = "from stats import median\n\n\ndef test_issue():\n    "
WRITTEN = {
    "reproduces": "assert median([1, 2]) == 1.5\n",
    "passes-on-base": "assert median([7]) == 7\n",
    "fails-on-patch": "assert median([1, 2]) == 9\n",
    "does-not-run": "import pytest; pytest.skip('later')\n",
}


@pytest.mark.parametrize(("outcome", "body"), WRITTEN.items(), ids=WRITTEN)
def test_what_a_written_test_comes_to(repo: Path, outcome: str, body: str) -> None:
    with begun(repo) as run, run.workspace("1") as workspace:
        source = workspace.read("stats.py").decode()
        workspace.write("stats.py", source.replace(WRONG, RIGHT).encode())
        tree = workspace.snapshot()
        files = {"tests/test_issue.py": HEAD + body}
        found = reproduces(workspace, tree, files, Suite(workspace, f"PYTHONPATH=. {TEST}", 60))
        assert workspace.snapshot() == tree
    assert [f.rule for f in found.findings] == [outcome], found.findings


def test_a_file_that_cannot_be_loaded_before_and_passes_after_reproduces() -> None:
    base = TestReport(command="c", code=2, outcomes={"t.py": "error"})
    patch = TestReport(command="c", code=0, outcomes={"t.py::test_new": "passed"})
    assert decided(base, patch, ["t.py"]) == ("reproduces", "")
    assert decided(patch, patch, ["t.py"]) == ("passes-on-base", "")
    assert decided(patch, base, ["t.py"])[0] == "fails-on-patch"
    assert decided(base, patch, ["other.py"], ["t.py", "t.py::test_new"])[0] == "does-not-run"


def test_where_ids_name_no_file_the_new_ones_are_of_the_test() -> None:
    base = TestReport(command="c", code=1, outcomes={"a.T.test_old": "passed", "b.T.test_new": "failed"})
    patch = base.model_copy(update={"outcomes": {"a.T.test_old": "failed", "b.T.test_new": "passed"}})
    assert decided(base, patch, ["b.py"], ["a.T.test_old"])[0] == "reproduces"
    assert decided(base, base, ["b.py"], ["a.T.test_old"])[0] == "fails-on-patch"


def test_a_runner_that_names_no_test_speaks_by_its_exit_code() -> None:
    red, green = (TestReport(command="make check", code=code) for code in (1, 0))
    assert decided(red, green, ["t.sh"])[0] == "reproduces"
    assert decided(green, green, ["t.sh"])[0] == "passes-on-base"
    assert decided(red, red, ["t.sh"])[0] == "fails-on-patch"
