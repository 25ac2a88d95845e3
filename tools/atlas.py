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

from ..sandbox.patch import SUBMODULE, SYMLINK
from ..sandbox.workspace import GIT, Workspace
from .apart import Apart, Lost, shared
from .promise import Focus, order
from .search import files_with
from .source import defines, language_of
from .tags import Shelf, Tags, made

PATIENCE = 1.0
"""Seconds for one file. One that takes longer counts as empty."""
BATCH = 20
"""Files that are read at once."""
LARGEST = 300_000
"""Bytes of a file that is still parsed."""
HELPERS = 2
NAMES = 8
"""Names of the task that are looked for in all files."""
LISTED = f"{shlex.join(GIT)} ls-tree -r -z --full-tree"
CHANGED = f"{shlex.join(GIT)} diff-tree -r -z --raw --no-renames"
TEXTS = f'wc -c -- "$@" | head -n $# && head -q -c {LARGEST} -- "$@"'
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
        self._tree, self._order = "", list[str]()
        self.focus: Focus | None = None
        """What the task speaks of."""
        self.keys: dict[str, str] = {}
        """Each source file's language and git blob, by path."""
        self.tags: dict[str, Tags] = {}
        """By language and blob."""
        self.parsed = 0
        """How many files were parsed."""

    def refresh(self) -> None:
        """Take in what has changed since the last time."""
        tree = self.workspace.snapshot()
        if tree == self._tree:
            return
        if self._tree:
            gone, new = changed(self._printed(f"{CHANGED} {self._tree} {tree}"))
        else:
            gone, new = [], list(listed(self._printed(f"{LISTED} {tree}")))
        for path in gone:
            self.keys.pop(path, None)
        found = {path: f"{language_of(path)}:{blob}" for path, blob in new if defines(path)}
        self._order = [*(found.keys() - self.keys.keys()), *self._order] if self._order else []
        self.keys |= found
        self._tree = tree

    def order(self) -> list[str]:
        """All source files, those first that seem to matter for the task."""
        about = self._about()
        if self.focus is None or about != self.focus.about or not self._order:
            self.focus = Focus(about)
            spoken = files_with(self.workspace, self.focus.telling[:NAMES])
            self._order = order(self.keys, self.focus, spoken)
        return [path for path in self._order if path in self.keys]

    def learn(self, paths: Iterable[str], deadline: float) -> None:
        """Come to know what these files define: as many, in their order, as there is time for."""
        missing = {self.keys[path]: path for path in paths if self.keys[path] not in self.tags}
        if self._shelf and missing:
            self.tags |= self._shelf.load(missing)
        rest = [path for key, path in missing.items() if key not in self.tags]
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
            right = {
                p: held[p] for p in paths if p in held and self.keys[p].endswith(blob(held[p], self.keys[p]))
            }
            found |= {self.keys[path]: UNKNOWN for path in paths if path not in right}
            for path, told in self.parse(helper, "tags", right, deadline):
                found[self.keys[path]] = made(*told) if told else UNKNOWN
                self.parsed += 1
        return found

    def _printed(self, command: str) -> bytes:
        return self.workspace.checked_output(command)


def listed(data: bytes) -> Iterator[tuple[str, str]]:
    """Each file of a tree with its blob; links and repositories within are none."""
    for row in data.split(b"\0")[:-1]:
        about, _, name = row.partition(b"\t")
        mode, _, found = about.decode().split()
        if mode not in (SUBMODULE, SYMLINK):
            yield os.fsdecode(name), found


def changed(data: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    """What went from one tree to another, and what came or changed, with its blob."""
    raw = data.split(b"\0")
    gone, new = [], []
    for row, name in zip(raw[::2], raw[1::2], strict=False):
        _, mode, _, found, _ = row.decode().split()
        path = os.fsdecode(name)
        gone.append(path)
        if mode not in ("000000", SUBMODULE, SYMLINK):
            new.append((path, found))
    return gone, new


def blob(data: bytes, like: str) -> str:
    """What git calls a text, so that nothing inside can pass off one for another; by the hash that `like` ends in."""
    whole = b"blob %d\0%b" % (len(data), data)
    digest = hashlib.sha256 if len(like.rpartition(":")[2]) == 64 else hashlib.sha1
    return digest(whole).hexdigest()


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
