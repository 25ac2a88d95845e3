"""Where root's own folders are shown to bubblewrap, which runs as somebody who may not go where they lie."""

import ctypes
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from .base import SandboxUnavailable

NEW_MOUNTS, BIND, RECURSIVE, PRIVATE = 0x20000, 0x1000, 0x4000, 1 << 18


class Stage:
    """A private place that an unprivileged id can traverse, for sources below folders that only root may.

    In a mount namespace of its own the sources are bound below a small tmpfs; bwrap then finds them there.
    """

    def __init__(self) -> None:
        self._sources: list[Path] = []

    def place(self, source: Path) -> str:
        self._sources.append(source)
        return f"{{stage}}/{len(self._sources)}"

    def filled(self, command: Sequence[str]) -> list[str]:
        """A command line with the place's own path in it."""
        folder = self.folder()
        return [word.replace("{stage}", folder) for word in command]

    def folder(self) -> str:
        """A folder that every system has and that hides no source once something is mounted over it."""
        for folder in ("/mnt", "/media", "/srv", "/opt"):
            if Path(folder).is_dir() and not any(
                Path(folder) in [s, *s.parents, *s.resolve().parents] for s in self._sources
            ):
                return folder
        raise SandboxUnavailable(
            "started by root, patchwright needs one of /mnt, /media, /srv, /opt as a mount point of its own"
        )

    @contextmanager
    def built(self) -> Iterator[None]:
        """For as long as this lasts, the calling thread, and what it starts, see the place; nobody else does.

        By system calls of this thread: with a program for each of them, a sandbox takes several times as long to
        start. Raises OSError.
        """
        own = os.open("/proc/thread-self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        try:
            checked("unshare", libc().unshare(NEW_MOUNTS))
            try:
                self._build()
                yield
            finally:
                checked("setns", libc().setns(own, NEW_MOUNTS))
        finally:
            os.close(own)

    def _build(self) -> None:
        folder = self.folder()
        mount("none", "/", RECURSIVE | PRIVATE)
        mount("none", folder, 0, "tmpfs", "mode=755,size=1m")
        for number, source in enumerate(self._sources, 1):
            place = Path(folder, str(number))
            if source.is_dir():
                place.mkdir()
            else:
                place.touch()
            mount(str(source), str(place), BIND | RECURSIVE)


def mount(source: str, target: str, flags: int, kind: str = "", data: str = "") -> None:
    words = [os.fsencode(word) or None for word in (source, target, kind, data)]
    done = libc().mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])
    checked(f"mount {source}", done)


def checked(what: str, result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), what)


@cache
def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
