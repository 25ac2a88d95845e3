"""A sandbox for one program that a model wrote: opened on nothing, closed after it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from patchwright.sandbox.base import Completed
from patchwright.sandbox.folders import Folders
from patchwright.sandbox.probe import opener


def run(files: Mapping[str, str], argv: Sequence[str], seconds: float) -> Completed:
    """Lay out files, run a command among them. No network; at the deadline all of it is killed. Raises SandboxError."""
    with TemporaryDirectory(prefix="patchwright-cell-") as top:
        folders = Folders(base=Path(top) / "base", work=Path(top) / "work", root=f"{top}/repo")
        folders.base.mkdir()
        with opener("bubblewrap")(folders) as sandbox:
            for name, text in files.items():
                sandbox.write(name, text.encode())
            return sandbox.run(argv, seconds=seconds)
