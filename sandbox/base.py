"""What a sandbox is, what a command in it comes back as, and how a sandbox fails."""

from collections.abc import Mapping, Sequence
from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Data: typed, immutable, JSON both ways."""

    # Most kinds are not needed before the first request: what checks them is built with the first of a kind.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Completed(Frozen):
    """A command that ran, whatever its exit code."""

    argv: tuple[str, ...]
    code: int
    """Exit status; 128 + n where signal n ended it."""
    output: str
    """stdout and stderr as they came, made readable: no control sequences, no invalid UTF-8."""
    left_out: int = 0
    """Bytes dropped from the middle of `output`."""
    seconds: float = 0.0
    ended: str = ""
    """Why it was killed: "timed out", "stopped", the limit that it passed; empty where it ended by itself."""
    note: str = ""
    """A limit that it met and survived."""
    kept: str = ""
    """The file inside that holds its whole output, where it was asked for and was long."""

    @property
    def ok(self) -> bool:
        return self.code == 0 and not self.ended


class Job(Frozen):
    """A command that goes on while others run, when it was asked after."""

    running: bool
    code: int = 0
    ended: str = ""
    output: str = ""
    """What it printed since it was last asked after."""
    left_out: int = 0
    """Bytes dropped from the start of `output`."""
    kept: str = ""
    """The file inside that holds all of it."""


class SandboxError(Exception):
    """The sandbox failed, not the command in it. Never show this to a model as a command's output."""


class SandboxUnavailable(SandboxError):
    """This sandbox cannot be opened here. The text says what was tried and what would help."""


class SandboxDied(SandboxError):
    """The sandbox is gone or does not answer. Open a new one on the same work folder, or stop."""


class JobError(Exception):
    """There is no such job, or it cannot be started. The text says why."""


class Sandbox(Protocol):
    """A place to run commands in.

    Files are named by absolute paths as seen inside, or relative to `root`. Every method raises SandboxDied
    where the sandbox itself fails.
    """

    name: str
    root: str
    """The working copy's folder, as seen inside."""
    gitdir: str
    """The folder for snapshots, as seen inside."""
    basedir: str
    """The read-only git directory with the base commit, as seen inside."""

    about: Mapping[str, str]
    """What it is made of, for the record: an image and its digest."""
    hidden: Sequence[str]
    """Folders of the caller's PATH that cannot be seen inside."""

    def run(
        self,
        argv: Sequence[str],
        *,
        seconds: float = 120,
        cwd: str = "",
        env: Mapping[str, str] | None = None,
        keep: bool = False,
    ) -> Completed:
        """Run a command with nothing on stdin; at the deadline its whole process tree is killed.

        `keep`: a long output is kept whole in a file inside.
        """
        ...

    def start(self, argv: Sequence[str], *, cwd: str = "", env: Mapping[str, str] | None = None) -> int:
        """Start a job, which goes on while others run; its number. Raises JobError."""
        ...

    def ask(self, job: int, *, seconds: float = 0, stop: bool = False) -> Job:
        """What a job did since it was last asked after; wait so long for output. Raises JobError."""
        ...

    def read(self, path: str, limit: int = 20_000_000, inside: bool = False) -> bytes:
        """A file's bytes. Raises OSError as open() does, and where it is longer than `limit`.

        `inside`: PermissionError where links or dots lead out of the working copy, but for outputs that were kept.
        """
        ...

    def write(self, path: str, data: bytes) -> str:
        """Replace a file of the working copy atomically; where links led to, from `root`.

        Raises OSError; PermissionError outside of the working copy.
        """
        ...

    def check(self) -> None:
        """See that the sandbox still answers."""
        ...

    def kill(self) -> None:
        """End the running command from another thread; its `run` returns with `ended` = "stopped"."""
        ...

    def close(self) -> None:
        """End everything inside. Closing twice is fine."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...
