"""Many sandboxes at once."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from patchwright.sandbox.base import Sandbox

from .measure import ms
from .memory import family, size
from .probes import Room

PATIENCE = 10.0


@dataclass(frozen=True)
class Crowd:
    """Sandboxes that were open together. Times in milliseconds."""

    number: int
    opened: float
    """Until each had answered its first command."""
    answered: float
    """Until each had answered one more."""
    memory: float
    """MB of proportional set size of all their processes, in Docker with what holds the containers."""
    closed: float
    """Until none of their processes was left."""
    processes: int
    left: int
    """Processes that were still there long after."""


def together(room: Room, number: int) -> Crowd:
    folders = [room.folders() for _ in range(number)]
    with ThreadPoolExecutor(number) as pool:
        started = time.perf_counter()
        sandboxes = list(pool.map(lambda one: first(room.open(one)), folders))
        opened = time.perf_counter()
        list(pool.map(first, sandboxes))
        answered = time.perf_counter()
        members = inside(sandboxes)
        memory = sum(size(pid) for pid in members) / 1024
        closing = time.perf_counter()
        list(pool.map(lambda one: one.close(), sandboxes))
        left = len(waited(members))
        ended = time.perf_counter()
    times = (ms(opened - started), ms(answered - opened), memory, ms(ended - closing))
    return Crowd(number, *times, processes=len(members), left=left)


def first(sandbox: Sandbox) -> Sandbox:
    assert sandbox.run(["true"]).ok
    return sandbox


def inside(sandboxes: list[Sandbox]) -> dict[int, str]:
    """The processes of sandboxes, each with when it began: those below us, or below what holds a container."""
    held = [holder(sandbox) for sandbox in sandboxes if hasattr(sandbox, "_container")]
    pids = {pid for top in held for pid in family(top)} or set(family(os.getpid())) - {os.getpid()}
    return {pid: began(pid) for pid in pids if began(pid)}


def holder(sandbox: Sandbox) -> int:
    container = sandbox._container  # type: ignore[attr-defined]
    container.reload()
    stat = Path(f"/proc/{container.attrs['State']['Pid']}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def began(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def waited(members: dict[int, str], still: Callable[[int], str] = began) -> list[int]:
    """Those that do not go away."""
    deadline = time.monotonic() + PATIENCE
    while left := [pid for pid, start in members.items() if still(pid) == start]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.005)
    return left
