"""The files of a base, read from the git directory that holds it: nothing ignored, nothing of the user's folder."""

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

from .checkout import CLEAN, run

DOCKERFILE = ".patchwright-dockerfile"
REGULAR = ("100644", "100755")


class Kept:
    """A base's files by their content."""

    def __init__(self, folder: Path, tree: str) -> None:
        self._folder, self._tree = folder, tree
        rows = self._git("ls-tree", "-r", "-z", tree).split("\0")
        parts = [(*about.split(), name) for about, _, name in (row.partition("\t") for row in rows) if name]
        self.names: Mapping[str, str] = {name: blob for mode, _, blob, name in parts if mode in REGULAR}
        """Each regular file's path, and the id that stands for its content."""

    def read(self, name: str) -> str:
        return self._git("cat-file", "blob", self.names[name])

    def archive(self, into: Path, below: str = "", prefix: str = "") -> None:
        """Write a tar of a folder's files. Attributes of the repository have no say in it: see the skeleton."""
        words = ["archive", "--format=tar", f"--output={into}", *([f"--prefix={prefix}"] if prefix else [])]
        self._git(*words, f"{self._tree}:{below}")

    def _git(self, *words: str) -> str:
        return run(self._folder, *words, env={**CLEAN, "GIT_DIR": str(self._folder)})


def context(tar: Path, into: Path, skip: Callable[[str], bool], dockerfile: str) -> None:
    """What an image is built from: a tar without what is to be skipped, and the Dockerfile, wherever it was."""
    with tarfile.open(tar) as source, tarfile.open(into, mode="w") as target:
        for member in source:
            if not member.isdir() and not skip(member.name):
                target.addfile(member, source.extractfile(member) if member.isfile() else None)
        made = tarfile.TarInfo(DOCKERFILE)
        made.size = len(dockerfile.encode())
        target.addfile(made, io.BytesIO(dockerfile.encode()))
