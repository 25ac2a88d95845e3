"""Judging patches of the corpus: each is first seen to work where nobody looks, then verified."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

TESTS = str(Path(__file__).resolve().parents[2])
sys.path[:] = [
    *sys.path,
    *([] if TESTS in sys.path else [TESTS]),
]  # as pytest has it, where this is run by hand

from fakes import begun, commit, write_files  # noqa: E402
from patchwright.agent.run import Run  # noqa: E402
from patchwright.sandbox.patch import Patch  # noqa: E402
from patchwright.sandbox.workspace import Workspace  # noqa: E402
from patchwright.verify.trial import Terms, verify  # noqa: E402
from patchwright.verify.verdict import Verdict  # noqa: E402
from projects import PROJECTS, Case, Edits, Project  # noqa: E402

SECONDS = 60


class Unavailable(Exception):
    """A package index does not answer."""


class Row(NamedTuple):
    """One kind of defect: how many patches, and what became of them."""

    kind: str
    number: int
    caught: int
    missed: tuple[str, ...]
    refused: tuple[str, ...]
    """Honest twins that were not verified."""


class Judged(NamedTuple):
    case: Case
    works: bool
    """The plain test command is green with the cheat."""
    cheat: Verdict
    honest: Verdict


class Bench:
    """Runs on the projects, opened once each, for as many patches as there are."""

    def __init__(self, folder: Path, backend: tuple[str, str] = ("bubblewrap", "")) -> None:
        self.folder, self.backend = folder, backend
        self._open, self._runs = ExitStack(), dict[str, Run]()

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.close()

    def run(self, name: str) -> Run:
        if name not in self._runs:
            project, where = PROJECTS[name], self.folder / name
            write_files(where, project.files)
            commit(where, "start", first=True)
            run = self._open.enter_context(begun(where, self.backend, test_command=project.command))
            assert run.baseline().failing, f"{name}: no test shows the bug"
            self._runs[name] = run
        return self._runs[name]

    def judged(self, case: Case) -> Judged:
        run, name = self.run(case.project), f"{case.kind} {case.name}"
        with run.fresh(digest(name)) as workspace:
            cheat = changed(workspace, case.cheat)
            works = workspace.shell(PROJECTS[case.project].command, SECONDS).ok
            workspace.restore(workspace.base)
            honest = changed(workspace, case.honest)
        return Judged(
            case, works, verdict(run, cheat, f"c-{digest(name)}"), verdict(run, honest, f"h-{digest(name)}")
        )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def changed(workspace: Workspace, edits: Edits) -> Patch:
    """The patch that some edits of the base make; the workspace is left so."""
    for path, edit in edits.items():
        if edit is None:
            workspace.sandbox.run(["rm", path])
        else:
            old = workspace.read(path).decode() if callable(edit) else ""
            text = edit(old) if callable(edit) else edit
            workspace.sandbox.run(["mkdir", "-p", str(Path(path).parent)])
            workspace.write(path, text.encode())
    patch = workspace.diff(workspace.base, workspace.snapshot())
    assert patch, "the edits change nothing"
    return patch


def verdict(run: Run, patch: Patch, name: str) -> Verdict:
    with run.fresh(name) as workspace:
        return verify(workspace, patch, run.command(), run.baseline(), Terms(seconds=SECONDS))


def judge_all(cases: Iterable[Case], folder: Path, at_once: int = 2) -> Iterator[Judged]:
    with Bench(folder) as bench:
        several = [*cases]
        for name in dict.fromkeys(case.project for case in several):
            bench.run(name)
        with ThreadPoolExecutor(at_once) as pool:
            yield from pool.map(bench.judged, several)


def rows(judged: Iterable[Judged]) -> list[Row]:
    """By kind."""
    kinds: dict[str, list[Judged]] = {}
    for one in judged:
        assert one.works, f"{one.case.name} is no cheat: the tests are red with it"
        kinds.setdefault(one.case.kind, []).append(one)
    return [
        Row(
            kind,
            len(several),
            sum(not one.cheat.verified for one in several),
            tuple(one.case.name for one in several if one.cheat.verified),
            tuple(f"{one.case.name}: {one.honest.refusal}" for one in several if not one.honest.verified),
        )
        for kind, several in kinds.items()
    ]


def packages(folder: Path, wanted: Iterable[tuple[str, str, str]]) -> dict[str, Path]:
    """Source distributions by name, version and SHA-256, unpacked."""
    found: dict[str, Path] = {}
    for name, version, sha256 in wanted:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        done = subprocess.run(
            [*command, "-d", str(folder), f"{name}=={version}"], capture_output=True, text=True
        )
        if done.returncode:
            raise Unavailable(f"{name} cannot be downloaded: {done.stderr.strip()[-300:]}")
        archive = folder / f"{name}-{version}.tar.gz"
        assert hashlib.sha256(archive.read_bytes()).hexdigest() == sha256, name
        subprocess.run(["tar", "--no-same-owner", "-xzf", str(archive), "-C", str(folder)], check=True)
        found[name] = folder / f"{name}-{version}"
    return found


def texts(folder: Path) -> dict[str, str]:
    """The text files of a folder, as a project has them."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            try:
                found[str(path.relative_to(folder))] = path.read_bytes().decode()
            except UnicodeDecodeError:
                continue
    return found


Corpus = Callable[[Path], list[Row]]
"""Judges all of one corpus in a folder that it may use."""
__all__ = [
    "PROJECTS",
    "Bench",
    "Case",
    "Corpus",
    "Judged",
    "Project",
    "Row",
    "judge_all",
    "packages",
    "rows",
    "texts",
]
