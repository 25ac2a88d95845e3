"""No sandbox at all: commands run on the host, as the user. Only when named, never as a fallback."""

import os
import subprocess
import sys
from collections.abc import Mapping

from .channel import Channel, Wire
from .folders import Folders
from .quota import PACKAGE, starting
from .secrets import without


class Host(Channel):
    """The guard as a plain child process: the same contract for commands and files, and no isolation."""

    name = "host"

    def __init__(self, folders: Folders, environ: Mapping[str, str] | None = None) -> None:
        home = folders.work / "home"
        for folder in (folders.git, folders.tree, home):
            folder.mkdir(parents=True, exist_ok=True)
        inside = without(os.environ if environ is None else environ)
        inside |= {"TERM": "dumb", "LANG": "C.UTF-8", "HOME": str(home)}
        self._process = subprocess.Popen(
            [sys.executable, *starting(str(PACKAGE), f"root={folders.tree}")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=inside,  # what commands start can read it
            start_new_session=True,
        )
        assert self._process.stdin and self._process.stdout
        self.kept = str(folders.work / "output")
        wire = Wire(self._process.stdout.fileno(), self._process.stdin.fileno())
        super().__init__(
            wire, root=str(folders.tree), gitdir=str(folders.git), basedir=str(folders.base), env=inside
        )
        self.check()

    def close(self) -> None:
        """The guard sees the end of its stdin, kills what it started and leaves."""
        super().close()
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
