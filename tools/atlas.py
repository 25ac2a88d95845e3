"""What the outline knows of a working copy: its source files, and what was learned of them so far.

It follows the snapshots: from one to the next only what changed is read again. What a call has no time for, the
next one goes on with.
"""

import hashlib
import os
import shlex
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from ..sandbox.workspace import GIT, Workspace
from .apart import Apart, Lost, shared
from .promise import Focus, order
from .search import files_with
from .source import BY_SUFFIX, WITHOUT, defines, language_of
from .tags import Shelf, Tags, made

PATIENCE = 1.0
"""Seconds for one file. One that takes longer counts as empty."""
BATCH = 20
"""Files that are read at once."""
LARGEST = 300_000
"""Bytes of a file that is still parsed."""
HELPERS = 2
LONG = 2_000_000
"""Bytes of a listing that takes so much of a call's time that none is left to look for names in the files."""
NAMES = 8
"""Names of the task that are looked for in all files."""
LISTED = f"{shlex.join(GIT)} ls-tree -r -z --full-tree"
CHANGED = f"{shlex.join(GIT)} diff-tree -r -z --raw --no-renames"
TEXTS = f'wc -c -- "$@" | head -n $# && head -q -c {LARGEST} -- "$@"'
PLAIN = "100"
"""How the mode of a file begins that is no link and no repository."""
ENDINGS = tuple(f".{suffix}" for suffix, language in BY_SUFFIX.items() if language not in WITHOUT)
UNKNOWN = Tags()
"""Of a file that is too large, or that the parser could not be done with."""

Part = TypeVar("Part")


class Atlas:
    """A workspace's source files by path, and their tags by content."""

    def __init__(
        self, workspace: Workspace, shelf: Path | None = None, about: Callable[[], str] = str
    ) -> None:
        """`shelf`: the folder that tags are kept in from run to run. `about`: the task, and the frames that fail."""
        self.workspace, self._about = workspace, about
        self._shelf = Shelf(shelf / "tags.sqlite") if shelf else None
        self._helpers = [shared(n) for n in range(min(HELPERS, os.cpu_count() or 1))]
        self._reading = threading.Lock()
        self._tree, self._order, self._asked = "", list[str](), False
        self.focus: Focus | None = None
        """What the task speaks of."""
        self.blobs: dict[str, str] = {}
        """Each source file's content as git names it, by path."""
        self.tags: dict[str, Tags] = {}
        """By language and blob."""
        self.rated: tuple[object, list[tuple[str, str]]] | None = None
        """The last ranking: of what, and the names by path, the first the best."""
        self.pace = 0.0003
        """Seconds that ranking took for each file."""
        self.parsed = 0
        """How many files were parsed."""

    def follow(self) -> list[str]:
        """Take in what has changed since the last time; all source files, those first that seem to matter."""
        for helper in self._helpers:
            helper.start()
        tree, about = self.workspace.current(), self._about()
        told = self._told(tree)
        if self.focus is None or about != self.focus.about:
            self.focus, self._asked = Focus(about), False
            self._take(told)
            self._arrange(ask=len(told) < LONG)
        else:
            self._take(told)
            if not self._asked:
                self._arrange(ask=True)
        self._tree = tree
        return [path for path in self._order if path in self.blobs]

    def _arrange(self, ask: bool) -> None:
        """Put the files in their order. `ask` which of them speak of the task's names: else the next call does."""
        assert self.focus
        spoken = files_with(self.workspace, self.focus.telling[:NAMES]) if ask else []
        self._order, self._asked = order(self.blobs, self.focus, spoken), ask

    def _told(self, tree: str) -> bytes:
        """What git has to tell of a tree, beyond what is known."""
        if tree == self._tree:
            return b""
        return self.workspace.checked_output(
            f"{CHANGED} {self._tree} {tree}" if self._tree else f"{LISTED} {tree}"
        )

    def _take(self, told: bytes) -> None:
        if not self._tree:
            self.blobs = listed(told)
            return
        gone, new = changed(told)
        for path in gone:
            self.blobs.pop(path, None)
        self._order = [*(path for path in new if path not in self.blobs), *self._order]
        self.blobs |= new

    def known(self, path: str) -> Tags | None:
        """What was learned of a file."""
        return self.tags.get(self.key(path))

    def key(self, path: str) -> str:
        """What a file's tags depend on: its language and its content."""
        return f"{language_of(path)}:{self.blobs[path]}"

    def recall(self, paths: Iterable[str]) -> None:
        """Come to know what was kept of these files."""
        if self._shelf:
            self.tags |= self._shelf.load(key for path in paths if (key := self.key(path)) not in self.tags)

    def learn(self, paths: Iterable[str], deadline: float) -> None:
        """Come to know what these files define: as many, in their order, as there is time for."""
        rest = list({key: path for path in paths if (key := self.key(path)) not in self.tags}.values())
        if not rest:
            return
        batches = iter([rest[at : at + BATCH] for at in range(0, len(rest), BATCH)])
        parts = self.each(lambda helper: self._work(helper, batches, deadline))
        found = {key: tags for part in parts for key, tags in part.items()}
        self.tags |= found
        if self._shelf:
            self._shelf.save({key: tags for key, tags in found.items() if tags is not UNKNOWN})

    def read(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The files' first bytes, as they are in the working copy."""
        with self._reading:
            return texts(self.workspace, paths)

    def parse(
        self, helper: Apart, work: str, files: Mapping[str, bytes], deadline: float, **more: Any
    ) -> Iterator[tuple[str, Any]]:
        """What the helper tells of each file in turn; None of one that it cannot be done with."""
        rest = list(files)
        while rest and time.monotonic() < deadline + PATIENCE:
            done = 0
            try:
                answers = helper.ask(PATIENCE, [files[p] for p in rest], work=work, paths=rest, **more)
                for done, answer in enumerate(answers, 1):
                    yield rest[done - 1], answer
                return
            except Lost:
                yield rest[done], None
                rest = rest[done + 1 :]

    def each(self, work: Callable[[Apart], Part]) -> list[Part]:
        """Have every helper work at once."""
        with ThreadPoolExecutor(len(self._helpers)) as pool:
            return list(pool.map(work, self._helpers))

    @property
    def helpers(self) -> Sequence[Apart]:
        return self._helpers

    def _work(self, helper: Apart, batches: Iterator[list[str]], deadline: float) -> dict[str, Tags]:
        """Parse batch after batch until none is left, or no time."""
        found: dict[str, Tags] = {}
        while time.monotonic() < deadline and (paths := next(batches, None)):
            held = self.read(paths)
            right = {p: held[p] for p in paths if p in held and blob(held[p], self.blobs[p]) == self.blobs[p]}
            found |= {self.key(path): UNKNOWN for path in paths if path not in right}
            for path, told in self.parse(helper, "tags", right, deadline):
                found[self.key(path)] = made(*told) if told else UNKNOWN
                self.parsed += 1
        return found


def listed(data: bytes) -> dict[str, str]:
    """Each source file of a tree with its blob; links and repositories within are none."""
    rows = os.fsdecode(data).split("\0")
    tab = rows[0].find("\t")  # mode, kind and name are as long for every file
    start = len(f"{PLAIN}644 blob ")
    return {row[tab + 1 :]: row[start:tab] for row in rows if row.endswith(ENDINGS) and row.startswith(PLAIN)}


def changed(data: bytes) -> tuple[list[str], dict[str, str]]:
    """The files that are no more what they were from one tree to another, and what they are now."""
    raw = data.split(b"\0")
    gone: list[str] = []
    new: dict[str, str] = {}
    for row, name in zip(raw[::2], raw[1::2], strict=False):
        _, mode, _, found, _ = row.decode().split()
        path = os.fsdecode(name)
        if mode.startswith(PLAIN) and defines(path):
            new[path] = found
        elif defines(path):
            gone.append(path)
    return gone, new


def blob(data: bytes, like: str) -> str:
    """What git calls a text, so that nothing inside can pass off one for another; by the hash that made `like`."""
    whole = b"blob %d\0%b" % (len(data), data)
    return (hashlib.sha256 if len(like) == 64 else hashlib.sha1)(whole).hexdigest()


def texts(workspace: Workspace, paths: Sequence[str]) -> dict[str, bytes]:
    """The first bytes of files in one round trip; those that are gone are left out."""
    found: dict[str, bytes] = {}
    plain = [path for path in paths if "\n" not in path]
    _, data = workspace.output(TEXTS, *plain)
    at, sizes = 0, []
    for name in map(os.fsencode, plain):
        end = data.find(b"\n", at)
        size, _, said = data[at:end].strip().partition(b" ")
        if end >= 0 and said == name and size.isdigit():
            sizes.append((os.fsdecode(name), min(int(size), LARGEST)))
            at = end + 1
    for path, size in sizes:
        found[path] = data[at : at + size]
        at += size
    for path in set(paths) - set(plain):
        try:
            found[path] = workspace.read(path, LARGEST)
        except OSError:
            continue
    return found
