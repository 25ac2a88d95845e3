"""The folders on the host that one sandbox is opened on."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NOBODY = 64_321
"""The user and group that commands run as where patchwright itself is started by root."""
GUARD = "/.patchwright/guard"
GIT = "/.patchwright/git"
BASE = "/.patchwright/base"
DOTGIT = "/.patchwright/dotgit"
"""Places inside: the guard's package, the snapshots, the base, and what the .git of a lent folder leads to."""


@dataclass(frozen=True)
class Folders:
    """Where the parts of a working copy lie on the host, and where it appears inside.

    `base` is only ever read: a bare git directory that holds the base commit and nothing else. `git` (the
    snapshots) and `tree` (the files) belong to the sandbox. Host git never runs on those two.
    """

    base: Path
    work: Path
    root: str
    """The working copy's place inside: the repository's own path, so that editable installs resolve to it."""
    lent: Path | None = None
    """A user's own folder that is the working copy itself, with another .git laid over its own."""
    fixed: tuple[str, ...] = ()
    """Paths in a lent folder that stay read-only: submodules, whose git the user's own would run."""
    network: Path | None = None
    """The proxy's socket, the only way out; None: there is none."""
    env_files: bool = False
    """Whether files of secrets are files like any other."""
    withheld: tuple[str, ...] = ()
    """Those in a lent folder, over each of which an empty file is laid."""

    @property
    def git(self) -> Path:
        return self.work / "git"

    @property
    def tree(self) -> Path:
        return self.lent or self.work / "tree"

    @property
    def dotgit(self) -> Path:
        """The disposable git directory that commands find as .git."""
        return self.work / "dotgit" if self.lent else self.tree / ".git"

    def overlays(self) -> Iterator[tuple[Path, str, bool]]:
        """What is laid over a lent folder: source, place inside it, and whether it is writable."""
        if self.lent:
            yield self.dotgit if (self.lent / ".git").is_dir() else self.link, ".git", True
            for name in self.fixed:
                yield self.lent / name, name, False
            for name in self.withheld:
                yield self.work / "withheld", name, False

    @property
    def link(self) -> Path:
        """Laid over a .git that is a file, as that of a worktree or a submodule is."""
        return self.work / "dotgit.link"

    def make(self) -> None:
        """Make what is missing, private to the user that the commands run as."""
        own = [self.git] if self.lent else [self.git, self.tree]
        for folder in own:
            folder.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(folder, NOBODY, NOBODY)
        if self.withheld:
            (self.work / "withheld").touch(mode=0o444)


def remove(folder: Path) -> None:
    """Delete a folder that commands could write in, however deep they made it."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:  # before Python 3.13 each level is a call
        subprocess.run(["rm", "-rf", "--", str(folder)], capture_output=True)
