"""A sandbox for one program that a model wrote: opened on nothing, closed after it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from patchwright.sandbox.base import Completed, Sandbox
from patchwright.sandbox.folders import Folders
from patchwright.sandbox.probe import opener

PATCH = ".patchwright-candidate.patch"


@contextmanager
def opened(files: Mapping[str, str]) -> Iterator[Sandbox]:
    """A sandbox that holds some files and nothing else. Raises SandboxError."""
    with TemporaryDirectory(prefix="patchwright-cell-") as top:
        folders = Folders(base=Path(top) / "base", work=Path(top) / "work", root=f"{top}/repo")
        folders.base.mkdir()
        with opener("bubblewrap")(folders) as sandbox:
            for name, text in files.items():
                sandbox.write(name, text.encode())
            yield sandbox


def run(files: Mapping[str, str], argv: Sequence[str], seconds: float) -> Completed:
    """Run a command among some files. No network; at the deadline all of it is killed. Raises SandboxError."""
    with opened(files) as sandbox:
        return sandbox.run(argv, seconds=seconds)


def patched(files: Mapping[str, str], patch: str, path: str) -> str:
    """What a patch makes of a file, worked out in a sandbox as well; empty where nothing is left of it.

    Raises SandboxError.
    """
    if not patch.strip():
        return files.get(path, "")
    with opened({**files, PATCH: patch}) as sandbox:
        done = sandbox.run(["git", "apply", "--whitespace=nowarn", PATCH])
        with suppress(OSError):
            return sandbox.read(path, inside=True).decode("utf-8", "replace") if done.ok else ""
        return ""
