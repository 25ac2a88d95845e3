"""Limits that the kernel does not set for a whole sandbox: memory, disk written, and the naming of what was hit."""

import os
import time

from .processes import signal

TICK = 0.1
"""Seconds between two looks. What is allocated in between is not noticed: a control group, where there is one, is."""
RESERVE = 256 << 20
"""Bytes of the disk that a command must leave free."""
PAGE = os.sysconf("SC_PAGE_SIZE")
OOM = (
    ("/sys/fs/cgroup/memory.events", "oom_kill "),
    ("/sys/fs/cgroup/memory/memory.oom_control", "oom_kill "),
)


class Watch:
    """Looks at what runs, now and then, and says which limit it passes."""

    def __init__(self, family, folders, limits):
        self.family, self.folders = family, folders
        self.memory, self.disk = limits.get("memory_mb", 0) << 20, limits.get("disk_mb", 0) << 20
        self.processes, self.file = limits.get("processes", 0), limits.get("file_mb", 0)
        self.kills = oom_kills() if self.memory else 0
        self.begin()

    def begin(self):
        """A command starts."""
        self.crowded, self.due = False, time.monotonic() + TICK
        self.free = [free(folder) for folder in self.folders] if self.disk else []

    def look(self):
        """The limit that is passed, in words; empty where there is none."""
        self.due = time.monotonic() + TICK
        members = self.family.members()
        self.crowded = self.crowded or 0 < self.processes <= sum(members.values()) + 8
        if self.memory and resident(members) > self.memory and proportional(members) > self.memory:
            return self.named_memory()
        if self.disk:
            return self.look_at_disk()
        return ""

    def look_at_disk(self):
        left = [free(folder) for folder in self.folders]
        both = [*zip(left, self.free)]  # noqa: B905 (Python 3.9 knows no strict)
        if any(now < RESERVE < before for now, before in both):
            return "disk limit: less than %d MiB are left" % (RESERVE >> 20)
        # Others write to the disk too: what counts in the end is what lies in the folders.
        less = any(before - now > self.disk for now, before in both)
        if less and sum(size(folder) for folder in self.folders) > self.disk:
            return "disk limit %d MiB" % (self.disk >> 20)
        return ""

    def named_memory(self):
        return "memory limit %d MiB" % (self.memory >> 20)

    def after(self, code):
        """Which limit ended a command, and a note on one that it, or a child of it, met."""
        ended = note = ""
        if self.memory:
            kills = oom_kills()
            if kills > self.kills:
                self.kills = kills
                ended = self.named_memory() if code == 128 + signal.SIGKILL else ""
                note = "" if ended else "a process was killed: " + self.named_memory()
        if code == 128 + signal.SIGXFSZ and self.file:
            ended = "file size limit %d MiB" % self.file
        if self.crowded:
            note = "it met the limit of %d processes" % self.processes
        return ended, note


def oom_kills():
    """How often the control group's memory limit has killed."""
    for path, key in OOM:
        try:
            with open(path) as f:
                for line in f:
                    if line.startswith(key):
                        return int(line.split()[1])
        except OSError:
            continue
    return 0


def free(folder):
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def size(folder):
    """Bytes on the disk below a folder; without bound where a part of it is closed to us, or too deep."""
    total, todo = 0, [folder]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:
            continue
        except OSError:
            return float("inf")
    return total


def resident(pids):
    """Bytes of memory, those that are shared counted for each: cheap, and never too little."""
    return sum(of(pid, "statm", lambda text: int(text.split()[1]) * PAGE) or 0 for pid in pids)


def proportional(pids):
    """Bytes of memory, those that are shared counted once."""
    total = 0
    for pid in pids:
        own = of(pid, "smaps_rollup", pss)
        # A process can close this file to others: then all of its memory counts as its own.
        total += resident([pid]) if own is None else own
    return total


def pss(text):
    return int(text.partition("\nPss:")[2].split(None, 1)[0]) << 10


def of(pid, name, number):
    """What a file of a process says; None where it cannot be read."""
    try:
        with open("/proc/%d/%s" % (pid, name)) as f:
            return number(f.read())
    except (OSError, IndexError):
        return None
