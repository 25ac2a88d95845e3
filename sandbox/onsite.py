"""A workspace on the user's own folder, for single commands: what one of them did, the next one sees."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from .base import Sandbox
from .checkout import Repository
from .folders import BASE, Folders
from .loan import all_back, lent
from .owner import dead, mark
from .workspace import Workspace, prepare

PREFIX, OWNER = "onsite-", "owner"


@contextmanager
def onsite(
    repository: Repository, state: Path, open_sandbox: Callable[[Folders], Sandbox], isolated: bool = True
) -> Iterator[Workspace]:
    """Lend the repository's folder to a sandbox, its base being HEAD. Its .git is neither seen nor changed.

    Raises CheckoutError, SandboxError.
    """
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(prefix=PREFIX, dir=state) as top:
        (Path(top) / OWNER).write_text(mark())
        (Path(top) / "base").mkdir()
        base = repository.base(Path(top) / "base", "HEAD")
        folders = Folders(
            base=Path(top) / "base",
            work=Path(top) / "work",
            root=str(repository.top),
            lent=repository.top,
            fixed=tuple(name for name in repository.submodules() if (repository.top / name).is_dir()),
        )
        folders.make()
        prepare(folders, base.commit, BASE if isolated else str(folders.base))
        with lent(repository.top, state / "loans", isolated), open_sandbox(folders) as sandbox:
            workspace = Workspace(sandbox, folders, base.tree, base.commit)
            workspace.adopt()
            yield workspace


def leftovers(state: Path) -> list[str]:
    """Remove what killed commands left behind, and give lent folders back; what was done."""
    done = [f"{folder} has its owner back" for folder in all_back(state / "loans")]
    for folder in sorted(state.glob(f"{PREFIX}*")):
        with suppress(FileNotFoundError):
            if dead((folder / OWNER).read_text()):
                shutil.rmtree(folder, ignore_errors=True)
                done.append(f"{folder} is removed")
    return done
