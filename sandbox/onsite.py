"""A workspace on the user's own folder, for single commands: what one of them did, the next one sees."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from .base import Sandbox
from .checkout import Repository
from .folders import BASE, Folders, remove
from .loan import all_back, lent
from .owner import dead, mark
from .withheld import below
from .workspace import Workspace, prepare

PREFIX, OWNER = "onsite-", "owner"


@contextmanager
def onsite(
    repository: Repository,
    state: Path,
    open_sandbox: Callable[[Folders], Sandbox],
    isolated: bool = True,
    env_files: bool = False,
) -> Iterator[Workspace]:
    """Lend the repository's folder to a sandbox, its base being HEAD. Its .git is neither seen nor changed.

    Raises CheckoutError, SandboxError.
    """
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with removed_afterwards(Path(mkdtemp(prefix=PREFIX, dir=state))) as top:
        (top / OWNER).write_text(mark())
        (top / "base").mkdir()
        base = repository.base(top / "base", "HEAD", env_files=env_files)
        folders = Folders(
            base=top / "base",
            work=top / "work",
            root=str(repository.top),
            lent=repository.top,
            fixed=tuple(name for name in repository.submodules() if is_folder(repository.top / name)),
            env_files=env_files,
            withheld=() if env_files else tuple(dict.fromkeys(below(repository.top))),
        )
        folders.make()
        prepare(folders, base.commit, BASE if isolated else str(folders.base))
        with lent(repository.top, state / "loans", isolated), open_sandbox(folders) as sandbox:
            workspace = Workspace(sandbox, folders, base.tree, base.commit)
            workspace.adopt()
            yield workspace


@contextmanager
def removed_afterwards(folder: Path) -> Iterator[Path]:
    try:
        yield folder
    finally:
        remove(folder)


def is_folder(path: Path) -> bool:
    """Whether it is a folder, and no link on the way to it leads elsewhere: it is going to be mounted."""
    return path.is_dir() and path.resolve() == path


def leftovers(state: Path) -> list[str]:
    """Remove what killed commands left behind, and give lent folders back; what was done."""
    done = [f"{folder} has its owner back" for folder in all_back(state / "loans")]
    for folder in sorted(state.glob(f"{PREFIX}*")):
        with suppress(FileNotFoundError):
            if dead((folder / OWNER).read_text()):
                remove(folder)
                done.append(f"{folder} is removed")
    return done
