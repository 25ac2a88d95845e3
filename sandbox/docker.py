"""Docker: the guard as a container's only program, spoken to over the container's own stdin and stdout.

The connection is the lifeline: the engine closes the container's stdin when it breaks, the guard leaves, and the
container removes itself. Commands never need an exec of their own. The only file that imports docker.
"""

import contextlib
import os
import socket
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.types import LogConfig, Mount, Ulimit
from docker.utils import parse_repository_tag
from docker.utils.build import PatternMatcher

from . import machine, owner, seccomp
from .base import SandboxDied, SandboxUnavailable
from .channel import Channel, Wire
from .folders import BASE, DOTGIT, GIT, GUARD, NOBODY, Folders
from .guard import relay
from .images import Wanted
from .kept import DOCKERFILE
from .quota import PACKAGE, Quota, starting
from .readable import readable

ROOT = "/work"
NEEDS = "python3, git and sh"
"""What an image has to hold: the guard is a Python script, and snapshots are git's."""


class NoPython(SandboxUnavailable):
    """The guard cannot run in this image."""


class Attached(Wire):
    """A container's stdin and stdout over one socket, whose frames name the stream that they belong to."""

    def __init__(self, connection: socket.socket, both: bool = False) -> None:
        super().__init__(connection.fileno(), connection.fileno())
        self._connection, self._buffer, self.errors = connection, b"", b""
        self._both = both

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def receive(self, seconds: float) -> bytes:
        self._connection.settimeout(max(0.001, seconds))
        while True:
            if len(self._buffer) >= 8:
                stream, size = struct.unpack(">BxxxL", self._buffer[:8])
                if len(self._buffer) >= 8 + size:
                    data, self._buffer = self._buffer[8 : 8 + size], self._buffer[8 + size :]
                    if data and (stream == 1 or self._both):
                        return data
                    self.errors = (self.errors + data)[-2_000:]
                    continue
            got = self._connection.recv(1 << 18)
            if not got:
                return b""
            self._buffer += got

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


class Docker(Channel):
    """One container, gone when it is closed or when this process dies."""

    name = "docker"

    def __init__(
        self,
        folders: Folders,
        image: str,
        quota: Quota | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        if not image:
            raise SandboxUnavailable(f"docker needs an image that holds {NEEDS}: name it with --image.")
        folders.make()
        self._client = connect()
        try:
            about = self._client.images.get(fetch(self._client, image, tell))
            filtered = seccomp.program(about.attrs["Architecture"])
            sweep(self._client)
            self._container = self._client.containers.create(
                **settings(folders, image, filtered, quota or Quota())
            )
        except SandboxUnavailable:
            self._client.close()
            raise
        except DockerException as e:
            self._client.close()
            raise SandboxUnavailable(f"docker cannot make a container from {image!r}: {brief(e)}") from e
        env = dict(pair.split("=", 1) for pair in about.attrs["Config"].get("Env") or [] if "=" in pair)
        env.setdefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        inside = env | {"HOME": "/tmp/home", "LANG": "C.UTF-8", "TERM": "dumb"}
        inside |= relay.VARIABLES if folders.network else {}
        self._attached = self._start(image)
        super().__init__(self._attached, root=ROOT, gitdir=GIT, basedir=BASE, env=inside)
        self._check(image)
        self.about: Mapping[str, str] = {"image": image, "digest": str(about.id)}

    def why(self) -> str:
        """What the engine knows of the container's end, and what the guard's Python said."""
        reason = self._attached.errors.decode("utf-8", "replace").strip()[-300:]
        try:
            state = self._container.client.api.inspect_container(self._container.id)["State"]  # type: ignore[union-attr]
            killed = (
                "killed for its memory limit" if state.get("OOMKilled") else f"exit code {state['ExitCode']}"
            )
        except (DockerException, OSError):
            killed = "the container is gone"
        return f"({killed}{f': {reason}' if reason else ''})"

    def close(self) -> None:
        super().close()
        self._attached.close()
        self._remove()
        self._client.close()

    def _start(self, image: str) -> Attached:
        """Attach before the start, so that no byte is lost; the raw socket lies below docker's wrappers."""
        try:
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            wrapped: Any = self._container.attach_socket(params=streams)
            attached = Attached(getattr(wrapped, "_sock", wrapped))
            self._wrapped = wrapped  # its finalizer would close the socket
            self._container.start()
        except DockerException as e:
            self._remove()
            self._client.close()
            if "python3" in str(e) and ("not found" in str(e) or "no such file" in str(e)):
                raise NoPython(f"image {image!r} has no python3") from e
            raise SandboxUnavailable(f"image {image!r} does not start: it needs {NEEDS}. {brief(e)}") from e
        return attached

    def _check(self, image: str) -> None:
        try:
            self.check()
            found = self.run(
                ["sh", "-c", "mkdir -p /tmp/home && touch .patchwright && rm .patchwright && git --version"]
            )
        except SandboxDied as e:
            self.close()
            raise SandboxUnavailable(f"image {image!r} cannot serve: it needs {NEEDS}. {e}") from None
        if not found.ok:
            self.close()
            raise SandboxUnavailable(
                f"image {image!r} cannot serve: it needs {NEEDS}. {found.output.strip()}"
            )

    def _remove(self) -> None:
        with contextlib.suppress(NotFound, APIError, OSError, DockerException):
            self._container.remove(force=True)


def connect(seconds: int = 60) -> docker.DockerClient:
    """The engine's client. Raises SandboxUnavailable with what to do."""
    try:
        found = machine.engine(os.environ, machine.listening)
        client = (
            docker.DockerClient(base_url=found, timeout=seconds)
            if found
            else docker.from_env(timeout=seconds)
        )
        client.ping()
    except (DockerException, OSError) as e:
        text = brief(e)
        if "Permission denied" in text or "PermissionError" in text:
            help_ = (
                "this user may not use docker: join the group docker (which equals root), or use bubblewrap."
            )
        else:
            help_ = (
                "no docker engine answers: start it (systemctl start docker, or systemctl --user start "
                "podman.socket), or use bubblewrap."
            )
        raise SandboxUnavailable(f"{help_} ({text})") from e
    return client


def fetch(client: docker.DockerClient, image: str, tell: Callable[[str], None]) -> str:
    """An image's id, pulled where it is not there. Raises SandboxUnavailable."""
    try:
        return str(client.images.get(image).id)
    except ImageNotFound:
        tell(f"pulling {image}")
    except DockerException as e:
        raise SandboxUnavailable(f"docker cannot look for the image {image!r}: {brief(e)}") from e
    name, tag = parse_repository_tag(image)
    try:
        for row in client.api.pull(name, tag or "latest", stream=True, decode=True):
            if row.get("status") in ("Pull complete", "Download complete"):
                tell(f"{row.get('id', '')}: {row['status']}")
        return str(client.images.get(image).id)
    except DockerException as e:
        raise SandboxUnavailable(
            f"there is no image {image!r} here, and it cannot be pulled: {brief(e)}. Name another with --image."
        ) from e


def described(client: docker.DockerClient) -> str:
    """The engine by its name and version."""
    about: Any = client.version()
    parts = about.get("Components") or []
    name = str(parts[0].get("Name", "")) if parts else ""
    return f"{'podman' if 'podman' in name.lower() else 'docker'} {about.get('Version', '')}"


def ignored(rules: str) -> Callable[[str], bool]:
    """Which paths a .dockerignore leaves out. Engines leave that to their clients."""
    lines = [line.strip() for line in rules.splitlines()]
    matcher: Any = PatternMatcher([line for line in lines if line and not line.startswith("#")])
    return matcher.matches


def build(
    client: docker.DockerClient,
    context: Path,
    wanted: Wanted,
    name: str,
    tell: Callable[[str], None],
    network: str,
) -> str:
    """Build an image from a tar; its id. No variable and no proxy of the user's is known to it.

    Raises SandboxUnavailable.
    """
    kept: list[str] = []
    arguments = {"buildargs": wanted.arguments, "target": wanted.target or None, "tag": name}
    options = {"dockerfile": DOCKERFILE, "custom_context": True, "rm": True, "forcerm": True, "decode": True}
    options |= {"network_mode": network, "use_config_proxy": False}
    try:
        with context.open("rb") as tar:
            for row in client.api.build(fileobj=tar, **options, **arguments):
                text = readable(str(row.get("stream") or row.get("error") or "").encode()).rstrip()
                kept = [*kept, *text.splitlines()][-12:]
                if text.startswith("Step "):
                    tell(text)
                if "error" in row:
                    break
            else:
                return str(client.images.get(name).id)
    except DockerException as e:
        kept.append(brief(e))
    raise SandboxUnavailable("\n  ".join([f"{wanted.why} cannot be built:", *kept]))


def leftovers() -> list[str]:
    """Remove the containers whose makers are gone; their names. Raises SandboxUnavailable."""
    client = connect()
    try:
        return sweep(client)
    except DockerException as e:
        raise SandboxUnavailable(f"docker cannot list its containers: {brief(e)}") from e
    finally:
        client.close()


def sweep(client: docker.DockerClient) -> list[str]:
    """What leftovers does, with a client at hand. A maker killed before it could start its container leaves one."""
    removed = []
    for found in client.api.containers(all=True, filters={"label": owner.LABEL}):
        if owner.dead(found["Labels"][owner.LABEL]):
            with contextlib.suppress(DockerException):
                client.api.remove_container(found["Id"], force=True)
                removed.append(found["Names"][0].lstrip("/"))
    return removed


def settings(folders: Folders, image: str, filtered: bytes, quota: Quota) -> Mapping[str, Any]:
    """How the container is made: no network, no privileges, nothing of the host but the working copy."""
    user = f"{NOBODY}:{NOBODY}" if os.geteuid() == 0 else f"{os.geteuid()}:{os.getegid()}"
    mounts = [
        Mount(ROOT, str(folders.tree), type="bind"),
        Mount(GIT, str(folders.git), type="bind"),
        Mount(BASE, str(folders.base), type="bind", read_only=True),
        Mount(GUARD, str(PACKAGE), type="bind", read_only=True),
    ]
    for source, name, writable in folders.overlays():
        mounts.append(Mount(f"{ROOT}/{name}", str(source), type="bind", read_only=not writable))
    if folders.lent:
        mounts.append(Mount(DOTGIT, str(folders.dotgit), type="bind"))
    if folders.network:
        mounts.append(Mount(relay.SOCKET, str(folders.network), type="bind", read_only=True))
    names = ("memory_mb", "disk_mb", "file_mb", "processes")
    watched = [f"{name}={getattr(quota, name)}" for name in names]
    also = f"also={GIT}{f':{DOTGIT}' if folders.lent else ''}"
    arguments = ["alone", f"root={ROOT}", also, f"filter={filtered.hex()}", *watched]
    return {
        "image": image,
        "entrypoint": ["python3", *starting(GUARD, *arguments)],
        "command": list(relay.ARGUMENTS) if folders.network else [],
        "stdin_open": True,
        "auto_remove": True,
        "labels": {owner.LABEL: owner.mark()},
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "pids_limit": quota.processes,
        "mem_limit": f"{quota.memory_mb}m",
        "memswap_limit": f"{quota.memory_mb}m",
        "nano_cpus": min(quota.cpus, os.cpu_count() or 1) * 10**9,
        "ulimits": [
            Ulimit(name="fsize", soft=quota.file_mb << 20, hard=quota.file_mb << 20),
            Ulimit(name="nofile", soft=quota.open_files, hard=quota.open_files),
            Ulimit(name="core", soft=0, hard=0),
        ],
        "read_only": True,
        "tmpfs": {"/tmp": f"rw,exec,nosuid,nodev,size={quota.scratch_mb}m,mode=1777"},
        "shm_size": f"{quota.scratch_mb}m",
        "ipc_mode": "private",
        "log_config": LogConfig(type="none"),
        "user": user,
        "hostname": "sandbox",
        "working_dir": ROOT,
        "mounts": mounts,
    }


def brief(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
