"""Which sandbox works here, and where one does not: why, and what would help."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from .base import Frozen, Sandbox, SandboxError, SandboxUnavailable
from .folders import Folders
from .quota import Quota

NAMES = ("auto", "docker", "bubblewrap", "host")
AUTO = "auto"
"""The image that is chosen from the repository's files."""


class Found(Frozen):
    """What probing one sandbox showed."""

    name: str
    works: bool
    detail: str


Tell = Callable[[str], None]


def backend(name: str, image: str) -> str:
    """`auto` is bubblewrap, or docker where an image is named."""
    return name if name != "auto" else ("docker" if image else "bubblewrap")


def undecided(name: str, image: str) -> bool:
    """Whether the image is still to be chosen, from the repository's files."""
    return backend(name, image) == "docker" and image in ("", AUTO)


def opener(
    name: str,
    image: str = "",
    quota: Quota | None = None,
    network: Path | None = None,
    tell: Tell = lambda _: None,
) -> Callable[[Folders], Sandbox]:
    """How to open a sandbox by its name.

    `network` is the socket of the proxy that leads out; without one there is no network.
    """
    if name not in NAMES:
        raise SandboxUnavailable(f"no sandbox {name!r}: one of {', '.join(NAMES)}.")
    chosen, said = backend(name, image), set[str]()

    def once(text: str) -> None:
        if text not in said:
            said.add(text)
            tell(text)

    if network and chosen == "host":
        raise SandboxUnavailable(
            "--network cannot be kept to with --sandbox host, where everything is open: use bubblewrap or docker."
        )
    return lambda folders: BACKENDS[chosen](replace(folders, network=network), image, quota or Quota(), once)


def _bubblewrap(folders: Folders, image: str, quota: Quota, tell: Tell) -> Sandbox:
    from .bubblewrap import Bubblewrap

    return Bubblewrap(folders, quota)


def _docker(folders: Folders, image: str, quota: Quota, tell: Tell) -> Sandbox:
    from .docker import Docker, NoPython

    try:
        return Docker(folders, image, quota, tell)
    except NoPython as e:
        from .served import Served

        sandbox = Served(folders, image, quota)
        tell(f"{e}: commands run by docker exec, so there are no jobs, and limits are kept but not named")
        return sandbox


def _host(folders: Folders, image: str, quota: Quota, tell: Tell) -> Sandbox:
    from .host import Host

    return Host(folders)


BACKENDS: Mapping[str, Callable[[Folders, str, Quota, Tell], Sandbox]] = {
    "bubblewrap": _bubblewrap,
    "docker": _docker,
    "host": _host,
}


def probe(name: str, image: str = "") -> Found:
    """Open a sandbox on empty folders and run one command in it; of docker without an image, ask its engine."""
    if undecided(name, image):
        return _engine(name)
    with TemporaryDirectory() as top:
        folders = Folders(base=Path(top) / "base", work=Path(top) / "work", root="/work")
        folders.base.mkdir()
        try:
            with opener(name, image)(folders) as sandbox:
                done = sandbox.run(["sh", "-c", "id -u; command -v git python3"])
        except SandboxError as e:
            return Found(name=name, works=False, detail=str(e))
    return Found(name=name, works=done.ok, detail=" ".join(done.output.split()))


def _engine(name: str) -> Found:
    from .docker import connect, described

    try:
        client = connect()
    except SandboxError as e:
        return Found(name=name, works=False, detail=str(e))
    detail = f"{described(client)}; no image was tried (--image), each repository's is made for it (--repo)"
    client.close()
    return Found(name=name, works=True, detail=detail)
