"""A user's own folder, lent to a sandbox for the time of a command.

Started by root, the commands run as a user who owns nothing there. So the folder's files change their owner while
it is lent, and get it back from the last one to leave. What was lent when we were killed is given back by the next.
"""

import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .folders import NOBODY

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def lent(folder: Path, notes: Path, isolated: bool = True) -> Iterator[None]:
    """Let the sandbox's user write in `folder`. `notes` is a folder of ours that remembers whose it is."""
    if os.geteuid() != 0 or not isolated:
        yield
        return
    notes.mkdir(parents=True, exist_ok=True, mode=0o700)
    note = notes / f"{hashlib.sha256(bytes(folder)).hexdigest()[:24]}.json"
    handle = os.open(note.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        lend(folder, note)
        yield
    finally:
        with suppress(BlockingIOError):  # another command still works in it
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            give_back(note)
        os.close(handle)


def lend(folder: Path, note: Path) -> None:
    if not note.exists():
        found = folder.stat()
        owner = {"uid": found.st_uid, "gid": found.st_gid, "mode": stat.S_IMODE(found.st_mode)}
        spare = note.with_suffix(".new")
        spare.write_text(json.dumps({"folder": str(folder), **owner}))
        spare.replace(note)
    owner = json.loads(note.read_text())
    # The folder itself keeps its owner, without whom git would refuse it as that of a stranger.
    os.chown(folder, -1, NOBODY)
    folder.chmod(owner["mode"] | stat.S_IRWXG)
    chown(folder, owner["uid"], NOBODY, NOBODY)


def give_back(note: Path) -> None:
    """Return a folder to its owner."""
    try:
        owner = json.loads(note.read_text())
    except FileNotFoundError:
        return
    if (folder := Path(owner["folder"])).is_dir():
        chown(folder, NOBODY, owner["uid"], owner["gid"])
        os.chown(folder, -1, owner["gid"])
        folder.chmod(owner["mode"])
    note.unlink()


def chown(top: Path, old: int, uid: int, gid: int) -> None:
    """Change the owner of what belongs to `old`, but for .git, and for files that have another name elsewhere.

    However deep: with one folder open at a time, and without a path that could become too long.
    """

    def change(here: int) -> list[str]:
        below: list[str] = []
        with os.scandir(here) as entries:
            for entry in entries:
                if len(way) == 0 and entry.name == ".git":
                    continue
                with suppress(FileNotFoundError):
                    found = entry.stat(follow_symlinks=False)
                    if found.st_uid == old and (stat.S_ISDIR(found.st_mode) or found.st_nlink == 1):
                        os.chown(entry.name, uid, gid, dir_fd=here, follow_symlinks=False)
                    if stat.S_ISDIR(found.st_mode):
                        below.append(entry.name)
        return below

    way: list[tuple[tuple[int, int], list[str]]] = []
    here = os.open(top, FOLDER)
    try:
        way.append((identity(here), change(here)))
        while way:
            if names := way[-1][1]:
                try:
                    there = os.open(names.pop(), FOLDER, dir_fd=here)
                except OSError:  # a command has put something else there
                    continue
                os.close(here)
                here = there
                way.append((identity(here), change(here)))
                continue
            way.pop()
            if way:
                there = os.open("..", FOLDER, dir_fd=here)
                os.close(here)
                here = there
                if identity(here) != way[-1][0]:  # a command has moved it: who knows where we are
                    return
    finally:
        os.close(here)


def identity(folder: int) -> tuple[int, int]:
    found = os.fstat(folder)
    return found.st_dev, found.st_ino


def all_back(notes: Path) -> list[str]:
    """Give back what nobody uses any more; the folders that were returned."""
    returned: list[str] = []
    for note in sorted(notes.glob("*.json")):
        handle = os.open(note.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            returned.append(json.loads(note.read_text())["folder"])
            give_back(note)
        os.close(handle)
    return returned
