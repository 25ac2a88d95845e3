"""What is timed in a sandbox, each beside its floor."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from patchwright.sandbox import docker
from patchwright.sandbox.base import Sandbox
from patchwright.sandbox.bubblewrap import Bubblewrap
from patchwright.sandbox.channel import Wire
from patchwright.sandbox.folders import Folders
from patchwright.sandbox.quota import Quota

from . import bare
from .measure import ms


class Probe(NamedTuple):
    name: str
    measure: Callable[[], float]
    """Does it once; milliseconds."""
    every: int = 1
    """It is slow: it has a turn only every so many times."""


Group = Callable[["Room"], AbstractContextManager[list[Probe]]]


class Room(NamedTuple):
    """A kind of sandbox, and a folder to open ones of it in."""

    top: Path
    image: str = ""
    """Docker's; without one it is bubblewrap."""

    @property
    def name(self) -> str:
        return "Docker" if self.image else "bubblewrap"

    def folders(self, root: str = "") -> Folders:
        """Fresh and empty ones."""
        top = fresh(self.top)
        return Folders(base=top / "base", work=top / "work", root=root or str(top / "repo"))

    def open(self, folders: Folders) -> Sandbox:
        folders.base.mkdir(exist_ok=True)
        return docker.Docker(folders, self.image) if self.image else Bubblewrap(folders, environ=around())


NOTHING = ("-I", "-S", "-c", "pass")


def fresh(top: Path) -> Path:
    path = top / f"{len(list(top.iterdir()))}"
    path.mkdir()
    return path


def around() -> Mapping[str, str]:
    """The environment that a sandbox is opened from: the toolchain is the system's and this Python's."""
    return {"PATH": os.environ.get("PATH", os.defpath)}


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return ms(time.perf_counter() - started)


@contextmanager
def commands(room: Room) -> Iterator[list[Probe]]:
    """A command that does nothing, in a sandbox that is open."""
    folders = room.folders()
    with (
        room.open(folders) as sandbox,
        (shell_in_docker if room.image else shell_in_bubblewrap)(room) as shell,
    ):
        probes = [
            Probe("patchwright", lambda: timed(lambda: sandbox.run(["true"]))),
            Probe("kept shell", lambda: timed(lambda: shell.run("/bin/true"))),
            Probe("kept shell, its own `true`", lambda: timed(lambda: shell.run("true"))),
        ]
        if room.image:
            container = sandbox._container  # type: ignore[attr-defined]
            cli = ["docker", "exec", container.name, "true"]
            probes.append(Probe("docker-py exec_run", lambda: timed(lambda: container.exec_run("true")), 10))
            probes.append(Probe("docker exec", lambda: timed(lambda: bare.start(cli)), 10))
        yield probes


@contextmanager
def shell_in_bubblewrap(room: Room) -> Iterator[bare.Shell]:
    folders = room.folders()
    folders.base.mkdir()
    with bare.in_bubblewrap(folders, around(), "sh") as process:
        assert process.stdin and process.stdout
        yield bare.Shell(Wire(process.stdout.fileno(), process.stdin.fileno()))
        process.stdin.close()


@contextmanager
def shell_in_docker(room: Room) -> Iterator[bare.Shell]:
    """Over the engine's socket, which is quicker than through `docker run -i`."""
    client = docker.connect()
    chosen: dict[str, Any] = {**settings(room), "entrypoint": ["sh"]}
    container = client.containers.create(**chosen)
    wrapped: Any = container.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
    wire = docker.Attached(getattr(wrapped, "_sock", wrapped))
    try:
        container.start()
        yield bare.Shell(wire)
    finally:
        wire.close()
        with suppress(docker.APIError):  # it removes itself, and may be at it
            container.remove(force=True)
        client.close()


def settings(room: Room) -> dict[str, Any]:
    folders = room.folders()
    folders.base.mkdir()
    folders.make()
    return dict(docker.settings(folders, room.image, b"", Quota()))


@contextmanager
def starts(room: Room) -> Iterator[list[Probe]]:
    """From nothing to the end of a first command."""

    def ours() -> float:
        folders = room.folders()
        started = time.perf_counter()
        with room.open(folders) as sandbox:
            sandbox.run(["true"])
            return ms(time.perf_counter() - started)

    probes = [Probe("patchwright", ours)]
    if room.image:
        command = bare.docker_run(settings(room), "true")
        yield [*probes, Probe("docker run … true", lambda: timed(lambda: bare.start(command)))]
        return
    folders = room.folders()
    folders.base.mkdir()

    def alone(*words: str) -> None:
        with bare.in_bubblewrap(folders, around(), *words) as process:
            assert process.wait() == 0

    yield [
        *probes,
        Probe("bwrap … true", lambda: timed(lambda: alone("true"))),
        Probe("bwrap … python3 -I -S -c pass", lambda: timed(lambda: alone("python3", *NOTHING))),
        Probe("bwrap over /, true", lambda: timed(lambda: bare.start(bare.MINIMAL))),
    ]
