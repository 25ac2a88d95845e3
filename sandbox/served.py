"""Docker for images without Python: each command is an exec of the engine, and the files go through a shell.

The same container as with the guard, and the engine's own filter of system calls in place of ours. What needs the
guard is missing and says so: jobs, the way out, whole outputs in files, and the naming of limits.
"""

import os
import posixpath
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, Self

from .base import Completed, Job, JobError, SandboxDied, SandboxUnavailable
from .docker import ROOT, connect, settings
from .folders import BASE, GIT, GUARD, Folders
from .guard.output import Output
from .quota import Quota
from .readable import readable
from .vessel import Vessel

ERRNO = 100
"""Exit codes of the scripts beyond this are a file's errno."""
RUN = """cd -- "$1" || exit 127; shift
command -v -- "$1" >/dev/null || { echo "$1: No such file or directory"; exit 127; }
exec "$@" </dev/null 2>&1"""
READ = """[ -e "$1" ] || exit 102
[ -z "$3" ] || case $(readlink -f -- "$1")/ in "$(readlink -f -- "$3")"/*) ;; *) exit 101;; esac
[ -d "$1" ] && exit 121; [ -f "$1" ] || exit 0; [ -r "$1" ] || exit 113
exec head -c "$2" -- "$1" 2>/dev/null"""
WRITE = """root=$(readlink -f -- "$1"); p=$2
if [ -e "$p" ] || [ -L "$p" ]; then p=$(readlink -f -- "$p") || exit 102; fi
d=$(dirname -- "$p"); while [ ! -d "$d" ]; do [ -e "$d" ] && exit 120; d=$(dirname -- "$d"); done
case $(readlink -f -- "$d")/ in "$root"/*) ;; *) exit 101;; esac
[ -d "$p" ] && exit 121
mkdir -p -- "$(dirname -- "$p")" 2>/dev/null || exit 113
t=$p.patchwright-$$; trap 'rm -f -- "$t"' EXIT
head -c "$3" 2>/dev/null > "$t" || exit 105
if [ -e "$p" ]; then chmod "$(stat -c %a -- "$p")" "$t"; fi
mv -f -- "$t" "$p" 2>/dev/null || exit 105
p=$(readlink -f -- "$p"); printf '%s\n' "${p#"$root"/}" || exit 105"""
KILL = "kill -9 -1"
"""All that this user has started, except for this shell and for the first process."""


class Served:
    """One container, gone when it is closed or when this process dies."""

    name = "docker"
    root, gitdir, basedir = ROOT, GIT, BASE
    hidden: Sequence[str] = ()
    about: Mapping[str, str]

    def __init__(self, folders: Folders, image: str, quota: Quota | None = None) -> None:
        if folders.network:
            raise SandboxUnavailable(f"--network needs python3 in the image, and {image!r} has none.")
        folders.make()
        self._one_at_a_time = threading.Lock()
        self._closed, self._running, self._stopped = False, False, False
        self._client = connect()
        self.about = {"image": image, "digest": str(self._client.images.get(image).id)}
        try:
            self._vessel = Vessel(self._client, image, without_guard(folders, image, quota or Quota()))
        except SandboxUnavailable:
            self._client.close()
            raise
        script = "mkdir -p /tmp/home && touch .patchwright && rm .patchwright && git --version"
        found = self.run(["sh", "-c", script])
        if not found.ok:
            self.close()
            raise SandboxUnavailable(
                f"image {image!r} cannot serve: it needs git and sh. {found.output.strip()}"
            )

    def run(
        self,
        argv: Sequence[str],
        *,
        seconds: float = 120,
        cwd: str = "",
        env: Mapping[str, str] | None = None,
        keep: bool = False,
    ) -> Completed:
        output, started = Output(), time.monotonic()
        with self._one_at_a_time:
            self._stopped, self._running = False, True
            try:
                words = ["sh", "-c", RUN, "sh", self.path(cwd), *argv]
                code = self._exec(words, output.add, seconds, env=env)
            finally:
                self._running = False
            took = time.monotonic() - started
            self._clear()
        output.trim()
        ended = "stopped" if self._stopped else "timed out" if code is None else ""
        gap = f"\n[… {output.dropped} bytes left out …]\n".encode() if output.dropped else b""
        return Completed(
            argv=tuple(argv),
            code=137 if code is None else code,
            output=readable(bytes(output.head) + gap + bytes(output.tail)),
            left_out=output.dropped,
            seconds=took,
            ended=ended,
        )

    def start(self, argv: Sequence[str], *, cwd: str = "", env: Mapping[str, str] | None = None) -> int:
        raise JobError("this image has no python3, without which there are no jobs: run the command instead")

    def ask(self, job: int, *, seconds: float = 0, stop: bool = False) -> Job:
        raise JobError(f"there is no job {job}")

    def read(self, path: str, limit: int = 20_000_000, inside: bool = False) -> bytes:
        data = bytearray()
        with self._one_at_a_time:
            words = ["sh", "-c", READ, "sh", self.path(path), str(limit + 1), self.root if inside else ""]
            code = self._exec(words, data.extend, 120)
        if code != 0:
            refuse(code, path)
        if len(data) > limit:
            raise OSError(27, f"longer than {limit} bytes", path)
        return bytes(data)

    def write(self, path: str, data: bytes) -> str:
        whole, said = posixpath.normpath(self.path(path)), bytearray()
        with self._one_at_a_time:
            words = ["sh", "-c", WRITE, "sh", self.root, whole, str(len(data))]
            code = self._exec(words, said.extend, 120, stdin=data)
        if code != 0:
            refuse(code, path)
        return os.fsdecode(bytes(said)[:-1])

    def check(self) -> None:
        with self._one_at_a_time:
            self._exec(["sh", "-c", "true"], lambda _: None, 60)

    def kill(self) -> None:
        if self._running:
            self._stopped = True
            self._clear()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._vessel.close()
            self._client.close()

    def path(self, path: str) -> str:
        return posixpath.join(self.root, path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _exec(self, words: Sequence[str], hear: Any, seconds: float, **how: Any) -> int | None:
        if self._closed:
            raise SandboxDied("the docker sandbox is closed")
        env = {"HOME": "/tmp/home", "LANG": "C.UTF-8", "TERM": "dumb", **(how.pop("env", None) or {})}
        deadline = time.monotonic() + seconds
        return self._vessel.run(words, hear, deadline=deadline, environment=env, **how)

    def _clear(self) -> None:
        """Kill what a command left. Where it fills the limit on processes, there is no room for that at first."""
        for _ in range(20):
            # The shell may be counted among its own victims by old kernels: what counts is that it has run.
            if self._exec(["sh", "-c", KILL], lambda _: None, 10) in (0, 1, 2, 137):
                self._vessel.bury()
                return
            time.sleep(0.2)
        self.close()
        raise SandboxDied("the docker sandbox could not end a command")


def refuse(code: int | None, path: str) -> NoReturn:
    if code is None or not ERRNO < code < ERRNO + 26:
        raise SandboxDied(f"the docker sandbox could not handle {path} (exit code {code})")
    raise OSError(code - ERRNO, os.strerror(code - ERRNO), path)


def without_guard(folders: Folders, image: str, quota: Quota) -> dict[str, Any]:
    """The same container, but for the guard's folder. The engine's own filter of system calls is over it."""
    same = {**settings(folders, image, b"", quota)}
    same.pop("image")
    same["mounts"] = [mount for mount in same["mounts"] if mount["Target"] != GUARD]
    return same
