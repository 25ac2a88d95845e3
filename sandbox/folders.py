"""The folders on the host that one sandbox is opened on."""

import os
from dataclasses import dataclass
from pathlib import Path

NOBODY = 64_321
"""The user and group that commands run as where patchwright itself is started by root."""


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
    network: Path | None = None
    """The proxy's socket, the only way out; None: there is none."""

    @property
    def git(self) -> Path:
        return self.work / "git"

    @property
    def tree(self) -> Path:
        return self.work / "tree"

    def make(self) -> None:
        """Make what is missing, private to the user that the commands run as."""
        for folder in (self.git, self.tree):
            folder.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(folder, NOBODY, NOBODY)
