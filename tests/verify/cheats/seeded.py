"""Defects that were put in on purpose, each with a twin that is good: what the checks say of both."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import holes
import insecure
import invented
import slow
import unseen
from fakes import begun, commit, write_files
from harness import Row
from patchwright.sandbox.workspace import Workspace
from patchwright.verify.api import api
from patchwright.verify.delta import changes
from patchwright.verify.finding import Checked
from patchwright.verify.report import PASSED
from patchwright.verify.speed import speed
from patchwright.verify.static import static
from patchwright.verify.suite import Suite

TEST = "python3 -m pytest"


class Pair(NamedTuple):
    """A defect and its twin, as files."""

    name: str
    before: Mapping[str, str]
    bad: Mapping[str, str]
    good: Mapping[str, str]


Look = Callable[[Workspace, str], Checked]
"""What a check says of a tree at which the files stand."""


def insecure_rows(folder: Path) -> list[Row]:
    every = {"insecure": insecure.PAIRS, "insecure, written later": holes.PAIRS}
    pairs = {
        kind: [Pair(p.name, {p.path: p.before}, {p.path: p.bad}, {p.path: p.good}) for p in found]
        for kind, found in every.items()
    }
    return rows(folder, pairs, lambda workspace, tree: static(workspace, changes(workspace, tree), tree))


def invented_rows(folder: Path) -> list[Row]:
    every = {"invented": invented.PAIRS, "invented, written later": unseen.UNSEEN}
    pairs = {kind: [Pair(*pair) for pair in found] for kind, found in every.items()}
    return rows(folder, pairs, lambda workspace, tree: api(workspace, changes(workspace, tree), TEST))


def rows(folder: Path, every: Mapping[str, Iterable[Pair]], look: Look) -> list[Row]:
    """Each pair on its own, in one sandbox."""
    with bench(folder, {"README.md": "# pairs\n"}) as workspace:
        found: list[Row] = []
        for kind, pairs in every.items():
            told = {
                pair.name: (errs(workspace, pair, pair.bad, look), errs(workspace, pair, pair.good, look))
                for pair in pairs
            }
            found.append(row(kind, told))
        return found


def errs(workspace: Workspace, pair: Pair, after: Mapping[str, str], look: Look) -> set[str]:
    """The severities of what is said of a pair's one side."""
    empty = workspace.base
    workspace.restore(empty)
    try:
        for name, text in pair.before.items():
            workspace.write(name, text.encode())
        workspace.base = workspace.snapshot()
        for name, text in after.items():
            workspace.write(name, text.encode())
        return {f.severity for f in look(workspace, workspace.snapshot()).findings if f.path in after}
    finally:
        workspace.base = empty


def row(kind: str, told: Mapping[str, tuple[set[str], set[str]]]) -> Row:
    """A defect is caught by an error, and a twin is refused by one, or by a warning."""
    missed = tuple(name for name, (bad, _) in told.items() if "error" not in bad)
    refused = tuple(name for name, (_, good) in told.items() if good & {"error", "warning"})
    return Row(kind, len(told), len(told) - len(missed), missed, refused)


def slow_rows(folder: Path) -> list[Row]:
    return [
        slow_row(folder / str(number), kind, cases)
        for number, (kind, cases) in enumerate(
            {"slow": slow.SEEDED, "slow, written later": slow.BLIND}.items()
        )
    ]


def slow_row(folder: Path, kind: str, cases: Sequence[slow.Slow]) -> Row:
    """All pairs in one project, so that the tests run once for all: what is said of each is by its path. Not more than
    a patch has functions that are measured."""
    files = {name: text for c in cases for name, text in ((c.path, c.before), (f"test_{c.path}", c.test))}
    with bench(folder, files) as workspace:
        suite, told = Suite(workspace, TEST, 600), dict[str, dict[str, set[str]]]()
        for side in ("bad", "good"):
            workspace.restore(workspace.base)
            for case in cases:
                workspace.write(case.path, getattr(case, side).encode())
            tree, passed = workspace.snapshot(), suite.run().having(PASSED)
            found = speed(workspace, changes(workspace, tree), tree, suite, passed, seconds=900)
            told[side] = {c.name: {f.severity for f in found.findings if f.path == c.path} for c in cases}
    return row(kind, {c.name: (told["bad"][c.name], told["good"][c.name]) for c in cases})


@contextmanager
def bench(folder: Path, files: Mapping[str, str]) -> Iterator[Workspace]:
    """A working copy of a repository with these files."""
    write_files(folder / "repo", files)
    commit(folder / "repo", "start", first=True)
    with begun(folder / "repo", test_command=TEST) as run, run.workspace("1") as workspace:
        yield workspace
