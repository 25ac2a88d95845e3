"""Snapshots of a large tree, beside plain git's on the host."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patchwright.sandbox.checkout import Repository
from patchwright.sandbox.workspace import Workspace

from .probes import Group, Probe, Room, fresh, timed


def snapshots(files: int) -> Group:
    """A snapshot of a tree of so many files."""

    @contextmanager
    def group(room: Room) -> Iterator[list[Probe]]:
        repo = fresh(room.top) / "repo"
        make_repository(repo, files)
        folders = room.folders(str(repo))
        folders.base.mkdir()
        base = Repository(repo).base(folders.base, "HEAD")
        with room.open(folders) as sandbox:
            workspace = Workspace(sandbox, folders, base.tree, base.commit)
            workspace.fill()
            count = iter(range(1_000_000))

            def unchanged() -> float:
                workspace.snapshot()  # the first one after a change looks once more at what has just changed
                return timed(workspace.snapshot)

            def changed() -> float:
                workspace.write("0/0.txt", f"change {next(count)}\n".encode())
                return timed(workspace.snapshot)

            def on_host(change: bool) -> float:
                if change:
                    (repo / "0/0.txt").write_text(f"change {next(count)}\n")
                else:
                    raw(repo)
                return timed(lambda: raw(repo))

            yield [
                Probe("patchwright, nothing changed", unchanged),
                Probe("patchwright, one file changed", changed),
                Probe("git on the host, nothing changed", lambda: on_host(False)),
                Probe("git on the host, one file changed", lambda: on_host(True)),
            ]

    return group


def raw(repo: Path) -> None:
    subprocess.run(["sh", "-c", "git add -A && git write-tree"], cwd=repo, check=True, capture_output=True)


def make_repository(folder: Path, files: int) -> None:
    """Files of a line or some, a hundred to a folder."""
    for number in range(files):
        path = folder / str(number // 100) / f"{number % 100}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"file {number}\n" * (1 + number % 40))
    git = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    for words in (
        ["init", "-q", "-b", "main"],
        ["config", "gc.auto", "0"],
        ["add", "-A"],
        ["commit", "-q", "-m", "start"],
    ):
        subprocess.run([*git, *words], cwd=folder, check=True)
