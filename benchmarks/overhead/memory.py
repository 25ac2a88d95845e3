"""The memory of a process and all below it, sampled while it runs. Linux."""

import os
import threading
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PERIOD = 0.02


@dataclass(frozen=True)
class Memory:
    """Peaks in MB of proportional set size: a page that n processes share counts 1/n for each."""

    tree: float
    client: float
    """The client's own process, without what it started."""


class Sampler:
    """Samples a tree of processes every 20 ms until the block is left."""

    def __init__(self, pid: int) -> None:
        self.memory = Memory(0.0, 0.0)
        self._pid, self._over = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.is_set():
            sizes = {pid: size(pid) for pid in family(self._pid)}
            tree, client = sum(sizes.values()) / 1024, sizes.get(self._pid, 0) / 1024
            self.memory = Memory(max(self.memory.tree, tree), max(self.memory.client, client))
            self._over.wait(PERIOD)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()


def family(pid: int) -> list[int]:
    """A process and all below it."""
    below: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := content(entry / "stat")):
            below[int(stat.rpartition(")")[2].split()[1])].append(int(entry.name))
    found = [pid]
    for parent in found:
        found += below[parent]
    return found


def size(pid: int) -> int:
    """Kilobytes of one process: proportional, or resident where the kernel keeps the former to itself."""
    for line in content(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    pages = content(Path(f"/proc/{pid}/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") // 1024 if pages else 0


def content(path: Path) -> str:
    """A file of /proc; empty where the process is gone or not ours to look at."""
    try:
        return path.read_text()
    except OSError:
        return ""
