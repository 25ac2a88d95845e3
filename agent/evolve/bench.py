"""The working copy that versions are measured in, one after the other, each as if it were the first.

A version runs where the next one will: what it leaves in files of the base or beside them is done away with, and
processes end with their command. What a hostile one could do to the snapshots themselves is not looked for here; the
score that is reported is measured once more where no version was before.
"""

import os
import shlex
from contextlib import ExitStack
from typing import Self

from ...sandbox.workspace import GIT, Workspace
from ..run import FIRST, Run

LITTER = "find /tmp /var/tmp /dev/shm -xdev ! -path '/tmp/.patchwright*' ! -path '/tmp/output*' 2>/dev/null | sort | cksum"
"""What lies in the folders that a sandbox has for itself, but for what patchwright puts there."""


class Bench:
    """One working copy of a run. Use it with `with`."""

    def __init__(self, run: Run) -> None:
        self._run, self._stack = run, ExitStack()
        self.workspace: Workspace

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def clear(self) -> None:
        """Make the working copy what the base is."""
        if self._litter() != self._clean:
            self.reopen()
        self.workspace.restore(self.workspace.base)
        self.workspace.git("clean", "-ffdqx")

    def reopen(self) -> None:
        """Go on in a new sandbox. Raises SandboxError."""
        self._stack.close()
        self._open()

    def changed(self) -> set[str]:
        """Files of the base that are no longer what they were."""
        git = shlex.join(GIT)
        data = self.workspace.checked_output(f"{git} diff --no-ext-diff --no-renames --name-only -z")
        return {os.fsdecode(name) for name in data.split(b"\0") if name}

    def kill(self) -> None:
        """End the command that runs, from another thread."""
        self.workspace.sandbox.kill()

    def _open(self) -> None:
        self.workspace = self._stack.enter_context(self._run.workspace(FIRST))
        self._clean = self._litter()

    def _litter(self) -> str:
        """What stands for it. On the host those folders are everybody's."""
        sandbox = self.workspace.sandbox
        return "" if sandbox.name == "host" else sandbox.run(["sh", "-c", LITTER]).output
