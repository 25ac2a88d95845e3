"""Patches that use what does not exist are told from those that do not."""

from collections.abc import Iterator, Mapping

import pytest
from fakes import begun, commit, write_files
from invented import PAIRS, Pair
from patchwright.sandbox.workspace import Workspace
from patchwright.verify.api import api
from patchwright.verify.delta import changes
from patchwright.verify.finding import Checked
from unseen import UNSEEN

PYTEST = "python3 -m pytest"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One sandbox for all of them: none leaves anything behind."""
    folder = tmp_path_factory.mktemp("invented") / "repo"
    write_files(folder, {"README.md": "# pairs\n"})
    commit(folder, "start", first=True)
    with begun(folder) as run, run.workspace("1") as workspace:
        yield workspace


def looked(workspace: Workspace, before: Mapping[str, str], after: Mapping[str, str]) -> Checked:
    """What the check says of the change from one set of files to another."""
    empty = workspace.base
    workspace.restore(empty)
    for name, text in before.items():
        workspace.write(name, text.encode())
    workspace.base = workspace.snapshot()
    for name, text in after.items():
        workspace.write(name, text.encode())
    tree = workspace.snapshot()
    try:
        found = api(workspace, changes(workspace, tree), PYTEST)
        assert workspace.snapshot() == tree
        return found
    finally:
        workspace.base = empty


@pytest.mark.parametrize("pair", (*PAIRS, *UNSEEN), ids=lambda pair: pair.name)
def test_what_is_invented_is_an_error_and_its_honest_twin_is_none(place: Workspace, pair: Pair) -> None:
    bad = looked(place, pair.before, pair.bad)
    assert [f for f in bad.findings if f.severity == "error" and f.path in pair.bad], bad
    good = looked(place, pair.before, pair.good)
    assert [f for f in good.findings if f.severity != "note"] == []
    assert not any("answer" in text or "ty " in text for text in good.left), good.left
