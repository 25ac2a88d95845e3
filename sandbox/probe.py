"""Which sandbox works here, and where one does not: why, and what would help."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from .base import Frozen, Sandbox, SandboxError, SandboxUnavailable
from .folders import Folders
from .quota import Quota

NAMES = ("auto", "docker", "bubblewrap", "host")


class Found(Frozen):
    """What probing one sandbox showed."""

    name: str
    works: bool
    detail: str


def opener(
    name: str, image: str = "", quota: Quota | None = None, network: Path | None = None
) -> Callable[[Folders], Sandbox]:
    """How to open a sandbox by its name. `auto` is bubblewrap, or docker where an image is named.

    `network` is the socket of the proxy that leads out; without one there is no network.
    """
    if name not in NAMES:
        raise SandboxUnavailable(f"no sandbox {name!r}: one of {', '.join(NAMES)}.")
    chosen = name if name != "auto" else ("docker" if image else "bubblewrap")
    if network and chosen == "host":
        raise SandboxUnavailable(
            "--network cannot be kept to with --sandbox host, where everything is open: use bubblewrap or docker."
        )
    return lambda folders: BACKENDS[chosen](replace(folders, network=network), image, quota or Quota())


def _bubblewrap(folders: Folders, image: str, quota: Quota) -> Sandbox:
    from .bubblewrap import Bubblewrap

    return Bubblewrap(folders, quota)


def _docker(folders: Folders, image: str, quota: Quota) -> Sandbox:
    from .docker import Docker

    return Docker(folders, image, quota)


def _host(folders: Folders, image: str, quota: Quota) -> Sandbox:
    from .host import Host

    return Host(folders)


BACKENDS: Mapping[str, Callable[[Folders, str, Quota], Sandbox]] = {
    "bubblewrap": _bubblewrap,
    "docker": _docker,
    "host": _host,
}


def probe(name: str, image: str = "") -> Found:
    """Open a sandbox on empty folders and run one command in it."""
    with TemporaryDirectory() as top:
        folders = Folders(base=Path(top) / "base", work=Path(top) / "work", root="/work")
        folders.base.mkdir()
        try:
            with opener(name, image)(folders) as sandbox:
                done = sandbox.run(["sh", "-c", "id -u; command -v git python3"])
        except SandboxError as e:
            return Found(name=name, works=False, detail=str(e))
    return Found(name=name, works=done.ok, detail=" ".join(done.output.split()))
