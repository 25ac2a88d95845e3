"""Who made a container or a folder, so that it can be told whether its maker still lives."""

import os
from pathlib import Path

LABEL = "patchwright.owner"


def mark() -> str:
    """This process, told apart from a later one of the same number, and from those of other machines."""
    return f"{os.getpid()} {started(os.getpid())} {namespace()}"


def dead(marked: str) -> bool:
    """Whether a maker is surely gone. One that cannot be seen from here counts as alive."""
    try:
        pid, start, where = marked.split(" ", 2)
    except ValueError:
        return False
    return where == namespace() and started(int(pid)) != start


def started(pid: int) -> str:
    """When a process began, in the kernel's ticks; empty where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def namespace() -> str:
    """The boot and the process namespace that process numbers belong to."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    try:
        return f"{boot.read_text().strip()} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "unknown"
