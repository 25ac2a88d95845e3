"""Every case of the corpus, on the engine alone and through the tools in a sandbox."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from corpus import CASES
from corpus.case import Asked, Case
from fakes import begun
from patchwright.agent.models.scripted import call
from patchwright.sandbox.patch import refused
from patchwright.sandbox.workspace import Workspace
from patchwright.tools.base import Toolbox, ToolError
from patchwright.tools.edit import edit, patch, write
from patchwright.tools.editing import dialects
from patchwright.tools.editing.operation import Edit, Hunk
from patchwright.tools.editing.plan import plan

NAMES = [f"{n}: {case.name}" for n, case in enumerate(CASES)]


def edits(asked: Asked) -> list[Edit]:
    args: Mapping[str, Any] = asked.args
    if asked.tool == "patch":
        return dialects.parse(args["text"])
    if asked.tool == "write":
        return [Edit(args["path"], "whole", text=args["text"])]
    pairs = [(args["old"], args["new"]), *((p["old"], p["new"]) for p in args.get("more", []))]
    return [Edit(args["path"], hunks=tuple(Hunk(*p, every=args.get("every", False)) for p in pairs))]


def expected(case: Case) -> dict[str, bytes]:
    return {path: data for path, data in {**case.files, **case.then}.items() if data is not None}


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 120
    assert sum(bool(case.says) for case in CASES) >= 50
    assert all(bool(case.then) != bool(case.says) for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_engine(case: Case) -> None:
    tree = dict(case.files)
    try:
        changes = plan(edits(case.asked), tree.get)
        for change in changes:
            if reason := refused(change.path):
                raise ToolError(f"{change.path} {reason}")
            tree.pop(change.path, None)
            if change.after is not None:
                tree[change.path] = change.after
    except ToolError as e:
        assert case.says, e
        assert case.says in str(e)
        assert "\n" not in str(e)
    else:
        assert not case.says, changes
        assert tree == expected(case)
        if case.rung:
            assert changes[-1].rungs[-1] == case.rung


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    from fakes import commit

    repo = tmp_path_factory.mktemp("corpus") / "repo"
    repo.mkdir()
    commit(repo, "start", first=True)
    with begun(repo) as run, run.workspace("1") as workspace:
        yield workspace


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_tools(case: Case, workspace: Workspace) -> None:
    workspace.restore(workspace.base)
    workspace.seen.clear()
    for path, data in case.files.items():
        workspace.write(path, data)
    found = Toolbox([edit, patch, write], (workspace,)).observe(call(case.asked.tool, **case.asked.args))
    assert found.ok == (not case.says), found.text
    assert case.says in found.text
    found.model_dump_json()  # what cannot be written to a log ends the run
    listed = workspace.execute(["find", ".", "-name", ".git", "-prune", "-o", "-type", "f", "-print"], 60)
    paths = [line.removeprefix("./") for line in listed.output.splitlines()]
    assert {path: workspace.read(path) for path in paths} == expected(case)
