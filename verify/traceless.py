"""Code of several trees, run one after the other in one workspace, so that none leaves a trace for the next."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from ..sandbox.base import SandboxError
from ..sandbox.folders import remove
from ..sandbox.workspace import Workspace, hand_over

SCRATCH = r"""
find /tmp /dev/shm -xdev -type d ! -perm -700 -exec chmod u+rwx {} \; 2>/dev/null
find /tmp /dev/shm -xdev -mindepth 1 -delete 2>/dev/null
mkdir -p "$HOME"
"""
"""Empties what commands may write outside of the working copy. What is mounted there, as the working copy may be, is
on another device."""
Stamp = tuple[str, int, int, int, int]


class Traceless:
    """Puts back the snapshots, ignored files and scratch space of a workspace before each tree.

    Commands run as the user that all of this belongs to. So git's folders are replaced by the copies that were made
    before any code ran where the kernel says that they were touched: its time stamps no program sets. A lent folder
    keeps what git ignores, and without a sandbox only the files are restored.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.folders = workspace, workspace.folders
        self.alone = workspace.sandbox.name != "host"
        self.kept = [f for f in (self.folders.git, self.folders.dotgit) if f.is_dir() and not f.is_symlink()]
        self.copies = TemporaryDirectory(prefix="patchwright-")

    def __enter__(self) -> Self:
        for copy, folder in self.pairs():
            shutil.copytree(folder, copy, symlinks=True, ignore=special)
        self.stamps = [*stamped(self.kept)]
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.at(self.workspace.base)
        finally:
            self.copies.cleanup()

    def at(self, tree: str) -> None:
        """Lay out a tree where nothing is left of what ran before. Raises SandboxError."""
        if self.alone and self.stamps != [*stamped(self.kept)]:
            for copy, folder in self.pairs():
                emptied(folder)
                shutil.copytree(copy, folder, symlinks=True, dirs_exist_ok=True)
                hand_over(folder)
        if self.alone:
            self.workspace.sandbox.run(["sh", "-c", SCRATCH])
        try:
            self.laid(tree)
        except SandboxError:
            if not self.alone or self.folders.lent:
                raise
            emptied(self.folders.tree, self.folders.dotgit)  # what git cannot remove
            self.workspace.restore(tree)
        self.stamps = [*stamped(self.kept)]

    def laid(self, tree: str) -> None:
        if self.alone and not self.folders.lent and not self.workspace.git("clean", "-ffdxq").ok:
            raise SandboxError("what a command left cannot be removed")
        self.workspace.restore(tree)

    def pairs(self) -> Iterator[tuple[Path, Path]]:
        yield from ((Path(self.copies.name) / str(n), folder) for n, folder in enumerate(self.kept))


def special(folder: str, names: Sequence[str]) -> set[str]:
    """What can be no copy: pipes and devices."""
    places = {name: Path(folder) / name for name in names}
    return {n for n, place in places.items() if not (place.is_symlink() or place.is_file() or place.is_dir())}


def emptied(folder: Path, spared: Path | None = None) -> None:
    """Make it a folder that holds nothing, or only what is spared, whatever commands made of it. Follows no link."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
        folder.mkdir()
    folder.chmod(0o700)
    for entry in list(folder.iterdir()):
        if entry == spared:
            continue
        if entry.is_dir() and not entry.is_symlink():
            opened(entry)
            remove(entry)
        else:
            entry.unlink()


def opened(folder: Path) -> None:
    """Have its owner's rights on all folders, so that they can be removed."""
    folder.chmod(0o700)
    for top, names, _ in os.walk(folder):
        for path in (Path(top) / name for name in names):
            if not path.is_symlink():
                path.chmod(0o700)


def stamped(folders: Sequence[Path]) -> Iterator[Stamp]:
    """What the kernel says of all that lies in folders. Follows no link, such as one that a command laid in their place."""
    for folder in folders:
        yield stamp(folder)
        for top, names, files in os.walk(folder) if not folder.is_symlink() else ():
            yield from (stamp(Path(top) / name) for name in sorted([*names, *files]))


def stamp(path: Path) -> Stamp:
    try:
        seen = path.lstat()
    except OSError:
        return str(path), 0, 0, 0, 0
    return str(path), seen.st_ino, seen.st_ctime_ns, seen.st_size, seen.st_mode
